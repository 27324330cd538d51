"""The one way to open a database below the station: SQLite in WAL mode, or PostgreSQL.

Ledger and jobs use SQLAlchemy Core on it and create their own tables (`metadata.create_all`); the station's tables
are Django's, in the same database.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

__all__ = ["open_engine", "writing"]

BUSY_MS = 30_000
"""How long a writer waits for another before giving up."""


def open_engine(url: str) -> sa.Engine:
    """An engine for `url` (`sqlite:///path` or `postgresql+psycopg://…`).

    SQLite connections are opened in autocommit mode so that `writing` can say BEGIN IMMEDIATE itself: a transaction
    that reads first and writes later would otherwise fail with "database is locked" whenever somebody wrote between.
    """
    engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _configure(connection: sqlite3.Connection, _record: Any) -> None:
            connection.isolation_level = None
            connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")

        @sa.event.listens_for(engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
            connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that will write: takes SQLite's write lock at once; commits at the end, rolls back on error."""
    with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection, connection.begin():
        yield connection
