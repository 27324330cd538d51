"""Ledger: append rate beside a bare INSERT of the same bytes, a million entries verified, a proof, one access entry."""

import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from backbeat.installation import Installation
from backbeat.ledger import (
    AccessEntry,
    AccessLog,
    EditionRef,
    Ledger,
    Measured,
    Operation,
    TaskRecord,
    pseudonymous_actor,
    verify_inclusion,
)
from benchmarks.figure import Figure, peak_mebibytes

ENTRIES = 1_000_000
BATCH = 1_000


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="backbeat-bench-") as name:
        folder = Path(name)
        installation = Installation.open(folder, f"sqlite:///{folder / 'ledger.sqlite3'}")
        ledger = Ledger.open(installation)
        actor = pseudonymous_actor(installation, "bench")
        records = [_record(actor, n) for n in range(BATCH)]

        began = time.perf_counter()
        for _ in range(ENTRIES // BATCH):
            ledger.append(records)
        appends = ENTRIES / (time.perf_counter() - began)

        began = time.perf_counter()
        found = ledger.verify()
        verify_s = time.perf_counter() - began
        peak = peak_mebibytes()
        assert found.ok
        assert found.entries == ENTRIES

        began = time.perf_counter()
        proof = ledger.inclusion(ENTRIES // 3)
        proof_ms = (time.perf_counter() - began) * 1000
        assert verify_inclusion(ledger.entry(ENTRIES // 3), proof, installation.signing_key.public_key())

        bare = _bare_inserts(folder / "bare.sqlite3", ledger.entry(0))
        commit_ms = _bare_commit_ms(folder / "bare.sqlite3")
        access_ms = _access_ms(installation, actor)
    return [
        Figure("appends, 1,000 at a time, SQLite", appends, "/s", 2_000, "higher", f"bare INSERT {bare:,.0f}/s"),
        Figure("verify 1,000,000 entries", verify_s, "s", 60, "lower"),
        Figure("peak memory of writing and verifying them", peak, "MiB", 256, "lower"),
        Figure("inclusion proof at 1,000,000 entries", proof_ms, "ms", 50, "lower"),
        Figure(
            "one access entry with detail, median, SQLite",
            access_ms,
            "ms",
            3,
            "lower",
            f"bare commit {commit_ms:.2f} ms",
        ),
    ]


def _record(actor: str, n: int) -> TaskRecord:
    return TaskRecord(
        desk="redaction",
        kind="redact",
        units=n % 40 + 1,
        unit="page",
        active_ms=n * 1_000,
        review_ms=n * 100,
        machine_ms=n,
        measured=Measured.INSTRUMENTED,
        baseline="redaction-page-by-hand",
        actor=actor,
        input_hashes=("1" * 64,),
        output_hashes=("2" * 64,),
        editions=(EditionRef("cps-precharge@2026-04-01", "3" * 64),),
        software="0.1.0",
    )


def _bare_inserts(path: Path, leaf: bytes) -> float:
    """Rows/s of the same bytes into one table without hash, seal, lookup or signature."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (seq INTEGER PRIMARY KEY, leaf BLOB)")
    began = time.perf_counter()
    for _ in range(100):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO t (leaf) VALUES (?)", [(leaf,)] * BATCH)
        connection.execute("COMMIT")
    rate = 100 * BATCH / (time.perf_counter() - began)
    connection.close()
    return rate


def _bare_commit_ms(path: Path) -> float:
    """Median of one row inserted and committed to disk with nothing else done."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    times = []
    for _ in range(500):
        began = time.perf_counter()
        connection.execute("INSERT INTO t (leaf) VALUES (x'00')")
        times.append((time.perf_counter() - began) * 1000)
    connection.close()
    return statistics.median(times)


def _access_ms(installation: Installation, actor: str) -> float:
    log = AccessLog.open(installation)
    entry = AccessEntry(operation=Operation.CONSULTATION, actor=actor, role="officer", object_ref="case/41/item/7")
    times = []
    for n in range(500):
        began = time.perf_counter()
        log.record(entry, {"page": n})
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)
