"""Taking a decision leaves one row in a real ledger, worth hours only against the force's own measure."""

from datetime import UTC, date, datetime

import pytest

from backbeat.crime.decision import Decision
from backbeat.crime.hours import HumanTime
from backbeat.crime.model import Authority, Candidate, Crime, Question, Referral, Report, Source
from backbeat.crime.rules import open_rules
from backbeat.crime.service import Actor, Proposal, record
from backbeat.errors import InputRejected
from backbeat.installation import Installation
from backbeat.ledger import Grade, Ledger

OWN = """\
baselines:
  - id: crime-record-2026
    desk: crime
    kind: record
    unit: crime-record
    ms_per_unit: 660000
    source: Time study in two offices, 120 records
    date: 2026-04
    grade: moderate
    valid_from: 2026-04-01
"""
QUESTION = Question("allegation:a1", "injured", "Was there an injury?", "tri", False)
CANDIDATES = (Candidate("8M", Source("rules", "57"), "tier"), Candidate("8N", Source("rules", "14"), "rank"))
REFERRAL = Referral(("a1",), "The pages differ.", CANDIDATES, Authority.FCR)


def proposal(reference: str, *, questions: tuple[Question, ...] = (), referrals: tuple[Referral, ...] = ()) -> Proposal:
    """One crime recorded where recording separately would have made four."""
    rules = open_rules().on(date(2026, 5, 1))
    offence = next(one for one in rules.offences.listed if one.label == "8N 008/06")
    crime = Crime(offence, 1, ("a1",), ("v1",), (), "victim", False, None, Source("rules", "43"), "why")
    report = Report(reference, datetime(2026, 5, 1, tzinfo=UTC), "northshire", {}, {}, ())
    decision = Decision(rules, report, crimes=(crime,), questions=questions, referrals=referrals, separate_count=4)
    return Proposal(decision, machine_ms=3)


def test_timed_decisions_are_held_against_the_forces_own_measure(installation: Installation) -> None:
    (installation.data / "baselines.yaml").write_text(OWN, encoding="utf-8")
    human = HumanTime(active_ms=120_000, review_ms=60_000)
    for reference in ("R1", "R2"):
        record(proposal(reference), installation=installation, actor=Actor("recorder"), human=human)
    (saving,) = Ledger.open(installation).saving(desk="crime").savings

    # Three records not made in each of two decisions, eleven minutes each, less three minutes spent on each.
    assert saving.net_ms == 2 * (3 * 11 - 3) * 60_000
    assert saving.grade is Grade.MODERATE


def test_without_a_measure_of_its_own_a_force_is_shown_no_hours(installation: Installation) -> None:
    done = record(proposal("R1"), installation=installation, actor=Actor("recorder"), human=HumanTime(active_ms=60_000))
    report = Ledger.open(installation).saving(desk="crime")

    assert report.savings == ()
    assert report.unmeasured[0].spent.units == 3
    assert "the force has no time of its own" in str(done.gain)


def test_the_same_decision_taken_again_leaves_no_second_row(installation: Installation) -> None:
    first = record(proposal("R1"), installation=installation, actor=Actor("recorder"))
    again = record(proposal("R1"), installation=installation, actor=Actor("another"))
    other = record(proposal("R2"), installation=installation, actor=Actor("recorder"))

    assert again.receipt == first.receipt
    assert other.receipt.seq == first.receipt.seq + 1
    assert Ledger.open(installation).verify().ok


@pytest.mark.parametrize(
    ("unsettled", "why"),
    [
        (proposal("R1", questions=(QUESTION,)), "facts are missing"),
        (proposal("R1", referrals=(REFERRAL,)), "the registrar's to decide"),
    ],
)
def test_what_is_not_settled_is_not_recorded(installation: Installation, unsettled: Proposal, why: str) -> None:
    with pytest.raises(InputRejected, match=why):
        record(unsettled, installation=installation, actor=Actor("recorder"))

    assert Ledger.open(installation).head().size == 0


def test_what_a_registrar_has_ruled_on_is_recorded_with_the_crimes_of_the_ruling(installation: Installation) -> None:
    referred = proposal("R1", referrals=(REFERRAL,))
    done = record(referred, installation=installation, actor=Actor("registrar"), ruled=2)
    again = record(referred, installation=installation, actor=Actor("registrar"), ruled=2)

    assert (done.gain.recorded, done.gain.records) == (2, 2)
    assert again.receipt == done.receipt


def test_a_ruling_does_not_stand_in_for_a_missing_fact(installation: Installation) -> None:
    with pytest.raises(InputRejected, match="facts are missing"):
        record(proposal("R1", questions=(QUESTION,)), installation=installation, actor=Actor("registrar"), ruled=1)
