"""By when: the same day, at most 24 hours after the initial report, and what stands outside it (rules p10, p17, p37).

24 hours are elapsed time; *the same day* is a day of the calendar in England and Wales. On the two Sundays on which the
clocks change these differ by an hour, so both are worked out from the instant at which the report came in.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from backbeat.crime.model import Authority, Deadline, Duty, Report, Source, Verdict
from backbeat.crime.recording import Recording
from backbeat.crime.resolving import Scope, ask
from backbeat.crime.rules import Rules, source_of

__all__ = ["ClockState", "deadlines", "delay_duties", "report_day", "state"]

LONDON = ZoneInfo("Europe/London")
SAME_DAY = "record the same day"
LATEST = "record at the latest"
AT_ONCE = "record at once"
OUTSIDE = "recording waits"
NO_INCIDENT = "none"
"""What a table that reads `step_incident` is told where there is no incident."""


class ClockState(StrEnum):
    """How a report stands against the clock."""

    IN_TIME = "in-time"
    AMBER = "amber"
    RED = "red"


def report_day(received_at: datetime) -> date:
    """The calendar day in England and Wales on which a report came in; it chooses the edition.

    `received_at` must be zone-aware. A report of 31 March 23:30 UTC came in on 1 April, British Summer Time.
    """
    return received_at.astimezone(LONDON).date()


def deadlines(rules: Rules, report: Report, scope: Scope, whether: Recording) -> tuple[Deadline, ...]:
    """By when one allegation is to be recorded, in London time, the target first.

    Two deadlines (same day, 24 hours), one where it must be recorded at once, or one without a time where recording
    waits for somebody else (p17, p18) or for an offence of driving to be made out (p37). While that is open the clock
    runs. Nothing is due where no crime is to be recorded.
    """
    asked = ask(rules, "clock", scope, step_incident=whether.incident or NO_INCIDENT)
    source, why = asked.source, asked.because
    kind = "running" if asked.outcome is None else str(asked.outcome["clock"])
    if source is None:
        source, why = _ordinary(rules)
    if kind == "outside":
        return (Deadline(OUTSIDE, None, source, why),)
    if whether.verdict is Verdict.INCIDENT:
        return ()
    return _running(report.received_at, _mark(rules, ClockState.RED)[0], kind == "at-once", source, why)


def state(rules: Rules, received_at: datetime, now: datetime) -> ClockState:
    """How much of the 24 hours has passed. Both times must be zone-aware; a mark is reached on its very second.

    The hours stand in the edition's list `clock`: red is page 10, amber is this house's own mark.
    """
    elapsed = now.astimezone(UTC) - received_at.astimezone(UTC)
    for mark in (ClockState.RED, ClockState.AMBER):
        if elapsed >= timedelta(hours=_mark(rules, mark)[0]):
            return mark
    return ClockState.IN_TIME


def delay_duties(rules: Rules, received_at: datetime, now: datetime, about: Iterable[str]) -> tuple[Duty, ...]:
    """What late recording needs: a rationale and the registrar's oversight (p10). Empty while there is time."""
    if state(rules, received_at, now) is not ClockState.RED:
        return ()
    source, allegations = _mark(rules, ClockState.RED)[1], tuple(about)
    rationale = "Write down a rationale for the delay that meets the National Crime Recording Standard."
    oversight = "Oversee the delayed recording."
    return (
        Duty(rationale, Authority.OFFICER, allegations, source),
        Duty(oversight, Authority.FCR, allegations, source),
    )


@lru_cache(maxsize=64)
def _ordinary(rules: Rules) -> tuple[Source, str]:
    """Where the clock that runs stands, and why it does."""
    ordinary = rules.edition.tables["clock"].default
    if ordinary is None:
        return _mark(rules, ClockState.RED)[1], ""
    return Source(ordinary.document, ordinary.page), ordinary.why


@lru_cache(maxsize=64)
def _mark(rules: Rules, mark: ClockState) -> tuple[int, Source]:
    """Hours since receipt at which a mark is reached, and where that stands."""
    row = next(row for row in rules.rows("clock") if row["mark"] == mark)
    return int(row["hours"]), source_of(row)


@lru_cache(maxsize=4096)
def _running(received_at: datetime, hours: int, at_once: bool, source: Source, why: str) -> tuple[Deadline, ...]:
    """The deadlines of a clock that runs; all allegations of a report share them."""
    # Arithmetic on a London time would count wall-clock hours.
    latest = (received_at.astimezone(UTC) + timedelta(hours=hours)).astimezone(LONDON)
    if at_once:
        return (Deadline(AT_ONCE, latest, source, why),)
    # Midnight at the end of the day is itself the first instant too late.
    end_of_day = datetime.combine(report_day(received_at) + timedelta(days=1), time(), LONDON)
    return (Deadline(SAME_DAY, end_of_day, source, why), Deadline(LATEST, latest, source, why))
