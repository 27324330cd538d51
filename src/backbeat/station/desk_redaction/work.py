"""What waits for somebody at the redaction desk, for the station's home page."""

from collections.abc import Iterator

from django.urls import reverse

from backbeat.station.accounts.models import User
from backbeat.station.cases.services import visible_cases
from backbeat.station.desk_redaction.models import Preparation
from backbeat.station.desks import WorkItem

__all__ = ["work_for"]

MOST = 20
_PROFILES = {"cps-precharge": "CPS", "defence-service": "defence", "sar": "subject access", "foi": "FOI"}


def work_for(user: User) -> Iterator[WorkItem]:
    """Preparations begun by this person that are not released yet, oldest first."""
    waiting = (
        Preparation.objects.filter(created_by=user, case__in=visible_cases(user))
        .exclude(state=Preparation.State.RELEASED)
        .select_related("case")
        .order_by("created_at")[:MOST]
    )
    for preparation in waiting:
        yield WorkItem(
            title=f"Documents for {_PROFILES[preparation.profile]}",
            url=reverse("desk_redaction:overview", args=[preparation.case_id, preparation.pk]),
            case_reference=preparation.case.reference,
            state=preparation.get_state_display(),
            since=preparation.created_at,
        )
