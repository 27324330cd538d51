"""Everything backbeat raises on purpose.

BackbeatError
├── UserError              message only; exit 2, HTTP 4xx
│   ├── ConfigError        several faults, reported together
│   ├── InputRejected      a file or field we refuse; exit 3 when it is a file of a run
│   ├── NoRuleForDate      no edition in force
│   ├── NotAllowed         names the missing permission
│   └── CapabilityMissing  names the extra to install
├── UnitFailed             a page, frame or job; retried, then quarantined for a person
├── OutputWithheld         a safety check failed; nothing was released; exit 4
└── Bug                    broken invariant; traceback, exit 70, HTTP 500

A desk's `errors.py` only adds leaves. A question for a person is a return value, not an exception.
"""

from collections.abc import Sequence
from typing import ClassVar

__all__ = [
    "BackbeatError",
    "Bug",
    "CapabilityMissing",
    "ConfigError",
    "InputRejected",
    "NoRuleForDate",
    "NotAllowed",
    "OutputWithheld",
    "UnitFailed",
    "UserError",
]


class BackbeatError(Exception):
    """Root of the tree. Every message says what happened, where, and what to do next.

    Name things by id, page and field. Never quote found personal data: messages become logs.
    """

    code: ClassVar[str] = "error"
    """Stable; also the heading under which docs/errors.md explains it."""
    exit_code: ClassVar[int] = 70

    def __init__(self, what: str, *, where: str, do: str) -> None:
        super().__init__(f"{what}\n  where: {where}\n  next:  {do}\n  more:  backbeat explain {self.code}")
        self.what = what
        self.where = where
        self.do = do

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive pickling on their own, and these errors cross processes.
        return (_rebuild, (type(self), self.what, self.where, self.do))


def _rebuild(kind: type[BackbeatError], what: str, where: str, do: str) -> BackbeatError:
    return kind(what, where=where, do=do)


class UserError(BackbeatError):
    """Something the user can put right."""

    code = "user"
    exit_code = 2


class ConfigError(UserError):
    """Configuration or rule data with one or more faults, all reported at once."""

    code = "config.invalid"

    @classmethod
    def of(cls, faults: Sequence[str], *, where: str, do: str) -> "ConfigError":
        """One error out of several faults; each fault becomes a line of `what`."""
        if not faults:
            raise Bug("a ConfigError needs at least one fault", where=where, do="report this")
        return cls("\n".join(faults), where=where, do=do)


class InputRejected(UserError):
    """A file or field we refuse: encrypted, damaged, unsupported, too large."""

    code = "input.rejected"
    exit_code = 3


class NoRuleForDate(UserError):
    """No rule edition is in force on the date asked for, or no date was given."""

    code = "rules.no-edition"


class NotAllowed(UserError):
    """The actor lacks a permission; the message names it."""

    code = "access.not-allowed"


class CapabilityMissing(UserError):
    """An optional part is not installed; the message names the extra."""

    code = "capability.missing"


class UnitFailed(BackbeatError):
    """A page, file or job failed; it is retried, then quarantined for a person."""

    code = "unit.failed"


class OutputWithheld(BackbeatError):
    """A safety check failed; nothing was released."""

    code = "output.withheld"
    exit_code = 4


class Bug(BackbeatError):
    """A broken invariant: our fault, never the user's."""

    code = "bug"

    def __init__(
        self, what: str, *, where: str = "inside backbeat", do: str = "report this with the traceback"
    ) -> None:
        super().__init__(what, where=where, do=do)
