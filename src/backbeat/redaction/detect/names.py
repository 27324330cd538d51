"""How a person's name is written: its parts, its orders, its initials, and the titles before it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final

from backbeat.redaction.detect.keys import squeeze

__all__ = ["Form", "NameParts", "RANKS", "TITLES", "common_words", "forms", "split_name", "title_before"]

RANKS: Final = frozenset(
    "pc wpc ps sgt sergeant dc tdc ds di dci dsu dcs insp inspector constable pcso cso supt superintendent detective "
    "officer acc dcc".split()
)
TITLES: Final = RANKS | frozenset(
    "mr mrs ms miss mx dr doctor prof professor sir dame lord lady rev revd reverend judge hhj justice cllr councillor "
    "nurse master sister auntie aunty aunt uncle nan imam rabbi".split()
)
_TITLE = re.compile(r"([A-Za-z]+(?:/[A-Za-z]+)?)\.?[ \t]{1,3}(?:\r?\n[ \t]{0,4})?$")
_NEEDS_CAPITAL: Final = frozenset(
    "ps ds di acc sister master nan officer justice judge miss sir lord aunt uncle".split()
)
_PARTICLES: Final = frozenset(
    "van der den de del della di da dos la le von zu al el bin ibn bint abu ap ab ferch mac mc o ó ni ní st ten".split()
)


class Form(StrEnum):
    """Which way of writing a name was met; the value says it in words."""

    FULL = "full name"
    REVERSED = "full name, surname first"
    INITIALS = "initials and surname"
    ALIAS = "alias"
    FORENAME = "forename alone"
    SURNAME = "surname alone"
    EXHIBIT = "initials in an exhibit reference"


@dataclass(frozen=True)
class NameParts:
    """Forenames in order, and the surname with its particles; either may be empty."""

    forenames: tuple[str, ...]
    surname: str


@cache
def common_words() -> frozenset[str]:
    """English words that are also names: alone they need a capital letter that the sentence did not give them."""
    text = Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def split_name(name: str) -> NameParts:
    """Parts of a name as a register holds it: `Amina Yusuf Khan`, `KHAN, Amina Yusuf`, `KHAN Amina`, `Dr A. Khan`."""
    if "," in name:
        surname, _, forenames = name.partition(",")
        return NameParts(tuple(forenames.split()), surname.strip())
    words = [word for word in name.split() if squeeze(word)]
    while len(words) > 1 and words[0].rstrip(".").lower() in TITLES:
        words = words[1:]
    if len(words) == 1:
        return NameParts((), words[0])
    leading = next((i for i, word in enumerate(words) if not (len(word) > 2 and word.isupper())), len(words))
    if 0 < leading < len(words):
        return NameParts(tuple(words[leading:]), " ".join(words[:leading]))
    at = len(words) - 1
    while at > 1 and words[at - 1].lower().strip("'’") in _PARTICLES:
        at -= 1
    return NameParts(tuple(words[:at]), " ".join(words[at:]))


def forms(name: str) -> dict[str, Form]:
    """Every squeezed key a name may be met under, with its form. A single-word name is itself.

    >>> sorted(forms("Amina Khan"))[:4]
    ['akhan', 'amina', 'aminak', 'aminakhan']
    """
    parts = split_name(name)
    surname, given = squeeze(parts.surname), [squeeze(f) for f in parts.forenames]
    if not given:
        return {surname: Form.FULL} if surname else {}
    keys: dict[str, Form] = {}

    def add(key: str, form: Form) -> None:
        keys.setdefault(key, form)

    add("".join(given) + surname, Form.FULL)
    add(given[0] + surname, Form.FULL)
    add(surname + "".join(given), Form.REVERSED)
    add(surname + given[0], Form.REVERSED)
    if len(given) <= 3:
        # each forename after the first may be there, as an initial, or not at all
        for rest in product(*((g, g[0], "") for g in given[1:])):
            for first in (given[0], given[0][0]):
                form = Form.INITIALS if first == given[0][0] else Form.FULL
                add(first + "".join(rest) + surname, form)
                add(surname + first + "".join(rest), Form.INITIALS if form is Form.INITIALS else Form.REVERSED)
    if len(given[0]) > 2:
        add(given[0] + surname[0], Form.INITIALS)
        add(given[0], Form.FORENAME)
    if len(surname) > 1:
        add(surname, Form.SURNAME)
    for piece in re.split(r"[-\s]", parts.surname):
        if len(squeezed := squeeze(piece)) > 3 and squeezed not in _PARTICLES:
            add(squeezed, Form.SURNAME)
    return keys


def initials(name: str) -> str:
    """Initials as exhibit references use them, `ayk`; empty when there is only one word."""
    parts = split_name(name)
    if not parts.forenames:
        return ""
    return "".join(squeeze(p)[:1] for p in (*parts.forenames, *re.split(r"[-\s]", parts.surname)))


def title_before(text: str, start: int) -> int:
    """Where the titles standing directly before `start` begin, or `start` when there is none."""
    begin = start
    for _ in range(3):
        match = _TITLE.search(text, max(0, begin - 24), begin)
        if match is None:
            break
        word = match[1].split("/")[-1]
        if word.lower() not in TITLES or (word.islower() and word.lower() in _NEEDS_CAPITAL):
            break
        if match.start() > 0 and (text[match.start() - 1].isalnum() or text[match.start() - 1] in "'-"):
            break
        begin = match.start()
    return begin
