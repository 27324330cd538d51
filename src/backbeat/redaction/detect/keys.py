"""Finding many known values at once, whatever stands between their letters.

A value becomes a key: its letters and digits, lower case, nothing between. A text is read word by word; the words from
one place on are joined until they are a key or cannot become one. So `O'Brien`, `O BRIEN` and `o-brien` meet, as do all
spacings of a telephone number, and the work is one look-up per word.
"""

import re
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from backbeat.redaction.detect.view import View

__all__ = ["Keys", "squeeze"]

P = TypeVar("P")
_GAP = re.compile(r"[^\w]{0,8}|_")
_HARD = re.compile(r"\n[ \t\r]*\n[ \t\r]*\n|\f|[!?;]\s")


def squeeze(value: str) -> str:
    """Letters and digits of a value in lower case, without accents.

    >>> squeeze("Siân O’Brien-Jones")
    'sianobrienjones'
    """
    return "".join(View.of(value).words.values)


class Keys(Generic[P]):
    """A set of keys, each with what it stands for."""

    def __init__(self) -> None:
        self._payloads: dict[str, list[P]] = {}
        self._prefixes: set[str] = set()

    def __len__(self) -> int:
        return len(self._payloads)

    def add(self, key: str, payload: P) -> None:
        """Add a squeezed key; the same payload twice counts once."""
        payloads = self._payloads.setdefault(key, [])
        if payload not in payloads:
            payloads.append(payload)
            self._prefixes.update(key[:length] for length in range(1, len(key)))

    def find(self, view: View, accept: Callable[[list[P], int, int], list[P]]) -> Iterator[tuple[int, int, list[P]]]:
        """Yield (first word, last word, payloads) of the longest accepted match at each place, left to right.

        `accept` gets the payloads of a key and the words (first, last) it was found in, and returns those that may
        stand there.
        """
        words = view.words
        values, count = words.values, len(words.values)
        prefixes, known = self._prefixes, self._payloads
        at = 0
        while at < count:
            joined = values[at]
            if joined not in prefixes and joined not in known:
                at += 1
                continue
            best: tuple[int, list[P]] | None = None
            last = at
            while True:
                if joined in known and (accepted := accept(known[joined], at, last)):
                    best = (last, accepted)
                if joined not in prefixes or last + 1 == count:
                    break
                gap = view.text[words.ends[last] : words.starts[last + 1]]
                if _GAP.fullmatch(gap) is None or _HARD.search(gap):
                    break
                last += 1
                joined += values[last]
            if best is None:
                at += 1
                continue
            yield at, best[0], best[1]
            at = best[0] + 1
