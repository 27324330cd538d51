"""User errors that only the rulebook raises."""

from backbeat.errors import ConfigError, UserError

__all__ = ["FactsRejected", "NoSuchTable", "OverlayRefused", "ResultUnreadable"]


class FactsRejected(UserError):
    """A fact has the wrong type, or a name the table does not know. All such faults are reported together."""

    code = "rules.bad-fact"


class NoSuchTable(UserError):
    """The edition has no table of this name."""

    code = "rules.no-such-table"


class OverlayRefused(ConfigError):
    """A force overlay is not signed as it must be, touches what is locked, or fails the edition's examples."""

    code = "rules.overlay-refused"


class ResultUnreadable(UserError):
    """Bytes given to replay are not a result of the rulebook."""

    code = "rules.bad-result"
