"""Leaves that the life of a call adds to the tree of `backbeat.errors`.

UserError
├── ConfigError
│   ├── CloseRefused       something is still owed
│   └── EventRefused       fields of an event are missing, of the wrong kind, or say nothing
├── EventsMissing          the stored events of a call have a gap, or do not begin with its opening
├── KeyReused              one idempotency key for two different things
└── StepRefused            a sound event that cannot happen to this call now, or not by this person
"""

from backbeat.errors import ConfigError, UserError

__all__ = ["CloseRefused", "EventRefused", "EventsMissing", "KeyReused", "StepRefused"]


class EventRefused(ConfigError):
    """An event is no event of a call; every fault at once, each with its field. Nothing was recorded."""

    code = "triage.event-refused"


class CloseRefused(ConfigError):
    """The call cannot be closed yet; `what` lists all that is owed, a line each."""

    code = "triage.close-refused"


class StepRefused(UserError):
    """The event is sound but cannot happen to this call now, or this person may not say so."""

    code = "triage.step-refused"


class KeyReused(UserError):
    """The idempotency key was used on this call for something else."""

    code = "triage.key-reused"


class EventsMissing(UserError):
    """The events of a call are not all there, so how it stands cannot be told."""

    code = "triage.events-missing"
