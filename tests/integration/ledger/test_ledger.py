"""The task ledger on both databases: append, prove, sum, and stay in order under many writers."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from ledger import appender
from ledger.samples import ACTOR, NOVEMBER, record

from backbeat.errors import Bug
from backbeat.installation import Installation
from backbeat.ledger import (
    AccessLog,
    Ledger,
    Measured,
    SignedHead,
    verify_consistency,
    verify_inclusion,
)
from backbeat.ledger.errors import LedgerBusy, NoSuchEntry


def test_a_new_ledger_is_empty_and_signed(anywhere: Installation):
    ledger = Ledger.open(anywhere)
    head = ledger.head()
    assert (head.size, head.root[:8]) == (0, "e3b0c442")
    assert head.is_signed_by(anywhere.signing_key.public_key())
    assert ledger.verify().ok
    assert ledger.append([]) == []


def test_receipts_heads_and_reopening(anywhere: Installation):
    first = Ledger.open(anywhere).append([record(), record(units=4)])
    second = Ledger.open(anywhere).append([record()])
    assert [receipt.seq for receipt in first + second] == [0, 1, 2]
    found = Ledger.open(anywhere).verify()
    assert (found.ok, found.entries, found.faults) == (True, 3, ())
    assert found.head == Ledger.open(anywhere).head()


@pytest.mark.parametrize("sizes", [(1,), (255, 1, 1), (600, 424, 3)])
def test_every_proof_verifies_offline(anywhere: Installation, sizes):
    ledger = Ledger.open(anywhere)
    heads: list[SignedHead] = [ledger.head()]
    for size in sizes:
        ledger.append([record(units=n) for n in range(size)])
        heads.append(ledger.head())
    key = anywhere.signing_key.public_key()
    last = sum(sizes) - 1
    for seq in {0, 1, 254, 255, 256, 511, 512, 1023, 1024, last} & set(range(last + 1)):
        proof = ledger.inclusion(seq)
        assert verify_inclusion(ledger.entry(seq), proof, key)
        assert verify_inclusion(ledger.entry(seq), proof.to_json(), key.public_bytes_raw())
        assert not verify_inclusion(ledger.entry(seq) + b" ", proof, key)
        for nonsense in (b"[" * 100_000, b"\xff", b"1", b"{}"):
            assert not verify_inclusion(nonsense, proof, key)
        for no_proof in ([], None, {}, {"seq": seq, "path": None, "head": proof.head.to_json()}):
            assert not verify_inclusion(ledger.entry(seq), no_proof, key)
    for i, old in enumerate(heads):
        for new in heads[i:]:
            assert verify_consistency(old, new, ledger.consistency(old.size, new.size), [key])
    assert ledger.verify().ok


def test_what_is_not_there_has_no_proof(anywhere: Installation):
    ledger = Ledger.open(anywhere)
    ledger.append([record()])
    for ask in (
        lambda: ledger.inclusion(1),
        lambda: ledger.inclusion(-1),
        lambda: ledger.entry(1),
        lambda: ledger.consistency(2),
        lambda: ledger.consistency(1, 0),
    ):
        with pytest.raises(NoSuchEntry):
            ask()


@pytest.mark.parametrize("table", ["entries", "nodes", "checkpoints", "tasks", "access"])
@pytest.mark.parametrize("sql", ["UPDATE ledger_{0} SET {1} = {1}", "DELETE FROM ledger_{0}"])
def test_the_database_itself_refuses_to_change_the_past(anywhere: Installation, table, sql):
    ledger, access = Ledger.open(anywhere), AccessLog.open(anywhere)
    ledger.append([record() for _ in range(256)])
    access.record(appender.entry())
    column = {"entries": "leaf", "nodes": "hash", "checkpoints": "root"}.get(table, "actor")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), ledger.log.writing() as connection:
        connection.exec_driver_sql(sql.format(table, column))


def test_replacing_and_truncating_are_refused_too(anywhere: Installation):
    ledger = Ledger.open(anywhere)
    ledger.append([record()])
    replace = "INSERT OR REPLACE INTO ledger_entries SELECT * FROM ledger_entries"
    sql = replace if anywhere.engine.dialect.name == "sqlite" else "TRUNCATE ledger_entries"
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), ledger.log.writing() as connection:
        connection.exec_driver_sql(sql)


def test_two_processes_and_four_threads_append_at_once(anywhere: Installation):
    ledger, access = Ledger.open(anywhere), AccessLog.open(anywhere)
    script = str(Path(appender.__file__))
    environment = {**os.environ, "PYTHONPATH": str(Path(script).parents[1])}
    command = [sys.executable, script, str(anywhere.data), anywhere.database_url, "40"]
    processes = [subprocess.Popen(command, env=environment) for _ in range(2)]

    def append() -> None:
        for _ in range(20):
            ledger.append([record()])
            access.record(appender.entry())

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(append) for _ in range(4)]:
            done.result()
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    tasks, entries = ledger.verify(), access.verify()
    assert (tasks.ok, tasks.entries) == (True, 2 * 80 + 4 * 20)
    assert (entries.ok, entries.entries) == (True, 2 * 40 + 4 * 20)


def test_two_processes_open_an_empty_database_at_once(anywhere: Installation):
    script = str(Path(appender.__file__))
    environment = {**os.environ, "PYTHONPATH": str(Path(script).parents[1])}
    command = [sys.executable, script, str(anywhere.data), anywhere.database_url, "1"]
    processes = [subprocess.Popen(command, env=environment) for _ in range(2)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert Ledger.open(anywhere).verify().entries == 4


def test_verification_sees_one_moment_while_appends_go_on(anywhere: Installation):
    ledger = Ledger.open(anywhere)
    ledger.append([record() for _ in range(10_500)])
    told: list[tuple[int, int]] = []

    def append_meanwhile(done: int, of: int) -> None:
        told.append((done, of))
        ledger.append([record()])

    found = ledger.verify(progress=append_meanwhile)
    assert (found.ok, found.entries, told) == (True, 10_500, [(10_000, 10_500)])
    assert ledger.verify().entries == 10_501


def test_a_failed_append_leaves_nothing(anywhere: Installation):
    ledger = Ledger.open(anywhere)

    def fail(*_: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ledger.log.append([record().to_json()], beside=fail)
    assert ledger.head().size == 0
    assert ledger.append([record()])[0].seq == 0
    assert ledger.verify().ok


def test_waiting_for_another_writer_is_bounded(anywhere: Installation):
    Ledger.open(anywhere)
    access = AccessLog(anywhere, wait_ms=100)
    with Ledger.open(anywhere).log.writing() as connection:
        connection.exec_driver_sql("UPDATE ledger_heads SET at = at")
        with pytest.raises(LedgerBusy, match="try again"):
            access.log.append([{**appender.entry().to_json(), "commitment": None}])


def test_heads_signed_by_a_former_key_still_verify(anywhere: Installation):
    ledger = Ledger.open(anywhere)
    ledger.append([record()])
    old = ledger.head()
    (anywhere.data / "keys" / "signing.pem").rename(anywhere.data / "keys" / "signing-former.pem")
    rotated = Installation.open(anywhere.data, anywhere.database_url)
    ledger = Ledger.open(rotated)
    assert ledger.verify(saved_head=old).ok  # nothing appended since: the present head is still the old key's
    ledger.append([record()])
    new = ledger.head()
    assert new.key_id != old.key_id
    assert ledger.verify(saved_head=old).ok
    keys = [anywhere.signing_key.public_key(), rotated.signing_key.public_key()]
    assert verify_consistency(old, new, ledger.consistency(old.size, new.size), keys)
    assert not verify_consistency(old, new, ledger.consistency(old.size, new.size), keys[1:])
    (anywhere.data / "keys" / f"ledger-{old.key_id}.pub").unlink()
    assert {fault.kind for fault in Ledger.open(rotated).verify(saved_head=old).faults} == {"checkpoint", "saved-head"}
    rotated.engine.dispose()


def test_savings_by_desk_kind_baseline_and_way_of_measuring(anywhere: Installation):
    ledger = Ledger.open(anywhere)
    ledger.append(
        [
            record(),
            record(units=1, rework_ms=500_000),
            record(measured=Measured.MODELLED),
            record(baseline=None, kind="certify", unit="document"),
            record(recorded_at=NOVEMBER - 1, actor="cd" * 32),
        ]
    )
    report = ledger.saving()
    by_way = {saving.spent.measured: saving for saving in report.savings}
    assert by_way[Measured.INSTRUMENTED].spent.records == 3
    assert by_way[Measured.INSTRUMENTED].net_ms == 120_000 * 7 - 3 * 80_000 - (5_000 + 500_000 + 5_000)
    assert by_way[Measured.MODELLED].net_ms == 360_000 - 85_000
    assert [line.spent.kind for line in report.unmeasured] == ["certify"]
    assert ledger.saving(desk="triage").savings == ()
    assert ledger.saving(until=NOVEMBER).total().records == 1
    assert ledger.saving(since=NOVEMBER).total().records == 2
    assert ledger.saving(actor=ACTOR, desk="redaction").total().records == 2


@pytest.mark.parametrize(
    "changes",
    [{"baseline": "unheard-of"}, {"unit": "cell"}, {"kind": "certify"}, {"recorded_at": 1_600_000_000_000}],
)
def test_a_record_held_against_the_wrong_baseline_is_refused(installation: Installation, changes):
    ledger = Ledger.open(installation)
    with pytest.raises(Bug, match="baseline"):
        ledger.append([record(), record(**changes)])
    assert ledger.head().size == 0
