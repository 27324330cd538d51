"""The two tables of durable work, the same on SQLite and PostgreSQL, and the reading of their rows.

`jobs` is what stands now; `job_events` is how it came to stand so, one line for each change, written in the same
transaction. Times are milliseconds since 1970 UTC.
"""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa

from backbeat.canonical import Json
from backbeat.database import writing
from backbeat.runner.job import Event, Job, JobState

__all__ = ["create_tables", "dump_json", "job_events", "job_of", "event_of", "jobs", "note_event"]

metadata = sa.MetaData()


class Words(sa.TypeDecorator[str]):
    """Text for people, from anywhere: what a database cannot hold (a zero byte, half a character) is spelt out.

    An error message must never be the reason why its job cannot be set aside.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Called by SQLAlchemy on the way in."""
        if value is None:
            return None
        return value.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()


_key = sa.BigInteger().with_variant(sa.Integer, "sqlite")

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", _key, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("payload_sha256", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False, default=0),
    # When a worker may take the job next: the end of its back-off while it waits, the end of its lease while it
    # runs, NULL when it is finished. One column, so that "may I have it?" is one comparison.
    sa.Column("due_ms", sa.BigInteger),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("max_attempts", sa.Integer, nullable=False),
    sa.Column("worker", sa.Text),
    sa.Column("progress_done", sa.BigInteger, nullable=False, default=0),
    sa.Column("progress_total", sa.BigInteger),
    sa.Column("progress_note", Words, nullable=False, default=""),
    sa.Column("error_code", sa.Text),
    sa.Column("error", Words),
    sa.Column("output", sa.Text),
    sa.Column("files", sa.Text, nullable=False, default="{}"),
    sa.Column("cancel_requested", sa.Boolean, nullable=False, default=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("started_ms", sa.BigInteger),
    sa.Column("finished_ms", sa.BigInteger),
    sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'quarantined', 'cancelled')", name="jobs_state"),
    sa.CheckConstraint("(due_ms IS NULL) = (state NOT IN ('waiting', 'running'))", name="jobs_due_while_open"),
    sqlite_autoincrement=True,
)
# Only unfinished jobs: finding the next one stays quick however many are done.
sa.Index("jobs_open", jobs.c.id, sqlite_where=jobs.c.due_ms.is_not(None), postgresql_where=jobs.c.due_ms.is_not(None))
sa.Index("jobs_by_state", jobs.c.state, jobs.c.kind, jobs.c.id)

job_events = sa.Table(
    "job_events",
    metadata,
    sa.Column("seq", _key, primary_key=True),
    sa.Column("job_id", _key, sa.ForeignKey("jobs.id"), nullable=False, index=True),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("note", Words, nullable=False, default=""),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
# The database itself refuses to finish a job twice.
_is_done = sa.text("what = 'done'")
sa.Index("job_events_done_once", job_events.c.job_id, unique=True, sqlite_where=_is_done, postgresql_where=_is_done)


def create_tables(engine: sa.Engine) -> None:
    """Create what is missing. Safe when several processes start at once."""
    if sa.inspect(engine).has_table(job_events.name):
        return
    try:
        with writing(engine) as connection:
            metadata.create_all(connection)
    except sa.exc.DBAPIError:
        # On PostgreSQL whoever loses the race fails at the winner's commit; then everything is there.
        if not sa.inspect(engine).has_table(job_events.name):
            raise


def dump_json(value: Json) -> tuple[str, str]:
    """The text stored for `value` and its SHA-256. Strings are kept exactly, unlike in canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text, hashlib.sha256(text.encode()).hexdigest()


def note_event(
    connection: sa.Connection, job_id: int, fence: int, what: str, who: str, at_ms: int, note: str = ""
) -> None:
    """Add a line to a job's history."""
    values = {"job_id": job_id, "fence": fence, "what": what, "who": who, "at_ms": at_ms, "note": note}
    connection.execute(job_events.insert().values(values))


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def job_of(row: sa.RowMapping) -> Job:
    """The job in one row of `jobs`."""
    return Job(
        id=row["id"],
        key=row["key"],
        kind=row["kind"],
        payload=json.loads(row["payload"]),
        payload_sha256=row["payload_sha256"],
        state=JobState(row["state"]),
        fence=row["fence"],
        attempts=row["attempts"],
        max_attempts=row["max_attempts"],
        worker=row["worker"],
        progress_done=row["progress_done"],
        progress_total=row["progress_total"],
        progress_note=row["progress_note"],
        error_code=row["error_code"],
        error=row["error"],
        output=None if row["output"] is None else json.loads(row["output"]),
        files=json.loads(row["files"]),
        cancel_requested=row["cancel_requested"],
        created_at=_utc(row["created_ms"]),
        started_at=None if row["started_ms"] is None else _utc(row["started_ms"]),
        finished_at=None if row["finished_ms"] is None else _utc(row["finished_ms"]),
    )


def event_of(row: sa.RowMapping) -> Event:
    """The line in one row of `job_events`."""
    at = _utc(row["at_ms"])
    return Event(row["seq"], row["job_id"], row["fence"], row["what"], row["who"], row["note"], at)
