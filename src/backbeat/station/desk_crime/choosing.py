"""What a registrar's ruling names: candidates of a referral, or an offence that is none of them, and how many."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backbeat.crime.errors import UnknownOffence
from backbeat.crime.model import Offence
from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.errors import NotReady

__all__ = [
    "MOST_CRIMES",
    "OTHER",
    "Choice",
    "Option",
    "allows_several",
    "choose",
    "options_of",
    "takes_others",
    "text_of",
]

OTHER = "another offence"
"""Picked where none of the candidates holds."""
MOST_CRIMES = 99
"""Of one offence, by one ruling."""
_MOST_OFFENCES = 10
_LABEL = re.compile(r"(?P<class>[A-Z]{0,4}[0-9]{1,3}[A-Z]?(?:/[0-9]{1,2})?) (?P<code>[0-9]{1,3}/[0-9]{1,3})")
"""`8N 008/77`: a candidate, or a part of one, that is an offence."""

Pair = tuple[str, str]
"""Class and code."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something a registrar can pick."""

    value: str
    candidate: str
    """Label of the candidate it stands for, whole or in part."""
    offences: tuple[Pair, ...]
    """What is recorded by it; empty where it is no offence."""
    document: str
    page: str
    why: str
    records: bool = False
    """It says that a crime is recorded, and not which."""
    text: str = ""
    """The offence in the list's words, where the facts say it."""

    @property
    def counted(self) -> bool:
        """Whether the registrar says how many."""
        return len(self.offences) == 1


@dataclass(frozen=True, slots=True)
class Choice:
    """What was picked, checked."""

    words: str
    labels: tuple[str, ...]
    offences: tuple[dict[str, Any], ...]
    """[{class, code, offence, count, found}, …]"""
    document: str
    page: str


def options_of(referral: Mapping[str, Any]) -> list[Option]:
    """The candidates; one that names several offences as alternatives (`X or Y`) is an option for each of them."""
    found = []
    for one in referral["candidates"]:
        pairs = [(label["class"], label["code"]) for label in _LABEL.finditer(one["label"])]
        if not _is_offences(one["label"]):
            pairs = []
        groups = [[pair] for pair in pairs] if " or " in one["label"] and pairs else [pairs]
        place = (one["document"], one["page"], one["why"])
        if one.get("records"):
            meant = ((one["class"], one["code"]),) if "code" in one else ()
            found.append(Option(one["label"], one["label"], meant, *place, records=True, text=one.get("offence", "")))
            continue
        for group in groups:
            value = one["label"] if len(groups) == 1 else " ".join(group[0])
            found.append(Option(value, one["label"], tuple(group), *place))
    return found


def _is_offences(label: str) -> bool:
    """Whether a candidate is offences and nothing else: `8N 008/77`, `92D 092/21 and 92E 092/22`."""
    return not re.sub(r"\b(and|or)\b|\s", "", _LABEL.sub("", label)) and bool(_LABEL.search(label))


def _acts(referral: Mapping[str, Any]) -> int:
    """How many things that were done it is about."""
    return sum(one != "report" and not one.startswith("request:") for one in referral["about"])


def allows_several(referral: Mapping[str, Any]) -> bool:
    """Whether the rules allow a ruling to name several of the candidates.

    One thing done is one crime under one class (p12, p13). Where several were done each may be recorded in its own
    right; whether they are is what the registrar decides. A candidate that is itself several offences says so already.
    """
    options = options_of(referral)
    return (
        not referral.get("dispute")
        and _acts(referral) > 1
        and sum(len(one.offences) == 1 for one in options) > 1
        and all(len(one.offences) == 1 and one.value == one.candidate for one in options)
    )


def takes_others(referral: Mapping[str, Any]) -> bool:
    """Whether a ruling may name an offence that is no candidate.

    Not where a recorder does not agree with the proposal: that report goes back to be decided again.
    """
    return not referral.get("dispute")


def text_of(pair: Pair, day: date, text: str = "") -> str:
    """The offence of a class and code in the list's words; empty where they leave a choice and `text` makes none.

    Raises:
        UnknownOffence: there is none.
    """
    offence = engine.rules_on(day).offences.find(pair[1], pair[0], text)
    return str(getattr(offence, "text", ""))


def choose(
    referral: Mapping[str, Any],
    picked: Sequence[str],
    others: Sequence[str],
    counts: Mapping[str, str],
    *,
    day: date,
    where: str,
) -> Choice:
    """Check what was picked.

    Args:
        referral: as the version keeps it.
        picked: values of options, or `OTHER`.
        others: offences found by the search, each `CODE|CLASS|TEXT`.
        counts: value of an option or offence → how many of it, as typed; one where nothing is given.
        day: the day that chooses the edition.
        where: for errors.

    Raises:
        NotReady: nothing or something else was picked, or more than the rules allow.
    """
    options = {one.value: one for one in options_of(referral)}
    chosen = [options[value] for value in dict.fromkeys(picked) if value in options]
    if (not chosen and not (OTHER in picked or others)) or not set(picked) <= {*options, OTHER}:
        raise NotReady("No candidate was chosen.", where=where, do="choose one of the candidates")
    if others and not takes_others(referral):
        raise NotReady("No candidate was chosen.", where=where, do="choose one of the candidates")
    if OTHER in picked and not others:
        raise NotReady("No candidate was chosen.", where=where, do="search for the other offence and pick it")
    if len(chosen) > 1 and not allows_several(referral):
        raise NotReady("The candidates exclude each other.", where=where, do="choose the one candidate that holds")
    offences = [
        _kept(pair, one.text, _count(counts.get(one.value, ""), where), day)
        for one in chosen
        for pair in one.offences
    ]  # fmt: skip
    offences += [_other(value, _count(counts.get(value, ""), where), day, where) for value in dict.fromkeys(others)]
    if not offences and any(one.records for one in chosen):
        raise NotReady(
            "No candidate was chosen for the crime that is recorded.",
            where=where,
            do="search for the offence under “Another offence” and pick it too",
        )
    _require_allowed(referral, chosen, offences, where)
    first = chosen[0] if chosen else options[next(iter(options))]
    words = [one.value for one in chosen] + [f"{one['class']} {one['code']}" for one in offences if one["found"]]
    return Choice(
        " and ".join(words)[:200],
        tuple(dict.fromkeys(one.candidate for one in chosen)),
        tuple(offences),
        first.document,
        first.page,
    )


def _require_allowed(
    referral: Mapping[str, Any], chosen: Sequence[Option], offences: Sequence[dict[str, Any]], where: str
) -> None:
    pairs = [(one["class"], one["code"]) for one in offences]
    if len(set(pairs)) < len(pairs):
        raise NotReady("An offence was chosen twice.", where=where, do="choose the candidate once, and say how many")
    if len(offences) > _MOST_OFFENCES:
        raise NotReady(f"More than {_MOST_OFFENCES} offences were chosen.", where=where, do="choose fewer candidates")
    given = max((len(one.offences) for one in chosen), default=0)
    if len(offences) > max(1, given) and (_acts(referral) < 2 or given > 1):
        raise NotReady(
            "Several offences were chosen where the rules count one thing that was done as one crime (rules p12, p13).",
            where=where,
            do="choose the one candidate or offence that holds",
        )


def _count(typed: str, where: str) -> int:
    text = typed.strip() or "1"
    if not (text.isascii() and text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= MOST_CRIMES):
        raise NotReady("How many is not a number of crimes.", where=where, do=f"give a number from 1 to {MOST_CRIMES}")
    return int(text)


def _kept(pair: Pair, text: str, count: int, day: date, *, found: bool = False) -> dict[str, Any]:
    class_, code = pair
    return {"class": class_, "code": code, "offence": text_of(pair, day, text), "count": count, "found": found}


def _other(value: str, count: int, day: date, where: str) -> dict[str, Any]:
    code, _, rest = value.partition("|")
    class_, _, text = rest.partition("|")
    offences = engine.rules_on(day).offences
    try:
        offence = offences.find(code, class_, text)
    except UnknownOffence as unknown:
        raise NotReady(unknown.what, where=where, do="search for the other offence and pick it") from None
    lines = (offence,) if isinstance(offence, Offence) else offence.candidates
    if not any(offences.in_force(line, day) for line in lines):
        raise NotReady(f"{class_} {code} is no longer in force.", where=where, do="pick the offence in its place")
    return _kept((class_, code), text, count, day, found=True)
