"""Durable jobs on SQLite, and the processes runner beside a bare ProcessPoolExecutor."""

import multiprocessing
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from backbeat.installation import Installation
from backbeat.runner import JobContext, JobQueue, Worker, make_runner
from benchmarks.figure import Figure

JOBS = 300
UNITS = 400
WORKERS = 2


def run() -> list[Figure]:
    return [*durable_jobs(), *processes()]


def _nothing(context: JobContext) -> None:
    return None


def durable_jobs() -> list[Figure]:
    """Jobs that do nothing: what is left is the queue's own cost, every commit synced to disk."""
    with tempfile.TemporaryDirectory(prefix="backbeat-bench-") as folder:
        installation = Installation.open(Path(folder), f"sqlite:///{folder}/backbeat.sqlite3")
        queue = JobQueue.open(installation)
        started = time.perf_counter()
        for n in range(JOBS):
            queue.submit("nothing", {"n": n}, key=f"job-{n}")
        submitted = time.perf_counter()
        Worker(queue, {"nothing": _nothing}).run(until_idle=True)
        done = time.perf_counter()
        assert queue.counts()["done"] == JOBS
        installation.engine.dispose()
    return [
        Figure("durable jobs, submit to done, one worker", JOBS / (done - started), "jobs/s", 50, "higher"),
        Figure("overhead of one durable job in its worker", (done - submitted) / JOBS * 1000, "ms", 20, "lower"),
    ]


def spin(ms: int) -> int:
    """Keep a core busy for `ms` milliseconds of its own time."""
    end = time.process_time() + ms / 1000
    while time.process_time() < end:
        pass
    return ms


def _bare(ms: int) -> float:
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        assert sum(pool.map(spin, [1] * WORKERS)) == WORKERS  # start them
        return _timed(lambda: sum(pool.map(spin, [ms] * UNITS)), ms)


def _ours(ms: int) -> float:
    # Our pool starts with each map, so that start is in our time and not in the peer's.
    runner = make_runner("processes", workers=WORKERS)
    return _timed(lambda: sum(outcome.get() for outcome in runner.map(spin, [ms] * UNITS)), ms)


def _timed(work: Callable[[], int], ms: int) -> float:
    started = time.perf_counter()
    assert work() == ms * UNITS
    return time.perf_counter() - started


def processes() -> list[Figure]:
    """Units of 5 ms, about a page of text; five rounds in turn, the best of each: other load only ever slows."""
    _ours(0)  # starts the fork server, as the peer's first round would
    rounds = [(_ours(5), _bare(5)) for _ in range(5)]
    ours, bare = (min(times) for times in zip(*rounds, strict=True))
    peer = f"ProcessPoolExecutor {UNITS / bare:.0f} units/s, ours {UNITS / ours:.0f}"
    return [
        Figure("processes runner, share of the bare pool's speed, 5 ms units", bare / ours, "×", 0.85, "higher", peer)
    ]
