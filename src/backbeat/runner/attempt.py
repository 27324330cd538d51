"""One attempt at one job: what its handler sees, and the thread that keeps its lease."""

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from backbeat.canonical import Json
from backbeat.files import ContentStore
from backbeat.runner.errors import JobInterrupted
from backbeat.runner.job import Claim, Job, Progress
from backbeat.runner.leases import Effect, Leases, lost
from backbeat.runner.outputs import AttemptFolder

__all__ = ["JobContext", "LeaseKeeper"]

WRITE_PROGRESS_S = 0.5
"""Progress reaches the database at most this often, however often it is reported."""

Why = Literal["lost", "cancelled", "stopping"]


class JobContext:
    """What a handler gets: the job, a place for its files, and a way to say how far it is."""

    def __init__(self, claim: Claim, leases: Leases, folder: AttemptFolder, store: ContentStore) -> None:
        self.job: Job = claim.job
        self.payload: Json = claim.job.payload
        self.fence: int = claim.fence
        """Rises with every claim. A store of one's own can refuse writes that carry a lower one than it has seen."""
        self.store: ContentStore = store
        self.effects: list[Effect] = []
        self.latest: Progress | None = None
        self.why: Why | None = None
        """Set once, by whoever first notices that the attempt must stop."""
        self.interrupted = False
        """Whether the handler was told so; from then on the attempt cannot complete."""
        self._claim = claim
        self._leases = leases
        self._folder = folder
        self._written: Progress | None = None
        self._written_at = float("-inf")

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far the work is. Cheap: call it for every unit.

        Args:
            done: units finished.
            total: units there are, if known.
            note: a few words for the person waiting, e.g. `page 7`; no personal data.

        Raises:
            JobInterrupted: stop now; let it pass.
        """
        self.latest = Progress(done, total, note)
        if time.monotonic() - self._written_at >= WRITE_PROGRESS_S:
            # A database that restarts is no fault of the job's; the lease keeper knows how long it may stay away.
            with suppress(sa.exc.SQLAlchemyError):
                self.beat()
        self.check()

    def check(self) -> None:
        """Stop here if the attempt is over.

        Raises:
            JobInterrupted: the lease was lost, the job was cancelled, or the worker is shutting down.
        """
        self.interrupted = self.why is not None
        if self.why == "lost":
            raise lost(self._claim)
        if self.why is not None:
            what = "was cancelled" if self.why == "cancelled" else "is given back, because its worker is stopping"
            raise JobInterrupted(f"Job {self.job.id} {what}.", where=f"job {self.job.id}", do="nothing")

    def output(self, name: str) -> Path:
        """Where to write an output file. Nobody sees it before the job is done; then `job.files[name]` is its hash.

        Raises:
            Bug: not a plain file name of letters, digits, `_`, `.` and `-`.
        """
        return self._folder.output(name)

    def scratch(self) -> Path:
        """A folder for temporary files, removed after the attempt."""
        return self._folder.scratch()

    def effect(self, write: Effect) -> None:
        """Have `write(connection)` run in the transaction that completes the job: both happen, once, or neither.

        For rows written through our own engine. A handler that writes elsewhere (the station's tables, by Django)
        writes before it returns, idempotently under the job's id: the attempt may die between that and completion,
        and the next attempt will write the same again.
        """
        self.effects.append(write)

    def stop(self, why: Why) -> None:
        """Have the handler's next `progress` or `check` end the attempt."""
        self.why = self.why or why

    def beat(self) -> None:
        """Extend the lease, write the newest progress, and learn whether to go on."""
        latest = self.latest
        self._written_at = time.monotonic()
        beat = self._leases.beat(self._claim, latest if latest != self._written else None)
        self._written = latest
        if not beat.held:
            self.stop("lost")
        elif beat.cancel_requested:
            self.stop("cancelled")


class LeaseKeeper:
    """Beats from a thread of its own while the handler works: `with LeaseKeeper(context, lease_ms): ...`."""

    def __init__(self, context: JobContext, lease_ms: int) -> None:
        self._context = context
        self._lease_s = lease_ms / 1000
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease-{context.job.id}", daemon=True)

    def __enter__(self) -> "LeaseKeeper":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _keep(self) -> None:
        good_until = time.monotonic() + self._lease_s
        while not self._over.wait(self._lease_s / 4):
            started = time.monotonic()
            try:
                self._context.beat()
                good_until = started + self._lease_s
            except sa.exc.SQLAlchemyError:
                # The database may be restarting. Keep asking until the lease is surely gone.
                if time.monotonic() > good_until:
                    self._context.stop("lost")
