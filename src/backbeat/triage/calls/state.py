"""How a call stands: the value that its events fold into, and what follows from it without asking anybody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from backbeat.rulebook import NO, UNKNOWN, YES, Fact
from backbeat.triage.calls.digests import facts_digest
from backbeat.triage.calls.happenings import Assessed, Opened
from backbeat.triage.calls.words import AMBULANCE, Audience, Harm, Service, Timer
from backbeat.triage.derived import consistent
from backbeat.triage.model import Outcome

__all__ = [
    "ASKED_AFRESH",
    "NON_ATTENDING",
    "Callback",
    "CallState",
    "Decision",
    "Eta",
    "Handover",
    "HarmRecord",
    "Link",
    "Mark",
    "Owner",
    "Promise",
    "Want",
    "Written",
]

NON_ATTENDING: Final = frozenset({Outcome.PARTNER_LEADS, Outcome.POLICE_OWN})
"""Outcomes under which nobody from the police goes now; such a call is closed only with an owner."""
ASKED_AFRESH: Final = frozenset(
    {
        "crime", "crime_live", "risk_life_now", "serious_harm_now", "medical", "police_need", "ambulance_accepted",
        "ambulance_eta_minutes", "risk_window_minutes", "attendance_promised", "risk_created", "officers_on_scene",
        "s136_custody", "partner_available", "partner_eta_minutes", "location_known",
    }
)  # fmt: skip
"""Facts that a further contact on the matter asks again: the core's, and those that move as time passes."""
ETA_FACTS: Final = {Service.AMBULANCE: "ambulance_eta_minutes", Service.PARTNER: "partner_eta_minutes"}
WINDOW: Final = "risk_window_minutes"
CONTACT: Final = "contact_number"
PROMISED: Final = "attendance_promised"
MOST_ETA: Final = 10_080
"""Minutes a policy takes for an arrival: a week. Whoever says longer has not said when."""
HANDOVER: Final = "handover_agreed"
ON_SCENE: Final = "officers_on_scene"


class Want(StrEnum):
    """Why a supervisor is wanted, besides what the engine says."""

    ESCALATED = "escalated"
    HARM = "harm"
    UNACCEPTED = "unaccepted"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where in the events, and when."""

    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """Words or an id that were recorded."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Promise:
    """Somebody was told that police are coming. Kept for good; whether it binds, `CallState.promise_binds` says."""

    text: str
    by: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Owner:
    """The named person who took the call on."""

    agency: str
    name: str
    position: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Handover:
    """A handover that a supervisor agreed."""

    agency: str
    name: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Decision:
    """What a supervisor decided."""

    outcome: Outcome
    reason: str
    by: str
    agency: str
    statement: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Eta:
    """In how many minutes from `mark.at` somebody will be there; None where nobody can say."""

    minutes: int | None
    mark: Mark

    @property
    def due(self) -> datetime | None:
        """When they will be there."""
        return None if self.minutes is None else self.mark.at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Callback:
    """The caller is owed a call."""

    since: Mark
    """When it became owed, or the last try that did not reach them."""
    bounced: bool
    """Owed because an agency would not take the call. The caller may still be on the line: telling them ends it."""
    due: datetime | None = None
    """Where somebody set a time."""
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """Another call about the same matter."""

    contacts: int
    promised: bool


@dataclass(frozen=True, slots=True)
class HarmRecord:
    """Harm that became known. Never removed."""

    harm: Harm
    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class CallState:
    """How a call stands after its events."""

    opened: Opened
    opened_at: datetime
    sequence: int
    """Of the last event taken in."""
    keys: Mapping[str, str]
    """Content of the event under each idempotency key."""
    given: Mapping[str, Fact]
    """Facts answered on this contact."""
    earlier: tuple[Mapping[str, Fact], ...] = ()
    """What was answered on the contacts before, oldest first."""
    is_open: bool = True
    open_since: datetime = field(kw_only=True)
    closed: tuple[Mark, ...] = ()
    closed_as: Outcome | None = None
    """The outcome it was last closed under; None before the first close."""
    reopened: tuple[Written, ...] = ()
    contacts: tuple[datetime, ...] = ()
    """When it was rung about on this call, the opening first."""
    fresh_from: int = 0
    """Sequence of the last further contact: what was agreed and read before it does not count any more."""
    changed: int = 0
    """Sequence of the last change that may raise the response: a decision made before it does not stand."""
    links: Mapping[str, Link] = field(default_factory=dict)
    assessed: Assessed | None = None
    assessed_mark: Mark | None = None
    decision: Decision | None = None
    wants: Mapping[Want, int] = field(default_factory=dict)
    promises: tuple[Promise, ...] = ()
    duty_from: int = 0
    """Sequence at which police last took a duty on: a handover agreed before it does not cover it."""
    handover: Handover | None = None
    reversed: Mark | None = None
    """When it was decided that police who were promised do not come."""
    told: Mapping[Audience, int] = field(default_factory=dict)
    """Sequence at which each was last told."""
    statement: Written | None = None
    """Id of the words last read to the caller."""
    attending_words: frozenset[str] = frozenset()
    """Ids of words shown on this call that say police come: whoever hears them is promised it, also late."""
    rationale: Written | None = None
    thrive: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Written, ...] = ()
    offers: Mapping[str, datetime] = field(default_factory=dict)
    """Agencies that have been asked and have not answered."""
    owner: Owner | None = None
    declines: tuple[Written, ...] = ()
    callback: Callback | None = None
    unreachable: Written | None = None
    """Why a supervisor ended the tries to ring back."""
    etas: Mapping[Service, Eta] = field(default_factory=dict)
    window: Eta | None = None
    """Until when somebody must be with the person."""
    arrived: Mapping[Service, Mark] = field(default_factory=dict)
    deployed: Mark | None = None
    on_scene: bool = False
    cleared: Mark | None = None
    """When police who were there left; None again once others are sent."""
    deployed_after_close: bool = False
    """Police were sent after the call had been closed with nobody going: counts in the harm check."""
    review: datetime | None = None
    review_set: Mark | None = None
    """When that was last set."""
    in_hand: int = 0
    """Sequence at which somebody last looked and found the person looked after."""
    duties_done: frozenset[str] = frozenset()
    harms: tuple[HarmRecord, ...] = ()
    fired: frozenset[tuple[Timer, datetime, str]] = frozenset()

    # --- arrivals -----------------------------------------------------------------------------------------------------

    def came_since(self, service: Service, sequence: int) -> bool:
        """Whether somebody of a service has come, at or after an event."""
        came = self.arrived.get(service)
        return came is not None and came.sequence >= sequence

    # --- promises and duties ------------------------------------------------------------------------------------------

    @property
    def handover_counts(self) -> bool:
        """Whether one was agreed after the last duty was taken on and the last contact, and all were told after it."""
        if self.handover is None or self.handover.mark.sequence < max(self.duty_from, self.fresh_from):
            return False
        return all(self.was_told(one, self.handover.mark.sequence) for one in Audience)

    def was_told(self, audience: Audience, since: int) -> bool:
        """Whether somebody was told after an event; whoever accepted a handover knows, and who cannot be reached not.

        That a caller cannot be reached counts only where a supervisor has said so.
        """
        if self.told.get(audience, 0) > since:
            return True
        if audience is Audience.CALLER:
            return self.unreachable is not None
        if audience is Audience.AMBULANCE:
            return False
        to_ambulance = self.handover is not None and self.handover.agency == AMBULANCE
        return (to_ambulance and self.was_told(Audience.AMBULANCE, since)) or (
            self.handover is not None
            and self.owner is not None
            and self.owner.agency == self.handover.agency
            and self.owner.mark.sequence > since
        )

    @property
    def promise_binds(self) -> bool:
        """Whether police are still bound to come."""
        return bool(self.promises) and not self.handover_counts

    @property
    def contact_number(self) -> int:
        """Which contact on the matter this is, as far as calls are linked; 1 is the first."""
        return len(self.contacts) + sum(link.contacts for link in self.links.values())

    # --- facts --------------------------------------------------------------------------------------------------------

    @property
    def facts(self) -> dict[str, Fact]:
        """What to assess now: the answers given, and what the events themselves say.

        Minutes until an arrival and minutes of the risk window are brought to one origin, so that a later arrival time
        is held against what is left of the window and not against the whole of it.
        """
        facts = consistent(self.given)
        facts[HANDOVER] = YES if self.handover_counts else NO
        if self.promises:
            facts[PROMISED] = YES
        if self.on_scene:
            facts[ON_SCENE] = YES
        stated = facts.get(CONTACT)
        if isinstance(stated, int):
            facts[CONTACT] = max(stated, self.contact_number)
        elif self.contact_number >= (3 if stated is UNKNOWN else 2):
            facts[CONTACT] = self.contact_number
        for service, name in ETA_FACTS.items():
            if service in self.etas:
                facts[name] = self._minutes_from_window(service, self.etas[service])
        return dict(sorted(facts.items()))

    def _minutes_from_window(self, service: Service, eta: Eta) -> Fact:
        if eta.due is None:
            return UNKNOWN
        origin = self.window.mark.at if self.window else eta.mark.at
        if eta.due < origin:  # it was there, or should have been, before the window was set
            return 0 if self.came_since(service, eta.mark.sequence) else UNKNOWN
        minutes = -((origin - eta.due) // timedelta(minutes=1))  # a minute begun counts whole: late, not early
        return minutes if minutes <= MOST_ETA else UNKNOWN

    @property
    def window_end(self) -> datetime | None:
        """Until when somebody must be with the person; None where nobody has said."""
        return self.window.due if self.window else None

    # --- who owns it --------------------------------------------------------------------------------------------------

    @property
    def is_assessed(self) -> bool:
        """Whether the last assessment is of the facts as they are; else assess again before anything is relied on."""
        return self.assessed is not None and self.assessed.facts == facts_digest(self.facts)

    @property
    def decision_stands(self) -> bool:
        """Whether a supervisor has decided since anything changed for the worse."""
        return self.decision is not None and self.decision.mark.sequence > max(self.changed, *self.wants.values(), 0)

    @property
    def outcome(self) -> Outcome:
        """Who owns the call as things stand: the supervisor's decision, else what was assessed; police sent count."""
        if self.decision is not None and self.decision_stands:
            outcome = self.decision.outcome
        elif self.assessed is None:
            outcome = Outcome.ASK_MORE
        else:
            outcome = self.assessed.outcome
            if self.wants and not outcome.attends:
                outcome = Outcome.SUPERVISOR
        return Outcome.POLICE_DEPLOY if self._police_are_sent and not outcome.attends else outcome

    @property
    def visit_over(self) -> int:
        """Sequence at which police left, or at which the call was closed on their being there; 0 while they are out."""
        if self.deployed is None:
            return 0
        left = [mark.sequence for mark in self.closed if mark.sequence > self.deployed.sequence]
        return max([*left, self.cleared.sequence if self.cleared else 0])

    @property
    def needed_again(self) -> bool:
        """Whether the visit is over, and something has come up since that it does not answer."""
        left = self.visit_over
        if not left:
            return False
        if self.decision is not None and self.decision_stands and self.decision.mark.sequence > left:
            return self.decision.outcome.attends
        assessed = None if self.assessed is None else self.assessed.outcome
        return self.changed > left and assessed not in NON_ATTENDING

    @property
    def _police_are_sent(self) -> bool:
        """Sent and not stood down; once they have left a supervisor may decide otherwise, or more may come up."""
        if self.deployed is None or self.needed_again:
            return False
        decided = self.decision.mark.sequence if self.decision is not None and self.decision_stands else 0
        return not self.visit_over or decided < self.visit_over

    @property
    def lead(self) -> str:
        """Agency that leads or leads on care; empty where none is named."""
        if self.decision is not None and self.decision_stands and self.decision.agency:
            return self.decision.agency
        return self.assessed.lead if self.assessed else ""

    @property
    def owner_counts(self) -> bool:
        """Whether somebody owns it who accepted since the last contact."""
        return self.owner is not None and self.owner.mark.sequence > self.fresh_from
