"""The process that does durable work: claims a job, runs its handler, completes it; again and again.

Run as many as there are cores to spare, on as many hosts as share the database and the data folder. A supervisor
(systemd, `./run serve`) starts a worker again when it dies; what it was doing is claimed again when its lease lapses.
"""

import logging
import os
import random
import secrets
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType

import sqlalchemy as sa

from backbeat.canonical import Json
from backbeat.errors import BackbeatError
from backbeat.runner.attempt import JobContext, LeaseKeeper
from backbeat.runner.errors import JobInterrupted
from backbeat.runner.job import Claim
from backbeat.runner.leases import Leases
from backbeat.runner.outcome import failure_of
from backbeat.runner.outputs import AttemptFolder, sweep_abandoned
from backbeat.runner.queue import JobQueue

__all__ = ["Handler", "Worker"]

Handler = Callable[[JobContext], Json]
"""Does one job and returns what to keep in its row. It may be called again for the same job after a crash."""

UPLOAD_S = 86_400.0
"""No upload takes a day; what is left of one after that is swept from the store."""

log = logging.getLogger(__name__)


class Worker:
    """Does the queue's jobs of the kinds it has handlers for, one at a time."""

    def __init__(
        self,
        queue: JobQueue,
        handlers: Mapping[str, Handler],
        *,
        name: str | None = None,
        poll_s: float = 1.0,
        grace_s: float = 20.0,
    ) -> None:
        """A worker that has not started.

        Args:
            queue: where jobs come from.
            handlers: by kind; jobs of other kinds are left to other workers.
            name: unique among workers; host, process and a random part unless given.
            poll_s: pause between looks at an empty queue; up to half as much again is added by chance.
            grace_s: how long a running job may go on after SIGTERM before it is given back.
        """
        self.name = name or f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
        self._queue = queue
        self._handlers = dict(handlers)
        self._poll_s = poll_s
        self._grace_s = grace_s
        self._leases = Leases(queue)
        self._work = queue.installation.data / "work"
        self._stopping = threading.Event()
        self._context: JobContext | None = None

    def run(self, *, until_idle: bool = False) -> None:
        """Work until `stop()` or SIGTERM; or, with `until_idle`, until no job of these kinds is unfinished.

        In the main thread SIGTERM and SIGINT are taken over meanwhile: the running job is finished, or given back at
        its next progress report once the grace is over; a second signal gives it back at once.
        """
        with self._signals():
            swept = False
            while not self._stopping.is_set():
                try:
                    swept = swept or self._sweep()
                    if self.step():
                        continue
                    if until_idle and not self._leases.unfinished(self._handlers):
                        return
                except sa.exc.DBAPIError as error:
                    # The database is away or busy. What was claimed is claimed again when its lease lapses.
                    log.warning("worker %s: the database refused (%s); trying again", self.name, type(error).__name__)
                self._stopping.wait(self._poll_s * random.uniform(1.0, 1.5))  # noqa: S311  jitter, not a secret

    def stop(self) -> None:
        """End `run` after the running job, or after the grace; call it again to give the job back at once."""
        if self._stopping.is_set():
            self._give_back()
            return
        self._stopping.set()
        timer = threading.Timer(self._grace_s, self._give_back)
        timer.daemon = True
        timer.start()

    def step(self) -> bool:
        """Do one job that is due; False when there is none."""
        claim = self._leases.claim(self._handlers, self.name)
        if claim is None:
            return False
        log.info("job %d (%s): attempt %d", claim.job.id, claim.job.kind, claim.job.attempts)
        folder = AttemptFolder(self._work, claim.job.id, claim.fence)
        context = JobContext(claim, self._leases, folder, self._queue.installation.store)
        self._context = context
        try:
            self._attempt(claim, context, folder)
        except JobInterrupted:
            self._interrupted(claim, context)
        finally:
            self._context = None
            folder.remove()
        return True

    def _attempt(self, claim: Claim, context: JobContext, folder: AttemptFolder) -> None:
        try:
            with LeaseKeeper(context, self._queue.terms.lease_ms):
                output = self._handlers[claim.job.kind](context)
                if not self._leases.is_current(claim.job.id, claim.fence):
                    context.stop("lost")
                if context.interrupted or context.why == "lost":  # swallowed; the output may be of half the work
                    context.check()
                # First the files, then the row that names them: a row never names a file that is not there.
                files = folder.keep(context.store)
            self._leases.complete(claim, output, files=files, effects=context.effects, progress=context.latest)
        except JobInterrupted:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001  the worker loop is the edge: a handler may raise anything
            if context.interrupted:
                context.check()
            failure = failure_of(error, f"job {claim.job.id}, kind {claim.job.kind}")
            log.warning("job %d (%s): %s%s", claim.job.id, claim.job.kind, failure.code, _trace(error))
            self._leases.fail(claim, failure.error)
        else:
            log.info("job %d (%s): done", claim.job.id, claim.job.kind)

    def _interrupted(self, claim: Claim, context: JobContext) -> None:
        log.info("job %d (%s): attempt ended, %s", claim.job.id, claim.job.kind, context.why or "lost")
        with suppress(JobInterrupted):  # the lease may be lost on top
            if context.why == "cancelled":
                self._leases.cancelled(claim)
            elif context.why == "stopping":
                self._leases.release(claim)

    def _give_back(self) -> None:
        context = self._context
        if context is not None:
            context.stop("stopping")

    def _sweep(self) -> bool:
        removed = sweep_abandoned(self._work, self._leases.is_current)
        self._queue.installation.store.sweep(UPLOAD_S)
        if removed:
            log.info("worker %s: removed the files of %d abandoned attempts", self.name, removed)
        return True

    @contextmanager
    def _signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(_number: int, _frame: FrameType | None) -> None:
            # From a thread: the main thread may be inside `_stopping.wait` and hold the very lock that setting needs.
            threading.Thread(target=self.stop, daemon=True).start()

        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _trace(error: BaseException) -> str:
    """Where an unexpected error came from. Not its text, which may quote what it choked on."""
    if isinstance(error, BackbeatError):
        return ""
    return f" {type(error).__name__}\n" + "".join(traceback.format_tb(error.__traceback__))
