"""What the ledger raises besides the common tree."""

from backbeat.errors import InputRejected, OutputWithheld, UnitFailed, UserError

__all__ = ["AccessNotLogged", "ExportRefused", "HeadRejected", "LedgerBusy", "LedgerDamaged", "NoSuchEntry"]


class LedgerBusy(UnitFailed):
    """Another writer held the log for too long; nothing was written, and trying again is safe."""

    code = "ledger.busy"


class LedgerDamaged(OutputWithheld):
    """The log's own state does not verify, so nothing is added to it or proved from it."""

    code = "ledger.damaged"


class AccessNotLogged(OutputWithheld):
    """An operation on personal data could not be written to the access log, so it must not go ahead."""

    code = "ledger.access-not-logged"


class NoSuchEntry(UserError):
    """The log has no entry, tree size or detail of that number."""

    code = "ledger.no-entry"


class HeadRejected(InputRejected):
    """A saved head that cannot be read."""

    code = "ledger.head-rejected"


class ExportRefused(UserError):
    """The export's target holds something that is not an earlier export."""

    code = "ledger.export-target"
