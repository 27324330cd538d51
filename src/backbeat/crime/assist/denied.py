"""What a text says was not so: `no knife`, `was not hit`, `nothing was stolen`. Such words propose nothing.

Narrow on purpose: a word wrongly kept costs the recorder a glance, a word wrongly dropped hides what happened. A denial
reaches a few words ahead, never past a turn of the sentence; where leaving something undone is itself the wrong (`did
not pay`), where nobody saw or knew, and in `could not`, `would not` and `will not`, nothing is denied.
"""

import re
from collections.abc import Iterable, Sequence

__all__ = ["without_denied"]

Place = tuple[int, int]

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_DENIES = frozenset(
    "no not nor never nothing nobody none didnt doesnt dont wasnt werent isnt arent hasnt havent hadnt".split()
)
_ABLE = frozenset("could would will can should shall must might may".split())
"""Before `not`: what somebody was kept from or refused, which is told because it happened."""
_SUBJECTS = frozenset("nobody none one".split())
_OF_SUBJECTS = frozenset("was were is are been has have had got hurt injured hit".split())
"""What follows `nobody` where it is the event that is denied: `nobody was hit`, not `nobody saw him hit her`."""
_TURNS = frozenset(
    """
    and but however although though then he she they we i you it who whom whose which that what when where why how
    while after before because as so until till since for if unless though except just only reason warning doubt longer
    idea more less matter sooner provocation apparent consent permission
    """.split()
)
_WITHOUT_EFFECT = frozenset(
    """
    see saw seen hear heard know knew known remember recall realise notice recognise think believe feel sure clear
    certain yet want allow allowed let consent agree agreed pay paid paying return returned give given stop stopped
    arrive arrived deliver delivered tell told say said report reported leave able willing insured licensed answering
    answer called speak move breathe sleep
    """.split()
)
"""What is left undone, not seen or not known: its denial leaves the rest of the sentence as it is told."""
_HAPPENED = frozenset("seen used produced shown taken stolen damaged drawn broken present involved mentioned".split())
"""After `was not`: `a knife was not seen` denies the knife."""
_REACH = 4
"""Words ahead that a denial takes in."""
_BACK = 2
"""Words before `was not seen` that it takes in."""


def without_denied(text: str, expressions: Iterable[Place] = ()) -> str:
    """The text with spaces for what it denies, every other character at its place.

    `expressions`: characters [start, end) of known expressions; one that holds a denial itself, such as `did not pay
    the taxi`, stays whole.
    """
    places = [found.span() for found in _WORD.finditer(text)]
    words = [re.sub("['\u2019]", "", text[start:end].casefold()) for start, end in places]
    denials = [place for place, word in zip(places, words, strict=True) if word in _DENIES]
    kept = [(a, b) for a, b in expressions if any(a <= start and end <= b for start, end in denials)]
    masked = list(text)
    for at, word in enumerate(words):
        if word not in _DENIES or (word == "not" and at and words[at - 1] in _ABLE):
            continue
        for n in (*_ahead(text, words, places, at), *_behind(text, words, places, at)):
            start, end = places[n]
            if not any(start < last and first < end for first, last in kept):
                masked[start:end] = " " * (end - start)
    return "".join(masked)


def _apart(text: str, places: Sequence[Place], at: int) -> str:
    """What stands between a word and the one after it."""
    return text[places[at][1] : places[at + 1][0]]


def _ahead(text: str, words: Sequence[str], places: Sequence[Place], at: int) -> list[int]:
    """Numbers of the words after a denial that it denies."""
    first = at + 1
    if words[at] == "no" and first < len(words) and words[first] == "one":
        at, first = first, first + 1
    if first >= len(words) or (words[at] in _SUBJECTS and words[first] not in _OF_SUBJECTS):
        return []
    found: list[int] = []
    for n in range(first, min(first + _REACH, len(words))):
        between = _apart(text, places, n - 1)
        if re.search(r"[.;:!?\n()]", between) or words[n] in _TURNS or words[n].isdigit():
            break
        if words[n] in _WITHOUT_EFFECT:
            return []
        if "," in between and not (found and _listed(text, words, places, n)):
            break
        found.append(n)
    return found


def _listed(text: str, words: Sequence[str], places: Sequence[Place], at: int) -> bool:
    """Whether a word after a comma is one of several that `or` ends: `no knife, bat or gun`."""
    for n in range(at, min(at + _REACH, len(words) - 1)):
        if re.search(r"[.;:!?\n()]", _apart(text, places, n)):
            return False
        if words[n + 1] in ("or", "nor"):
            return True
    return False


def _behind(text: str, words: Sequence[str], places: Sequence[Place], at: int) -> list[int]:
    """Numbers of the words before `was not seen` that it denies."""
    be = at if words[at] in ("wasnt", "werent") else at - 1
    said = words[at] in ("wasnt", "werent") or (words[at] == "not" and be >= 0 and words[be] in ("was", "were"))
    if not said or at + 1 >= len(words) or words[at + 1] not in _HAPPENED or "until" in words[at + 2 : at + 3]:
        return []
    found: list[int] = []
    for n in range(be - 1, max(be - 1 - _BACK, -1), -1):
        if words[n] in _TURNS or re.search(r"[.,;:!?\n()]", _apart(text, places, n)):
            break
        found.append(n)
    return found
