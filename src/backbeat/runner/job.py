"""The nouns of durable work: a job, its states, one claim on it, and the terms workers keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backbeat.canonical import Json
from backbeat.errors import Bug

__all__ = ["Claim", "Event", "Job", "JobState", "Progress", "Terms"]


class JobState(StrEnum):
    """Where a job stands. The last three are final unless a person requeues (done never is)."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    QUARANTINED = "quarantined"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of durable work as its row stood when read."""

    id: int
    key: str
    """The caller's own name for the work; submitting it twice makes one job."""
    kind: str
    """Which handler runs it, e.g. `redaction.suggest`."""
    payload: Json
    """What to work on. References (ids, hashes), not content: the row is kept as evidence."""
    payload_sha256: str
    state: JobState
    fence: int
    """How many claims there have been, ever; the newest claim alone may write."""
    attempts: int
    """Claims since submission or requeueing, counting those whose worker died, not those released in good order."""
    max_attempts: int
    worker: str | None
    """Name of the worker that claimed it last."""
    progress_done: int
    progress_total: int | None
    """None while the handler cannot say."""
    progress_note: str
    error_code: str | None
    error: str | None
    """Why it is quarantined, or why the last attempt failed."""
    output: Json
    """What the handler returned; None until done."""
    files: Mapping[str, str]
    """Output files by name: SHA-256 of the content in the installation's store. Empty until done."""
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    """Start of the newest attempt. All times are UTC."""
    finished_at: datetime | None

    @property
    def finished(self) -> bool:
        """Done, quarantined or cancelled: no worker will touch it."""
        return self.state not in (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's right to one attempt: good while nobody has claimed the job since."""

    job: Job
    fence: int
    worker: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an attempt has come."""

    done: int
    total: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a job's history; lines are only ever added."""

    seq: int
    job_id: int
    fence: int
    what: str
    """submitted, claimed, lapsed, failed, released, done, quarantined, cancelled, cancel-asked or requeued."""
    who: str
    """The worker, or the person (as a pseudonym) for cancel and requeue."""
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What workers keep to. Milliseconds."""

    lease_ms: int = 30_000
    """A worker silent for longer is taken for dead. Clocks of hosts sharing a database must agree well within it."""
    max_attempts: int = 3
    """Unless the job says otherwise."""
    backoff_ms: int = 2_000
    """Pause after the first failure; doubles with each further one."""
    backoff_cap_ms: int = 300_000

    def __post_init__(self) -> None:
        if self.lease_ms < 1 or self.max_attempts < 1 or self.backoff_ms < 0 or self.backoff_cap_ms < 0:
            raise Bug("terms of a job queue must be positive")

    def backoff(self, attempts: int) -> int:
        """Pause before the next attempt, after `attempts` have failed.

        >>> [Terms().backoff(n) for n in (1, 2, 3, 20)]
        [2000, 4000, 8000, 300000]
        """
        return min(self.backoff_cap_ms, self.backoff_ms << min(attempts - 1, 30))
