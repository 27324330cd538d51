"""A finished month's hours into the ledger, once, in the name of whoever answers for them."""

import calendar
import re
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from backbeat.errors import InputRejected
from backbeat.ledger import Ledger, pseudonymous_actor
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, recorded
from backbeat.station.desk_triage import counting
from backbeat.station.desk_triage.hours_shown import figure_of
from backbeat.triage.hours import own_baseline

__all__ = ["finished_months", "record_month"]

KNOWN_AFTER = timedelta(days=2)
"""After the last day of a month: by then the 24 hours in which a contact again counts have passed for every call."""
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


def finished_months(today: date, count: int = 6) -> list[str]:
    """The newest months, as `2026-10`, whose calls have all been followed for 24 hours; the newest first."""
    found = []
    first = today.replace(day=1)
    while len(found) < count:
        last = first - timedelta(days=1)
        first = last.replace(day=1)
        if last + KNOWN_AFTER < today:
            found.append(f"{first:%Y-%m}")
    return found


def record_month(actor: User, month: str) -> int:
    """Write the month's hours, net and graded, with nothing in them about anybody; how many rows. Again adds nothing.

    Raises:
        Refused: they may not supervise calls.
        InputRejected: the month is none or not finished, there is no baseline, or no call in it is decided.
        ConfigError: the baseline cannot be read.
    """
    require(actor, "triage.supervise")
    now = timezone.now()
    today = timezone.localdate(now)
    parts = _MONTH.fullmatch(month)
    days = calendar.monthrange(int(parts[1]), int(parts[2]))[1] if parts else 1
    first = date(int(parts[1]), int(parts[2]), 1) if parts else today
    if first + timedelta(days=days - 1) + KNOWN_AFTER >= today:
        raise InputRejected(
            "That is no finished month: whether somebody rang again is known two days after its end.",
            where="field month",
            do="choose a month from the list",
        )
    figure = figure_of(counting.figures_of(first, first + timedelta(days=days - 1), now), settings.INSTALLATION.data)
    if figure is None:
        raise InputRejected(
            "The force has taken no baseline, or no call of that month is decided, so no hours can be recorded.",
            where="hours",
            do="take the baseline first: triage/baseline.yaml in the data folder",
        )
    recorded_at = int(now.timestamp() * 1000)
    with recorded(actor, Operation.ALTERATION, "triage-hours", purpose="record-hours"):
        ledger = Ledger.open(settings.INSTALLATION)
        rows = figure.task_records(
            own_baseline(ledger.baselines, recorded_at),
            actor=pseudonymous_actor(settings.INSTALLATION, actor.get_username()),
            recorded_at=recorded_at,
        )
        return len(ledger.append(rows, key=f"triage hours {month}"))
