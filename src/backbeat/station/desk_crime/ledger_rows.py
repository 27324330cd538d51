"""One ledger row a report: left when its first decision stands whole, whoever made it whole.

That is when the recorder records what the rules settle, or when the registrar rules on the last point they leave open.
A request about a crime on record leaves a row of its own when it is granted or refused: no records, only time spent.
"""

from contextlib import suppress

from backbeat.ledger.errors import LedgerBusy
from backbeat.station.accounts.models import User
from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.models import CrimeReport, CrimeRequest, DecisionVersion

__all__ = ["leave_request_row", "leave_row"]


def leave_row(actor: User, report: CrimeReport, version: DecisionVersion, proposal: engine.Proposal | None) -> None:
    """Leave the row of a version that is decided, with what was recorded, rulings included.

    Nothing where something is still open or referred, or where the report has its row: deciding again gives no hours
    back a second time. Nor where `proposal` is None or is not what the version keeps: hours are claimed only for a
    decision that can be made again. A ledger that is busy costs hours claimed, never a decision.
    """
    if version.report_id != report.pk or report.state != CrimeReport.State.DECIDED:
        return
    if proposal is None or proposal.bytes != bytes(version.proposal):
        return
    if report.versions.filter(ledger_row__isnull=False).exists():
        return
    # Where the registrar ruled that there is no crime, separate recording would have made none either.
    none = proposal.decision.separate_count - version.separate_count
    ruled = version.recorded_count + none if version.referrals else None
    with suppress(LedgerBusy):
        version.ledger_row = engine.write_ledger(proposal, actor.get_username(), report.active_ms, ruled=ruled)
        version.save(update_fields=["ledger_row"])


def leave_request_row(actor: User, request: CrimeRequest, proposal: engine.Proposal) -> None:
    """Leave the row of a request that was granted or refused: no records, and the time people spent on it.

    A ledger that is busy costs the row, never the decision.
    """
    with suppress(LedgerBusy):
        request.ledger_row = engine.write_ledger(proposal, actor.get_username(), request.active_ms, ruled=0)
        request.save(update_fields=["ledger_row"])
