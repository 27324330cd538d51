"""Active time: what a person really spent on a preparation.

Every page opened and every sign of life a page sends is a tick. Between two ticks at most 60 s apart the person was at
work; a longer pause is not counted at all. Nothing the browser says is trusted but that it ticked.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from backbeat.station.accounts.models import User
from backbeat.station.desk_redaction.models import Activity, Preparation

__all__ = ["IDLE", "milliseconds", "phase_of", "tick"]

IDLE = timedelta(seconds=60)
SOON = timedelta(seconds=2)


def phase_of(preparation: Preparation, asked: Activity.Phase) -> Activity.Phase:
    """Work after the verifier withheld a release is rework, whatever page it happens on."""
    if preparation.state == Preparation.State.WITHHELD or preparation.outcome.get("withheld_before"):
        return Activity.Phase.REWORK
    return asked


def tick(preparation: Preparation, person: User, phase: Activity.Phase, at: datetime | None = None) -> None:
    """Count the time since this person's last tick on this preparation, if it was no pause."""
    now = at or timezone.now()
    phase = phase_of(preparation, phase)
    rows = Activity.objects.filter(preparation=preparation, person=person).order_by("-last_at")
    last = rows.first()
    if last is not None and last.phase == phase and timedelta() <= now - last.last_at < SOON:
        return  # the next tick counts this moment too, and most pages need not write
    with transaction.atomic():
        last = rows.select_for_update().first()
        row, _ = Activity.objects.get_or_create(
            preparation=preparation, person=person, phase=phase, defaults={"last_at": now}
        )
        since = now - last.last_at if last else timedelta()
        if timedelta() < since <= IDLE:
            row.milliseconds += int(since / timedelta(milliseconds=1))
        row.last_at = now
        row.save(update_fields=["milliseconds", "last_at"])


def milliseconds(preparation: Preparation) -> dict[str, int]:
    """Active milliseconds by phase, everybody together; every phase is there."""
    spent = dict.fromkeys(Activity.Phase.values, 0)
    for row in preparation.activity.all():
        spent[row.phase] += row.milliseconds
    return spent
