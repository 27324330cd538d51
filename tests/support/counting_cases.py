"""Reports of one line each for tests of which crimes are counted: allegations named by class and code."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache

from backbeat.crime.how_many import CountingRules, HowMany, how_many, separate_count
from backbeat.crime.model import Allegation, NamedOffence, Offence, Party, PartyKind, Recorded, Report
from backbeat.crime.rules import open_rules
from backbeat.rulebook import NO, UNKNOWN, YES, Fact

__all__ = ["alleged", "count", "counting_rules", "lines", "offence", "report_of", "rows", "separately"]

EDITION = "hocr-2026-27"
_ANSWERS = {"yes": YES, "no": NO, "unknown": UNKNOWN}


@cache
def counting_rules() -> CountingRules:
    """Of the packaged edition."""
    return CountingRules(rows, _edition().offences)


def rows(list_id: str) -> tuple[Mapping[str, str], ...]:
    """A reference list of the packaged edition."""
    return _edition().rows(list_id)


def offence(label: str) -> Offence:
    """`8N 008/06`; of several lines the gravest."""
    class_, code = label.split()
    found = _edition().offences.find(code, class_)
    return found if isinstance(found, Offence) else max(found.candidates, key=lambda one: one.max_days or 0)


def alleged(name: str, label: str, victims: str = "v1", offenders: str = "o1", **more: object) -> Allegation:
    """An allegation; victims and offenders as words, a fact as keyword: `weapon_used="yes"`."""
    class_, code = label.split()
    own = {key: more.pop(key) for key in ("on", "until", "place", "force") if key in more}
    facts = {key: _fact(value) for key, value in more.items()}
    who = tuple(victims.split()), tuple(offenders.split())
    return Allegation(name, "named", NamedOffence(code, class_), *who, facts=facts, **own)  # type: ignore[arg-type]


def report_of(
    *allegations: Allegation,
    parties: Mapping[str, str] | None = None,
    recorded: tuple[Recorded, ...] = (),
    **facts: object,
) -> Report:
    """A report; `parties` names a household for a party, or `organisation`."""
    known = {one for allegation in allegations for one in (*allegation.victims, *allegation.offenders)}
    return Report(
        "R1",
        datetime(2026, 5, 1, 12, tzinfo=UTC),
        "force-a",
        {one: _party(one, (parties or {}).get(one)) for one in sorted(known)},
        {},
        tuple(sorted(allegations, key=lambda one: one.id)),
        recorded,
        facts={name: _fact(value) for name, value in facts.items()},
    )


def count(report: Report) -> HowMany:
    """What the packaged edition counts, every allegation recordable as named."""
    return how_many(counting_rules(), report, _recordable(report))


def separately(report: Report) -> int:
    """What one record for every offence and victim would have made."""
    return separate_count(counting_rules(), report, _recordable(report))


def lines(found: HowMany) -> list[str]:
    """Crimes in short: `2 x 8N 008/06`."""
    return sorted(f"{crime.count} x {crime.offence.label}" for crime in found.crimes)


def _recordable(report: Report) -> dict[str, Offence]:
    named = {one.id: one.named for one in report.allegations}
    return {id_: offence(f"{one.class_} {one.code}") for id_, one in named.items() if one is not None}


def _edition():  # type: ignore[no-untyped-def]
    rules = open_rules().named(EDITION)
    assert rules is not None
    return rules


def _party(name: str, household: str | None) -> Party:
    if household == "organisation":
        return Party(name, PartyKind.ORGANISATION)
    return Party(name, household=household)


def _fact(value: object) -> Fact:
    assert isinstance(value, str | int | date)
    return _ANSWERS.get(value, value) if isinstance(value, str) else value
