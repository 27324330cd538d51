"""What workers do with the queue: claim a job, keep it, and end the attempt one way or another.

Every write here compares the row's fence with the claim's in its WHERE clause. Claiming raises the fence, so a worker
that was taken for dead finds its later writes refused, whenever they arrive.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from backbeat.canonical import Json
from backbeat.database import writing
from backbeat.errors import BackbeatError, OutputWithheld, UserError
from backbeat.runner.errors import JobInterrupted, UnitCrashed
from backbeat.runner.job import Claim, Job, JobState, Progress
from backbeat.runner.queue import JobQueue
from backbeat.runner.tables import dump_json, job_of, jobs, note_event

__all__ = ["Beat", "Effect", "Leases"]

Effect = Callable[[sa.Connection], None]
"""Database writes that happen if and only if the job completes, in the same transaction."""

_CLAIMS_PER_STEP = 20
"""Lapsed jobs that one `claim` closes (quarantined, cancelled) before it gives up for now."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What a heartbeat learned."""

    held: bool
    """False: somebody else has the job now."""
    cancel_requested: bool


class Leases:
    """The workers' side of a `JobQueue`."""

    def __init__(self, queue: JobQueue) -> None:
        self.queue = queue

    def claim(self, kinds: Collection[str], worker: str) -> Claim | None:
        """Take the oldest job that is due: waiting, or running under a lease that has lapsed.

        A lapsed job that has used up its attempts is quarantined here, since every attempt killed its worker; one
        whose cancellation was asked for is cancelled.
        """
        due = jobs.select().where(jobs.c.due_ms <= self.queue.clock(), jobs.c.kind.in_(sorted(kinds)))
        due = due.order_by(jobs.c.id).limit(1)
        for _ in range(_CLAIMS_PER_STEP):
            # A look without a lock first: an idle worker must not keep others from writing.
            with self.queue.engine.connect() as connection:
                if connection.execute(due.with_only_columns(jobs.c.id)).first() is None:
                    return None
            with writing(self.queue.engine) as connection:
                # On SQLite SQLAlchemy leaves FOR UPDATE out; the write lock is held and nobody is there to skip.
                row = connection.execute(due.with_for_update(skip_locked=True)).mappings().first()
                if row is None:
                    return None
                claim = self._take(connection, job_of(row), worker)
                if claim is not None:
                    return claim
        return None

    def _take(self, connection: sa.Connection, job: Job, worker: str) -> Claim | None:
        now = self.queue.clock()
        if job.state is JobState.RUNNING:
            note_event(connection, job.id, job.fence, "lapsed", job.worker or "", now)
            if job.cancel_requested:
                self._close(connection, job, JobState.CANCELLED, worker, now)
                return None
            if job.attempts >= job.max_attempts:
                self._close(connection, job, JobState.QUARANTINED, worker, now, _poisoned(job))
                return None
        values = {
            "state": JobState.RUNNING,
            "fence": job.fence + 1,
            "due_ms": now + self.queue.terms.lease_ms,
            "attempts": job.attempts + 1,
            "worker": worker,
            "started_ms": now,
            "progress_done": 0,
            "progress_total": None,
            "progress_note": "",
        }
        unclaimed_since = (jobs.c.id == job.id, jobs.c.fence == job.fence, jobs.c.state == job.state)
        taken = (
            connection.execute(jobs.update().where(*unclaimed_since).values(values).returning(jobs)).mappings().first()
        )
        if taken is None:
            return None
        note_event(connection, job.id, job.fence + 1, "claimed", worker, now)
        return Claim(job_of(taken), job.fence + 1, worker)

    def beat(self, claim: Claim, progress: Progress | None = None) -> Beat:
        """Extend the lease and record progress."""
        values: dict[str, object] = {"due_ms": self.queue.clock() + self.queue.terms.lease_ms}
        if progress is not None:
            values |= _progress_values(progress)
        update = _held(claim).values(values).returning(jobs.c.cancel_requested)
        with writing(self.queue.engine) as connection:
            row = connection.execute(update).first()
        return Beat(held=row is not None, cancel_requested=bool(row and row[0]))

    def complete(
        self,
        claim: Claim,
        output: Json,
        *,
        files: Mapping[str, str] | None = None,
        effects: Sequence[Effect] = (),
        progress: Progress | None = None,
    ) -> None:
        """Record the job as done, and with it its effects, or nothing at all.

        Raises:
            JobInterrupted: the lease was lost; nothing was written.
        """
        now = self.queue.clock()
        values: dict[str, object] = {
            "state": JobState.DONE,
            "due_ms": None,
            "output": dump_json(output)[0],
            "files": dump_json(files or {})[0],
            "error_code": None,
            "error": None,
            "finished_ms": now,
        }
        if progress is not None:
            values |= _progress_values(progress)
        with writing(self.queue.engine) as connection:
            if connection.execute(_held(claim).values(values)).rowcount != 1:
                raise lost(claim)
            note_event(connection, claim.job.id, claim.fence, "done", claim.worker, now)
            for effect in effects:
                effect(connection)

    def fail(self, claim: Claim, error: BackbeatError) -> None:
        """End the attempt with an error: another attempt after a pause, or quarantine.

        A user's error and a withheld output are quarantined at once: trying again changes neither.

        Raises:
            JobInterrupted: the lease was lost; nothing was written.
        """
        now = self.queue.clock()
        job = claim.job
        with writing(self.queue.engine) as connection:
            if isinstance(error, UserError | OutputWithheld) or job.attempts >= job.max_attempts:
                self._close(connection, job, JobState.QUARANTINED, claim.worker, now, error)
                return
            due = now + self.queue.terms.backoff(job.attempts)
            values = {"state": JobState.WAITING, "due_ms": due, "error_code": error.code, "error": str(error)}
            if connection.execute(_held(claim).values(values)).rowcount != 1:
                raise lost(claim)
            note_event(connection, job.id, claim.fence, "failed", claim.worker, now, str(error))

    def release(self, claim: Claim) -> None:
        """Give the job back untried, because this worker is stopping; the attempt does not count.

        Raises:
            JobInterrupted: the lease was lost; nothing was written.
        """
        now = self.queue.clock()
        with writing(self.queue.engine) as connection:
            values = {"state": JobState.WAITING, "due_ms": now, "attempts": jobs.c.attempts - 1}
            if connection.execute(_held(claim).values(values)).rowcount != 1:
                raise lost(claim)
            note_event(connection, claim.job.id, claim.fence, "released", claim.worker, now)

    def cancelled(self, claim: Claim) -> None:
        """End the attempt of a job whose cancellation was asked for.

        Raises:
            JobInterrupted: the lease was lost; nothing was written.
        """
        with writing(self.queue.engine) as connection:
            self._close(connection, claim.job, JobState.CANCELLED, claim.worker, self.queue.clock())

    def unfinished(self, kinds: Collection[str]) -> bool:
        """Whether any job of these kinds is waiting or running, due or not."""
        query = sa.select(jobs.c.id).where(jobs.c.due_ms.is_not(None), jobs.c.kind.in_(sorted(kinds))).limit(1)
        with self.queue.engine.connect() as connection:
            return connection.execute(query).first() is not None

    def is_current(self, job_id: int, fence: int) -> bool:
        """Whether this fence is the newest of a running job."""
        query = sa.select(jobs.c.id).where(jobs.c.id == job_id, jobs.c.fence == fence, jobs.c.state == JobState.RUNNING)
        with self.queue.engine.connect() as connection:
            return connection.execute(query).first() is not None

    @staticmethod
    def _close(
        connection: sa.Connection, job: Job, state: JobState, worker: str, now: int, error: BackbeatError | None = None
    ) -> None:
        values: dict[str, object] = {"state": state, "due_ms": None, "finished_ms": now}
        if error is not None:
            values |= {"error_code": error.code, "error": str(error)}
        closing = Claim(job, job.fence, worker)
        if connection.execute(_held(closing).values(values)).rowcount != 1:
            raise lost(closing)
        note_event(connection, job.id, job.fence, state, worker, now, "" if error is None else str(error))


def _held(claim: Claim) -> sa.Update:
    """An update of the job if this claim is the newest and its attempt has not ended yet."""
    running = jobs.c.state == JobState.RUNNING
    return jobs.update().where(jobs.c.id == claim.job.id, jobs.c.fence == claim.fence, running)


def _progress_values(progress: Progress) -> dict[str, object]:
    return {"progress_done": progress.done, "progress_total": progress.total, "progress_note": progress.note}


def lost(claim: Claim) -> JobInterrupted:
    """The error of a worker whose claim is no longer the newest."""
    return JobInterrupted(
        f"Job {claim.job.id} is no longer held under claim {claim.fence}; this attempt writes nothing.",
        where=f"job {claim.job.id}, worker {claim.worker}",
        do="nothing: whoever holds the job now finishes it; if it happens often, check host clocks and load",
    )


def _poisoned(job: Job) -> UnitCrashed:
    return UnitCrashed(
        f"Job {job.id} was tried {job.attempts} times and its worker died each time, so it is set aside.",
        where=f"job {job.id}, kind {job.kind}, last worker {job.worker}",
        do="look at that host's memory and system log for the time of the last attempt, then requeue the job",
    )
