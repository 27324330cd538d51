"""A finished month's hours reach the ledger once, net and graded, and only where there is a baseline."""

import json
from datetime import date, timedelta

import pytest
import yaml
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from station_django import make_user, signed_in
from triage_board import settled

from backbeat.ledger import Ledger
from backbeat.station.desk_triage.hours_recording import finished_months

RECORD = reverse("desk_triage:record-hours")
BASELINE = {
    "calls": 1000, "deployed": 500, "source": "own log", "measured": "observed", "deployment_minutes": [100] * 40,
}  # fmt: skip


@pytest.fixture
def baseline():
    """The force's own, taken away again for the tests that come after."""
    path = settings.INSTALLATION.data / "triage" / "baseline.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(BASELINE), "utf-8")
    yield path
    path.unlink()


@pytest.fixture
def month():
    """A finished month of its own, long ago, in which one call was declined."""
    noon = timezone.localtime().replace(year=2024, month=3, day=12, hour=12, minute=0, second=0, microsecond=0)
    settled(at=noon)
    return "2024-03"


def post(user, month: str):
    return signed_in(user).post(RECORD, {"month": month})


def rows() -> list[dict]:
    ledger = Ledger.open(settings.INSTALLATION)
    told = [json.loads(ledger.entry(number)) for number in range(ledger.head().size)]
    found = [one["entry"] for one in told]
    return [one for one in found if (one.get("desk"), one.get("kind")) == ("triage", "deployment")]


def test_a_month_is_recorded_once(baseline, month):
    control = make_user("control-room-supervisor")
    before = len(rows())

    assert post(control, month).status_code == 302
    (row,) = rows()[before:]
    assert row["unit"] == "deployment"
    assert row["units"] == 0  # half of one call is no whole deployment: rounded down
    assert post(control, month).status_code == 302
    assert len(rows()) == before + 1


def test_without_a_baseline_nothing_is_recorded(month):
    before = len(rows())
    answer = post(make_user("control-room-supervisor"), month)

    assert answer.status_code == 422
    assert "has taken no baseline" in answer.content.decode()
    assert len(rows()) == before


@pytest.mark.parametrize("month", ["", "2024-13", "2024-3", "2099-01", "x", "this"])
def test_what_is_no_finished_month_is_refused(baseline, month):
    if month == "this":
        month = f"{timezone.localdate():%Y-%m}"
    answer = post(make_user("control-room-supervisor"), month)

    assert answer.status_code == 422
    assert "no finished month" in answer.content.decode()


def test_months_offered_are_finished_and_followed_for_a_day():
    assert finished_months(date(2026, 11, 2), 2) == ["2026-09", "2026-08"]
    assert finished_months(date(2026, 11, 3), 2) == ["2026-10", "2026-09"]
    assert date(2026, 10, 31) + timedelta(days=2) < date(2026, 11, 3)
