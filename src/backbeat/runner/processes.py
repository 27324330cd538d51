"""Units over processes that may die: `ProcessPoolExecutor` loses the whole pool when one process is killed.

Each process has a pipe of its own, so it is always known which unit a dead one held. That unit is tried again in a new
process; the others do not notice.

Processes come from a fork server, which was started by exec and has one thread. So it is safe to call from a web server
with many threads (plain fork may copy a lock that nobody will release) and yet quick after the first.
"""

import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from backbeat.errors import Bug
from backbeat.runner.errors import UnitCrashed
from backbeat.runner.outcome import Failure, Outcome, failure_of
from backbeat.runner.runners import run_unit

__all__ = ["ProcessRunner"]

U = TypeVar("U")
R = TypeVar("R")

DEPTH = 2
"""Units given to a process at a time: one in work and one at hand, so that it never waits for us."""
AT_HAND_BYTES = 1 << 15
"""A unit larger than this is never the one at hand. The process would not read it before it is through with the one in
work, and could not tell us that result while we wait for it to read: with both larger than a pipe, for ever."""
AHEAD = 4
"""Units per process taken from the input before the oldest outcome was consumed; bounds memory."""
TRIES = 3
"""A unit whose process dies this often is a failure."""


class ProcessRunner:
    """Runs units in processes of their own, started for each `map` and ended with it."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or len(os.sched_getaffinity(0))
        # Loaded once by the fork server rather than by each process. Of no effect once the server runs.
        get_context("forkserver").set_forkserver_preload(["__main__", __name__])

    def map(self, fn: Callable[[U], R], units: Iterable[U]) -> Iterator[Outcome[U, R]]:
        """See `Runner.map`.

        Raises:
            Bug: `fn` or a unit cannot be pickled.
        """
        call = _pickled(fn, "the function given to the processes runner")
        pool: _Pool[U] = _Pool(call, self.workers)
        try:
            yield from _in_order(pool, enumerate(units), self.workers * AHEAD)
        finally:
            pool.close()


@dataclass(slots=True)
class _Task(Generic[U]):
    """A unit on its way; `body` is what the process gets."""

    number: int
    unit: U
    body: bytes
    crashes: int = 0


@dataclass(slots=True, eq=False)
class _Member(Generic[U]):
    """One process and the tasks it holds; the first of them is the one in work."""

    process: BaseProcess
    pipe: "Connection[Any, Any]"
    tasks: deque[_Task[U]] = field(default_factory=deque)


def _in_order(pool: "_Pool[U]", units: Iterator[tuple[int, U]], window: int) -> Iterator[Outcome[U, Any]]:
    """Feed the pool, hold early outcomes back until their turn."""
    early: dict[int, Outcome[U, Any]] = {}
    taken = given = 0
    exhausted = False
    while True:
        while not exhausted and taken - given < window:
            entry = next(units, None)
            if entry is None:
                exhausted = True
                break
            number, unit = entry
            pool.waiting.append(_Task(number, unit, _pickled((number, unit), f"unit {number}")))
            taken += 1
        if given == taken:
            return
        for number, outcome in pool.collect():
            early[number] = outcome
        while given in early:
            yield early.pop(given)
            given += 1


class _Pool(Generic[U]):
    def __init__(self, call: bytes, size: int) -> None:
        self._call = call
        self._size = size
        self._context = get_context("forkserver")
        self._members: list[_Member[U]] = []
        self.waiting: deque[_Task[U]] = deque()

    def collect(self) -> list[tuple[int, Outcome[U, Any]]]:
        """Hand out what waits, then wait until at least one process answers or dies; what ended, by number."""
        self._hand_out()
        ready = set(wait([m.pipe for m in self._members if m.tasks]))
        ended: list[tuple[int, Outcome[U, Any]]] = []
        for member in [m for m in self._members if m.pipe in ready]:
            try:
                body = member.pipe.recv_bytes()
            except (EOFError, OSError):
                ended += self._bury(member)
                continue
            task = member.tasks.popleft()
            value, failure, machine_ms = _loaded(body, task.number)
            ended.append((task.number, Outcome(task.unit, value, failure, machine_ms)))
        return ended

    def _hand_out(self) -> None:
        for depth in range(DEPTH):  # everyone gets a first task before anyone gets a second
            while self.waiting and (depth == 0 or len(self.waiting[0].body) <= AT_HAND_BYTES):
                member = next((m for m in self._members if len(m.tasks) <= depth), None)
                if member is None:
                    if len(self._members) == self._size:
                        break
                    member = self._start()
                task = self.waiting.popleft()
                member.tasks.append(task)
                try:
                    member.pipe.send_bytes(task.body)
                except OSError:  # it is dead; `collect` will find that out and take its tasks back
                    break

    def _start(self) -> _Member[U]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._call), daemon=True)
        process.start()
        theirs.close()
        member: _Member[U] = _Member(process, ours)
        self._members.append(member)
        return member

    def _bury(self, member: _Member[U]) -> list[tuple[int, Outcome[U, Any]]]:
        """Take a dead process's tasks back. Only the one it was working on is held against its unit."""
        self._members.remove(member)
        _end(member)
        suspect = member.tasks.popleft()
        self.waiting.extendleft(reversed(member.tasks))
        suspect.crashes += 1
        if suspect.crashes < TRIES:
            self.waiting.appendleft(suspect)
            return []
        error = UnitCrashed(
            f"Unit {suspect.number} was tried {TRIES} times and its process died each time.",
            where=f"unit {suspect.number}, exit status {member.process.exitcode}",
            do="look at this machine's memory and system log; the other units are not affected",
        )
        failure = Failure(error.code, str(error), False, error)
        return [(suspect.number, Outcome(suspect.unit, None, failure, 0))]

    def close(self) -> None:
        """End every process, in the middle of its work if need be."""
        for member in self._members:
            _end(member)
        self._members.clear()


def _end(member: _Member[Any]) -> None:
    member.pipe.close()
    member.process.kill()
    member.process.join()


def _pickled(value: object, what: str) -> bytes:
    try:
        return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise Bug(f"{what} cannot be sent to another process ({type(error).__name__})") from error


def _loaded(body: bytes, number: int) -> tuple[Any, Failure | None, int]:
    try:
        value, failure, machine_ms = pickle.loads(body)  # noqa: S301  from our own child, over a private pipe
    except Exception as error:  # noqa: BLE001  unpickling calls the value's own code
        return None, failure_of(error, f"value of unit {number}, on its way back"), 0
    return value, failure, machine_ms


def _serve(pipe: "Connection[Any, Any]", call: bytes) -> None:
    """A process's whole life: units in, outcomes out, until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the caller's to handle
    fn = pickle.loads(call)  # noqa: S301  from our own parent, over a private pipe
    while True:
        try:
            number, unit = pickle.loads(pipe.recv_bytes())  # noqa: S301  likewise
            outcome = run_unit(fn, unit, number)
            pipe.send_bytes(_answer(outcome, number))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return


def _answer(outcome: Outcome[Any, Any], number: int) -> bytes:
    try:
        body = pickle.dumps((outcome.value, outcome.failure, outcome.machine_ms), pickle.HIGHEST_PROTOCOL)
        if outcome.failure is not None:
            pickle.loads(body)  # noqa: S301  an error that cannot be rebuilt must be found out here
        return body
    except Exception as error:  # noqa: BLE001  pickling calls the value's own code
        failure = failure_of(error, f"value of unit {number}, which cannot be sent between processes")
        return pickle.dumps((None, failure, outcome.machine_ms), pickle.HIGHEST_PROTOCOL)
