"""The bytes of results, as they were written once: a change here breaks the replay of decisions already made."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from backbeat.rulebook import NO, UNKNOWN, YES, Shelf, replay

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "unit" / "rulebook" / "data"
CASES = {
    "ladder-open": ("crime-like", "principal", {"wounding": YES, "theft": YES}),
    "clock-overdue": (
        "crime-like",
        "clock",
        {"since_report": timedelta(hours=30, seconds=5), "complaint_on_duty": NO, "reported": date(2026, 4, 2)},
    ),
    "collected": ("crime-like", "additions", {"breach_of_order": YES, "drugs": YES, "victim_offence": YES}),
    "gate-unknown": ("triage-like", "owner", {"crime_now": NO, "crime_past": NO, "life_risk": UNKNOWN}),
}


@pytest.mark.parametrize("name", CASES)
def test_bytes_are_as_they_were(name: str) -> None:
    family, table, facts = CASES[name]
    shelf = Shelf.load(DATA / family)
    golden = (HERE / f"{name}.json").read_bytes().removesuffix(b"\n")
    assert shelf.on(date(2026, 5, 1)).decide(table, facts).to_json() == golden
    assert replay(golden, shelf)
