"""A policy that breaks a safety rule is found out, with the example that shows it."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from backbeat.rulebook.loading import load_edition
from backbeat.rulebook.sources import Faults
from backbeat.triage.policies import PACKAGED, Policy
from backbeat.triage.safety import check_policy

BREAKING = {
    "unknown life risk handed over": (
        "gate_risk", "{id: life-unknown, risk_life_now: unknown, response: supervisor,",
        "{id: life-unknown, risk_life_now: unknown, response: none,", "unknown-leads",
    ),
    "unknown crime handed over": (
        "gate_crime", "{id: unknown, crime: unknown, response: supervisor,",
        "{id: unknown, crime: unknown, response: none,", "unknown-leads",
    ),
    "ambulance whose time nobody knows": (
        "gate_risk", "police_need: no, ambulance_in_time: yes, response: ambulance",
        'police_need: no, ambulance_in_time: "yes|unknown", response: ambulance', "unknown-leads",
    ),
    "promise forgotten when nobody knows": (
        "gate_duty", "attendance_promised: unknown, handover_agreed: \"no|unknown\", response: supervisor",
        "attendance_promised: unknown, handover_agreed: \"no|unknown\", response: none", "unknown-leads",
    ),
    "live crime below a past one": (
        "gate_crime", "crime_live: yes, response: police-deploy", "crime_live: yes, response: none", "risk-lowers",
    ),
    "a location nobody knows below one that is known": (
        "strand_walk-out", "response: none, lead: hospital, urgency: soon, document: lincolnshire",
        "response: supervisor, lead: hospital, urgency: soon, document: lincolnshire", "risk-lowers",
    ),
    "an agency that is not on the list": (
        "strand_transport", "lead: patient-transport, urgency: routine, document: npa",
        "lead: taxi-firm, urgency: routine, document: npa", "nobody-leads",
    ),
    "a statement without a way back": (
        "statements", "and so is help from {agency}. If anything changes before they arrive, call 999 again at once.",
        "and so is help from {agency}.", "no-999",
    ),
    "a review nobody would wait for": (
        "timers", "timer: review-emergency, minutes: 10", "timer: review-emergency, minutes: 600", "too-long",
    ),
}  # fmt: skip


def changed(folder: Path, table: str, old: str, new: str) -> Policy:
    """The packaged policy with one change, its tables' own examples left aside: they are another check."""
    shutil.copytree(PACKAGED / "2026-national", folder / "2026-national")
    file = folder / "2026-national" / "tables" / f"{table}.yaml"
    text = file.read_text("utf-8")
    assert text.count(old) >= 1, f"{table} has changed; correct this test"
    file.write_text(text.replace(old, new), "utf-8")
    faults = Faults()
    loaded = load_edition(folder / "2026-national", faults)
    assert loaded is not None, faults.found
    return Policy(loaded.edition)


@pytest.mark.parametrize(("table", "old", "new", "rule"), BREAKING.values(), ids=BREAKING)
def test_a_breach_is_found_with_an_example(tmp_path: Path, table: str, old: str, new: str, rule: str) -> None:
    breaches = check_policy(changed(tmp_path, table, old, new))

    found = [breach for breach in breaches if breach.rule == rule]
    assert found, [breach.line() for breach in breaches]
    assert found[0].facts
    assert found[0].facts[0][0] in found[0].line()


def test_a_table_too_large_to_be_proved_is_refused(tmp_path: Path) -> None:
    words = ", ".join(f"w{n}" for n in range(60))
    inputs = "".join(f'  - {{name: extra_{n}, type: "enum[{words}]", unknown: answer}}\n' for n in range(3))
    policy = changed(tmp_path, "partner", "outputs:\n  - {name: response", f"{inputs}outputs:\n  - {{name: response")

    assert "too-large" in {breach.rule for breach in check_policy(policy)}


def test_the_day_of_the_packaged_policy() -> None:
    from backbeat.triage.policies import open_policies

    assert open_policies().on(date(2026, 11, 22)).id == "rcrp-national-2026"
