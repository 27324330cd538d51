"""What this desk adds to the tree of `backbeat.errors`: leaves only.

UserError
├── ConfigError
│   └── FactsRefused       facts that are no facts, contradict, or cannot be decided on
├── DecisionUnreadable     bytes that are no decision of this desk
├── RepealedOffence        could no longer be committed on the day
└── UnknownOffence         no such code, class or offence in the list
"""

from backbeat.errors import ConfigError, UserError

__all__ = ["DecisionUnreadable", "FactsRefused", "RepealedOffence", "UnknownOffence"]


class FactsRefused(ConfigError):
    """The facts of a report are at fault; every fault at once, each with its place. Nothing is decided."""

    code = "crime.facts-refused"


class DecisionUnreadable(UserError):
    """The bytes are not a decision as this desk writes one."""

    code = "crime.decision-unreadable"


class RepealedOffence(UserError):
    """The offence list no longer has it in force, and the day it was committed is not known to lie before its end."""

    code = "crime.repealed-offence"


class UnknownOffence(UserError):
    """The offence list has no such code, the class does not hold it, or the words are those of no line of it."""

    code = "crime.unknown-offence"
