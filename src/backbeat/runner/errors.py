"""What only the runner raises. Leaves of `backbeat.errors`."""

from backbeat.errors import BackbeatError, UnitFailed, UserError

__all__ = ["JobInterrupted", "JobRefused", "JobUnknown", "UnitCrashed"]


class JobUnknown(UserError):
    """No job has this number."""

    code = "job.unknown"


class JobRefused(UserError):
    """The job's state does not allow what was asked: a finished job is never run again."""

    code = "job.refused"


class JobInterrupted(BackbeatError):
    """This attempt must stop: its lease was lost, a person cancelled the job, or the worker is shutting down.

    A handler lets it pass. Whatever the handler does afterwards, the attempt can no longer complete the job.
    """

    code = "job.interrupted"


class UnitCrashed(UnitFailed):
    """The process working on this died, as often as it was tried (killed, out of memory, a native crash)."""

    code = "unit.crashed"
