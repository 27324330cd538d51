"""Every single-bit change to a small log, wherever it is stored, is found; a changed entry is named."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from ledger.samples import Intruder, entry

from backbeat.installation import Installation
from backbeat.ledger import AccessLog


def flips(value: Any) -> Iterator[Any]:
    """Every value one bit away."""
    if isinstance(value, bytes):
        for bit in range(len(value) * 8):
            yield value[: bit >> 3] + bytes([value[bit >> 3] ^ (1 << (bit & 7))]) + value[(bit >> 3) + 1 :]
    elif isinstance(value, str):
        for bit in range(len(value) * 7):  # ASCII
            place = bit // 7
            yield value[:place] + chr(ord(value[place]) ^ (1 << (bit % 7))) + value[place + 1 :]
    elif isinstance(value, int):
        yield from (value ^ (1 << bit) for bit in range(63))


@pytest.fixture
def log(installation: Installation) -> AccessLog:
    log = AccessLog.open(installation)
    log.record(entry(), {"q": "x"})
    log.record(entry(object_ref="case/7"))
    return log


@pytest.mark.parametrize(
    ("table", "columns", "where"),
    [
        ("ledger_entries", ("leaf",), "seq = 0"),
        ("ledger_entries", ("leaf_hash", "seal"), "seq = 0"),
        ("ledger_entries", ("leaf", "leaf_hash", "seal"), "seq = 1"),
        ("ledger_entries", ("seq", "log"), "seq = 1"),
        ("ledger_heads", ("root", "key_id", "size", "at", "log", "version", "frontier"), "1 = 1"),
        ("ledger_heads", ("signature",), "1 = 1"),
        ("ledger_checkpoints", ("root", "key_id", "size", "at"), "1 = 1"),
        ("ledger_checkpoints", ("signature",), "1 = 1"),
        ("ledger_access", ("seq", "at", "operation", "object_ref", "outcome", "commitment"), "seq = 0"),
        ("ledger_access_details", ("seq", "salt", "detail"), "seq = 0"),
    ],
)
def test_every_bit(installation: Installation, log: AccessLog, table: str, columns: tuple[str, ...], where: str):
    intruder = Intruder(installation.database_url)
    raw = intruder.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    unseen, unnamed = [], []
    named = int(where[-1]) if table in ("ledger_entries", "ledger_access", "ledger_access_details") else None
    for column in columns:
        # The row is found by its rowid, which stays whatever is changed.
        query = f"SELECT rowid, {column} FROM {table} WHERE {where} ORDER BY 1 LIMIT 1"
        rowid, value = cursor.execute(query).fetchone()
        for changed in flips(value):
            try:
                cursor.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (changed, rowid))
            except sqlite3.IntegrityError:
                continue  # that place is taken: the database refuses
            found = log.verify()
            if found.ok:
                unseen.append((column, changed))
            if named is not None and named not in {fault.seq for fault in found.faults}:
                unnamed.append((column, changed))
            cursor.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, rowid))
    assert log.verify().ok
    assert (unseen, unnamed) == ([], [])
    raw.close()
    intruder.close()
