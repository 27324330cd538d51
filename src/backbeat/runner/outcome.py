"""What comes back for one unit of work: a value, or a failure that names no content."""

import traceback
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from backbeat.errors import BackbeatError, Bug, UserError

__all__ = ["Failure", "Outcome", "failure_of"]

U = TypeVar("U")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a unit gave no value."""

    code: str
    message: str
    user_error: bool
    """The user can put it right; trying again without that is of no use."""
    error: BackbeatError = field(compare=False, repr=False)
    """The error itself, to raise or to look at."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[U, R]):
    """One unit's end: exactly one of `value` and `failure` counts."""

    unit: U
    value: R | None
    failure: Failure | None
    machine_ms: int
    """Wall time of the attempt that ended it, on the machine that ran it."""

    def get(self) -> R:
        """The value.

        Raises:
            BackbeatError: the unit failed; this is its error, as it was raised.
        """
        if self.failure is not None:
            raise self.failure.error
        return self.value  # type: ignore[return-value]  # without a failure the value is an R, and R may be None


def failure_of(error: BaseException, where: str) -> Failure:
    """The failure an exception stands for.

    Errors of ours say what happened in words made to be read. Of any other exception only the type and the place in
    the code are kept: its text may quote what it choked on, and failures become rows and logs.
    """
    if isinstance(error, BackbeatError):
        return Failure(error.code, str(error), isinstance(error, UserError), error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f", in {frames[-1].name} line {frames[-1].lineno}" if frames else ""
    bug = Bug(f"{type(error).__name__} where none was expected.", where=f"{where}{place}")
    return Failure(bug.code, str(bug), False, bug)
