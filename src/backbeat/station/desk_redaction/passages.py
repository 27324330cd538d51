"""Documents without pages (plain text, tables) cut into passages a screen can hold, with their mentions in place."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backbeat.station.desk_redaction.evidence import text_of
from backbeat.station.desk_redaction.models import Mention

__all__ = ["PassageFinder", "Piece", "passages", "pieces"]

PASSAGE = 3_000
"""Characters; a passage ends at the end of the line it would break."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is one mention, or none."""

    text: str
    start: int
    mention: Mention | None = None


def passages(text: str) -> list[tuple[int, int]]:
    """Bounds [start, end) of the passages of a text, in order, covering all of it.

    >>> passages("ab")
    [(0, 2)]
    """
    bounds = []
    start = 0
    while start < len(text):
        end = min(len(text), start + PASSAGE)
        if end < len(text):
            line = text.find("\n", end, end + PASSAGE)
            end = line + 1 if line >= 0 else end
        bounds.append((start, end))
        start = end
    return bounds or [(0, 0)]


class PassageFinder:
    """In which passage of its document a mention begins; bounds are worked out once per document."""

    def __init__(self) -> None:
        self._starts: dict[str, list[int]] = {}

    def number(self, mention: Mention) -> int:
        """From 1; 1 where the mention has no place in a text."""
        if mention.start is None:
            return 1
        item = mention.document.evidence
        if item.sha256 not in self._starts:
            self._starts[item.sha256] = [start for start, _end in passages(text_of(item))]
        return bisect_right(self._starts[item.sha256], mention.start)


def pieces(text: str, start: int, end: int, mentions: Iterable[Mention]) -> Iterator[Piece]:
    """The text of one passage, cut at its mentions; a mention running over its edge is shown as far as it goes."""
    at = start
    for mention in sorted((m for m in mentions if m.start is not None), key=lambda m: m.start or 0):
        first, last = max(mention.start or 0, at), min(mention.end or 0, end)
        if first >= last:
            continue
        if first > at:
            yield Piece(text[at:first], at)
        yield Piece(text[first:last], first, mention)
        at = last
    if at < end:
        yield Piece(text[at:end], at)
