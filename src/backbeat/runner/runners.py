"""One protocol for running a function over many units, and the runners to choose from by name."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from backbeat.errors import ConfigError
from backbeat.runner.outcome import Outcome, failure_of

__all__ = ["RUNNERS", "InlineRunner", "Runner", "make_runner", "run_unit"]

U = TypeVar("U")
R = TypeVar("R")

RUNNERS = ("inline", "processes")
"""Names `make_runner` knows."""


class Runner(Protocol):
    """Runs a function over units. Every runner gives the same outcomes; they differ in where the work happens."""

    def map(self, fn: Callable[[U], R], units: Iterable[U]) -> Iterator[Outcome[U, R]]:
        """One outcome for each unit, in input order, as they become ready.

        Units are taken from `units` only a little ahead of what was consumed, so both may be endless. An exception
        from `fn` is that unit's failure and stops nothing else. `fn` may run again for a unit whose process died, so
        it must be safe to repeat; with `processes` it must be importable and units and values must pickle.
        """
        ...


class InlineRunner:
    """Runs units one after another in the calling thread."""

    def map(self, fn: Callable[[U], R], units: Iterable[U]) -> Iterator[Outcome[U, R]]:
        """See `Runner.map`."""
        for number, unit in enumerate(units):
            yield run_unit(fn, unit, number)


def run_unit(fn: Callable[[U], R], unit: U, number: int) -> Outcome[U, R]:
    """Call `fn` and catch what it raises. `number` (from 0) names the unit in failures."""
    started = time.perf_counter_ns()
    try:
        value, failure = fn(unit), None
    except (Exception, SystemExit) as error:  # noqa: BLE001  an edge: whatever a unit raises is its outcome
        value, failure = None, failure_of(error, f"unit {number}")
    return Outcome(unit, value, failure, (time.perf_counter_ns() - started + 500_000) // 1_000_000)


def make_runner(name: str, *, workers: int | None = None) -> Runner:
    """The runner called `name`.

    Args:
        name: one of `RUNNERS`.
        workers: processes to use; as many as this process may use cores unless given. `inline` has no use for it.

    Raises:
        ConfigError: there is no such runner.
    """
    if name == "inline":
        return InlineRunner()
    if name == "processes":
        from backbeat.runner.processes import ProcessRunner

        return ProcessRunner(workers)
    raise ConfigError(f"There is no runner called {name!r}.", where="runner", do=f"choose one of {', '.join(RUNNERS)}")
