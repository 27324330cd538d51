"""The durable job queue as seen by those who ask for work: submit, look, cancel, requeue.

Workers use `backbeat.runner.leases` on the same tables.
"""

import time
from collections.abc import Callable, Collection, Sequence

import sqlalchemy as sa

from backbeat.canonical import Json
from backbeat.database import writing
from backbeat.errors import Bug
from backbeat.installation import Installation
from backbeat.runner.errors import JobRefused, JobUnknown
from backbeat.runner.job import Event, Job, JobState, Terms
from backbeat.runner.tables import create_tables, dump_json, event_of, job_events, job_of, jobs, note_event

__all__ = ["Clock", "JobQueue", "wall_clock_ms"]

Clock = Callable[[], int]
"""Milliseconds since 1970 UTC; tests pass their own."""


def wall_clock_ms() -> int:
    """The clock of this host."""
    return time.time_ns() // 1_000_000


class JobQueue:
    """Jobs in the installation's database. Any number of processes and hosts may hold one open."""

    def __init__(self, installation: Installation, *, terms: Terms, clock: Clock) -> None:
        self.installation = installation
        self.engine = installation.engine
        self.terms = terms
        self.clock = clock

    @classmethod
    def open(
        cls, installation: Installation, *, terms: Terms | None = None, clock: Clock = wall_clock_ms
    ) -> "JobQueue":
        """The queue of an installation; makes its tables if they are absent."""
        create_tables(installation.engine)
        return cls(installation, terms=terms or Terms(), clock=clock)

    def submit(self, kind: str, payload: Json, *, key: str, max_attempts: int | None = None) -> Job:
        """Ask for work. The same key again returns the job there already is, whatever its state.

        Args:
            kind: which handler is to run it.
            payload: what to work on; text, integers, lists and maps. References rather than personal data.
            key: the caller's name for this very work. Put into it everything that makes the work different (case,
                document hash, edition), so that asking twice by mistake is harmless.
            max_attempts: tries before quarantine; the queue's terms unless given.

        Raises:
            Bug: the key was used before for another kind or payload.
        """
        text, sha256 = dump_json(payload)
        now = self.clock()
        values = {
            "key": key,
            "kind": kind,
            "payload": text,
            "payload_sha256": sha256,
            "state": JobState.WAITING,
            "due_ms": now,
            "max_attempts": max_attempts or self.terms.max_attempts,
            "created_ms": now,
        }
        job = self.find(key)
        if job is None:
            try:
                with writing(self.engine) as connection:
                    row = connection.execute(jobs.insert().values(values).returning(jobs)).mappings().one()
                    note_event(connection, row["id"], 0, "submitted", "", now)
                    return job_of(row)
            except sa.exc.IntegrityError:
                job = self.find(key)  # somebody submitted the same key meanwhile
                if job is None:
                    raise
        if (job.kind, job.payload_sha256) != (kind, sha256):
            raise Bug("a job key was used again for different work", where=f"job {job.id}")
        return job

    def get(self, job_id: int) -> Job:
        """The job as it stands.

        Raises:
            JobUnknown: there is none with this number.
        """
        with self.engine.connect() as connection:
            row = connection.execute(jobs.select().where(jobs.c.id == job_id)).mappings().one_or_none()
        if row is None:
            raise _unknown(job_id)
        return job_of(row)

    def find(self, key: str) -> Job | None:
        """The job submitted under `key`, if any."""
        with self.engine.connect() as connection:
            row = connection.execute(jobs.select().where(jobs.c.key == key)).mappings().one_or_none()
        return None if row is None else job_of(row)

    def list(
        self,
        *,
        kind: str | None = None,
        states: Collection[JobState | str] = (),
        newest_first: bool = True,
        limit: int = 100,
        offset: int = 0,
    ) -> Sequence[Job]:
        """Jobs, newest first unless told otherwise; of one kind and some states where these are given."""
        query = jobs.select().order_by(jobs.c.id.desc() if newest_first else jobs.c.id).limit(limit).offset(offset)
        if kind is not None:
            query = query.where(jobs.c.kind == kind)
        if states:
            query = query.where(jobs.c.state.in_(sorted(JobState(state) for state in states)))
        with self.engine.connect() as connection:
            return [job_of(row) for row in connection.execute(query).mappings()]

    def counts(self) -> dict[JobState, int]:
        """How many jobs are in each state; states without jobs are 0."""
        query = sa.select(jobs.c.state, sa.func.count()).group_by(jobs.c.state)
        with self.engine.connect() as connection:
            found = {JobState(state): count for state, count in connection.execute(query)}
        return {state: found.get(state, 0) for state in JobState}

    def history(self, job_id: int) -> Sequence[Event]:
        """Everything that happened to a job, oldest first."""
        query = job_events.select().where(job_events.c.job_id == job_id).order_by(job_events.c.seq)
        with self.engine.connect() as connection:
            return [event_of(row) for row in connection.execute(query).mappings()]

    def cancel(self, job_id: int, author: str) -> Job:
        """Stop a job: at once if it waits, at its handler's next progress report if it runs.

        A handler that finishes before it notices has finished: then the job is done, not cancelled.

        Args:
            job_id: which job.
            author: who cancels, as a pseudonym; kept in the history.

        Raises:
            JobUnknown: there is no such job.
            JobRefused: it is finished.
        """
        now = self.clock()
        with writing(self.engine) as connection:
            job = self._locked(connection, job_id)
            if job.state is JobState.WAITING:
                closed: dict[str, object] = {
                    "state": JobState.CANCELLED,
                    "due_ms": None,
                    "finished_ms": now,
                    "cancel_requested": True,
                }
                row = _change(connection, job, closed)
                note_event(connection, job_id, job.fence, "cancelled", author, now)
            elif job.state is JobState.RUNNING:
                row = _change(connection, job, {"cancel_requested": True})
                note_event(connection, job_id, job.fence, "cancel-asked", author, now)
            else:
                raise _refused(job, "cancelled", "nothing: it will not run again by itself")
        return row

    def requeue(self, job_id: int, author: str) -> Job:
        """Give a quarantined or cancelled job a fresh set of attempts, on a person's word.

        Args:
            job_id: which job.
            author: who decided, as a pseudonym; kept in the history with the reason it had been quarantined for.

        Raises:
            JobUnknown: there is no such job.
            JobRefused: it is waiting, running or done. What is done is never done again.
        """
        now = self.clock()
        with writing(self.engine) as connection:
            job = self._locked(connection, job_id)
            if job.state not in (JobState.QUARANTINED, JobState.CANCELLED):
                raise _refused(job, "requeued", "submit new work under a new key if it must be done differently")
            fresh: dict[str, object] = {
                "state": JobState.WAITING,
                "due_ms": now,
                "attempts": 0,
                "cancel_requested": False,
                "error_code": None,
                "error": None,
                "finished_ms": None,
            }
            row = _change(connection, job, fresh)
            note_event(connection, job_id, job.fence, "requeued", author, now, job.error or "")
        return row

    @staticmethod
    def _locked(connection: sa.Connection, job_id: int) -> Job:
        # FOR UPDATE is left out by SQLAlchemy on SQLite, where `writing` already holds the only write lock.
        query = jobs.select().where(jobs.c.id == job_id).with_for_update()
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise _unknown(job_id)
        return job_of(row)


def _change(connection: sa.Connection, job: Job, values: dict[str, object]) -> Job:
    query = jobs.update().where(jobs.c.id == job.id).values(values).returning(jobs)
    return job_of(connection.execute(query).mappings().one())


def _unknown(job_id: int) -> JobUnknown:
    return JobUnknown(f"There is no job {job_id}.", where=f"job {job_id}", do="look in the list of jobs")


def _refused(job: Job, verb: str, do: str) -> JobRefused:
    return JobRefused(f"Job {job.id} is {job.state} and cannot be {verb}.", where=f"job {job.id}", do=do)
