"""Everyday expressions found in a text, the longest at each place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from backbeat.crime.assist.words import Word

__all__ = ["Phrases", "Spoken"]

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Spoken:
    """An expression that stands in a text at words [first, last)."""

    first: int
    last: int
    phrase: str
    keys: tuple[Key, ...]
    """What it stands for; several where officers use it for several."""


class Phrases:
    """Expressions by their first word."""

    def __init__(self, phrases: Iterable[tuple[tuple[str, ...], str, Key]]) -> None:
        self._keys: dict[tuple[str, ...], list[Key]] = defaultdict(list)
        self._written: dict[tuple[str, ...], str] = {}
        for stems, phrase, key in phrases:
            if key not in self._keys[stems]:
                self._keys[stems].append(key)
            self._written.setdefault(stems, phrase)
        self._by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for stems in sorted(self._keys, key=len, reverse=True):
            self._by_first[stems[0]].append(stems)

    def within(self, words: Sequence[Word]) -> Iterator[Spoken]:
        """Every expression in a text; one inside a longer one is left out."""
        stems = tuple(word.stem for word in words)
        reached = 0
        for first in range(len(stems)):
            for phrase in self._by_first.get(stems[first], ()):
                last = first + len(phrase)
                if last > reached and stems[first:last] == phrase:
                    yield Spoken(first, last, self._written[phrase], tuple(self._keys[phrase]))
                    reached = last
                    break
