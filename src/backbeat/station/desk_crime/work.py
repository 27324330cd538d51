"""What waits for somebody at the crime desk, for the station's home page."""

from collections.abc import Iterator

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import may
from backbeat.station.desk_crime.access import visible_reports
from backbeat.station.desk_crime.clocks import clock_of
from backbeat.station.desk_crime.models import CrimeReport
from backbeat.station.desks import WorkItem

__all__ = ["work_for"]

MOST = 20


def work_for(user: User) -> Iterator[WorkItem]:
    """Reports this person is to decide or rule on, the nearest deadline first."""
    mine = Q(pk__in=())
    if may(user, "crime.record"):
        mine |= Q(assigned_to=user, state__in=(CrimeReport.State.DRAFT, CrimeReport.State.OPEN))
    if may(user, "crime.rule"):
        mine |= Q(state=CrimeReport.State.REFERRED)
    now = timezone.now()
    waiting = visible_reports(user).filter(mine).order_by(F("deadline").asc(nulls_last=True), "pk")[:MOST]
    for report in waiting:
        referred = report.state == CrimeReport.State.REFERRED
        page = "desk_crime:rule" if referred else "desk_crime:form"
        yield WorkItem(
            title="Crime report for the registrar" if referred else "Crime report to decide",
            url=reverse(page, args=[report.pk]),
            case_reference=report.reference,
            state=clock_of(report, now).words,
            since=report.received_at,
            due=report.deadline,
        )
