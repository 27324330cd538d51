"""The station's rows and the triage engine's values, brought together. No page and no permission here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from backbeat.canonical import Json
from backbeat.errors import Bug
from backbeat.rulebook import Fact
from backbeat.rulebook.values import write_value
from backbeat.station.desk_triage.force_policy import deciding
from backbeat.station.desk_triage.models import Call, CallEvent
from backbeat.triage.assessing import assess
from backbeat.triage.assessment_json import assessment_json
from backbeat.triage.calls.clocks import Due, Timers, pending
from backbeat.triage.calls.events import Event, read_happening
from backbeat.triage.calls.folding import apply
from backbeat.triage.calls.happenings import Assessed, Happening
from backbeat.triage.calls.owed import Owed, owed
from backbeat.triage.calls.state import CallState
from backbeat.triage.calls.words import Role
from backbeat.triage.model import Assessment, Outcome
from backbeat.triage.policies import Policy

__all__ = [
    "Assessing",
    "advance",
    "assess_state",
    "clocks_of",
    "fold_call",
    "fold_rows",
    "new_event",
    "owed_now",
    "plain_assessment",
    "plain_facts",
    "plain_owed",
    "policy_of",
    "policy_on",
    "statement_of",
]


@dataclass(frozen=True, slots=True)
class Assessing:
    """An assessment of a call as it stands, and the event that keeps it where it is new."""

    value: Assessment
    event: Assessed | None


def policy_on(at: datetime) -> Policy:
    """The policy that was in force when a call came in; see `force_policy.deciding`.

    Raises:
        NoRuleForDate: none was.
    """
    return deciding().shelf.on(timezone.localtime(at).date())


def policy_of(call: Call) -> Policy:
    """The policy a call is decided by: that of the day it came in."""
    return policy_on(call.opened_at)


def new_event(what: Happening, *, sequence: int, key: str, at: datetime, by: str, role: Role) -> Event:
    """An event to be added. Raises StepRefused where this role may not say so."""
    return Event(sequence=sequence, key=key, at=at, by=by, role=role, what=what)


def advance(state: CallState | None, event: Event) -> CallState:
    """The call after one more event; raises as `backbeat.triage.calls.folding.apply`."""
    return apply(state, event)


def fold_rows(rows: Iterable[CallEvent]) -> CallState | None:
    """How a call stands after these rows, in order; None where there are none yet."""
    state: CallState | None = None
    for row in rows:
        by = row.by.get_username() if row.by is not None else "station"
        event = Event(
            sequence=row.sequence,
            key=row.key,
            at=row.at,
            by=by,
            role=Role(row.role),
            what=read_happening(row.kind, row.body),
        )
        state = apply(state, event)
    return state


def fold_call(call: Call) -> CallState:
    """How a call stands, from its events."""
    state = fold_rows(call.events.select_related("by").order_by("sequence"))
    if state is None:
        raise Bug(f"call {call.pk} has no events")
    return state


def assess_state(call: Call, state: CallState) -> Assessing:
    """Assess a call as it stands."""
    value = assess(policy_of(call), state.facts)
    made = Assessed.of(value)
    return Assessing(value, None if state.assessed == made else made)


def owed_now(state: CallState, assessment: Assessment) -> tuple[Owed, ...]:
    """What is owed before the call may close, at this moment."""
    return owed(state, timezone.now(), assessment)


def statement_of(call: Call, state: CallState, assessment: Assessment) -> str:
    """The words for the caller as things stand; empty where there are none, because more is asked."""
    outcome = state.outcome
    if outcome is Outcome.ASK_MORE:
        return ""
    if outcome is assessment.outcome:
        return assessment.statement
    policy = policy_of(call)
    said = policy.edition.decide("statements", {"outcome": outcome.value, "urgency": "soon"}).outcome or {}
    title = "the agency that leads"
    if state.lead:
        known = policy.edition.decide("agencies", {"agency": state.lead}).outcome or {}
        title = str(known.get("title", title))
    text = str(said.get("text", "")).replace("{agency}", title)
    return ". ".join(part[:1].upper() + part[1:] for part in text.split(". "))


def clocks_of(call: Call, state: CallState) -> tuple[Due, ...]:
    """Clocks that run on a call, or have run out unseen, the earliest first."""
    return pending(state, Timers.of(policy_of(call).minutes))


def plain_facts(facts: Mapping[str, Fact]) -> dict[str, Json]:
    """Facts as JSON."""
    return {name: write_value(fact) for name, fact in facts.items()}


def plain_assessment(assessment: Assessment) -> dict[str, Any]:
    """An assessment as JSON, without the questions and the tree of reasons: both can be made again from the facts."""
    plain = assessment_json(assessment)
    return {name: value for name, value in plain.items() if name not in ("questions", "why")}


def plain_owed(state: CallState, assessment: Assessment) -> list[list[str]]:
    """What is owed, as the board shows it: [[kind, words, about], …]."""
    return [[one.debt.value, one.text, one.about] for one in owed_now(state, assessment)]
