"""Time given back by recording one crime where each offence used to be recorded: measured by the force itself, or not.

    records not made = records that separate recording would have made − records made
    by hand          = records not made × the force's own measured time for one crime record

The national figure of 443,000 officer hours has no published method and is never divided down to a force. A force that
has not measured its own time for a crime record has no baseline, and its rows are counted, not turned into hours.

A crime closed, cancelled or reclassified afterwards leaves the row of its recording as it is: the records not made were
not made, and recording separately would have had each of them to cancel. Nor does a cancellation make the gain larger.
The time the request took is a row of its own without units, so that it is taken off what was given back.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import backbeat
from backbeat.canonical import sha256_hex
from backbeat.crime.decision import Decision
from backbeat.ledger import Baseline, EditionRef, Measured, TaskRecord, hours

__all__ = ["DESK", "KIND", "UNIT", "Gain", "HumanTime", "gain_of", "own_baseline", "task_record"]

DESK = "crime"
KIND = "record"
UNIT = "crime-record"


@dataclass(frozen=True, slots=True)
class HumanTime:
    """Time a person spent on one decision, ms, idle time dropped."""

    active_ms: int = 0
    review_ms: int = 0
    rework_ms: int = 0

    @property
    def total_ms(self) -> int:
        """All of it."""
        return self.active_ms + self.review_ms + self.rework_ms


@dataclass(frozen=True, slots=True)
class Gain:
    """Crime records one decision did not make, and what that is worth where the force knows."""

    separate: int
    """Crime records that recording every offence against every victim separately would have made."""
    recorded: int
    baseline: Baseline | None
    """The force's own; None where it has none, or where nobody timed the decision."""
    human: HumanTime | None

    @property
    def records(self) -> int:
        """Records not made; never below nought."""
        return max(0, self.separate - self.recorded)

    @property
    def net_ms(self) -> int | None:
        """Time given back, the time spent deciding taken off; None where it cannot be said. May be negative."""
        if self.baseline is None or self.human is None:
            return None
        return self.records * self.baseline.ms_per_unit - self.human.total_ms

    def __str__(self) -> str:
        made = f"{self.recorded} crime record{'' if self.recorded == 1 else 's'} instead of {self.separate}"
        if self.net_ms is None or self.baseline is None:
            lacking = (
                "this decision was not timed" if self.human is None else "the force has no time of its own for one"
            )
            return f"{made}; not measured against anything, as {lacking}"
        return f"{made}; {hours(self.net_ms)} given back (evidence: {self.baseline.grade})"


def own_baseline(baselines: Mapping[str, Baseline], at_ms: int) -> Baseline | None:
    """The newest baseline for one crime record in force at a time (UTC ms). None is packaged: each is a force's own."""
    fitting = [
        one
        for one in baselines.values()
        if (one.desk, one.kind, one.unit) == (DESK, KIND, UNIT) and one.valid_from_ms <= at_ms
    ]
    return max(fitting, key=lambda one: (one.valid_from, one.id), default=None)


def gain_of(
    decision: Decision, baseline: Baseline | None, human: HumanTime | None, *, recorded: int | None = None
) -> Gain:
    """What a decision spared. Without human time there is no saving: it would claim the whole baseline.

    `recorded` is what was recorded once a registrar had ruled; None: as the decision proposes.
    """
    made = decision.recorded_count if recorded is None else recorded
    return Gain(decision.separate_count, made, None if human is None else baseline, human)


def task_record(decision: Decision, gain: Gain, *, actor: str, machine_ms: int, recorded_at: int) -> TaskRecord:
    """The ledger's row for one decision a person has taken: integers and hashes, nothing of the report.

    Args:
        decision: as it was recorded.
        gain: from `gain_of`.
        actor: from `pseudonymous_actor`.
        machine_ms: time the engine took.
        recorded_at: UTC ms.
    """
    human = gain.human or HumanTime()
    edition = decision.rules.edition
    return TaskRecord(
        desk=DESK,
        kind=KIND,
        units=gain.records,
        unit=UNIT,
        active_ms=human.active_ms,
        review_ms=human.review_ms,
        rework_ms=human.rework_ms,
        machine_ms=machine_ms,
        measured=Measured.INSTRUMENTED,
        baseline=None if gain.baseline is None else gain.baseline.id,
        actor=actor,
        output_hashes=(sha256_hex(decision.to_json()),),
        editions=(EditionRef(edition.id, edition.hash),),
        software=backbeat.__version__,
        recorded_at=recorded_at,
    )
