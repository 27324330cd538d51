"""The bytes of a made-up month and of a replay's report, as they were written once.

A force compares months with one another, so the same seed must give the same calls on every machine and in every later
version; and other tools read the report.
"""

from pathlib import Path

from backbeat.canonical import canonical_json, sha256_hex
from backbeat.rulebook import UNKNOWN, YES, Facts
from backbeat.rulebook.values import ValueType
from backbeat.triage.model import Outcome
from backbeat.triage.simulation.call_log import write_log
from backbeat.triage.simulation.comparing import compare
from backbeat.triage.simulation.deciding import Recorded, Verdict
from backbeat.triage.simulation.generator import make_month
from backbeat.triage.simulation.rendering import render

HERE = Path(__file__).parent
TYPES = {
    "strand": ValueType.parse("enum[welfare, walk-out, awol, medical, transport, s136, voluntary]"),
    "risk_life_now": ValueType.parse("tri"),
    "partner_eta_minutes": ValueType.parse("int"),
}


class Plain:
    """A decider that no change of a policy touches."""

    name = "plain"
    hash = "0" * 64

    def decide(self, facts: Facts) -> Verdict:
        risk = facts.get("risk_life_now")
        if risk is None:
            return Verdict(Outcome.ASK_MORE, Outcome.SUPERVISOR, ask=(("risk_life_now",),))
        if risk is YES:
            return Verdict(Outcome.POLICE_DEPLOY, Outcome.POLICE_DEPLOY)
        if risk is UNKNOWN:
            return Verdict(Outcome.SUPERVISOR, Outcome.SUPERVISOR)
        return Verdict(Outcome.PARTNER_LEADS, Outcome.PARTNER_LEADS, agency=str(facts["strand"]))


def test_a_month_is_as_it_was() -> None:
    lines: list[str] = []
    write_log(make_month("cheshire", seed=1, calls=300), TYPES, lines.append)
    text = "".join(lines)
    assert text[:4000].splitlines()[:8] == (HERE / "month.csv").read_text().splitlines()
    assert sha256_hex(text.encode()) == (HERE / "month.sha256").read_text().strip()


def test_a_report_is_as_it_was() -> None:
    found = compare(make_month("humberside", seed=1, calls=300), Recorded(), Plain())
    assert canonical_json(found.to_json()) == (HERE / "replay.json").read_bytes().removesuffix(b"\n")
    assert render(found) == (HERE / "replay.txt").read_text()
