"""Hours of the crime desk: only a force's own measure makes time of records not made, and only if it was timed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from backbeat.crime.decision import Decision
from backbeat.crime.hours import DESK, KIND, UNIT, Gain, HumanTime, gain_of, own_baseline, task_record
from backbeat.crime.model import Crime, Report, Source
from backbeat.crime.rules import open_rules
from backbeat.ledger import Baseline, Grade, Measured, baselines

AT_MS = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()) * 1000


def measured(id_: str = "own", *, minutes: int = 11, valid_from: date = date(2026, 4, 1), **other: Any) -> Baseline:
    fields: dict[str, Any] = {
        "id": id_,
        "desk": DESK,
        "kind": KIND,
        "unit": UNIT,
        "ms_per_unit": minutes * 60_000,
        "source": "Time study in two offices",
        "date": "2026-04",
        "grade": Grade.HIGH,
        "valid_from": valid_from,
    }
    return Baseline(**{**fields, **other})


def decision(*, separate: int, recorded: int) -> Decision:
    rules = open_rules().on(date(2026, 6, 1))
    offence = next(one for one in rules.offences.listed if one.label == "8N 008/06")
    crime = Crime(offence, recorded, ("a1",), ("v1",), (), "victim", False, None, Source("rules", "43"), "why")
    report = Report("R-1", datetime(2026, 6, 1, tzinfo=UTC), "northshire", {}, {}, ())
    return Decision(rules, report, crimes=(crime,) if recorded else (), separate_count=separate)


def test_no_baseline_for_a_crime_record_is_packaged() -> None:
    assert own_baseline(baselines(), AT_MS) is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], None),
        ([measured()], "own"),
        # the newest of those in force
        ([measured("old"), measured("new", valid_from=date(2026, 5, 1))], "new"),
        ([measured("old"), measured("later", valid_from=date(2026, 7, 1))], "old"),
        # another desk, kind or unit is not a crime record
        ([measured(desk="redaction")], None),
        ([measured(kind="redact")], None),
        ([measured(unit="page")], None),
    ],
)
def test_the_forces_own_newest_measure_counts(lines: list[Baseline], expected: str | None) -> None:
    found = own_baseline({one.id: one for one in lines}, AT_MS)

    assert (found.id if found else None) == expected


def test_time_given_back_is_records_not_made_less_time_spent() -> None:
    gain = gain_of(decision(separate=5, recorded=2), measured(minutes=11), HumanTime(active_ms=4 * 60_000))

    assert gain.records == 5 - 2
    assert gain.net_ms == (3 * 11 - 4) * 60_000
    assert str(gain) == "2 crime records instead of 5; 0 h 29 min given back (evidence: high)"


def test_a_decision_that_spared_nothing_cost_the_time_it_took() -> None:
    gain = gain_of(decision(separate=1, recorded=1), measured(), HumanTime(active_ms=90_000, review_ms=30_000))

    assert gain.net_ms == -120_000


def test_an_untimed_decision_claims_nothing() -> None:
    gain = gain_of(decision(separate=5, recorded=2), measured(), None)

    assert (gain.baseline, gain.net_ms) == (None, None)
    assert "not measured against anything, as this decision was not timed" in str(gain)


def test_a_force_without_its_own_measure_claims_nothing_and_the_row_says_so() -> None:
    gain = gain_of(decision(separate=5, recorded=2), None, HumanTime(active_ms=60_000))

    assert gain.net_ms is None
    assert "the force has no time of its own" in str(gain)


def test_records_not_made_never_fall_below_nought() -> None:
    assert Gain(separate=1, recorded=2, baseline=None, human=None).records == 0


def test_the_row_holds_integers_and_hashes_and_nothing_of_the_report() -> None:
    taken = decision(separate=4, recorded=1)
    gain = gain_of(taken, measured(), HumanTime(active_ms=60_000))
    row = task_record(taken, gain, actor="0" * 64, machine_ms=2, recorded_at=AT_MS)

    assert (row.desk, row.kind, row.unit, row.units, row.baseline) == (DESK, KIND, UNIT, 3, "own")
    assert row.measured is Measured.INSTRUMENTED
    assert row.editions[0].hash == taken.rules.edition.hash
    assert "R-1" not in str(row.to_json())
