"""Words of a call's events: who acts, who rings, who is on the way, what ran out."""

from enum import StrEnum

__all__ = ["AMBULANCE", "POLICE", "Audience", "CallerKind", "Harm", "Loss", "Role", "Service", "Thrive", "Timer"]

POLICE = "police"
"""The agency that owns a call which police keep."""
AMBULANCE = "ambulance"
"""The agency whose arrival the gate of life risk asks for."""


class Role(StrEnum):
    """As whom somebody acts on a call. Which account may act as what, the station says."""

    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    PARTNER = "partner"
    SYSTEM = "system"
    """A timer or another system. It never accepts, tells, decides or closes."""


class CallerKind(StrEnum):
    """Who rings."""

    THEMSELVES = "themselves"
    FAMILY = "family"
    PUBLIC = "public"
    HEALTH = "health"
    AMBULANCE = "ambulance"
    SOCIAL_CARE = "social-care"
    OTHER_AGENCY = "other-agency"
    UNKNOWN = "unknown"


class Thrive(StrEnum):
    """The fields of THRIVE."""

    THREAT = "threat"
    HARM = "harm"
    RISK = "risk"
    INVESTIGATION = "investigation"
    VULNERABILITY = "vulnerability"
    ENGAGEMENT = "engagement"


class Loss(StrEnum):
    """How a caller was lost."""

    DROPPED = "dropped"
    """The line went dead or the caller rang off before the end."""
    BOUNCED = "bounced"
    """Passed on, and came back or gave up without anybody taking the call."""


class Service(StrEnum):
    """Who is on the way or there."""

    POLICE = "police"
    AMBULANCE = "ambulance"
    PARTNER = "partner"


class Audience(StrEnum):
    """Who was told something."""

    CALLER = "caller"
    AMBULANCE = "ambulance"
    PARTNER = "partner"


class Harm(StrEnum):
    """What became known to have happened to the person."""

    INJURY = "injury"
    DEATH = "death"
    OTHER = "other"


class Timer(StrEnum):
    """Moments by which somebody must have looked."""

    REVIEW = "review"
    CALL_BACK = "call-back"
    ACCEPTANCE = "acceptance"
    ETA = "eta"
    TELL = "tell"
    AGEING_AMBER = "ageing-amber"
    AGEING_RED = "ageing-red"
