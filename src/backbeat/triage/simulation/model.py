"""The nouns of a replay: a call as it happened, what was learnt later, what people made of it, what a policy did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from backbeat.errors import Bug
from backbeat.rulebook import UNKNOWN, Answer, Facts
from backbeat.triage.model import Outcome

__all__ = ["Call", "Caller", "Decided", "Harm", "Later", "Played", "Truth", "local_hour"]

LONDON = ZoneInfo("Europe/London")


class Caller(StrEnum):
    """Who rings."""

    PERSON = "person"
    """About themselves."""
    FAMILY = "family"
    PUBLIC = "public"
    """Friend, neighbour or passer-by."""
    AMBULANCE = "ambulance"
    HOSPITAL = "hospital"
    MENTAL_HEALTH = "mental-health"
    SOCIAL_CARE = "social-care"
    SCHOOL = "school"
    CARE_PROVIDER = "care-provider"

    @property
    def is_partner(self) -> bool:
        """Whether an agency rings, rather than one of the public."""
        return self not in (Caller.PERSON, Caller.FAMILY, Caller.PUBLIC)


class Truth(StrEnum):
    """What the call needed, looking back."""

    ATTEND = "attend"
    """Police at the scene: a crime under way, or a risk to life or of serious harm that police had to meet."""
    POLICE = "police"
    """Police, but nobody at once: a crime to record."""
    PARTNER = "partner"


class Harm(StrEnum):
    """The worst that was reported afterwards."""

    NONE = "none"
    INJURY = "injury"
    DEATH = "death"


@dataclass(frozen=True, slots=True)
class Later:
    """Facts that became known after the first contact."""

    minutes: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class Decided:
    """What people did with the call, as far as the log says. None: the log does not say."""

    outcome: Outcome | None = None
    responder_minutes: int | None = None
    """Until the first responder of any agency was there."""
    recontact_24h: Answer = UNKNOWN
    later_deployment: Answer = UNKNOWN
    """Police went after having first not gone."""
    harm: Harm | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One contact, with everything a replay needs to know of it. Holds no name, number or address."""

    reference: str
    received_at: datetime
    """Zone-aware."""
    caller: Caller
    facts: Facts
    """What the caller can say at this contact. `unknown`: asked, and nobody can say. Absent: the log does not say."""
    matter: str = ""
    """Calls of one matter share it."""
    later: tuple[Later, ...] = ()
    """By rising minutes."""
    rings_again: tuple[int, ...] = ()
    """Minutes after which the caller rings again, where nobody has come by then."""
    truth: Truth | None = None
    misled: bool = False
    """A caller said no to a risk that was there: no rule can see it before somebody corrects it."""
    window_minutes: int | None = None
    """By when somebody had to be with the person."""
    police_minutes: int | None = None
    """From deployment to arrival."""
    partner_minutes: int | None = None
    """From handover to the partner's arrival; None: unknown, or never came."""
    officer_minutes: int | None = None
    """What a deployment takes, or would take: travel, scene and waiting, all officers added up."""
    decided: Decided = Decided()
    characteristics: Mapping[str, str] = field(default_factory=dict)
    """Protected characteristics, in groups (`sex`, `age`, `ethnicity`, `disability`), where recorded."""

    def __post_init__(self) -> None:
        if self.received_at.tzinfo is None:
            raise Bug("a call needs a time with its zone")


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one call under one policy."""

    outcome: Outcome
    """The last word: `ask-more` is never one, see `left_open`."""
    first: Outcome
    """At the first contact."""
    left_open: bool = False
    """The log does not hold what the policy would still have asked; `outcome` is what it is if that stays unknown."""
    escalated: bool = False
    """A supervisor had to decide, at any time."""
    asked: int = 0
    """Questions put to the caller, all contacts together."""
    agency: str = ""
    """Partner agency asked to take the call, or to come beside the police; the first one."""
    deployed_minutes: int | None = None
    """When police were sent, minutes after the first contact; None: the policy itself never sent them."""
    responder_minutes: int | None = None
    """When the first responder of any agency was there; None: nobody came, or it is not known."""
    responder_known: bool = True
    """Whether `responder_minutes` may be read: a log without arrival times says nothing of delay."""

    @property
    def deployed(self) -> bool:
        """Whether police were sent by the policy itself, at the first contact or later."""
        return self.deployed_minutes is not None


def local_hour(call: Call) -> int:
    """Hour of the day, 0 to 23, in Europe/London."""
    return call.received_at.astimezone(LONDON).hour
