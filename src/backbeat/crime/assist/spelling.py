"""A mistyped word found under the one it is a single slip away from: a letter left out, put in, changed or swapped."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

__all__ = ["Spelling"]

MIN_LETTERS = 5
"""Shorter words have too many neighbours."""


class Spelling:
    """Known words by what is left of each when one letter goes; two words a slip apart share such a remainder."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_remainder: dict[str, list[str]] = defaultdict(list)
        for word in sorted(words):
            if len(word) >= MIN_LETTERS and word.isalpha():
                for remainder in _remainders(word):
                    self._by_remainder[remainder].append(word)

    def nearest(self, word: str) -> str | None:
        """The known word a slip away, the first in the alphabet of several; None: there is none, or too short."""
        if len(word) < MIN_LETTERS or not word.isalpha():
            return None
        close = {
            known
            for remainder in _remainders(word)
            for known in self._by_remainder.get(remainder, ())
            # The first letter is seldom the wrong one, and keeping it keeps names from turning into words.
            if known[0] == word[0] and _one_slip(word, known)
        }
        return min(close) if close else None


def _remainders(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _one_slip(one: str, other: str) -> bool:
    if len(one) != len(other):
        return abs(len(one) - len(other)) == 1
    different = [at for at in range(len(one)) if one[at] != other[at]]
    if len(different) <= 1:
        return True
    first, last = different[0], different[-1]
    return len(different) == 2 and last == first + 1 and one[first] == other[last] and one[last] == other[first]
