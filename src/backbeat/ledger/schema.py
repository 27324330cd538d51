"""The ledger's tables, the same on SQLite and PostgreSQL, and the triggers that refuse to change its past."""

import sqlalchemy as sa

from backbeat.database import writing

__all__ = ["VERSION", "access", "checkpoints", "create", "details", "entries", "heads", "keys", "nodes", "tasks"]

VERSION = 1
"""Version of these tables, kept with each log's head."""

_metadata = sa.MetaData()
_Log = sa.String(16)
_Hex = sa.String(64)


class Bytes(sa.LargeBinary):
    """Bytes handed over as the driver has them: verification must survive a value of a foreign type in SQLite."""

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> None:
        """No conversion."""
        return None


entries = sa.Table(
    "ledger_entries",
    _metadata,
    sa.Column("log", _Log, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("leaf", Bytes, nullable=False),
    sa.Column("leaf_hash", Bytes, nullable=False),
    sa.Column("seal", Bytes, nullable=False),
)
"""One row is one leaf: canonical JSON, its RFC 6962 hash, and an HMAC over log, seq and hash."""

nodes = sa.Table(
    "ledger_nodes",
    _metadata,
    sa.Column("log", _Log, primary_key=True),
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", Bytes, nullable=False),
)
"""Hashes of complete subtrees of 256 leaves and more: what makes a proof cheap."""

heads = sa.Table(
    "ledger_heads",
    _metadata,
    sa.Column("log", _Log, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", _Hex, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("key_id", sa.String(16), nullable=False),
    sa.Column("signature", sa.String(128), nullable=False),
    sa.Column("frontier", Bytes, nullable=False),
)
"""One row for each log: its present signed head and frontier. Locking this row is what serialises appends."""

checkpoints = sa.Table(
    "ledger_checkpoints",
    _metadata,
    sa.Column("log", _Log, primary_key=True),
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("root", _Hex, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("key_id", sa.String(16), nullable=False),
    sa.Column("signature", sa.String(128), nullable=False),
)
"""Heads that are kept for good."""

tasks = sa.Table(
    "ledger_tasks",
    _metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("recorded_at", sa.BigInteger, nullable=False),
    sa.Column("desk", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("unit", sa.String(40), nullable=False),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("active_ms", sa.BigInteger, nullable=False),
    sa.Column("review_ms", sa.BigInteger, nullable=False),
    sa.Column("rework_ms", sa.BigInteger, nullable=False),
    sa.Column("machine_ms", sa.BigInteger, nullable=False),
    sa.Column("measured", sa.String(20), nullable=False),
    sa.Column("baseline", sa.String(80)),
    sa.Column("actor", _Hex, nullable=False),
    sa.Index("ledger_tasks_desk_time", "desk", "recorded_at"),
)
"""What sums and periods are asked of: copied from the leaf, compared with it by every verification."""

keys = sa.Table(
    "ledger_task_keys",
    _metadata,
    sa.Column("work", _Hex, primary_key=True),
    sa.Column("first", sa.BigInteger, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
)
"""Which rows a piece of durable work (by the hash of its key) appended, so that doing it again after a crash appends
nothing. The leaves name their work too, and every verification compares them."""

access = sa.Table(
    "ledger_access",
    _metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("operation", sa.String(20), nullable=False),
    sa.Column("actor", _Hex, nullable=False),
    sa.Column("object_ref", sa.String(120), nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("commitment", _Hex),
    sa.Index("ledger_access_object", "object_ref", "seq"),
    sa.Index("ledger_access_actor", "actor", "seq"),
    sa.Index("ledger_access_time", "at"),
)
"""What questions are asked of the access log: copied from the leaf, compared with it by every verification."""

details = sa.Table(
    "ledger_access_details",
    _metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("salt", Bytes, nullable=False),
    sa.Column("detail", Bytes, nullable=False),
)
"""The only rows of the ledger that may be deleted: personal detail and the salt of its commitment."""

_APPEND_ONLY = (entries, nodes, checkpoints, tasks, keys, access)

_CREATION_LOCK = 0x6C6564676572
"""PostgreSQL advisory lock that keeps two processes from creating the tables at once ("ledger" in ASCII)."""


def create(engine: sa.Engine) -> None:
    """Create whatever is absent; safe to call from several processes at once."""
    if sa.inspect(engine).has_table(details.name):
        return
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CREATION_LOCK)))
        if sa.inspect(connection).has_table(details.name):
            return
        _metadata.create_all(connection)
        for table in _APPEND_ONLY:
            for statement in _guards(table, engine.dialect.name):
                connection.exec_driver_sql(statement)


def _guards(table: sa.Table, dialect: str) -> list[str]:
    """SQL that makes the database itself refuse UPDATE, DELETE and every disguise of them."""
    name = table.name
    words = f"{name} is append-only"
    if dialect == "postgresql":
        return [
            f"CREATE OR REPLACE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$",
            f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_refuse()",
        ]
    same = " AND ".join(f"{column.name} = NEW.{column.name}" for column in table.primary_key.columns)
    exists = f"SELECT 1 FROM {name} WHERE {same}"  # noqa: S608  # our own table and column names
    return [
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} BEGIN SELECT RAISE(ABORT, '{words}'); END",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} BEGIN SELECT RAISE(ABORT, '{words}'); END",
        # INSERT OR REPLACE deletes the old row without asking the DELETE trigger.
        f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} "
        f"WHEN EXISTS ({exists}) BEGIN SELECT RAISE(ABORT, '{words}'); END",
    ]
