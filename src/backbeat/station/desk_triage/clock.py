"""The clock of the triage desk: looks every second which timers of calls have run out, and records each once.

Timers stand in the database (`CallTimer`), so a clock that is killed leaves nothing behind but the timers themselves;
whichever clock looks next fires what ran out meanwhile. Any number of clocks may run: a timer is claimed in the
transaction that records it, with its call locked first, as every other step on a call does.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backbeat.errors import BackbeatError
from backbeat.station.desk_triage import calls
from backbeat.station.desk_triage.api.once import forget_old
from backbeat.station.desk_triage.models import Call, CallTimer
from backbeat.station.desk_triage.outbox import Courier
from backbeat.triage.calls.happenings import TimerFired

__all__ = ["CLOCKS", "EVERY_S", "Clock", "fire", "fire_due"]

EVERY_S = 1.0
"""Between two looks; a timer fires at most this much late, and the time it takes to record those before it."""
AT_ONCE = 200
AGAIN_S = 60.0
"""Before a timer that could not be recorded is tried again."""
TIDY = timedelta(hours=1)

log = logging.getLogger(__name__)


def fire(timer_id: int, call_id: UUID, now: datetime) -> bool:
    """Record that a timer had run out by `now`; False where another clock did, or the call no longer needs it.

    Raises:
        BackbeatError: it cannot be recorded on this call; the timer stays as it was.
    """
    with transaction.atomic():
        call = Call.objects.select_for_update().get(pk=call_id)
        waiting = CallTimer.objects.filter(pk=timer_id, fired_at=None, settled_at=None)
        timer = waiting.first()
        if timer is None or not waiting.update(fired_at=now):
            return False
        happened = TimerFired(timer.kind, timer.due_at, timer.about)
        calls.record(None, call, happened, key=f"timer:{timer.pk}", at=now)
    return True


def fire_due(now: datetime | None = None, *, but: frozenset[int] = frozenset()) -> tuple[int, tuple[int, ...]]:
    """Fire every timer that has run out by `now`, the longest due first.

    Args:
        now: zone-aware; the present unless given, and then the present of each.
        but: ids of timers to pass over.

    Returns:
        How many fired, and the ids of those that could not be recorded.
    """
    now = now or timezone.now()
    fired, failed = 0, []
    while True:
        due = CallTimer.objects.filter(fired_at=None, settled_at=None, due_at__lte=now)
        found = list(
            due.exclude(pk__in=[*but, *failed]).order_by("due_at", "pk").values_list("pk", "call_id")[:AT_ONCE]
        )
        for timer_id, call_id in found:
            try:
                fired += fire(timer_id, call_id, now or timezone.now())
            except BackbeatError as error:
                log.error("timer %d of call %s could not be recorded: %s", timer_id, call_id, error.code)
                failed.append(timer_id)
        if len(found) < AT_ONCE:
            return fired, tuple(failed)


class Clock:
    """Looks again and again; a timer that cannot be recorded is left alone for a minute and never keeps others back."""

    every_s = EVERY_S

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._later: dict[int, float] = {}
        self._tidied: datetime | None = None

    def tick(self) -> int:
        """Look once; returns how many timers fired."""
        now = self._monotonic()
        self._later = {timer: until for timer, until in self._later.items() if until > now}
        fired, failed = fire_due(but=frozenset(self._later))
        self._later |= dict.fromkeys(failed, now + AGAIN_S)
        self._tidy()
        if fired:
            log.info("%d timers fired", fired)
        return fired

    def _tidy(self) -> None:
        now = timezone.now()
        if self._tidied is None or now - self._tidied >= TIDY:
            self._tidied = now
            forget_old()


CLOCKS = (Clock, Courier)
"""For `backbeat.station.desks.clocks`."""
