"""Hours back: arithmetic by hand, never more than was found, and never without the harm check."""

import json
import random
from dataclasses import fields, replace
from datetime import date

import pytest

from backbeat.errors import Bug, InputRejected
from backbeat.installation import Installation
from backbeat.ledger import Baseline, Grade, Ledger, Measured, pseudonymous_actor
from backbeat.rulebook import NO, UNKNOWN, YES
from backbeat.triage.harm import Followed, HarmCheck, check_harm
from backbeat.triage.hours import Cost, HoursBack, Period, Times, own_baseline
from backbeat.triage.model import Outcome
from backbeat.triage.simulation.baselining import measure_log
from backbeat.triage.simulation.generator import make_month
from backbeat.triage.simulation.model import Decided

HOUR_MS = 3_600_000
TIMES = Times((60, 120, 180) * 10, Measured.INSTRUMENTED)  # mean two hours
NEVER = Cost(0, None)
BEFORE = Period(1000, 700, True, "own log, June 2026")
NOW = Period(500, 200, True, "own calls, September 2026")
HARM = HarmCheck(not_deployed=300, recontact_24h=(12, 300), later_deployment=(3, 300), injury=(1, 250), death=(0, 0))
OWN = Baseline(
    id="own-deployment", desk="triage", kind="deployment", unit="deployment", ms_per_unit=2 * HOUR_MS,
    source="own log", date="2026", grade=Grade.MODERATE, valid_from=date(2026, 1, 1),
)  # fmt: skip


def figure(**changes: object) -> HoursBack:
    return replace(
        HoursBack(
            before=BEFORE,
            now=NOW,
            deployment=TIMES,
            displacement=Cost(300, Times((10, 10), Measured.INSTRUMENTED)),
            recontacts=Cost(12, Times((20, 20), Measured.INSTRUMENTED)),
            later_deployments=Cost(3, TIMES),
            harm=HARM,
        ),
        **changes,
    )


def test_the_sum_by_hand() -> None:
    # 30 points of 500 calls are 150 deployments of 2 h: 300 h; less 50 h, 4 h and 6 h.
    assert figure().to_json()["net_ms"] == 240 * HOUR_MS
    assert str(figure()).startswith("240 h 00 min given back")


def test_time_lost_is_shown_as_lost() -> None:
    worse = figure(before=Period(1000, 300, True, "own"))
    assert worse.to_json()["net_ms"] == -(100 + 60) * HOUR_MS
    assert str(worse).startswith("-160 h 00 min given back")


def test_hours_cannot_be_had_without_the_harm_check() -> None:
    with pytest.raises(TypeError, match="harm"):
        HoursBack(
            before=BEFORE, now=NOW, deployment=TIMES, displacement=NEVER, recontacts=NEVER, later_deployments=NEVER
        )
    with pytest.raises(Bug, match="other calls"):
        figure(harm=replace(HARM, not_deployed=299, recontact_24h=(0, 0), later_deployment=(0, 0)))
    made = figure()
    assert str(HARM) in str(made)
    assert str(HARM) in made.lines()
    assert made.to_json()["harm"] == HARM.to_json()
    # Nothing public gives the hours alone: what is public is what went in, and the three ways of showing it all.
    public = {name for name in dir(made) if not name.startswith("_")}
    assert public - {one.name for one in fields(made)} == {"grade", "lines", "task_records", "to_json"}


def test_the_harm_check_never_takes_not_looked_into_for_none() -> None:
    text = str(HARM)
    assert "injury reported: 1 of 250 (50 not looked into)" in text
    assert "death reported: not known" in text
    assert "again within 24 hours: 12 of 300;" in text
    found = check_harm([Followed(), Followed(YES, NO, UNKNOWN, NO), Followed(NO, NO, YES, NO)])
    assert (found.not_deployed, found.recontact_24h, found.injury, found.death) == (3, (1, 2), (1, 1), (0, 2))
    assert found.to_json()["recontact_24h"]["per_10000"] == 5000
    with pytest.raises(Bug):
        replace(found, injury=(2, 1))


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({}, Grade.MODERATE),
        ({"before": replace(BEFORE, by_force=False)}, Grade.LOW),  # somebody else's baseline
        ({"now": replace(NOW, by_force=False)}, Grade.LOW),
        ({"deployment": Times((120,) * 29, Measured.OBSERVED)}, Grade.LOW),  # too few
        ({"deployment": Times((120,) * 500, Measured.SELF_REPORTED)}, Grade.LOW),
    ],
)
def test_evidence_is_low_unless_the_force_measured_its_baseline(changes: dict[str, object], grade: Grade) -> None:
    made = figure(**changes)
    assert made.grade is grade
    assert f"evidence: {grade}" in str(made)


def test_the_interval_is_the_same_every_time_and_holds_the_figure() -> None:
    made = figure()
    low, high = made.to_json()["interval_ms"]
    assert figure().to_json()["interval_ms"] == [low, high]
    assert low < 240 * HOUR_MS < high


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    chance = random.Random(7)
    truth = (0.7 - 0.4) * 500 * 120
    held = 0
    for _ in range(40):
        before = sum(chance.random() < 0.7 for _ in range(400))
        now = sum(chance.random() < 0.4 for _ in range(500))
        minutes = tuple(round(chance.gammavariate(2, 60)) for _ in range(80))
        made = HoursBack(
            before=Period(400, before, True, "a"), now=Period(500, now, True, "b"),
            deployment=Times(minutes, Measured.OBSERVED), displacement=NEVER, recontacts=NEVER, later_deployments=NEVER,
            harm=HarmCheck(not_deployed=500 - now, recontact_24h=(0, 0), later_deployment=(0, 0), injury=(0, 0),
                           death=(0, 0)),
        )  # fmt: skip
        low, high = made.to_json()["interval_ms"]
        held += low <= truth * 60_000 <= high
    assert held >= 34  # of 40 at 95 %: fewer than this has a chance of about one in three hundred


def test_rows_of_the_ledger_say_the_same_and_never_more(installation: Installation) -> None:
    (installation.data / "baselines.yaml").write_text(
        "baselines:\n  - {id: own-deployment, desk: triage, kind: deployment, unit: deployment, ms_per_unit: 7200000, "
        "source: own log, date: 2026, grade: moderate, valid_from: 2026-01-01}\n"
    )
    ledger = Ledger.open(installation)
    now = 1_790_000_000_000
    baseline = own_baseline(ledger.baselines, now)
    assert baseline == OWN
    made = figure()
    rows = made.task_records(baseline, actor=pseudonymous_actor(installation, "scheduler"), recorded_at=now)
    ledger.append(rows, key="triage hours 2026-09")
    (saving,) = ledger.saving(desk="triage").savings
    assert saving.net_ms == made.to_json()["net_ms"]
    assert saving.grade is Grade.MODERATE


def rows(made: HoursBack, baseline: Baseline | None = OWN) -> list[dict[str, object]]:
    return [row.to_json() for row in made.task_records(baseline, actor="a" * 64, recorded_at=1)]


def test_part_of_a_deployment_is_none_and_costs_are_rounded_up() -> None:
    made = figure(before=Period(1000, 699, True, "own"), displacement=Cost(1, Times((1, 2), Measured.OBSERVED)))
    (row,) = rows(made)
    assert row["units"] == 149  # 149.5
    assert row["review_ms"] == 90_000
    # Three times 0.1 is a little more than 0.3 in floats: the last deployment must not be lost over it.
    tenths = figure(before=Period(10, 7, True, "own"))
    assert rows(tenths)[0]["units"] == 150


def test_more_deployments_than_before_are_time_spent() -> None:
    (row,) = rows(figure(before=Period(1000, 300, True, "own")))
    assert (row["units"], row["active_ms"]) == (0, 50 * 2 * HOUR_MS)


def test_a_figure_too_large_for_one_row_is_dealt_out_without_loss() -> None:
    big = Cost(50_000, Times((60, 60), Measured.OBSERVED))
    many = rows(figure(displacement=big))
    assert len(many) == 18  # 180,000,000,000 ms, at most 10,000,000,000 a row
    assert sum(int(str(row["review_ms"])) for row in many) == 50_000 * HOUR_MS
    assert sum(int(str(row["units"])) for row in many) == 150


def test_without_an_own_baseline_rows_claim_nothing() -> None:
    (row,) = rows(figure(), None)
    assert row["baseline"] is None


def test_weak_evidence_is_written_down_as_a_model() -> None:
    assert rows(figure())[0]["measured"] == "instrumented"
    assert rows(figure(before=replace(BEFORE, by_force=False)))[0]["measured"] == "modelled"


@pytest.mark.parametrize("changes", [{"ms_per_unit": 3 * HOUR_MS}, {"grade": Grade.HIGH}])
def test_a_baseline_that_claims_more_than_was_found_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InputRejected, match="own-deployment"):
        rows(figure(), replace(OWN, **changes))


def test_a_baseline_of_something_else_is_a_bug() -> None:
    with pytest.raises(Bug):
        rows(figure(), replace(OWN, unit="call"))


def test_nothing_is_packaged_as_a_forces_own_figure(installation: Installation) -> None:
    assert own_baseline(Ledger.open(installation).baselines, 1_790_000_000_000) is None


def test_times_and_costs_must_add_up() -> None:
    for make in (
        lambda: Times((), Measured.OBSERVED),
        lambda: Times((-1,), Measured.OBSERVED),
        lambda: Cost(1, None),
        lambda: Period(0, 0, True, "x"),
        lambda: Period(1, 2, True, "x"),
    ):
        with pytest.raises(Bug):
            make()
    assert next(Times((7,), Measured.OBSERVED).draw_means(random.Random(1))) == 7


def test_a_log_gives_a_baseline_line_that_the_ledger_takes(installation: Installation) -> None:
    calls = list(make_month(calls=900))
    found = measure_log(calls, source="made-up month", measured=Measured.OBSERVED, by_force=False)
    line = found.baseline_line("made-up", date(2026, 6, 1))
    assert line is not None
    assert line["grade"] == "low"
    (installation.data / "baselines.yaml").write_text(
        json.dumps({"baselines": [line]}).replace('"2026-06-01"', "2026-06-01")
    )
    assert Ledger.open(installation).baselines["made-up"].grade is Grade.LOW
    assert found.period.calls == 900
    assert found.harm.not_deployed == 900 - found.period.deployed
    own = replace(found, period=replace(found.period, by_force=True)).baseline_line("own", date(2026, 6, 1))
    assert own is not None
    assert own["grade"] == "moderate"


def test_a_log_says_nothing_where_nothing_was_decided_or_timed() -> None:
    (call,) = make_month(calls=1)
    with pytest.raises(Bug, match="without a decision"):
        measure_log([replace(call, decided=Decided())], source="x", measured=Measured.OBSERVED, by_force=True)
    untimed = replace(call, officer_minutes=None, decided=Decided(Outcome.JOINT))
    assert (
        measure_log([untimed], source="x", measured=Measured.OBSERVED, by_force=True).baseline_line(
            "x", date(2026, 1, 1)
        )
        is None
    )
