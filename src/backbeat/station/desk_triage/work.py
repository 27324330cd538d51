"""What waits for somebody at the triage desk, for the station's home page."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import may
from backbeat.station.desk_triage.access import agency_of
from backbeat.station.desk_triage.models import Call, Handover
from backbeat.station.desks import WorkItem

__all__ = ["work_for"]

MOST = 20


def work_for(user: User) -> Iterator[WorkItem]:
    """Open calls of this person, and for a supervisor those that wait for a decision; the greatest risk first.

    For a partner the offers that wait for their agency.
    """
    mine = Q(assigned_to=user) if may(user, "triage.handle") else Q(pk__in=())
    supervises = may(user, "triage.supervise")
    if supervises:
        mine |= Q(escalated=True)
    for call in Call.objects.filter(mine, state=Call.State.OPEN).order_by("-risk", "opened_at")[:MOST]:
        yield WorkItem(
            title="Call for the supervisor" if call.escalated else "Open call",
            url=reverse(f"desk_triage:{'supervise' if supervises and call.escalated else 'call'}", args=[call.pk]),
            case_reference=call.reference,
            state=f"{len(call.owed)} still owed" if call.owed else "Open",
            since=call.opened_at,
            due=call.next_due_at,
        )
    if may(user, "triage.partner") and (agency := agency_of(user)):
        waiting = Handover.objects.filter(agency=agency, answered_at=None, withdrawn_at=None).select_related("call")
        for offer in waiting.order_by("offered_at")[:MOST]:
            yield WorkItem(
                title="Call offered to you",
                url=reverse("desk_triage:offer", args=[offer.pk]),
                case_reference=offer.call.reference,
                state="Waits for your answer",
                since=offer.offered_at,
            )
