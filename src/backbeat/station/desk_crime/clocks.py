"""How a report stands against its deadline, in words first: colour never says it alone.

Crime Recording Rules 2026/27, p10: the same day, and no later than 24 hours after the report was received. Amber begins
six hours before the deadline, which is 18 hours after receipt where the 24 hours run.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backbeat.station.desk_crime.models import CrimeReport

__all__ = ["AMBER_BEFORE", "Clock", "clock_of", "span_words"]

AMBER_BEFORE = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a row of the queue shows."""

    level: str
    """`green`, `amber`, `red`, `none` (outside the clock) or `done`."""
    words: str
    icon: str


def span_words(span: timedelta) -> str:
    """`2 d 3 h`, `5 h 07 min`."""
    minutes = int(span.total_seconds() // 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes:02} min"


def clock_of(report: CrimeReport, now: datetime) -> Clock:
    """The clock of a report at this moment."""
    if report.state not in CrimeReport.WAITING:
        return Clock("done", "Recorded", "✓")
    if report.deadline is None:
        return Clock("none", "Outside the 24 hours", "–")
    left = report.deadline - now
    if left <= timedelta():
        return Clock("red", f"Overdue by {span_words(-left)}", "!")
    if left <= AMBER_BEFORE:
        return Clock("amber", f"Due soon: {span_words(left)} left", "◷")
    return Clock("green", f"{span_words(left)} left", "○")
