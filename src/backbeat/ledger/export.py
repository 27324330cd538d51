"""The task ledger as Parquet, partitioned by month and desk, for DuckDB, Spark and friends.

    PATH/month=2026-11/desk=redaction/part-0.parquet    PATH/_README.md    PATH/_head.json

Records come from the leaves, in order, one partition at a time and in batches, so memory stays flat. The folder
appears whole or not at all, and replaces an earlier export in one step.
"""

import ctypes
import datetime as dt
import json
import os
import secrets
import shutil
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from backbeat.files import sync
from backbeat.ledger import schema
from backbeat.ledger.errors import ExportRefused, LedgerDamaged
from backbeat.ledger.heads import SignedHead
from backbeat.ledger.log import Log
from backbeat.ledger.merkle import hash_leaf

__all__ = ["COLUMNS", "export_records"]

_ROWS_AT_ONCE = 20_000
_MARK = "_head.json"
_README = "_README.md"

COLUMNS: dict[str, tuple[str, str]] = {
    "seq": ("int64", "number of the entry in the ledger, from 0"),
    "leaf_hash": ("string", "RFC 6962 leaf hash, hex: ties the row to the ledger"),
    "recorded_at": ("int64", "UTC milliseconds since 1970"),
    "kind": ("string", "kind of task"),
    "unit": ("string", "name of one unit of work"),
    "units": ("int64", "units of work done"),
    "active_ms": ("int64", "human time doing it, ms"),
    "review_ms": ("int64", "human time reviewing it, ms"),
    "rework_ms": ("int64", "human time doing it again, ms"),
    "machine_ms": ("int64", "machine time, ms; nobody's working time"),
    "measured": ("string", "observed, instrumented, self-reported or modelled"),
    "baseline": ("string", "id of the baseline; null when not measured against anything"),
    "actor": ("string", "keyed pseudonym (HMAC-SHA-256, hex)"),
    "input_hashes": ("list<string>", "SHA-256 of what went in"),
    "output_hashes": ("list<string>", "SHA-256 of what came out"),
    "editions": ("list<struct<id: string, hash: string>>", "policy and rule editions in force"),
    "software": ("string", "version of backbeat"),
}
"""Every column in the files, its type and meaning. `month` and `desk` are in the folders' names."""


def export_records(log: Log, path: Path) -> int:
    """Write every record under `path`; returns how many.

    Raises:
        ExportRefused: `path` holds something that is not an earlier export.
        LedgerDamaged: the ledger's head or lookup rows do not verify; nothing was written.
    """
    path = path.absolute()
    _require_replaceable(path)
    head = log.head()
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".partial-{path.name}-{secrets.token_hex(4)}")
    staged.mkdir(mode=0o700)
    try:
        written = _write_partitions(log, head, staged)
        _write_text(staged / _MARK, json.dumps(head.to_json(), indent=2) + "\n")
        _write_text(staged / _README, _readme(head))
        _replace_folder(staged, path)
    finally:
        shutil.rmtree(staged, ignore_errors=True)  # after the exchange this is the earlier export
    return written


def _require_replaceable(path: Path) -> None:
    if not path.exists() and not path.is_symlink():
        return
    if path.is_dir() and not path.is_symlink() and ((path / _MARK).is_file() or not any(path.iterdir())):
        return
    raise ExportRefused(
        "The export's target holds something that is not an earlier export, so it was left alone.",
        where="the PATH argument",
        do="name a new or empty folder",
    )


def _write_partitions(log: Log, head: SignedHead, folder: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"int64": pa.int64(), "string": pa.string(), "list<string>": pa.list_(pa.string())}
    edition = pa.list_(pa.struct([("id", pa.string()), ("hash", pa.string())]))
    fields = [
        pa.field(name, types.get(kind, edition), nullable=name == "baseline", metadata={"description": meaning})
        for name, (kind, meaning) in COLUMNS.items()
    ]
    form = pa.schema(fields, metadata={"backbeat.ledger.head": json.dumps(head.to_json())})
    written = 0
    with log.reading() as connection:
        for desk, start, end in _partitions(connection, head.size):
            part = folder / f"month={_month(start)}" / f"desk={desk}"
            part.mkdir(parents=True, mode=0o700)
            target = part / "part-0.parquet"
            with (
                target.open("wb") as stream,
                pq.ParquetWriter(stream, form, compression="zstd") as writer,
                closing(_batches(connection, log, head.size, desk, start, end)) as batches,
            ):
                for rows in batches:
                    if any(row.pop("desk") != desk or not start <= row["recorded_at"] < end for row in rows):
                        raise _differ(log)
                    writer.write_table(pa.Table.from_pylist(rows, schema=form))
                    written += len(rows)
            sync(target)
    if written != head.size:
        raise _differ(log)
    return written


def _differ(log: Log) -> LedgerDamaged:
    return LedgerDamaged(
        "The ledger's entries, its lookup rows and its signed head differ, so nothing was exported.",
        where=f"log {log.name}",
        do="run `backbeat ledger verify`",
    )


def _partitions(connection: sa.Connection, size: int) -> Iterator[tuple[str, int, int]]:
    """(desk, first ms, ms after the last) of every month that has records."""
    table = schema.tasks
    within = table.c.seq < size
    desks = connection.execute(sa.select(table.c.desk).where(within).distinct().order_by(table.c.desk)).scalars().all()
    for desk in desks:
        after = 0
        while True:
            first = connection.execute(
                sa.select(sa.func.min(table.c.recorded_at))
                .where(within, table.c.desk == desk)
                .where(table.c.recorded_at >= after)
            ).scalar()
            if first is None:
                break
            start, after = _month_around(first)
            yield desk, start, after


def _batches(
    connection: sa.Connection, log: Log, size: int, desk: str, start: int, end: int
) -> Generator[list[dict[str, Any]], None, None]:
    table, entries = schema.tasks, schema.entries
    query = (
        sa.select(entries.c.leaf, entries.c.leaf_hash)
        .join(table, sa.and_(entries.c.log == "tasks", entries.c.seq == table.c.seq))
        .where(table.c.desk == desk, table.c.recorded_at >= start, table.c.recorded_at < end, table.c.seq < size)
        .order_by(table.c.seq)
    )
    with connection.execute(query, execution_options={"stream_results": True, "yield_per": _ROWS_AT_ONCE}) as result:
        for block in result.partitions():
            if any(hash_leaf(leaf) != leaf_hash for leaf, leaf_hash in block):
                raise _differ(log)
            yield [_record(leaf, leaf_hash) for leaf, leaf_hash in block]


def _record(leaf: bytes, leaf_hash: bytes) -> dict[str, Any]:
    envelope = json.loads(leaf)
    return {**envelope["entry"], "seq": envelope["seq"], "leaf_hash": leaf_hash.hex()}


def _month_around(ms: int) -> tuple[int, int]:
    """First ms of the month (UTC) that `ms` is in, and of the next."""
    day = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=ms)
    start = dt.datetime(day.year, day.month, 1, tzinfo=dt.UTC)
    if (day.year, day.month) == (9999, 12):
        return _ms(start), ms + 1 + 31 * 86_400_000
    return _ms(start), _ms(dt.datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=dt.UTC))


def _ms(moment: dt.datetime) -> int:
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)


def _month(start: int) -> str:
    day = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=start)
    return f"{day.year:04}-{day.month:02}"


def _readme(head: SignedHead) -> str:
    lines = [f"| `{name}` | {kind} | {meaning} |" for name, (kind, meaning) in COLUMNS.items()]
    return "\n".join(
        [
            "# Task records exported from a backbeat ledger",
            "",
            f"{head.size} records, under the signed head in `{_MARK}`. Partitioned as `month=YYYY-MM/desk=…` (UTC).",
            "Times are integers in milliseconds. No row holds personal data; actors are keyed pseudonyms.",
            "",
            "| Column | Type | Meaning |",
            "| --- | --- | --- |",
            *lines,
            "",
        ]
    )


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    sync(path)


def _replace_folder(staged: Path, path: Path) -> None:
    """Put `staged` in the place of `path` in one step; an earlier export then stands at `staged`."""
    for folder in [*sorted(p for p in staged.rglob("*") if p.is_dir()), staged]:
        sync(folder)
    if not path.exists():
        staged.rename(path)
    elif not _exchange(staged, path):
        # No exchange on this file system: a reader between these two steps finds no export, never half of one.
        aside = path.with_name(f".former-{path.name}-{secrets.token_hex(4)}")
        path.rename(aside)
        staged.rename(path)
        shutil.rmtree(aside)
    sync(path.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders atomically (Linux renameat2); False where the file system cannot."""
    at_cwd, exchange = -100, 2
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    return bool(renameat2(at_cwd, os.fsencode(one), at_cwd, os.fsencode(other), exchange) == 0)
