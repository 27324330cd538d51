"""Whether calls are about the same matter: by person, place and number, each folded to one form.

Proposes; a person links. A match that a difference does not contradict counts as the same matter, because a second call
taken for a first is the failure that has killed people; what is not known contradicts nothing.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from backbeat.triage.calls.happenings import Linked
from backbeat.triage.calls.state import CallState

__all__ = [
    "MATTER_LASTS",
    "Afresh",
    "Alike",
    "Likeness",
    "Place",
    "Who",
    "afresh",
    "compare",
    "contact_number",
    "fold_name",
    "fold_number",
    "fold_place",
    "link_to",
    "search_keys",
    "who",
]

MATTER_LASTS: Final = timedelta(days=7)
"""How far back a call is offered as the same matter. This house's own figure; longer only costs a look."""
_TITLES: Final = frozenset("mr mrs ms miss mx dr prof sir dame lady lord rev revd father fr sister cllr sgt pc".split())
_NO_NAME: Final = frozenset(
    "unknown male female man woman boy girl person caller patient anon anonymous none nk".split()
)
_STREETS: Final = {
    "rd": "road", "st": "street", "ln": "lane", "la": "lane", "ave": "avenue", "av": "avenue", "cl": "close",
    "dr": "drive", "cres": "crescent", "cr": "crescent", "ct": "court", "crt": "court", "pl": "place", "sq": "square",
    "gdns": "gardens", "gdn": "gardens", "grn": "green", "gr": "grove", "terr": "terrace", "tce": "terrace",
    "ter": "terrace", "pk": "park", "hse": "house", "apt": "flat", "apartment": "flat", "hosp": "hospital",
}  # fmt: skip
_FILLERS: Final = frozenset("the at of in on near by outside opposite and no number unknown".split())
_POSTCODE: Final = re.compile(r"\b([a-z]{1,2}[0-9][a-z0-9]?)\s*([0-9][a-z]{2})\b")
_HOUSE: Final = re.compile(r"[0-9]{1,5}[a-z]?")
_EXTENSION: Final = re.compile(r"(?:ext(?:ension|n)?\.?|x)\s*[0-9]{1,6}\s*$")
_FEWEST_DIGITS: Final = 6
_KINDS_OF_STREET: Final = frozenset(_STREETS.values()) - {"hospital"}
_NEAR_SPELLING: Final = 0.7
_SOUNDS: Final = {
    letter: code
    for letters, code in (
        ("aeiouyhw", ""),
        ("bfpv", "1"),
        ("cgjkqsxz", "2"),
        ("dt", "3"),
        ("l", "4"),
        ("mn", "5"),
        ("r", "6"),
    )
    for letter in letters
}


class Likeness(StrEnum):
    """How two calls stand to one another."""

    SAME = "same"
    """Proposed as the same matter."""
    RELATED = "related"
    """Worth seeing; something speaks against its being the same matter, or little speaks for it."""
    NONE = "none"


class Afresh(StrEnum):
    """How a contact on a matter is treated."""

    FIRST = "first"
    AGAIN = "again"
    """Everything in the core is asked again; nothing is taken over."""
    SUPERVISOR = "supervisor"
    """As `AGAIN`, and a supervisor decides."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where, folded."""

    postcode: str
    """`EX1 2AB`; empty where none was given."""
    numbers: frozenset[str]
    """House and flat numbers."""
    words: frozenset[str]

    def __bool__(self) -> bool:
        """Whether anything is known of it."""
        return bool(self.postcode or self.words)


@dataclass(frozen=True, slots=True)
class Who:
    """What two calls are compared by. Make it with `who`."""

    person: frozenset[str]
    place: Place
    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Alike:
    """Likeness of two calls, and in what."""

    likeness: Likeness
    by: tuple[str, ...]
    """Of `person`, `place` and `number`, those that agree."""


def fold_number(text: str) -> str:
    """Digits of a telephone number as dialled in the country; empty where it is withheld or too short to tell.

    >>> fold_number("+44 (0)7700 900123"), fold_number("07700-900 123 ext 4"), fold_number("withheld")
    ('07700900123', '07700900123', '')
    """
    digits = "".join(c for c in _EXTENSION.sub("", text.casefold()) if c in "0123456789")
    for prefix in ("0044", "44"):
        if digits.startswith(prefix) and len(digits) - len(prefix) in {9, 10, 11}:
            digits = "0" + digits[len(prefix) :].removeprefix("0")
            break
    return digits if len(digits) >= _FEWEST_DIGITS else ""


def fold_name(text: str) -> frozenset[str]:
    """Parts of a name without titles, accents, case and order; empty for a word that stands for no name.

    >>> sorted(fold_name("Dr. O'NEILL, Siân")) == sorted(fold_name("sian oneill"))
    True
    """
    parts = frozenset(word for word in _words(text) if word not in _TITLES and word not in _NO_NAME)
    return parts if any(len(part) > 1 for part in parts) else frozenset()  # initials alone name nobody


def fold_place(text: str) -> Place:
    """A place, with its postcode found anywhere in it and the usual short forms of street written out.

    >>> fold_place("Flat 2, 14 Mill Rd, ex12ab") == fold_place("14 mill road flat 2 EX1 2AB")
    True
    """
    plain = _plain(text)
    code = _POSTCODE.search(plain)
    rest = plain[: code.start()] + " " + plain[code.end() :] if code else plain
    words = [_STREETS.get(word, word) for word in _words(rest) if word not in _FILLERS]
    return Place(
        f"{code[1]} {code[2]}".upper() if code else "",
        frozenset(word for word in words if _HOUSE.fullmatch(word)),
        frozenset(word for word in words if not _HOUSE.fullmatch(word)),
    )


def who(person: str, place: str, number: str, at: datetime) -> Who:
    """Whom, where and from which number a call was about, folded."""
    return Who(fold_name(person), fold_place(place), fold_number(number), at)


def search_keys(one: Who) -> frozenset[str]:
    """Words to keep in an index beside a call: calls that are alike share at least one of them."""
    keys = {f"name:{_sound(part)}" for part in one.person} | {f"place:{word}" for word in _telling(one.place)}
    keys |= {f"number:{one.number}"} if one.number else set()
    return frozenset(keys | ({f"postcode:{one.place.postcode}"} if one.place.postcode else set()))


def compare(one: Who, other: Who, lasts: timedelta = MATTER_LASTS) -> Alike:
    """Likeness of two calls; the order does not matter. Further apart than `lasts` they are related at most.

    The same person is the same matter. The same place or number is, unless two different persons are named: two may
    ring from one ward, or live behind one door.
    """
    same, different, full = _persons(one.person, other.person)
    agree = {
        "person": same,
        "place": _same_place(one.place, other.place),
        "number": bool(one.number) and one.number == other.number,
    }
    by = tuple(name for name, agrees in agree.items() if agrees)
    if not by:
        return Alike(Likeness.NONE, ())
    strong = full > 1 or agree["place"] or agree["number"]
    near = abs(one.at - other.at) <= lasts
    return Alike(Likeness.SAME if near and strong and not different else Likeness.RELATED, by)


def _persons(one: frozenset[str], other: frozenset[str]) -> tuple[bool, bool, int]:
    """Whether two names may be one person's, whether they cannot be, and how many whole parts they share.

    A shared family name alone is neither.
    """
    fewer, more = sorted((one, other), key=lambda name: (len(name), sorted(name)))
    if not fewer:
        return False, False, 0
    found = {part for part in fewer if any(_part_alike(part, another) for another in more)}
    return found == fewer, not found, sum(len(part) > 1 for part in found) if found == fewer else 0


def _part_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]  # an initial
    return _sound(one) == _sound(other) and _nearness(*sorted((one, other))) >= _NEAR_SPELLING


def _nearness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _sound(part: str) -> str:
    """A name as it may be heard: letters that sound alike fall together, vowels after the first go."""
    if len(part) == 1 or not part.isascii():
        return part[0]
    codes = [_SOUNDS.get(letter, letter) for letter in part]
    kept = [code for at, code in enumerate(codes) if code and (at == 0 or code != codes[at - 1])]
    return "".join([codes[0] or "0", *kept[1 if codes[0] else 0 :]])[:4]


def _same_place(one: Place, other: Place) -> bool:
    if one.numbers and other.numbers and not one.numbers & other.numbers:
        return False
    if one.postcode and other.postcode:
        return one.postcode == other.postcode
    shared = len(_telling(one) & _telling(other))
    return shared >= (1 if one.numbers & other.numbers else 2)


def _telling(place: Place) -> frozenset[str]:
    """Words of a place that not every street has."""
    return place.words - _KINDS_OF_STREET


def _plain(text: str) -> str:
    """Small letters without accents; an apostrophe is no gap, everything else that is no letter or digit is."""
    marked = unicodedata.normalize("NFKD", text).casefold()
    joined = "".join(c for c in marked if not unicodedata.combining(c) and c not in "'’‘`")
    return "".join(c if c.isalnum() else " " for c in joined)


def _words(text: str) -> list[str]:
    return _plain(text).split()


def contact_number(contacts: Iterable[int]) -> int:
    """Which contact on a matter a new call is, from the contacts of every other call about it."""
    return 1 + sum(contacts)


def afresh(contact: int) -> Afresh:
    """How that contact is treated: the second is a fresh assessment, the third goes to a supervisor (PFD 2025-0246)."""
    if contact <= 1:
        return Afresh.FIRST
    return Afresh.AGAIN if contact == 2 else Afresh.SUPERVISOR


def link_to(call: str, other: CallState) -> Linked:
    """The event by which another call is linked, with its own contacts and the promise that binds there.

    Link every call of the matter, also those that are linked to the other one only.
    """
    return Linked(call, len(other.contacts), other.promise_binds)
