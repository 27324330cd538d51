"""A value found once is a mention wherever it stands again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from backbeat.redaction.detect.keys import Keys, squeeze
from backbeat.redaction.detect.merge import trust
from backbeat.redaction.detect.names import common_words, split_name, title_before
from backbeat.redaction.detect.ordinary import is_ordinary, ordinary_words
from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Kind, Mention

__all__ = ["DETECTOR", "propagate"]

DETECTOR = "propagated"

_FADE: Final = 0.9
_SHORTEST: Final = {
    Kind.PERSON: 3,
    Kind.PLACE: 4,
    Kind.ORGANISATION: 4,
    Kind.COLLAR_NUMBER: 4,
    Kind.URL: 5,
    Kind.BANK_ACCOUNT: 7,
}
_FREE: Final = frozenset({Kind.PLACE, Kind.ORGANISATION, Kind.PERSON})
"""Kinds whose values are words: they need a capital letter, or a second word, to be met again."""


@dataclass(frozen=True, slots=True)
class _Source:
    mention: Mention
    part: bool
    """Only the surname of what was found."""


def propagate(view: View, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Other whole-word occurrences of the values of `mentions`, in any case and spacing, naming their source."""
    keys: Keys[_Source] = Keys()
    usual = ordinary_words(view)
    taken: set[str] = set()
    for mention in sorted(mentions, key=lambda m: (trust(m), -m.confidence, m.start)):
        for key, part in _forms(mention):
            if mention.kind in _FREE and (key in usual or is_ordinary(mention.text, usual)):
                continue
            if len(key) >= _SHORTEST.get(mention.kind, 5) and key not in taken and key not in common_words():
                taken.add(key)
                keys.add(key, _Source(mention, part))
    if not len(keys):
        return
    covered = sorted((m.start, m.end) for m in mentions)

    def accept(sources: list[_Source], first: int, last: int) -> list[_Source]:
        start, end = view.words.starts[first], view.words.ends[last]
        written = view.text[start:end]
        source = sources[0]
        if source.mention.kind in _FREE and first == last and not written[0].isupper():
            return []
        return sources

    at = 0
    for first, last, sources in keys.find(view, accept):
        start, end = view.origin(view.words.starts[first], view.words.ends[last])
        while at < len(covered) and covered[at][1] <= start:
            at += 1
        if at < len(covered) and covered[at][0] <= start and end <= covered[at][1]:
            continue
        source = sources[0].mention
        again = "The surname of a person found" if sources[0].part else "The same value as found"
        yield Mention(
            source.kind, view.original[start:end], start, end, round(source.confidence * _FADE, 3), DETECTOR,
            f"{again} at character {source.start} by {source.detector.split()[0]}.", source.person,
        )  # fmt: skip


def _forms(mention: Mention) -> Iterator[tuple[str, bool]]:
    value = mention.text
    if mention.detector.startswith("entities") and len(value.split()) < 2:
        return  # one word that only the model took for a name proves nothing about its other places
    if mention.kind is Kind.PERSON:
        if mention.detector == "register":
            return  # the register has looked for its own names, with more care
        value = value.removesuffix("'s").removesuffix("’s")
        value = value[title_end(value) :]
        parts = split_name(value)
        if parts.forenames:
            yield squeeze(parts.surname + "".join(parts.forenames)), False
            yield squeeze(parts.surname), True
    yield squeeze(value), False


def title_end(value: str) -> int:
    """Where the name begins behind its titles."""
    words = value.split(" ")
    at = 0
    for word in words[:-1]:
        after = at + len(word) + 1
        if title_before(value, after) > at:
            break
        at = after
    return at
