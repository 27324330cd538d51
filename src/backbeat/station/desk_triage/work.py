"""What waits for somebody at the triage desk, for the station's home page."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import may
from backbeat.station.desk_triage.models import Call
from backbeat.station.desks import WorkItem

__all__ = ["work_for"]

MOST = 20


def work_for(user: User) -> Iterator[WorkItem]:
    """Open calls of this person, and for a supervisor those that wait for a decision; the greatest risk first."""
    mine = Q(assigned_to=user) if may(user, "triage.handle") else Q(pk__in=())
    if may(user, "triage.supervise"):
        mine |= Q(escalated=True)
    for call in Call.objects.filter(mine, state=Call.State.OPEN).order_by("-risk", "opened_at")[:MOST]:
        yield WorkItem(
            title="Call for the supervisor" if call.escalated else "Open call",
            url=reverse("desk_triage:call", args=[call.pk]),
            case_reference=call.reference,
            state=f"{len(call.owed)} still owed" if call.owed else "Open",
            since=call.opened_at,
            due=call.next_due_at,
        )
