"""The use cases of the crime desk, called by the command line and the station. Only here are ledger rows written.

`propose` says what the rules make of a report and leaves no trace. `record` is a person's act: it leaves one row.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backbeat.crime.deciding import decide
from backbeat.crime.decision import Decision, State
from backbeat.crime.facts_json import read_facts, read_facts_file
from backbeat.crime.rules import RulesShelf, open_rules
from backbeat.errors import InputRejected

if TYPE_CHECKING:
    from backbeat.crime.hours import Gain, HumanTime
    from backbeat.installation import Installation
    from backbeat.ledger import Receipt

__all__ = ["Actor", "Proposal", "RecordedDecision", "propose", "propose_file", "record"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account. The ledger holds its pseudonym."""

    account: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision nobody has taken yet."""

    decision: Decision
    machine_ms: int
    """Time the engine took, reading the facts included."""


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A decision a person has taken."""

    decision: Decision
    receipt: "Receipt"
    gain: "Gain"


def propose(facts: object, *, edition_id: str | None = None, shelf: RulesShelf | None = None) -> Proposal:
    """Decide facts given as a JSON value, under the edition named or the one in force on the day of the report.

    Raises:
        FactsRefused: the facts are at fault; every fault at once.
        NoRuleForDate: no edition is in force on that day.
    """
    started = time.perf_counter_ns()
    report, rules = read_facts(facts, shelf or open_rules(), edition_id)
    return Proposal(decide(rules, report), _ms_since(started))


def propose_file(path: Path, *, edition_id: str | None = None, shelf: RulesShelf | None = None) -> Proposal:
    """Decide a file of facts. Raises as `propose`."""
    started = time.perf_counter_ns()
    report, rules = read_facts_file(path, shelf or open_rules(), edition_id)
    return Proposal(decide(rules, report), _ms_since(started))


def record(
    proposal: Proposal,
    *,
    installation: "Installation",
    actor: Actor,
    human: "HumanTime | None" = None,
    ruled: int | None = None,
) -> RecordedDecision:
    """Take a settled proposal as decided, and leave one ledger row; the same decision again leaves no second one.

    `ruled`: every point the proposal refers has been ruled on, and so many crimes are recorded with those rulings.

    With `human`, the time the person spent, the row is held against the force's own time for a crime record; without
    it, or where the force has none, the row claims no hours.

    Raises:
        InputRejected: facts are missing, or a point is the registrar's and not ruled on; nothing was written.
        LedgerBusy: another writer held the ledger too long; try again.
        LedgerDamaged: the ledger does not verify; nothing was written.
    """
    from backbeat.canonical import sha256_hex
    from backbeat.crime.hours import gain_of, own_baseline, task_record
    from backbeat.ledger import Ledger, pseudonymous_actor

    decision = proposal.decision
    if decision.state is State.OPEN or (decision.state is State.REFERRED and ruled is None):
        waiting = "facts are missing" if decision.state is State.OPEN else "a point is the registrar's to decide"
        raise InputRejected(
            f"The decision is not settled: {waiting}. Nothing was recorded.",
            where=f"report {decision.report.reference}",
            do="answer the questions, or give the registrar's decision among the facts, and decide again",
        )
    ledger = Ledger.open(installation)
    now = time.time_ns() // 1_000_000
    gain = gain_of(decision, own_baseline(ledger.baselines, now), human, recorded=ruled)
    row = task_record(
        decision,
        gain,
        actor=pseudonymous_actor(installation, actor.account),
        machine_ms=proposal.machine_ms,
        recorded_at=now,
    )
    key = f"crime {sha256_hex(decision.to_json())}"
    (receipt,) = ledger.append([row], key=key if ruled is None else f"{key} ruled {ruled}")
    return RecordedDecision(decision, receipt, gain)


def _ms_since(started_ns: int) -> int:
    return (time.perf_counter_ns() - started_ns + 500_000) // 1_000_000
