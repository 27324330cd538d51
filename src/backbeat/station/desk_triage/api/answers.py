"""What comes back: a call in a list, a call with its history, and what it came to. No person, place or number.

The system that sent a call has those; what is not given out cannot be read by whoever gets hold of a token.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from backbeat.canonical import Json
from backbeat.rulebook import Fact
from backbeat.station.desk_triage import engine
from backbeat.station.desk_triage.models import Call
from backbeat.triage.assessing import assess
from backbeat.triage.assessment_json import assessment_json
from backbeat.triage.facts_json import read_fact
from backbeat.triage.model import Assessment, Gate, Outcome, Urgency
from backbeat.triage.policies import Policy

__all__ = ["Calls", "Fault", "History", "Listed", "Standing", "listed", "plain", "standing", "with_history"]


class Fault(Schema):
    """Every refusal and failure, whatever its status."""

    code: str = Field(description="Stable name of the kind of error; `backbeat explain CODE` tells more.")
    what: str = Field(description="What happened; several faults, a line each.")
    where: str = Field(description="In which part of the request, or on which call.")
    do: str = Field(description="What to do next.")


class Listed(Schema):
    """A call as a board shows it."""

    id: UUID
    reference: str
    state: Literal["open", "closed"]
    opened_at: datetime
    outcome: Outcome = Field(description="What stands: a supervisor's decision, police sent, else what was assessed.")
    if_unknown: Outcome = Field(description="What it is if nothing more can be learnt.")
    risk: int = Field(ge=0, le=4, description="Response of the outcome, or of `if_unknown` while more is asked.")
    lead: str = Field(description="Agency that leads or leads on care; empty where none does.")
    owner: str = Field(description="Who owns it now; empty while nobody has accepted it.")
    escalated: bool = Field(description="Waits for a supervisor's decision.")
    callback_owed: bool
    deployed: bool
    contact_number: int = Field(ge=1)
    revision: int = Field(ge=1, description="Number of its newest event: unchanged as long as this is.")
    next_due_at: datetime | None = Field(description="When its nearest clock runs out.")


class Calls(Schema):
    """A page of calls, the oldest first."""

    calls: list[Listed]
    next: UUID | None = Field(description="Give it as `after` for the next page; null on the last.")


class Happened(Schema):
    """One event of a call, without what was said in it."""

    sequence: int = Field(ge=1)
    kind: str
    at: datetime
    role: str


class History(Listed):
    """A call and what happened to it."""

    events: list[Happened]


class Lead(Schema):
    """The agency that leads, and how to reach it."""

    agency: str
    title: str
    urgency: Urgency
    route: str
    phone: str


class Choice(Schema):
    """One answer to a question, and the facts it gives."""

    id: str
    words: str
    sets: dict[str, str]


class Question(Schema):
    """A question that can still change the outcome."""

    group: str
    gate: Gate
    text: str
    help: str
    kind: Literal["one", "many", "fields", "number"]
    facts: list[str]
    choices: list[Choice]
    document: str
    page: str


class Reason(Schema):
    """What one gate said."""

    gate: Gate
    response: Outcome | None
    text: str
    document: str
    page: str


class Duty(Schema):
    """Something owed besides the outcome."""

    id: str
    text: str
    document: str
    page: str


class PolicyName(Schema):
    """The version that decided."""

    id: str
    hash: str


class Assessed(Schema):
    """What the rules make of the facts."""

    policy: PolicyName
    facts: dict[str, str]
    outcome: Outcome
    if_unknown: Outcome
    floor: Outcome = Field(description="The least response that any further answer can still lead to.")
    reachable: list[Outcome]
    lead: Lead | None
    questions: list[Question]
    reasons: list[Reason]
    duties: list[Duty]
    statement: str
    review_minutes: int | None


class Owed(Schema):
    """Something between here and the close."""

    kind: str
    text: str
    about: str


class Standing(Listed):
    """What a call came to, and why. Advice until a named person in the control room acts on it."""

    decided: bool = Field(description="Whether a supervisor's decision stands.")
    owed: list[Owed]
    assessment: Assessed


def plain(kind: type[Schema], fields: Mapping[str, Any]) -> Json:
    """An answer as JSON, checked: what is kept for sending again is what is sent the first time."""
    value: Json = kind.model_validate(fields).model_dump(mode="json")
    return value


def listed(call: Call) -> dict[str, Any]:
    """The fields of `Listed`."""
    return {name: getattr(call, name) for name in Listed.model_fields}


def with_history(call: Call) -> dict[str, Any]:
    """The fields of `History`."""
    rows = call.events.order_by("sequence").only("sequence", "kind", "at", "role", "call")
    events = [{"sequence": one.sequence, "kind": one.kind, "at": one.at, "role": one.role} for one in rows]
    return {**listed(call), "events": events}


def standing(call: Call) -> dict[str, Any]:
    """The fields of `Standing`, assessed from the facts as they stand."""
    policy = engine.policy_of(call)
    assessed = dict(assessment_json(_assess(policy, call.facts)))
    return {
        **listed(call),
        "decided": bool(call.decided),
        "owed": [{"kind": kind, "text": text, "about": about} for kind, text, about in call.owed],
        "assessment": {name: assessed[name] for name in Assessed.model_fields},
    }


def _assess(policy: Policy, kept: Mapping[str, Any]) -> Assessment:
    facts: dict[str, Fact] = {name: read_fact(policy, name, value) for name, value in kept.items()}
    return assess(policy, facts)
