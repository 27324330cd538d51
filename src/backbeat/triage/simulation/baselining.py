"""A force's own baseline out of its own log: how often police were sent, and what a deployment took.

The College asks for it before the change begins. A made-up month gives no baseline: nothing in it was measured.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backbeat.canonical import Json
from backbeat.errors import Bug
from backbeat.ledger import Grade, Measured
from backbeat.rulebook import Answer
from backbeat.triage.harm import Followed, HarmCheck, check_harm
from backbeat.triage.hours import DESK, KIND, UNIT, Period, Times
from backbeat.triage.simulation.model import Call, Harm

__all__ = ["LogMeasure", "measure_log"]

_MS = 60_000


@dataclass(frozen=True, slots=True)
class LogMeasure:
    """What one log says of the practice it records."""

    period: Period
    deployment: Times | None
    """None where no deployment in the log is timed."""
    harm: HarmCheck
    """Of the calls police were not sent to at first."""

    def baseline_line(self, id: str, valid_from: date) -> dict[str, Json] | None:
        """The line a force adds to its `baselines.yaml`; None without timed deployments."""
        if self.deployment is None:
            return None
        timed = self.deployment.measured in (Measured.OBSERVED, Measured.INSTRUMENTED)
        return {
            "id": id,
            "desk": DESK,
            "kind": KIND,
            "unit": UNIT,
            "ms_per_unit": int(self.deployment.mean * _MS),
            "source": f"{self.period.source}; {len(self.deployment.minutes):,} timed deployments",
            "date": valid_from.isoformat(),
            "grade": (Grade.MODERATE if timed and self.period.by_force else Grade.LOW).value,
            "valid_from": valid_from.isoformat(),
        }


def measure_log(calls: Iterable[Call], *, source: str, measured: Measured, by_force: bool) -> LogMeasure:
    """Count a log.

    Args:
        calls: every one with a decision.
        source: what the log is, for the baseline's own line.
        measured: how its officers' times came about.
        by_force: False for a made-up month or somebody else's calls.

    Raises:
        Bug: a call has no decision, or there are none.
    """
    total = deployed = 0
    minutes: list[int] = []
    followed: list[Followed] = []
    for call in calls:
        total += 1
        if call.decided.outcome is None:
            raise Bug("a call without a decision is neither deployed to nor not")
        if call.decided.outcome.attends:
            deployed += 1
            minutes += [] if call.officer_minutes is None else [call.officer_minutes]
        else:
            harm = call.decided.harm
            followed.append(
                Followed(
                    call.decided.recontact_24h,
                    call.decided.later_deployment,
                    Answer.of(None if harm is None else harm is Harm.INJURY),
                    Answer.of(None if harm is None else harm is Harm.DEATH),
                )
            )
    times = Times(tuple(minutes), measured) if minutes else None
    return LogMeasure(Period(total, deployed, by_force, source), times, check_harm(followed))
