"""One call lived through under one policy: first contact, what is learnt later, further contacts, the partner comes.

The order of happenings is the call's own; only who is sent, and when, is the policy's. Whoever would have rung again
does not where somebody has come by then. What a supervisor would decide nobody can know: the replay assumes that the
supervisor sends police, says so, and counts these calls apart from those the policy itself sends police to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from backbeat.errors import Bug
from backbeat.rulebook import Fact
from backbeat.triage.derived import consistent
from backbeat.triage.model import Outcome
from backbeat.triage.simulation.deciding import Decider, Recorded, Verdict
from backbeat.triage.simulation.model import Call, Played

__all__ = ["SUPERVISOR_MINUTES", "play"]

SUPERVISOR_MINUTES = 15
"""Assumed time until a supervisor has decided."""
_GIVEN = ("strand", "contact_number")
"""Known without asking."""
_MOST_QUESTIONS = 100
"""More than there are facts; a policy that asks on for ever is broken."""


@dataclass(slots=True)
class _Life:
    """The state of one call while it is played."""

    call: Call
    decider: Decider
    known: dict[str, Fact] = field(default_factory=dict)
    asked: int = 0
    agency: str = ""
    escalated_at: int | None = None
    escalated: bool = False
    handed_at: int | None = None
    deployed_at: int | None = None
    outcome: Outcome | None = None
    first: Outcome | None = None
    left_open: bool = False

    def assess(self, minutes: int, can_say: Mapping[str, Fact]) -> None:
        """Ask until the policy has enough or the caller can say no more, and act on it."""
        verdict = self._ask(can_say)
        self.left_open = verdict.outcome is Outcome.ASK_MORE
        outcome = verdict.if_unknown if self.left_open else verdict.outcome
        self.first = self.first or outcome
        self.outcome = outcome
        self.agency = self.agency or verdict.agency
        if outcome.attends:
            self.deployed_at = minutes
        if outcome is Outcome.SUPERVISOR and self.escalated_at is None:
            self.escalated_at, self.escalated = minutes, True
        elif outcome is not Outcome.SUPERVISOR:
            self.escalated_at = None
        if verdict.agency and self.handed_at is None:
            self.handed_at = minutes

    def _ask(self, can_say: Mapping[str, Fact]) -> Verdict:
        for _ in range(_MOST_QUESTIONS):
            verdict = self.decider.decide(consistent(self.known))
            if verdict.outcome is not Outcome.ASK_MORE:
                return verdict
            found = next((group for group in verdict.ask if self._sayable(group, can_say)), None)
            if found is None:
                return verdict
            self.asked += 1
            self.known.update({fact: can_say[fact] for fact in self._sayable(found, can_say)})
        raise Bug(f"{self.decider.name} asks more than {_MOST_QUESTIONS} questions of one call")

    def _sayable(self, group: tuple[str, ...], can_say: Mapping[str, Fact]) -> list[str]:
        return [fact for fact in group if fact in can_say and fact not in self.known]

    @property
    def supervisor_sends_at(self) -> int | None:
        return None if self.escalated_at is None else self.escalated_at + SUPERVISOR_MINUTES

    @property
    def partner_there_at(self) -> int | None:
        if self.handed_at is None or self.call.partner_minutes is None:
            return None
        return self.handed_at + self.call.partner_minutes

    def is_over_by(self, minutes: int) -> bool:
        """Whether police are on their way, or the partner alone is there, before this minute."""
        sent = self.deployed_at is not None or (
            self.supervisor_sends_at is not None and self.supervisor_sends_at <= minutes
        )
        there = self.partner_there_at
        return sent or (there is not None and self.outcome is Outcome.PARTNER_LEADS and there < minutes)


def play(call: Call, decider: Decider | Recorded) -> Played:
    """What becomes of a call under a policy, or became of it in the log.

    Raises:
        Bug: the log does not say what was decided; ask `has_decision` of a whole log first.
    """
    if isinstance(decider, Recorded):
        return _as_recorded(call)
    life = _Life(call, decider, {name: call.facts[name] for name in _GIVEN if name in call.facts})
    can_say = dict(call.facts)
    life.assess(0, can_say)
    for minutes, facts, again in _happenings(call):
        if life.is_over_by(minutes):
            break
        can_say.update(facts)
        if again:
            # A further contact is a fresh assessment: everything is asked again, and it counts as one more contact.
            number = can_say.get("contact_number", 1)
            can_say["contact_number"] = number + 1 if isinstance(number, int) else 2
            life.known = {name: can_say[name] for name in _GIVEN if name in can_say}
        else:
            life.known.update(facts)
        life.assess(minutes, can_say)
    return _played(life)


def _happenings(call: Call) -> Iterator[tuple[int, Mapping[str, Fact], bool]]:
    """What is learnt and who rings again, in order of time."""
    learnt = [(later.minutes, 0, later.facts) for later in call.later]
    rings: list[tuple[int, int, Mapping[str, Fact]]] = [(minutes, 1, {}) for minutes in call.rings_again]
    for minutes, kind, facts in sorted([*learnt, *rings], key=lambda one: one[:2]):
        yield minutes, facts, kind == 1


def _played(life: _Life) -> Played:
    if life.outcome is None or life.first is None:
        raise Bug("a call was played without an assessment")
    call = life.call
    sent = life.deployed_at if life.deployed_at is not None else life.supervisor_sends_at
    police = None if sent is None or call.police_minutes is None else sent + call.police_minutes
    arrivals = [at for at in (police, life.partner_there_at) if at is not None]
    return Played(
        outcome=life.outcome,
        first=life.first,
        left_open=life.left_open,
        escalated=life.escalated,
        asked=life.asked,
        agency=life.agency,
        deployed_minutes=life.deployed_at,
        responder_minutes=min(arrivals, default=None),
        responder_known=call.police_minutes is not None,
    )


def _as_recorded(call: Call) -> Played:
    decided = call.decided
    if decided.outcome is None:
        raise Bug("the log does not say what was decided on every call")
    return Played(
        outcome=decided.outcome,
        first=decided.outcome,
        escalated=decided.outcome is Outcome.SUPERVISOR,
        deployed_minutes=0 if decided.outcome.attends else None,
        responder_minutes=decided.responder_minutes,
        responder_known=decided.responder_minutes is not None,
    )
