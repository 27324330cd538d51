"""Many proposals into one clean row of mentions: nothing overlaps, nothing proposed is lost."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from backbeat.redaction.detect.names import title_before
from backbeat.redaction.model import Kind, Mention

__all__ = ["merge", "trust", "widen"]

_TRUST: Final = {"manual": 0, "register": 1, "cells": 2, "identifiers": 2, "addresses": 3, "titles": 4, "entities": 5}
_LAST: Final = 6
_ABSORBS: Final[dict[Kind, frozenset[Kind]]] = {
    Kind.ADDRESS: frozenset(Kind) - {Kind.PHONE, Kind.EMAIL, Kind.DATE_OF_BIRTH, Kind.NHS_NUMBER},
    Kind.EMAIL: frozenset({Kind.PERSON, Kind.URL, Kind.ORGANISATION, Kind.PLACE, Kind.OTHER}),
    Kind.URL: frozenset(
        {Kind.PERSON, Kind.EMAIL, Kind.ORGANISATION, Kind.PLACE, Kind.OTHER, Kind.IP_ADDRESS, Kind.PHONE}
    ),
    Kind.PLACE: frozenset({Kind.PERSON, Kind.ORGANISATION}),
    Kind.IBAN: frozenset({Kind.BANK_ACCOUNT, Kind.SORT_CODE, Kind.CARD, Kind.PHONE}),
    Kind.CARD: frozenset({Kind.BANK_ACCOUNT, Kind.SORT_CODE, Kind.PHONE}),
}  # fmt: skip
"""A mention of the first kind that strictly contains one of the others is the whole of which that is a part."""


def trust(mention: Mention) -> int:
    """Order of trust, 0 the highest: person, register, identifiers, address grammar, titles, model."""
    return _TRUST.get(mention.detector.split()[0], _LAST)


def widen(text: str, mention: Mention) -> Mention:
    """A person's mention over the titles before it and the possessive behind it."""
    if mention.kind is not Kind.PERSON:
        return mention
    start, end = title_before(text, mention.start), mention.end
    if text[end : end + 2] in {"'s", "’s", "'S", "’S"} and not text[end + 2 : end + 3].isalnum():
        end += 2
    return replace(mention, text=text[start:end], start=start, end=end)


def merge(text: str, proposals: Iterable[Mention]) -> tuple[Mention, ...]:
    """Mentions sorted by start, none overlapping, covering every letter and digit that any proposal covers.

    The more trusted detector says what a place is; of equals the more confident, then the longer. What a weaker
    proposal covers beyond it stays a mention of its own. Same kinds that overlap become one.
    """
    ranked = sorted(
        proposals, key=lambda m: (trust(m), -m.confidence, m.start - m.end, m.start, m.kind.value, m.person or "")
    )
    row = _Row(text)
    for mention in _without_parts(ranked):
        row.put(mention)
    return tuple(row.mentions)


def _without_parts(ranked: list[Mention]) -> list[Mention]:
    """Drop proposals inside a bigger whole; an e-mail address takes over whom the name inside it belongs to."""
    wholes = sorted((m for m in ranked if m.kind in _ABSORBS), key=lambda m: (m.start, -m.end))
    starts = [m.start for m in wholes]
    longest = max((m.end - m.start for m in wholes), default=0)
    owners: dict[tuple[int, int], str] = {}
    kept = []
    for mention in ranked:
        at = bisect_left(starts, mention.start + 1) - 1
        whole = None
        while at >= 0 and starts[at] >= mention.start - longest:
            candidate = wholes[at]
            if candidate.end >= mention.end and _is_part(mention, candidate):
                whole = candidate
                break
            at -= 1
        if whole is None:
            kept.append(mention)
        elif mention.person and whole.kind in {Kind.EMAIL, Kind.URL} and mention.kind is Kind.PERSON:
            owners.setdefault((whole.start, whole.end), mention.person)
    return [_owned(mention, owners) for mention in kept]


def _owned(mention: Mention, owners: Mapping[tuple[int, int], str]) -> Mention:
    owner = owners.get((mention.start, mention.end))
    if owner is None or mention.person is not None or mention.kind not in {Kind.EMAIL, Kind.URL}:
        return mention
    return replace(mention, person=owner, why=mention.why + " It is written with the name of somebody in the register.")


def _is_part(mention: Mention, whole: Mention) -> bool:
    if whole.end - whole.start <= mention.end - mention.start or mention.kind not in _ABSORBS[whole.kind]:
        return False
    if mention.detector == "register" and whole.kind is Kind.PLACE:
        return whole.detector != "entities" and mention.kind is Kind.PERSON
    # the register's own address inside a longer reading keeps its owner: it is merged, not dropped
    return not (mention.detector == "register" and mention.kind is whole.kind)


class _Row:
    """Mentions in order of place, kept free of overlaps while others are put in."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.mentions: list[Mention] = []
        self._starts: list[int] = []

    def put(self, new: Mention) -> None:
        first = bisect_left(self._starts, new.start)
        if first > 0 and self.mentions[first - 1].end > new.start:
            first -= 1
        last = first
        while last < len(self.mentions) and self.mentions[last].start < new.end:
            last += 1
        standing = self.mentions[first:last]
        if not standing:
            self._insert(first, new)
            return
        place = new.start
        pieces: list[Mention] = []
        for index, mention in enumerate(standing):
            if place < mention.start:
                before = self._piece(new, place, mention.start, left=pieces[-1] if pieces else None, right=mention)
                if before is None:
                    mention = self._stretched(mention, place, mention.end, new)
                elif before:
                    pieces.append(before[0])
            place = max(place, mention.end)
            pieces.append(mention)
            if index == len(standing) - 1 and place < new.end:
                after = self._piece(new, place, new.end, left=mention, right=None)
                if after is None:
                    pieces[-1] = self._stretched(mention, mention.start, new.end, new)
                elif after:
                    pieces.append(after[0])
        self.mentions[first:last] = pieces
        self._starts[first:last] = [m.start for m in pieces]

    def _insert(self, at: int, mention: Mention) -> None:
        self.mentions.insert(at, mention)
        self._starts.insert(at, mention.start)

    def _piece(
        self, new: Mention, start: int, end: int, *, left: Mention | None, right: Mention | None
    ) -> tuple[Mention, ...] | None:
        """What of `new` lies in [start, end): () nothing to keep, None to be joined to the neighbour, or one piece."""
        value = self.text[start:end]
        letters = sum(c.isalnum() for c in value)
        neighbour = right or left
        same = neighbour is not None and neighbour.kind is new.kind
        if letters == 0:
            return None if same and value.strip() else ()
        if same or letters < 3:
            return None
        lead, trail = len(value) - len(value.lstrip(" \t\r\n,.;:-'\"")), len(value.rstrip(" \t\r\n,;:-'\""))
        start, end = start + lead, start + trail
        return (replace(new, text=self.text[start:end], start=start, end=end),)

    def _stretched(self, mention: Mention, start: int, end: int, by: Mention) -> Mention:
        why = mention.why
        if by.kind is mention.kind and by.detector != mention.detector:
            why += f" {by.detector.split()[0].capitalize()} covers more of it."
        return replace(mention, text=self.text[start:end], start=start, end=end, why=why)
