"""A saving: net of review and rework, possibly negative, never without its grade."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbeat.errors import Bug
from backbeat.ledger import Grade, Measured, Saving, SavingsReport, Unmeasured, baselines, hours
from backbeat.ledger.saving import Spent

PAGE = baselines()["redaction-page-by-hand"]


def spent(**changes) -> Spent:
    values = {
        "desk": "redaction",
        "kind": "redact",
        "measured": Measured.INSTRUMENTED,
        "unit": "page",
        "records": 1,
        "units": 10,
        "active_ms": 200_000,
        "review_ms": 100_000,
        "rework_ms": 50_000,
        "machine_ms": 9_000,
    }
    return Spent(**{**values, **changes})


def test_the_arithmetic_a_reader_can_check():
    saving = Saving(spent(), PAGE)
    assert saving.counterfactual_ms == 10 * 120_000
    assert saving.gross_ms == 1_200_000 - 200_000
    assert saving.net_ms == 1_200_000 - 200_000 - 100_000 - 50_000
    assert saving.interval is None


def test_a_loss_is_shown_as_a_loss():
    saving = Saving(spent(units=1, active_ms=300_000, review_ms=0, rework_ms=3_600_000), PAGE)
    assert saving.net_ms == 120_000 - 3_900_000
    assert "-1 h 03 min" in str(saving)


@given(
    st.integers(0, 10**6), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9)
)
def test_machine_time_never_enters_and_net_is_gross_less_review_and_rework(units, active, review, rework, machine):
    saving = Saving(spent(units=units, active_ms=active, review_ms=review, rework_ms=rework, machine_ms=machine), PAGE)
    assert saving.net_ms == saving.gross_ms - review - rework == 120_000 * units - active - review - rework


@pytest.mark.parametrize("way", list(Measured))
def test_no_rendering_without_its_grade(way):
    saving = Saving(spent(measured=way), PAGE)
    assert "evidence: low" in str(saving)
    assert "not yet estimated" in str(saving)
    assert saving.to_json()["grade"] == "low"
    assert saving.to_json()["baseline_source"] == PAGE.source


def test_a_saving_cannot_be_built_without_a_graded_baseline():
    with pytest.raises(TypeError):
        Saving(spent())
    with pytest.raises(Bug, match="another desk"):
        Saving(spent(unit="cell"), PAGE)


def test_a_self_report_is_low_whatever_the_baseline():
    import dataclasses

    measured = dataclasses.replace(PAGE, grade=Grade.HIGH)
    assert Saving(spent(measured=Measured.SELF_REPORTED), measured).grade is Grade.LOW
    assert Saving(spent(measured=Measured.OBSERVED), measured).grade is Grade.HIGH


def test_the_total_adds_only_what_was_timed_and_takes_the_weakest_grade():
    timed, told = Saving(spent(), PAGE), Saving(spent(measured=Measured.SELF_REPORTED), PAGE)
    report = SavingsReport((timed, told), (Unmeasured(spent(kind="triage")),))
    total = report.total()
    assert total is not None
    assert (total.net_ms, total.records, total.grade) == (timed.net_ms, 1, Grade.LOW)
    assert "evidence: low" in str(total)
    assert total.to_json()["interval_note"] == "not yet estimated"
    both = report.total(Measured)
    assert both is not None
    assert both.net_ms == timed.net_ms + told.net_ms


def test_work_without_a_baseline_is_not_a_saving_of_zero():
    report = SavingsReport((), (Unmeasured(spent()),))
    assert report.total() is None
    assert "not measured against anything" in str(report.unmeasured[0])
    assert "net_ms" not in report.to_json()["unmeasured"][0]
    assert report.to_json()["total"] is None


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "0 h 00 min"),
        (59_999, "0 h 00 min"),  # never rounded up
        (-59_999, "0 h 00 min"),
        (3_600_000, "1 h 00 min"),
        (-3_660_000, "-1 h 01 min"),
        (36_000_000_000, "10,000 h 00 min"),
    ],
)
def test_hours(ms, words):
    assert hours(ms) == words
