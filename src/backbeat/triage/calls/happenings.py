"""What can happen to a call: one frozen class each, checked when it is made, with one JSON form for its fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final

from backbeat.canonical import Json
from backbeat.rulebook import Fact
from backbeat.triage.calls.digests import facts_digest, statement_id
from backbeat.triage.calls.fields import (
    FACT,
    FLAG,
    MINUTES,
    MOMENT,
    NOTES,
    PERSON,
    REASON,
    WORD,
    ChoiceRule,
    ListRule,
    MaybeRule,
    NumberRule,
    TextRule,
    rules_of,
    settle,
)
from backbeat.triage.calls.words import Audience, CallerKind, Harm, Loss, Role, Service, Thrive, Timer
from backbeat.triage.model import Assessment, Outcome, Strand, Urgency

__all__ = [
    "KINDS",
    "Happening",
    "Accepted",
    "Arrived",
    "Assessed",
    "CallbackDone",
    "CallbackDue",
    "CallbackEnded",
    "Cleared",
    "Closed",
    "Declined",
    "Deployed",
    "Described",
    "DutyDone",
    "Escalated",
    "EtaGiven",
    "FactStated",
    "FactWithdrawn",
    "HandoverAgreed",
    "HarmReported",
    "Linked",
    "Lost",
    "Noted",
    "Offered",
    "Opened",
    "Promised",
    "RationaleWritten",
    "Recontacted",
    "Reopened",
    "ReviewSet",
    "Reviewed",
    "StatementRead",
    "StoodDown",
    "SupervisorDecided",
    "ThriveNoted",
    "TimerFired",
    "Told",
]

_REFERENCE: Final = TextRule(100)
_DIGEST: Final = TextRule(64)
_PEOPLE: Final = frozenset({Role.HANDLER, Role.SUPERVISOR})
_SUPERVISOR: Final = frozenset({Role.SUPERVISOR})
_SYSTEM: Final = frozenset({Role.SYSTEM})
_WITH_PARTNER: Final = _PEOPLE | {Role.PARTNER}
_ANYBODY: Final = frozenset(Role)


class Happening:
    """What happened. Every subclass is a frozen dataclass whose fields carry their rules.

    Raises:
        EventRefused: when made from values its fields may not hold; every fault at once.
    """

    __slots__ = ()
    kind: ClassVar[str] = ""
    """The word for it in JSON."""
    roles: ClassVar[frozenset[Role]] = _PEOPLE
    """Who may say so."""

    def __post_init__(self) -> None:
        """Put every field into its one form."""
        settle(self, self.kind)

    def data(self) -> dict[str, Json]:
        """The fields as JSON."""
        return {name: rule.write(getattr(self, name)) for name, rule in rules_of(type(self)).items()}


# --- the call itself --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened(Happening):
    """A call came in. What is not known yet stays empty and comes later by `described` and `fact`."""

    kind = "opened"
    roles = _ANYBODY - {Role.PARTNER}
    strand: Annotated[Strand | None, MaybeRule(ChoiceRule(Strand))] = None
    person: Annotated[str, TextRule(200, least=0)] = ""
    place: Annotated[str, TextRule(500, least=0)] = ""
    number: Annotated[str, TextRule(60, least=0)] = ""
    caller: Annotated[CallerKind, ChoiceRule(CallerKind)] = CallerKind.UNKNOWN
    notes: Annotated[str, TextRule(8_000, least=0, lines=True)] = ""


@dataclass(frozen=True, slots=True)
class Described(Happening):
    """Whom, where and from which number became known or was put right. None leaves what stands."""

    kind = "described"
    roles = _ANYBODY - {Role.PARTNER}
    person: Annotated[str | None, MaybeRule(TextRule(200, least=0))] = None
    place: Annotated[str | None, MaybeRule(TextRule(500, least=0))] = None
    number: Annotated[str | None, MaybeRule(TextRule(60, least=0))] = None
    caller: Annotated[CallerKind | None, MaybeRule(ChoiceRule(CallerKind))] = None


@dataclass(frozen=True, slots=True)
class FactStated(Happening):
    """A fact was asked for and answered, or answered anew."""

    kind = "fact"
    roles = _ANYBODY - {Role.PARTNER}
    name: Annotated[str, WORD]
    value: Annotated[Fact, FACT]


@dataclass(frozen=True, slots=True)
class FactWithdrawn(Happening):
    """An answer was entered by mistake: the fact counts as not asked yet."""

    kind = "fact_withdrawn"
    name: Annotated[str, WORD]


@dataclass(frozen=True, slots=True)
class Noted(Happening):
    """Free notes."""

    kind = "note"
    roles = _ANYBODY
    text: Annotated[str, NOTES]


@dataclass(frozen=True, slots=True)
class ThriveNoted(Happening):
    """One field of THRIVE was written."""

    kind = "thrive"
    field: Annotated[Thrive, ChoiceRule(Thrive)]
    text: Annotated[str, NOTES]


@dataclass(frozen=True, slots=True)
class Assessed(Happening):
    """The engine assessed the facts. Make it with `Assessed.of`; it keeps what a close will be held to."""

    kind = "assessed"
    roles = _ANYBODY - {Role.PARTNER}
    outcome: Annotated[Outcome, ChoiceRule(Outcome)]
    policy: Annotated[str, _REFERENCE]
    policy_hash: Annotated[str, _DIGEST]
    facts: Annotated[str, _DIGEST]
    """`facts_digest` of the facts it was made on."""
    lead: Annotated[str, TextRule(60, least=0)] = ""
    """Agency that leads, or that leads on care; empty where none does."""
    urgency: Annotated[Urgency | None, MaybeRule(ChoiceRule(Urgency))] = None
    statement: Annotated[str, TextRule(64, least=0)] = ""
    """`statement_id` of the words for the caller; empty where there are none yet."""
    review_minutes: Annotated[int | None, MaybeRule(MINUTES)] = None
    duties: Annotated[tuple[str, ...], ListRule(WORD)] = ()

    @classmethod
    def of(cls, assessment: Assessment) -> "Assessed":
        """The event that keeps an assessment."""
        return cls(
            outcome=assessment.outcome,
            policy=assessment.policy,
            policy_hash=assessment.policy_hash,
            facts=facts_digest(assessment.facts),
            lead=assessment.lead.agency if assessment.lead else "",
            urgency=assessment.lead.urgency if assessment.lead else None,
            statement=statement_id(assessment.statement) if assessment.statement else "",
            review_minutes=assessment.review_minutes,
            duties=tuple(duty.id for duty in assessment.duties),
        )


@dataclass(frozen=True, slots=True)
class Escalated(Happening):
    """A handler, or another system, wants a supervisor to decide."""

    kind = "escalated"
    roles = _ANYBODY
    reason: Annotated[str, REASON]


@dataclass(frozen=True, slots=True)
class SupervisorDecided(Happening):
    """A supervisor decided who owns the call."""

    kind = "supervisor_decided"
    roles = _SUPERVISOR
    outcome: Annotated[Outcome, ChoiceRule(Outcome, but=(Outcome.ASK_MORE, Outcome.SUPERVISOR))]
    reason: Annotated[str, REASON]
    agency: Annotated[str, TextRule(60, least=0)] = ""
    """Which agency leads where a partner leads or joins and the assessment names none."""
    statement: Annotated[str, TextRule(64, least=0)] = ""
    """`statement_id` of the words for the caller under this outcome; empty: any that are read after it."""


@dataclass(frozen=True, slots=True)
class RationaleWritten(Happening):
    """Why, in the words of whoever answers for it."""

    kind = "rationale"
    text: Annotated[str, TextRule(8_000, least=10, lines=True)]


@dataclass(frozen=True, slots=True)
class DutyDone(Happening):
    """A duty of the assessment was done."""

    kind = "duty_done"
    duty: Annotated[str, WORD]
    text: Annotated[str, TextRule(2_000, least=0, lines=True)] = ""


@dataclass(frozen=True, slots=True)
class Closed(Happening):
    """Closed. Only where nothing is owed; never by a system."""

    kind = "closed"


@dataclass(frozen=True, slots=True)
class Reopened(Happening):
    """Opened again by somebody."""

    kind = "reopened"
    roles = _ANYBODY
    reason: Annotated[str, REASON]


@dataclass(frozen=True, slots=True)
class HarmReported(Happening):
    """It became known that the person came to harm. Nothing takes it back; a mistake is explained in a note."""

    kind = "harm_reported"
    roles = _ANYBODY
    harm: Annotated[Harm, ChoiceRule(Harm)]
    text: Annotated[str, TextRule(2_000, least=0, lines=True)] = ""


# --- the caller -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Promised(Happening):
    """Somebody said that police would come. It binds until a supervisor agrees a handover and all are told."""

    kind = "promised"
    roles = _ANYBODY - {Role.PARTNER}
    text: Annotated[str, REASON]
    """In what words, to whom."""


@dataclass(frozen=True, slots=True)
class StatementRead(Happening):
    """The caller was told what happens next, word for word."""

    kind = "statement_read"
    statement: Annotated[str, _DIGEST]
    """`statement_id` of the words read."""


@dataclass(frozen=True, slots=True)
class Told(Happening):
    """Somebody was told of a change, such as that police are not coming after all."""

    kind = "told"
    audience: Annotated[Audience, ChoiceRule(Audience)]
    text: Annotated[str, REASON]


@dataclass(frozen=True, slots=True)
class Lost(Happening):
    """The caller was lost before the end."""

    kind = "lost"
    roles = _ANYBODY
    loss: Annotated[Loss, ChoiceRule(Loss)]


@dataclass(frozen=True, slots=True)
class CallbackDue(Happening):
    """The caller is to be rung back by then."""

    kind = "callback_due"
    due: Annotated[datetime, MOMENT]


@dataclass(frozen=True, slots=True)
class CallbackDone(Happening):
    """The caller was rung back. Not reached is a try, not an end."""

    kind = "callback_done"
    reached: Annotated[bool, FLAG]
    text: Annotated[str, TextRule(2_000, least=0, lines=True)] = ""


@dataclass(frozen=True, slots=True)
class CallbackEnded(Happening):
    """A supervisor ends the tries to ring back, and says what was done for the person instead."""

    kind = "callback_ended"
    roles = _SUPERVISOR
    reason: Annotated[str, REASON]


@dataclass(frozen=True, slots=True)
class Recontacted(Happening):
    """The same caller, or another about the same matter, rang again on this call."""

    kind = "recontact"
    roles = _ANYBODY
    caller: Annotated[CallerKind, ChoiceRule(CallerKind)] = CallerKind.UNKNOWN
    text: Annotated[str, TextRule(8_000, least=0, lines=True)] = ""


@dataclass(frozen=True, slots=True)
class Linked(Happening):
    """Another call is about the same matter. Its contacts count here, and a promise made there binds here."""

    kind = "linked"
    roles = _ANYBODY - {Role.PARTNER}
    call: Annotated[str, _REFERENCE]
    contacts: Annotated[int, NumberRule(1, 10_000)]
    """Times that call itself was rung about, its opening included; what is linked to it is linked here by itself."""
    promised: Annotated[bool, FLAG] = False
    """Whether a promise to attend still binds there."""


# --- partner and police -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered(Happening):
    """The handover was offered to an agency."""

    kind = "offered"
    roles = _ANYBODY - {Role.PARTNER}
    agency: Annotated[str, WORD]


@dataclass(frozen=True, slots=True)
class Accepted(Happening):
    """A named person at an agency took the call on. `POLICE` is an agency too, where police keep it."""

    kind = "accepted"
    roles = _WITH_PARTNER
    agency: Annotated[str, WORD]
    name: Annotated[str, PERSON]
    position: Annotated[str, TextRule(120)]
    """Their job there: `duty lead`."""


@dataclass(frozen=True, slots=True)
class Declined(Happening):
    """An agency will not take it, or gives it back."""

    kind = "declined"
    roles = _WITH_PARTNER
    agency: Annotated[str, WORD]
    reason: Annotated[str, REASON]


@dataclass(frozen=True, slots=True)
class EtaGiven(Happening):
    """In how many minutes from now somebody will be there; None where asked and nobody can say."""

    kind = "eta"
    roles = _ANYBODY
    service: Annotated[Service, ChoiceRule(Service)]
    minutes: Annotated[int | None, MaybeRule(MINUTES)]


@dataclass(frozen=True, slots=True)
class HandoverAgreed(Happening):
    """A supervisor agreed that a named person elsewhere takes on what police had taken on.

    It counts once caller, ambulance and agency have each been told after it.
    """

    kind = "handover_agreed"
    roles = _SUPERVISOR
    agency: Annotated[str, WORD]
    name: Annotated[str, PERSON]
    reason: Annotated[str, REASON]


@dataclass(frozen=True, slots=True)
class ReviewSet(Happening):
    """When somebody looks at the call again."""

    kind = "review_set"
    due: Annotated[datetime, MOMENT]


@dataclass(frozen=True, slots=True)
class Reviewed(Happening):
    """Somebody looked. Not in hand opens the call again."""

    kind = "reviewed"
    in_hand: Annotated[bool, FLAG]
    """Whether it is known, not thought, that the person is being looked after."""
    text: Annotated[str, REASON]


@dataclass(frozen=True, slots=True)
class Deployed(Happening):
    """Police were sent."""

    kind = "deployed"
    roles = _ANYBODY - {Role.PARTNER}
    unit: Annotated[str, TextRule(60, least=0)] = ""


@dataclass(frozen=True, slots=True)
class StoodDown(Happening):
    """Police who were sent will not come after all."""

    kind = "stood_down"
    roles = _ANYBODY - {Role.PARTNER}
    reason: Annotated[str, REASON]


@dataclass(frozen=True, slots=True)
class Arrived(Happening):
    """Somebody is with the person."""

    kind = "arrived"
    roles = _ANYBODY
    service: Annotated[Service, ChoiceRule(Service)]


@dataclass(frozen=True, slots=True)
class Cleared(Happening):
    """Police have left."""

    kind = "cleared"
    roles = _ANYBODY - {Role.PARTNER}


@dataclass(frozen=True, slots=True)
class TimerFired(Happening):
    """A timer ran out and was shown to whoever must act. Recorded once for each moment it was due."""

    kind = "timer_fired"
    roles = _SYSTEM
    timer: Annotated[Timer, ChoiceRule(Timer)]
    due: Annotated[datetime, MOMENT]
    about: Annotated[str, TextRule(60, least=0)] = ""
    """Which agency, service or audience, as the timer says."""


KINDS: Final[Mapping[str, type[Happening]]] = {
    one.kind: one
    for one in (
        Opened, Described, FactStated, FactWithdrawn, Noted, ThriveNoted, Assessed, Escalated, SupervisorDecided,
        RationaleWritten, DutyDone, Closed, Reopened, HarmReported, Promised, StatementRead, Told, Lost, CallbackDue,
        CallbackDone, CallbackEnded, Recontacted, Linked, Offered, Accepted, Declined, EtaGiven, HandoverAgreed,
        ReviewSet, Reviewed, Deployed, StoodDown, Arrived, Cleared, TimerFired,
    )
}  # fmt: skip
"""Every kind of event by its word in JSON."""
