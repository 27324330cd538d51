"""Invented records and entries, and a hand that reaches past the triggers into the database."""

from typing import Any

import sqlalchemy as sa

from backbeat.database import open_engine, writing
from backbeat.ledger import AccessEntry, EditionRef, Measured, Operation, TaskRecord

ACTOR = "ab" * 32
NOVEMBER = 1_793_491_200_000  # 2026-11-01T00:00Z


def record(**changes: Any) -> TaskRecord:
    values: dict[str, Any] = {
        "desk": "redaction",
        "kind": "redact",
        "units": 3,
        "unit": "page",
        "active_ms": 60_000,
        "review_ms": 20_000,
        "rework_ms": 5_000,
        "machine_ms": 700,
        "measured": Measured.INSTRUMENTED,
        "baseline": "redaction-page-by-hand",
        "actor": ACTOR,
        "input_hashes": ("1" * 64,),
        "output_hashes": ("2" * 64,),
        "editions": (EditionRef("cps-precharge@2026-04-01", "3" * 64),),
        "software": "0.1.0",
        "recorded_at": NOVEMBER,
    }
    return TaskRecord(**{**values, **changes})


def entry(**changes: Any) -> AccessEntry:
    values: dict[str, Any] = {
        "operation": Operation.CONSULTATION,
        "actor": ACTOR,
        "role": "officer",
        "object_ref": "case/41",
    }
    return AccessEntry(**{**values, **changes})


TABLES = (
    "ledger_entries",
    "ledger_nodes",
    "ledger_checkpoints",
    "ledger_tasks",
    "ledger_task_keys",
    "ledger_access",
)


class Intruder:
    """A database superuser: takes the triggers away, then runs any SQL."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        with writing(self.engine) as connection:
            for table in TABLES:
                if self.engine.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
                    continue
                for verb in ("update", "delete", "replace"):
                    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{verb}")

    def run(self, sql: str, **values: Any) -> None:
        with writing(self.engine) as connection:
            connection.execute(sa.text(sql), values)

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(sa.text(sql), values).all())

    def close(self) -> None:
        self.engine.dispose()
