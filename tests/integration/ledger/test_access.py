"""The section 62 log on both databases: questions, pages, erasable detail, and peace with other connections."""

import sqlite3
import time

import pytest
from ledger.samples import ACTOR, entry

from backbeat.errors import Bug
from backbeat.installation import Installation
from backbeat.ledger import AccessLog, Operation, Outcome, verify_inclusion
from backbeat.ledger.errors import AccessNotLogged, NoSuchEntry


def test_who_looked_at_this(anywhere: Installation):
    log = AccessLog.open(anywhere)
    for n in range(25):
        log.record(entry(object_ref=f"case/{n % 2}", actor=("ab" if n % 5 else "cd") * 32))
    first = log.for_object("case/1", 8)
    assert [row.seq for row in first.rows] == [23, 21, 19, 17, 15, 13, 11, 9]
    second = log.for_object("case/1", 8, before=first.before)
    assert [row.seq for row in second.rows] == [7, 5, 3, 1]
    assert second.before is None
    assert log.for_object("case/9").rows == ()
    assert [row.seq for row in log.search(actor="cd" * 32).rows] == [20, 15, 10, 5, 0]
    assert len(log.search(limit=25).rows) == 25
    assert log.search(limit=25).before is None


def test_by_operation_and_period(anywhere: Installation, monkeypatch):
    from backbeat.ledger import log as module

    log = AccessLog.open(anywhere)
    start = module.now_ms()
    for n, operation in enumerate(Operation):
        monkeypatch.setattr(module, "now_ms", lambda n=n: start + n * 1_000)
        log.record(entry(operation=operation, recipients=("cps",)))
    assert [row.at - start for row in log.search(since=start + 2_000, until=start + 4_000).rows] == [3_000, 2_000]
    (refusal,) = log.search(operation=Operation.REFUSAL).rows
    assert refusal.entry == entry(operation=Operation.REFUSAL, recipients=("cps",))


@pytest.mark.parametrize("limit", [0, -1, 1_001, True, 2.0])
def test_a_page_is_bounded(installation: Installation, limit):
    with pytest.raises(Bug, match="limit"):
        AccessLog.open(installation).search(limit=limit)


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": "pc1234"},
        {"role": "Officer In Case"},
        {"object_ref": "case 41 Ann Example"},
        {"object_ref": ""},
        {"purpose": "because she asked"},
        {"operation": "consultation"},
        {"outcome": "done"},
        {"recipients": ("Crown Prosecution Service",)},
        {"recipients": ["cps"]},
        {"operation": Operation.DISCLOSURE},  # to whom?
    ],
)
def test_an_entry_is_checked_at_birth(changes):
    with pytest.raises(Bug):
        entry(**changes)


def test_a_refused_disclosure_needs_no_recipient():
    assert entry(operation=Operation.DISCLOSURE, outcome=Outcome.REFUSED).recipients == ()


def test_detail_is_erasable_and_every_proof_still_holds(anywhere: Installation):
    log = AccessLog.open(anywhere)
    receipt = log.record(entry(), {"search": "a name somebody typed"})
    log.record(entry(), {"search": "another"})
    saved, proof, leaf = log.head(), log.inclusion(receipt.seq), log.entry(receipt.seq)
    assert log.detail(receipt.seq) == {"search": "a name somebody typed"}
    erasure = log.erase_detail(receipt.seq, actor=ACTOR, role="auditor", purpose="retention")
    assert log.detail(receipt.seq) is None
    assert log.detail(1) == {"search": "another"}
    assert log.entry(receipt.seq) == leaf
    key = anywhere.signing_key.public_key()
    assert verify_inclusion(leaf, proof, key)
    assert verify_inclusion(leaf, log.inclusion(receipt.seq), key)
    assert log.verify(saved_head=saved).ok
    (logged,) = log.search(operation=Operation.ERASURE).rows
    assert (logged.seq, logged.entry.object_ref) == (erasure.seq, "access-detail/0")
    with pytest.raises(NoSuchEntry):
        log.erase_detail(receipt.seq, actor=ACTOR, role="auditor")
    with pytest.raises(NoSuchEntry):
        log.detail(99)
    assert log.head().size == 3  # the second, fruitless erasure left no entry


def test_equal_details_have_unequal_commitments(installation: Installation):
    log = AccessLog.open(installation)
    log.record(entry(), {"search": "x"})
    log.record(entry(), {"search": "x"})
    rows = log.search().rows
    assert rows[0].commitment != rows[1].commitment


def test_erased_detail_is_gone_from_the_files(installation: Installation):
    log = AccessLog.open(installation)
    log.record(entry(), {"search": "zanzibar-quokka"})
    log.erase_detail(0, actor=ACTOR, role="auditor")
    folder = installation.data.parent
    assert not [path for path in folder.glob("backbeat.sqlite3*") if b"zanzibar" in path.read_bytes()]


def test_another_connections_open_read_is_no_hindrance(installation: Installation):
    log = AccessLog.open(installation)
    web = sqlite3.connect(installation.database_url.removeprefix("sqlite:///"), isolation_level=None)
    web.execute("BEGIN")
    web.execute("SELECT count(*) FROM ledger_entries").fetchone()
    log.record(entry())
    assert web.execute("SELECT count(*) FROM ledger_entries").fetchone() == (0,)  # its own moment
    web.execute("COMMIT")
    web.execute("CREATE TABLE t (n)")  # and it may write afterwards
    web.close()


def test_inside_a_foreign_write_transaction_it_fails_in_time_and_never_hangs(installation: Installation):
    log = AccessLog(installation, wait_ms=200)
    web = sqlite3.connect(installation.database_url.removeprefix("sqlite:///"), isolation_level=None)
    web.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(AccessNotLogged) as refusal:
        log.record(entry())
    assert time.monotonic() - began < 5
    assert "before opening a write transaction" in str(refusal.value.__cause__)
    web.execute("ROLLBACK")
    web.close()
    assert log.record(entry()).seq == 0


def test_quick_enough_for_every_request(installation: Installation):
    log = AccessLog.open(installation)
    times = []
    for _ in range(60):
        began = time.perf_counter()
        log.record(entry(), {"page": 1})
        times.append(time.perf_counter() - began)
    # The claim is 3 ms, and benchmarks/ledger.py holds it; a busy test machine gets five times that.
    assert sorted(times)[30] < 0.015
