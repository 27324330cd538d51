"""What came back: baseline time less the human time spent, review and rework included, never without its grade.

    counterfactual = baseline × units        gross = counterfactual − active        net = gross − review − rework

Net may be negative and is shown so. Machine time is nobody's time and stands apart. A record without a baseline is
counted as not measured against anything; it is not a saving of zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from backbeat.canonical import Json
from backbeat.errors import Bug
from backbeat.ledger.baselines import Baseline, Grade
from backbeat.ledger.record import Measured

__all__ = ["NO_INTERVAL", "Saving", "SavingsReport", "Total", "Unmeasured", "hours"]

NO_INTERVAL = "not yet estimated"
"""What is shown where an interval will stand."""

_CEILING = {
    Measured.OBSERVED: Grade.HIGH,
    Measured.INSTRUMENTED: Grade.HIGH,
    Measured.SELF_REPORTED: Grade.LOW,
    Measured.MODELLED: Grade.LOW,
}


def hours(ms: int) -> str:
    """Milliseconds as hours and minutes, `-1 h 05 min`; rounded towards zero, so a saving is never rounded up."""
    minutes = abs(ms) // 60_000
    return f"{'-' if ms < 0 and minutes else ''}{minutes // 60:,} h {minutes % 60:02} min"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Sums over the records of one desk, kind and way of measuring; times in ms."""

    desk: str
    kind: str
    measured: Measured
    unit: str
    records: int
    units: int
    active_ms: int
    review_ms: int
    rework_ms: int
    machine_ms: int

    @property
    def human_ms(self) -> int:
        """All human time."""
        return self.active_ms + self.review_ms + self.rework_ms

    def to_json(self) -> dict[str, Json]:
        """As plain values."""
        return {
            "desk": self.desk,
            "kind": self.kind,
            "measured": self.measured.value,
            "unit": self.unit,
            "records": self.records,
            "units": self.units,
            "active_ms": self.active_ms,
            "review_ms": self.review_ms,
            "rework_ms": self.rework_ms,
            "machine_ms": self.machine_ms,
        }


@dataclass(frozen=True, slots=True)
class Saving:
    """Time against one baseline. There is no way to build or print it without the baseline and so its grade."""

    spent: Spent
    baseline: Baseline

    def __post_init__(self) -> None:
        mine = (self.baseline.desk, self.baseline.kind, self.baseline.unit)
        if (self.spent.desk, self.spent.kind, self.spent.unit) != mine:
            raise Bug("a saving is held against the baseline of another desk, kind or unit")

    @property
    def counterfactual_ms(self) -> int:
        """What the same units would have taken by hand."""
        return self.baseline.ms_per_unit * self.spent.units

    @property
    def gross_ms(self) -> int:
        """Before review and rework."""
        return self.counterfactual_ms - self.spent.active_ms

    @property
    def net_ms(self) -> int:
        """What came back; negative when backbeat cost time."""
        return self.counterfactual_ms - self.spent.human_ms

    @property
    def grade(self) -> Grade:
        """The weaker of the baseline's grade and the best that this way of measuring can earn."""
        return Grade.weakest(self.baseline.grade, _CEILING[self.spent.measured])

    @property
    def interval(self) -> None:
        """No interval is estimated yet; say `NO_INTERVAL`."""
        return None

    def __str__(self) -> str:
        return (
            f"{self.spent.desk} {self.spent.kind}, {self.spent.units:,} × {self.spent.unit}, {self.spent.measured}: "
            f"{hours(self.net_ms)} net of review and rework (evidence: {self.grade}; interval: {NO_INTERVAL})"
        )

    def to_json(self) -> dict[str, Json]:
        """As plain values, grade and source always among them."""
        return {
            **self.spent.to_json(),
            "baseline": self.baseline.id,
            "baseline_ms_per_unit": self.baseline.ms_per_unit,
            "baseline_source": self.baseline.source,
            "counterfactual_ms": self.counterfactual_ms,
            "gross_ms": self.gross_ms,
            "net_ms": self.net_ms,
            "grade": self.grade.value,
            "interval": None,
            "interval_note": NO_INTERVAL,
        }


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Work with no baseline: counted, and not measured against anything."""

    spent: Spent

    def __str__(self) -> str:
        return (
            f"{self.spent.desk} {self.spent.kind}, {self.spent.units:,} × {self.spent.unit}, {self.spent.measured}: "
            f"{hours(self.spent.human_ms)} spent, not measured against anything"
        )

    def to_json(self) -> dict[str, Json]:
        """As plain values."""
        return {**self.spent.to_json(), "note": "not measured against anything"}


@dataclass(frozen=True, slots=True)
class Total:
    """Net time over several savings, graded like the weakest of them."""

    net_ms: int
    machine_ms: int
    records: int
    grade: Grade

    @property
    def interval(self) -> None:
        """No interval is estimated yet; say `NO_INTERVAL`."""
        return None

    def __str__(self) -> str:
        return (
            f"{hours(self.net_ms)} given back, net of review and rework "
            f"(evidence: {self.grade}; interval: {NO_INTERVAL})"
        )

    def to_json(self) -> dict[str, Json]:
        """As plain values."""
        return {
            "net_ms": self.net_ms,
            "machine_ms": self.machine_ms,
            "records": self.records,
            "grade": self.grade.value,
            "interval": None,
            "interval_note": NO_INTERVAL,
        }


@dataclass(frozen=True, slots=True)
class SavingsReport:
    """Every saving by desk, kind, baseline and way of measuring, and the work nothing is known to have saved."""

    savings: tuple[Saving, ...]
    unmeasured: tuple[Unmeasured, ...]

    def total(self, ways: Iterable[Measured] = (Measured.OBSERVED, Measured.INSTRUMENTED)) -> Total | None:
        """Sum of the savings measured in these ways, or None when there are none.

        By default what was timed: self-reports and models are another state of evidence and are not added to it.
        """
        chosen = set(ways)
        mine = [saving for saving in self.savings if saving.spent.measured in chosen]
        if not mine:
            return None
        return Total(
            sum(saving.net_ms for saving in mine),
            sum(saving.spent.machine_ms for saving in mine),
            sum(saving.spent.records for saving in mine),
            Grade.weakest(*(saving.grade for saving in mine)),
        )

    def to_json(self) -> dict[str, Json]:
        """As plain values."""
        total = self.total()
        return {
            "savings": [saving.to_json() for saving in self.savings],
            "unmeasured": [line.to_json() for line in self.unmeasured],
            "total": None if total is None else total.to_json(),
        }
