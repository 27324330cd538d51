"""Who decides a report, and duties that hang on what the engine found."""

from datetime import UTC, date, datetime

import pytest

from backbeat.crime.authority import decider, duties
from backbeat.crime.model import (
    Allegation,
    Authority,
    Candidate,
    NamedOffence,
    Offence,
    Referral,
    Report,
    Source,
    Verdict,
)
from backbeat.crime.recording import Recording
from backbeat.crime.resolving import Scope, scope_of
from backbeat.crime.routing import Place, PlaceVerdict
from backbeat.crime.rules import Rules, open_rules
from backbeat.rulebook import Fact


@pytest.fixture(scope="module")
def rules() -> Rules:
    return open_rules().on(date(2026, 5, 1))


def scope(rules: Rules, offence: str = "008/06 8N", **facts: Fact) -> Scope:
    code, class_ = offence.split(" ")
    allegation = Allegation("a1", "named", NamedOffence(code, class_), facts=facts)
    report = Report("R-1", datetime(2026, 5, 1, tzinfo=UTC), "northshire", {}, {}, (allegation,))
    found = rules.offences.find(code, class_)
    assert isinstance(found, Offence)
    return scope_of(rules, report, allegation, found)


def referral(to: Authority) -> Referral:
    source = Source("rules", "57")
    return Referral(("allegation:a1",), "why", (Candidate("one", source, ""), Candidate("other", source, "")), to)


@pytest.mark.parametrize(
    ("to", "who"),
    [
        ((), Authority.OFFICER),
        ((Authority.FCR,), Authority.FCR),
        ((Authority.DDM, Authority.FCR, Authority.INSPECTOR), Authority.FCR),
        ((Authority.APPROPRIATE_AUTHORITY, Authority.FCR), Authority.APPROPRIATE_AUTHORITY),
    ],
)
def test_the_least_that_may_decide_every_part(to: tuple[Authority, ...], who: Authority) -> None:
    assert decider(referral(one) for one in to) == who


@pytest.mark.parametrize(
    ("incident", "pages"),
    [
        ("N300/01", {"34", "37"}),
        ("N300/06", {"37"}),
        ("N100/01", {"10", "63"}),
        ("NSIR", {"10"}),
        ("CRI", {"10"}),
        ("Report Fraud", set()),  # recorded as a crime, by Report Fraud
        ("none", set()),
    ],
)
def test_duties_of_an_incident(rules: Rules, incident: str, pages: set[str]) -> None:
    found = duties(rules, scope(rules), Recording("a1", Verdict.INCIDENT, incident))

    assert {duty.source.page for duty in found} == pages
    registrar = [duty for duty in found if duty.who is Authority.FCR]
    assert bool(registrar) == incident.startswith(("N100", "N300"))


def test_a_transfer_is_agreed_between_decision_makers(rules: Rules) -> None:
    place = Place("a1", PlaceVerdict.TRANSFER, "southshire", "suspect", "other-force", "CRI")
    found = duties(rules, scope(rules), Recording("a1", Verdict.RECORD, exit="record"), place)

    assert [(duty.who, duty.source.page) for duty in found] == [(Authority.DDM, "15")]


def test_a_crime_that_scotland_records_is_told_and_referred(rules: Rules) -> None:
    place = Place("a1", PlaceVerdict.CRI, None, "other-nation", "scotland", "CRI")
    found = duties(rules, scope(rules), Recording("a1", Verdict.RECORD, exit="record"), place)

    assert "Refer the details to Police Scotland." in [duty.what for duty in found]
    assert {"10", "15"} == {duty.source.page for duty in found}


def test_an_unknown_age_adds_no_duty(rules: Rules) -> None:
    found = duties(rules, scope(rules), Recording("a1", Verdict.RECORD, exit="record"))

    assert found == ()
