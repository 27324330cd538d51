"""Hours that came back because partners lead calls police used to go to: measured against the force's own baseline.

    deployments avoided = (share deployed to before − share now) × calls now
    gross               = deployments avoided × mean officers' time of a deployment before
    net                 = gross − displacement − repeat contacts (time on re-contacts and on later deployments)

Net may be negative and is shown so. It is a comparison of two periods, and whatever else changed between them is in it
too; that is why no evidence here is better than `moderate`, and `low` unless the force measured its baseline. There is
no way to print hours without the harm check beside them: `HoursBack` cannot be built without one and shows both.
Formula: College of Policing, Right Care, Right Person toolkit, baselining and evaluation criteria, which asks for the
baseline to be taken first.
"""

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from statistics import fmean, stdev

import backbeat
from backbeat.canonical import Json
from backbeat.errors import Bug, InputRejected
from backbeat.ledger import Baseline, Grade, Measured, TaskRecord, hours
from backbeat.ledger.record import MAX_MS
from backbeat.proportions import CONFIDENCE
from backbeat.triage.harm import HarmCheck

__all__ = ["DESK", "KIND", "UNIT", "Cost", "HoursBack", "Period", "Times", "own_baseline"]

DESK = "triage"
KIND = "deployment"
UNIT = "deployment"
DRAWS = 4_000
_SEED = "backbeat triage hours"
_FEW = 30
"""Fewer timed deployments than this say little about their mean."""
_MS = 60_000


@dataclass(frozen=True, slots=True)
class Times:
    """Timed pieces of work in whole minutes of people's time, all people added up."""

    minutes: tuple[int, ...]
    measured: Measured

    def __post_init__(self) -> None:
        if not self.minutes or min(self.minutes) < 0:
            raise Bug("times need at least one, and none below nought")

    @property
    def mean(self) -> float:
        """Minutes."""
        return fmean(self.minutes)

    def draw_means(self, chance: random.Random) -> Iterator[float]:
        """Means that these times leave possible (Student's t), without end; of one time alone that time."""
        count, mean = len(self.minutes), self.mean
        spread, free = (stdev(self.minutes) / math.sqrt(count), count - 1) if count > 1 else (0.0, 1)
        while True:
            scale = math.sqrt(chance.gammavariate(free / 2, 2) / free)
            yield max(0.0, mean + spread * chance.gauss(0, 1) / scale)


@dataclass(frozen=True, slots=True)
class Period:
    """Calls of a stretch of time, and how many of them police were sent to."""

    calls: int
    deployed: int
    by_force: bool
    """Counted by the force itself from its own calls; False: published, estimated or made up."""
    source: str
    """What was counted and from when to when."""

    def __post_init__(self) -> None:
        if not 0 <= self.deployed <= self.calls or not self.calls:
            raise Bug("a period needs calls, and no more deployments than calls")

    @property
    def share(self) -> float:
        """Deployed, of 1."""
        return self.deployed / self.calls

    def draw_share(self, chance: random.Random) -> float:
        """A share that the counts leave possible (Jeffreys)."""
        return chance.betavariate(self.deployed + 0.5, self.calls - self.deployed + 0.5)


@dataclass(frozen=True, slots=True)
class Cost:
    """How often something happened that took back some of the time, and how long it took."""

    count: int
    times: Times | None
    """None only where it never happened."""

    def __post_init__(self) -> None:
        if self.count < 0 or (self.count and self.times is None):
            raise Bug("what happened took time: give the times")

    @property
    def minutes(self) -> float:
        """All of it."""
        return self.count * self.times.mean if self.times is not None else 0.0

    def draw(self, chance: random.Random) -> Iterator[float]:
        """Minutes that the count and the times leave possible, without end."""
        means = repeat(0.0) if self.times is None else self.times.draw_means(chance)
        return (chance.gammavariate(self.count + 0.5, 1) * mean for mean in means)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursBack:
    """One figure of hours with its interval, its grade and the harm check that belongs to it. Prints all or nothing."""

    before: Period
    now: Period
    deployment: Times
    """Of deployments before."""
    displacement: Cost
    """Police time on calls that are not deployed to, which there was none of before: waiting, handing over, chasing."""
    recontacts: Cost
    """Contacts again within 24 hours."""
    later_deployments: Cost
    """Calls police went to after having first not gone; they are not among `now.deployed`."""
    harm: HarmCheck

    def __post_init__(self) -> None:
        if self.harm.not_deployed != self.now.calls - self.now.deployed:
            raise Bug("the harm check is of other calls than the hours")

    @property
    def grade(self) -> Grade:
        """Moderate at most; low unless the force itself counted its baseline and timed at least thirty deployments."""
        timed = self.deployment.measured in (Measured.OBSERVED, Measured.INSTRUMENTED)
        own = self.before.by_force and self.now.by_force
        return Grade.MODERATE if own and timed and len(self.deployment.minutes) >= _FEW else Grade.LOW

    def task_records(self, baseline: Baseline | None, *, actor: str, recorded_at: int) -> tuple[TaskRecord, ...]:
        """The figure as rows of the ledger: one, or as many as its times need.

        Deployments avoided are rounded down, costs up, so that the rows never claim more than was found. Where police
        were sent to more than before there are no units, and the time that took is active time: the net is negative.

        Args:
            baseline: the force's own for one deployment, from `own_baseline`; None: the rows are counted, not turned
                into hours.
            actor: from `pseudonymous_actor`.
            recorded_at: UTC ms.

        Raises:
            InputRejected: the baseline says more than the deployments behind this figure, or more for its evidence.
            Bug: the baseline is of something else.
        """
        mean_ms = _ms_up(self.deployment.mean)
        if baseline is not None:
            self._require(baseline, mean_ms)
        # Whole numbers throughout: a share held as a float could lose the last deployment.
        difference = self.before.deployed * self.now.calls - self.now.deployed * self.before.calls
        units = max(0, difference) // self.before.calls
        more = -(min(0, difference) // self.before.calls)
        active = more * (mean_ms if baseline is None else baseline.ms_per_unit)
        review = _ms_up(self.displacement.minutes)
        rework = _ms_up(self.recontacts.minutes + self.later_deployments.minutes)
        rows = max(1, -(-max(active, review, rework) // MAX_MS))
        return tuple(
            TaskRecord(
                desk=DESK,
                kind=KIND,
                unit=UNIT,
                units=_part(units, row, rows),
                active_ms=_part(active, row, rows),
                review_ms=_part(review, row, rows),
                rework_ms=_part(rework, row, rows),
                measured=Measured.MODELLED if self.grade is Grade.LOW else self.deployment.measured,
                baseline=None if baseline is None else baseline.id,
                actor=actor,
                software=backbeat.__version__,
                recorded_at=recorded_at,
            )
            for row in range(rows)
        )

    def _require(self, baseline: Baseline, mean_ms: int) -> None:
        if (baseline.desk, baseline.kind, baseline.unit) != (DESK, KIND, UNIT):
            raise Bug(f"baseline {baseline.id} is not for {DESK} {KIND} by the {UNIT}")
        if baseline.ms_per_unit > mean_ms or baseline.grade.rank > Grade.MODERATE.rank:
            raise InputRejected(
                f"The baseline claims {hours(baseline.ms_per_unit)} a deployment at grade {baseline.grade}; behind "
                f"these hours are {hours(mean_ms)}, and two periods compared are moderate evidence at most.",
                where=f"baselines.yaml, {baseline.id}",
                do="add a line with a new id, the measured time and a grade of moderate or low",
            )

    def _net(self) -> float:
        return _net_of(self, self.before.share, self.now.share, self.deployment.mean, self._cost())

    def _cost(self) -> float:
        return self.displacement.minutes + self.recontacts.minutes + self.later_deployments.minutes

    def _interval_ms(self) -> tuple[int, int]:
        """95 %, by drawing every part at once; the same figures always give the same interval."""
        chance = random.Random(_SEED)  # noqa: S311  # to be had again, no secret
        means = self.deployment.draw_means(chance)
        costs = [cost.draw(chance) for cost in (self.displacement, self.recontacts, self.later_deployments)]
        drawn = sorted(
            _net_of(
                self,
                self.before.draw_share(chance),
                self.now.draw_share(chance),
                next(means),
                sum(next(cost) for cost in costs),
            )
            for _ in range(DRAWS)
        )
        tail = round((1 - CONFIDENCE) / 2 * DRAWS)
        return round(drawn[tail] * _MS), round(drawn[-1 - tail] * _MS)

    def lines(self) -> tuple[str, ...]:
        """Everything a page has to show together, hours first, harm next."""
        low, high = self._interval_ms()
        return (
            f"{hours(round(self._net() * _MS))} given back, net of displacement and repeat contacts "
            f"(95 %: {hours(low)} to {hours(high)}; evidence: {self.grade})",
            str(self.harm),
            f"Deployed to {self.before.deployed:,} of {self.before.calls:,} calls before ({self.before.source}) and to "
            f"{self.now.deployed:,} of {self.now.calls:,} now ({self.now.source}); whatever else changed is in it too.",
        )

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def to_json(self) -> dict[str, Json]:
        """Plain values; times in ms. Hours never without harm."""
        low, high = self._interval_ms()
        return {
            "net_ms": round(self._net() * _MS),
            "interval_ms": [low, high],
            "grade": self.grade.value,
            "harm": self.harm.to_json(),
            "displacement_ms": _ms_up(self.displacement.minutes),
            "recontact_ms": _ms_up(self.recontacts.minutes),
            "later_deployment_ms": _ms_up(self.later_deployments.minutes),
            "deployment_mean_ms": round(self.deployment.mean * _MS),
            "deployments_timed": len(self.deployment.minutes),
            "measured": self.deployment.measured.value,
            "before": _period(self.before),
            "now": _period(self.now),
        }


def own_baseline(baselines: Mapping[str, Baseline], at_ms: int) -> Baseline | None:
    """The newest baseline for one deployment in force at a time (UTC ms). None is packaged: each is a force's own."""
    fitting = [
        one
        for one in baselines.values()
        if (one.desk, one.kind, one.unit) == (DESK, KIND, UNIT) and one.valid_from_ms <= at_ms
    ]
    return max(fitting, key=lambda one: (one.valid_from, one.id), default=None)


def _net_of(figure: HoursBack, before: float, now: float, mean: float, cost: float) -> float:
    return (before - now) * figure.now.calls * mean - cost


def _ms_up(minutes: float) -> int:
    return -int(-minutes * _MS // 1)


def _part(total: int, row: int, rows: int) -> int:
    """A whole number dealt out over rows, nothing lost."""
    return total * (row + 1) // rows - total * row // rows


def _period(period: Period) -> Json:
    return {
        "calls": period.calls,
        "deployed": period.deployed,
        "by_force": period.by_force,
        "source": period.source,
    }
