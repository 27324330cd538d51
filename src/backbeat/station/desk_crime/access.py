"""Which crime reports somebody may see: their own, their unit's, or every report where they hold that permission."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import Explanation, Refused, Step, may, require, why_may
from backbeat.station.audit import records
from backbeat.station.desk_crime.models import CrimeReport

__all__ = ["find_report", "may_change", "visible_reports"]


def visible_reports(actor: User) -> QuerySet[CrimeReport]:
    """The reports this person may see; none without `crime.view`."""
    if not may(actor, "crime.view"):
        return CrimeReport.objects.none()
    if may(actor, "crime.view-all"):
        return CrimeReport.objects.all()
    reach = Q(created_by=actor) | Q(assigned_to=actor)
    if actor.unit_id is not None:
        reach |= Q(unit=actor.unit_id)
    return CrimeReport.objects.filter(reach)


def find_report(actor: User, permission: str, pk: UUID) -> CrimeReport:
    """The report, if the actor holds `permission` and the report is one they may see.

    Raises:
        Refused: they do not, or it is not; the refusal is logged.
        Http404: there is none.
    """
    require(actor, permission)
    report = get_object_or_404(
        CrimeReport.objects.select_related("unit", "created_by", "assigned_to", "current__decided_by"), pk=pk
    )
    if not visible_reports(actor).filter(pk=pk).exists():
        given = why_may(actor, "crime.view")
        step = Step("the report is neither yours nor of your unit, and you may not see every report", False)
        records.refusal(actor, permission, report)
        raise Refused(
            Explanation(given.permission, False, (*given.steps, step)), where=f", {records.reference(report)}"
        )
    return report


def may_change(actor: User, report: CrimeReport) -> bool:
    """Whether facts of the report may change now, by this person."""
    return report.can_change and may(actor, "crime.record")
