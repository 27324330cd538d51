"""Whether words of a text are said, denied or in doubt, by the words around them in their sentence.

Plain and on the safe side: what cannot be told apart is in doubt, and a doubt proposes nothing.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

__all__ = ["Said", "said_of"]

Place = tuple[int, int]

DENIES = frozenset(
    """
    no not nor never without nil none neither denies denied deny denying didnt doesnt dont wasnt werent isnt arent hasnt
    havent hadnt cannot cant couldnt wouldnt wont refused unlikely
    """.split()
)
DOUBTS = frozenset(
    """
    if whether unsure unclear unknown possible possibly potentially maybe may might could perhaps unless alleged
    suspected uncertain query claims apparently
    """.split()
)
REACH = 4
"""Words before within which `no` belongs to what follows, commas apart."""
LONG_REACH = 8
"""Words before within which it may, as in `no knife, bat or gun`."""
AFTER = 3
"""Words after within which `was not seen` belongs to what went before."""
_NOT_AFTER = re.compile(r"(?:was|were|is|are|has|have|had)\s+(?:not|never)\b|(?:was|were|is|are)n['\u2019]?t\b")
_END = re.compile(r"[.;:!?\n]|\bbut\b|\bhowever\b|\balthough\b|\bthen\b", re.IGNORECASE)


class Said(StrEnum):
    YES = "yes"
    NO = "no"
    DOUBTFUL = "doubtful"


def said_of(text: str, words: Sequence[str], places: Sequence[Place], at: int, length: int) -> Said:
    """How words [at, at + length) are meant; `words` are lower case without apostrophes, `places` their characters."""
    before = _before(text, places, at)
    near = [words[n] for n in before[-REACH:]]
    far = [words[n] for n in before[-LONG_REACH:]]
    if _asks(text, places[at + length - 1][1]) or not DOUBTS.isdisjoint(far):
        return Said.DOUBTFUL
    denials = [n for n in before[-LONG_REACH:] if words[n] in DENIES]
    if denials:
        if len(denials) > 1:
            return Said.DOUBTFUL
        between = text[places[denials[0]][1] : places[at][0]]
        close = any(word in DENIES for word in near)
        return Said.NO if close and "," not in between and " and " not in between else Said.DOUBTFUL
    after = text[places[at + length - 1][1] :]
    window = " ".join(re.split(r"\s+", _END.split(after, maxsplit=1)[0].strip())[: AFTER + 1])
    if _NOT_AFTER.search(window.casefold()):
        return Said.NO if _NOT_AFTER.match(window.casefold()) else Said.DOUBTFUL
    return Said.YES


def _before(text: str, places: Sequence[Place], at: int) -> list[int]:
    """Numbers of the words before, back to the beginning of the sentence or the last turn of it."""
    first = at
    while first > 0 and at - first < LONG_REACH and not _END.search(text, places[first - 1][0], places[first][0]):
        first -= 1
    return list(range(first, at))


def _asks(text: str, end: int) -> bool:
    """Whether the sentence the words stand in is a question."""
    closing = re.search(r"[.;!?\n]", text[end : end + 300])
    return closing is not None and closing[0] == "?"
