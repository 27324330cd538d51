"""The nouns of the triage desk: who owns a call, what is still to be asked, what is owed."""

from dataclasses import dataclass
from enum import StrEnum

from backbeat.rulebook import Node

__all__ = [
    "Assessment",
    "Choice",
    "Duty",
    "Gate",
    "Lead",
    "Outcome",
    "Question",
    "Reason",
    "Source",
    "Strand",
    "Urgency",
]


class Outcome(StrEnum):
    """Who owns the call. Declared in rising response; `ASK_MORE` is none of them."""

    PARTNER_LEADS = "partner-leads"
    """A partner agency owns it, once a named person there has accepted it."""
    POLICE_OWN = "police-own"
    """Police keep it without sending somebody at once: a crime to record, a missing person, a duty taken on."""
    SUPERVISOR = "supervisor"
    """A supervisor decides now, because something that matters cannot be known or the rules leave it open."""
    POLICE_DEPLOY = "police-deploy"
    """Police attend."""
    JOINT = "joint"
    """Police attend together with a partner who leads on care."""
    ASK_MORE = "ask-more"
    """A question may still change who owns it."""

    @property
    def response(self) -> int:
        """How much of the police it takes, 0 (partner leads) to 4 (joint): adding a risk never lowers it.

        Raises:
            KeyError: `ASK_MORE` is not a response.
        """
        return _RESPONSE[self]

    @property
    def attends(self) -> bool:
        """Whether police go."""
        return self in (Outcome.POLICE_DEPLOY, Outcome.JOINT)


_RESPONSE = {
    Outcome.PARTNER_LEADS: 0,
    Outcome.POLICE_OWN: 1,
    Outcome.SUPERVISOR: 2,
    Outcome.POLICE_DEPLOY: 3,
    Outcome.JOINT: 4,
}


class Strand(StrEnum):
    """Kinds of call that Right Care, Right Person covers (College, control-room guidance)."""

    WELFARE = "welfare"
    WALK_OUT = "walk-out"
    AWOL = "awol"
    MEDICAL = "medical"
    TRANSPORT = "transport"
    S136 = "s136"
    VOLUNTARY = "voluntary"


class Gate(StrEnum):
    """Steps of an assessment, in order."""

    CRIME = "crime"
    RISK = "risk"
    DUTY = "duty"
    SCOPE = "scope"
    STRAND = "strand"
    PARTNER = "partner"
    REPEAT = "repeat"


class Urgency(StrEnum):
    """How soon the partner must be with the person."""

    EMERGENCY = "emergency"
    SOON = "soon"
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands."""

    document: str
    page: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a question, as it is offered to the call handler."""

    id: str
    words: str
    sets: tuple[tuple[str, str], ...]
    """Facts this answer gives, as `(fact, word)`."""


@dataclass(frozen=True, slots=True)
class Question:
    """Facts asked together, because one answer gives them."""

    group: str
    text: str
    help: str
    facts: tuple[str, ...]
    """Facts of the group that could still change the answer; never empty."""
    choices: tuple[Choice, ...]
    """Empty where the facts are given each by itself."""
    kind: str
    """`one` of the choices · `many` of them, what is not picked then being `no` · `fields`, a value for each fact."""
    gate: Gate
    source: Source

    @property
    def many(self) -> bool:
        """Whether any number of the choices may be picked."""
        return self.kind == "many"


@dataclass(frozen=True, slots=True)
class Reason:
    """What one gate said."""

    gate: Gate
    response: Outcome | None
    """What it alone would make of the call; None where it has nothing against a partner leading."""
    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Duty:
    """Something owed on this call besides its outcome."""

    id: str
    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Lead:
    """The partner agency that leads, or that leads on care beside the police."""

    agency: str
    title: str
    urgency: Urgency
    route: str
    """How the call is handed over, in the force's own words; empty where the force has not written any."""
    phone: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Who owns a call on the facts given under one version of a policy. Advice: a named person decides."""

    outcome: Outcome
    if_unknown: Outcome
    """What it is if nothing more can be learnt: every open fact answered with `unknown`. Never `ASK_MORE`."""
    floor: Outcome
    """The least response any further answer can still lead to: what may be acted on before the questions end."""
    reachable: tuple[Outcome, ...]
    """What the open facts could still make of it, rising. One where decided."""
    lead: Lead | None
    """There wherever a partner leads or joins."""
    questions: tuple[Question, ...]
    """What can still change the answer, in the order it is asked. Empty unless `outcome` is `ASK_MORE`."""
    reasons: tuple[Reason, ...]
    duties: tuple[Duty, ...]
    statement: str
    """What the caller is told, word for word. Empty while more is asked."""
    review_minutes: int | None
    """When it is looked at again, minutes from now; None where police attend or more is asked."""
    policy: str
    """Id of the version that decided."""
    policy_hash: str
    facts: tuple[tuple[str, str], ...]
    """What was known, as words, sorted."""
    why: Node
