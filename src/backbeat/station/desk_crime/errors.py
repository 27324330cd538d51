"""What the crime desk's pages add to the tree of `backbeat.errors`."""

from backbeat.errors import NotAllowed, UserError

__all__ = ["ChangedMeanwhile", "NotIndependent", "NotReady", "NotTheDecider", "ReferenceTaken", "ReportClosed"]


class ReportClosed(UserError):
    """The report is decided or closed, and only deciding it again may change it."""

    code = "crime.report-closed"


class ChangedMeanwhile(UserError):
    """Somebody else changed the report while this page was open."""

    code = "crime.changed-meanwhile"


class NotReady(UserError):
    """A decision cannot be recorded yet: a question was not asked, or there is nothing to record."""

    code = "crime.not-ready"


class NotIndependent(UserError):
    """Who recorded a report may neither rule on it nor audit it."""

    code = "crime.not-independent"


class ReferenceTaken(UserError):
    """Another report has this reference."""

    code = "crime.reference-taken"


class NotTheDecider(NotAllowed):
    """The rules leave this decision to somebody else."""

    code = "crime.not-the-decider"
