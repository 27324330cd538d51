"""Who decides a replayed call: a policy, the practice before Right Care, Right Person, or the people of the log."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from backbeat.rulebook import YES, Fact, Facts
from backbeat.triage.model import Assessment, Outcome

__all__ = ["BEFORE_RCRP", "RECORDED", "Before", "Decider", "PolicyDecider", "Recorded", "Verdict", "before_rcrp"]

BEFORE_RCRP = "before-rcrp"
RECORDED = "recorded"
MOST_REMEMBERED = 100_000
"""Verdicts kept; the facts of a month repeat themselves, and the same facts always give the same verdict."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The part of an assessment that a replay uses."""

    outcome: Outcome
    if_unknown: Outcome
    ask: tuple[tuple[str, ...], ...] = ()
    """Facts of each open question, the most useful question first."""
    agency: str = ""


class Decider(Protocol):
    """Facts in, verdict out; the same facts always give the same verdict."""

    @property
    def name(self) -> str:
        """How the report names it."""

    @property
    def hash(self) -> str:
        """SHA-256 of the policy; empty where it is none."""

    def decide(self, facts: Facts) -> Verdict:
        """What it makes of the facts known now."""


class PolicyDecider:
    """A policy of the desk, asked through `assess`; answers are remembered."""

    def __init__(self, assess: Callable[[Facts], Assessment], name: str, hash: str) -> None:
        self.name = name
        self.hash = hash
        self._assess = assess
        self._known: dict[frozenset[tuple[str, Fact]], Verdict] = {}

    def decide(self, facts: Facts) -> Verdict:
        """What the policy makes of the facts known now."""
        key = frozenset(facts.items())
        verdict = self._known.get(key)
        if verdict is None:
            made = self._assess(facts)
            lead = made.lead.agency if made.lead is not None else ""
            verdict = Verdict(made.outcome, made.if_unknown, tuple(one.facts for one in made.questions), lead)
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = verdict
        return verdict


def before_rcrp(facts: Facts) -> Outcome:
    """Police go to every call of the four kinds, with the ambulance where treatment is needed: nothing is asked.

    The upper end of practice before Right Care, Right Person, not its average: Humberside says its officers were sent
    to 78 % of such calls, the Metropolitan Police to 41 %, Cheshire to 69 % (`data/figures.yaml`). What a force did
    itself is in its own log; replay against `recorded`.
    """
    return Outcome.JOINT if facts.get("medical") is YES else Outcome.POLICE_DEPLOY


class Before:
    """`before_rcrp` as a decider."""

    name = BEFORE_RCRP
    hash = ""

    def decide(self, facts: Facts) -> Verdict:
        """See `before_rcrp`."""
        outcome = before_rcrp(facts)
        return Verdict(outcome, outcome, agency="ambulance" if outcome is Outcome.JOINT else "")


class Recorded:
    """What people decided, as the log has it. It decides nothing; `replaying.play` reads the log's own columns."""

    name = RECORDED
    hash = ""
