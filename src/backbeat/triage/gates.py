"""Each gate asked by itself: what it says on the facts given, what it may still say, and what it would have to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from backbeat.rulebook import UNKNOWN, YES, Fact, Result
from backbeat.rulebook.table import Table
from backbeat.triage.derived import ambulance_in_time, partner_in_time
from backbeat.triage.model import Gate, Outcome, Strand
from backbeat.triage.policies import Policy

__all__ = ["AMBULANCE", "Answered", "Verdict", "ask_gates", "read_verdict", "verdict_of"]

AMBULANCE = "ambulance"
"""Agency that leads a medical emergency, and what gate 1 says where it does."""
_TABLES = {
    Gate.CRIME: "gate_crime",
    Gate.RISK: "gate_risk",
    Gate.DUTY: "gate_duty",
    Gate.SCOPE: "scope",
    Gate.PARTNER: "partner",
    Gate.REPEAT: "gate_repeat",
}
_DERIVED = {"ambulance_in_time": ambulance_in_time, "partner_in_time": partner_in_time}


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What one gate says. One object for each that can be said (`verdict_of`): they are compared in millions."""

    response: Outcome | None
    """None: nothing against a partner leading."""
    lead: str = ""
    """Agency that would lead; only of the strand, and of gate 1 in a medical emergency."""
    urgency: str = ""


@lru_cache(maxsize=4096)
def verdict_of(response: Outcome | None, lead: str = "", urgency: str = "") -> Verdict:
    """The verdict that says so."""
    return Verdict(response, lead, urgency)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a gate says on some facts."""

    gate: Gate
    verdicts: frozenset[Verdict]
    """One where it is decided; else all that the open facts could still make it say."""
    needs: tuple[str, ...]
    """Facts that could still change that, most useful first."""
    result: Result | None
    """None while it is open which strand's table is asked."""


def ask_gates(policy: Policy, facts: Mapping[str, Fact]) -> dict[Gate, Answered]:
    """Put the facts to every gate."""
    answers = {gate: _ask(policy, gate, table, facts) for gate, table in _TABLES.items()}
    strand = facts.get("strand")
    if strand is UNKNOWN:  # the scope says why; that nobody leads such a call does not hang on it
        answers[Gate.STRAND] = Answered(Gate.STRAND, frozenset({verdict_of(Outcome.SUPERVISOR)}), (), None)
    elif strand is None:
        every = [_ask(policy, Gate.STRAND, policy.strand_table(one), facts) for one in Strand]
        verdicts = frozenset(verdict for one in every for verdict in one.verdicts)
        answers[Gate.STRAND] = Answered(Gate.STRAND, verdicts, ("strand",), None)
    else:
        answers[Gate.STRAND] = _ask(policy, Gate.STRAND, policy.strand_table(Strand(str(strand))), facts)
    if "partner_available" not in facts and {one.lead for one in answers[Gate.RISK].verdicts} == {AMBULANCE}:
        # The ambulance service has accepted the call it leads: whether the partner can take it is not asked twice.
        answers[Gate.PARTNER] = _ask(policy, Gate.PARTNER, "partner", {**facts, "partner_available": YES})
    return {gate: answers[gate] for gate in Gate}


def _ask(policy: Policy, gate: Gate, table_id: str, facts: Mapping[str, Fact]) -> Answered:
    edition = policy.edition
    table = edition.tables[table_id]
    given: dict[str, Fact] = {}
    open_: dict[str, tuple[str, ...]] = {}
    for input_ in table.inputs:
        if input_.name in _DERIVED:
            fact, missing = _DERIVED[input_.name](facts)
            open_[input_.name] = missing
        else:
            fact = facts.get(input_.name)
        if fact is not None:
            given[input_.name] = fact
    result = Result(edition, table_id, given, table.answer(given))
    rows = result.answered.fired or result.answered.possible
    verdicts = frozenset(read_verdict(table, at) for at in rows)
    needs = dict.fromkeys(fact for name in result.needs for fact in open_.get(name, (name,)))
    return Answered(gate, verdicts, tuple(needs), result)


@lru_cache(maxsize=4096)
def read_verdict(table: Table, at: int) -> Verdict:
    """What the row at an index of a gate's table says."""
    said = dict(zip((output.name for output in table.outputs), table.row_at(at).outputs, strict=True))
    response = str(said["response"])
    if response == AMBULANCE:
        return verdict_of(None, AMBULANCE, "emergency")
    outcome = None if response == "none" else Outcome(response)
    return verdict_of(outcome, str(said.get("lead", "")), str(said.get("urgency", "")))
