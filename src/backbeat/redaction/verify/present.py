"""Which of many needles stand in a haystack, in time that does not grow with the number of needles."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

__all__ = ["Present"]

T = TypeVar("T", str, bytes)

FEW = 48
"""Up to this many needles, searching one after the other is faster (it runs in C)."""
LENGTHS = (10, 4)
"""Needles are looked up by their first so many characters; longer beginnings leave fewer needles to try."""


class Present(Generic[T]):
    """A set of needles, each of at least four characters."""

    def __init__(self, needles: Iterable[T]) -> None:
        self.needles: frozenset[T] = frozenset(needles)
        self._by_start: dict[int, defaultdict[T, list[T]]] = {size: defaultdict(list) for size in LENGTHS}
        for needle in self.needles:
            size = next((size for size in LENGTHS if len(needle) >= size), LENGTHS[-1])
            self._by_start[size][needle[:size]].append(needle)

    def within(self, haystack: T) -> set[T]:
        """The needles that occur."""
        if len(self.needles) <= FEW:
            return {needle for needle in self.needles if needle in haystack}
        found: set[T] = set()
        for size, starts in self._by_start.items():
            if starts:
                for at in range(len(haystack) - size + 1):
                    if (candidates := starts.get(haystack[at : at + size])) is not None:
                        found.update(needle for needle in candidates if haystack.startswith(needle, at))
        return found
