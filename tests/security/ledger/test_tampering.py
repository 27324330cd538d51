"""An intruder who owns the database, triggers and all, but not the keys: every trace is found and named."""

from collections.abc import Iterator

import pytest
from ledger.samples import Intruder, entry, record

from backbeat.canonical import sha256_hex
from backbeat.installation import Installation
from backbeat.ledger import AccessLog, Fault, Ledger, Operation, Outcome
from backbeat.ledger.errors import AccessNotLogged, LedgerDamaged
from backbeat.ledger.merkle import hash_leaf

SIZE = 10


@pytest.fixture
def ledger(anywhere: Installation) -> Ledger:
    ledger = Ledger.open(anywhere)
    ledger.append([record(units=n) for n in range(4)])
    ledger.append([record(units=n) for n in range(4, SIZE)])
    return ledger


@pytest.fixture
def intruder(anywhere: Installation, ledger: Ledger) -> Iterator[Intruder]:
    intruder = Intruder(anywhere.database_url)
    yield intruder
    intruder.close()


def found(ledger: Ledger, *, but: tuple[str, ...] = ("lookup",)) -> list[tuple[str, int | None]]:
    """(kind, seq) of every fault; the lookup table's own, which follow from rows being gone, left out."""
    return [(fault.kind, fault.seq) for fault in ledger.verify().faults if fault.kind not in but]


def test_content_changed(ledger, intruder):
    (leaf,) = intruder.rows("SELECT leaf FROM ledger_entries WHERE seq = 3")[0]
    forged = leaf.replace(b'"review_ms":20000', b'"review_ms":10000')
    intruder.run("UPDATE ledger_entries SET leaf = :leaf WHERE seq = 3", leaf=forged)
    assert found(ledger) == [("changed", 3)]


def test_content_changed_and_every_hash_recomputed(ledger, intruder):
    (leaf,) = intruder.rows("SELECT leaf FROM ledger_entries WHERE seq = 3")[0]
    forged = leaf.replace(b'"review_ms":20000', b'"review_ms":10000')
    intruder.run(
        "UPDATE ledger_entries SET leaf = :leaf, leaf_hash = :hash WHERE seq = 3", leaf=forged, hash=hash_leaf(forged)
    )
    intruder.run("UPDATE ledger_tasks SET review_ms = 10000 WHERE seq = 3")
    assert found(ledger, but=()) == [("changed", 3)]


@pytest.mark.parametrize("seq", [0, 3, SIZE - 2])
def test_entry_dropped(ledger, intruder, seq):
    intruder.run("DELETE FROM ledger_entries WHERE seq = :seq", seq=seq)
    assert found(ledger) == [("missing", seq)]


def test_entry_dropped_and_the_rest_moved_up(ledger, intruder):
    intruder.run("DELETE FROM ledger_entries WHERE seq = 3")
    for seq in range(4, SIZE):
        intruder.run("UPDATE ledger_entries SET seq = seq - 1 WHERE seq = :seq", seq=seq)
    faults = ledger.verify().faults
    assert {("missing", 3), ("moved", 3)} == {(fault.kind, fault.seq) for fault in faults if fault.kind != "lookup"}
    assert "entries 3 to 8: they were recorded as entries 4 to 9" in [fault.message for fault in faults]


def test_two_entries_swapped(ledger, intruder):
    for old, new in ((2, 99), (5, 2), (99, 5)):
        intruder.run("UPDATE ledger_entries SET seq = :new WHERE seq = :old", old=old, new=new)
    assert found(ledger) == [("moved", 2), ("moved", 5)]


def test_contents_swapped_hashes_and_seals_left(ledger, intruder):
    leaves = dict(intruder.rows("SELECT seq, leaf FROM ledger_entries WHERE seq IN (2, 5)"))
    intruder.run("UPDATE ledger_entries SET leaf = :leaf WHERE seq = 2", leaf=leaves[5])
    intruder.run("UPDATE ledger_entries SET leaf = :leaf WHERE seq = 5", leaf=leaves[2])
    assert found(ledger) == [("changed", 2), ("changed", 5)]


COPY = "INSERT INTO ledger_entries SELECT log, :new, leaf, leaf_hash, seal FROM ledger_entries WHERE seq = :old"


def test_entry_inserted_and_the_rest_moved_down(ledger, intruder):
    for seq in range(SIZE - 1, 3, -1):
        intruder.run("UPDATE ledger_entries SET seq = seq + 1 WHERE seq = :seq", seq=seq)
    intruder.run(COPY, old=3, new=4)
    (leaf,) = intruder.rows("SELECT leaf FROM ledger_entries WHERE seq = 4")[0]
    forged = leaf.replace(b'"seq":3', b'"seq":4').replace(b'"units":3', b'"units":9')
    intruder.run("UPDATE ledger_entries SET leaf=:leaf, leaf_hash=:h WHERE seq=4", leaf=forged, h=hash_leaf(forged))
    faults = set(found(ledger))
    assert {("inserted", 4), ("moved", 5)} <= faults
    assert not {kind for kind, _ in faults} & {"missing", "changed", "truncated"}


def test_genuine_entry_played_again_at_the_end(ledger, intruder):
    intruder.run(COPY, old=3, new=SIZE)
    assert ("copied", SIZE) in found(ledger)


def test_genuine_entry_written_over_another(ledger, intruder):
    intruder.run("DELETE FROM ledger_entries WHERE seq = 6")
    intruder.run(COPY, old=3, new=6)
    assert found(ledger) == [("copied", 6), ("missing", 6)]


def test_tail_cut(ledger, intruder):
    intruder.run("DELETE FROM ledger_entries WHERE seq >= 7")
    assert found(ledger) == [("truncated", 7)]


def test_whole_log_gone(ledger, intruder):
    intruder.run("DELETE FROM ledger_entries")
    intruder.run("DELETE FROM ledger_tasks")
    assert found(ledger, but=()) == [("truncated", 0)]


def test_tail_cut_back_to_an_earlier_signed_head(ledger, intruder, anywhere):
    """Who kept an old head row can cut the log back to it unseen from within: only a head kept elsewhere tells."""
    earlier = dict(intruder.rows("SELECT * FROM ledger_heads WHERE log = 'tasks'")[0]._mapping)
    ledger.append([record(), record()])
    saved = ledger.head()
    intruder.run("DELETE FROM ledger_entries WHERE seq >= :size", size=SIZE)
    intruder.run("DELETE FROM ledger_tasks WHERE seq >= :size", size=SIZE)
    intruder.run(
        "UPDATE ledger_heads SET size=:size, root=:root, at=:at, signature=:signature, frontier=:frontier"
        " WHERE log=:log",
        **{name: earlier[name] for name in ("size", "root", "at", "signature", "frontier", "log")},
    )
    assert ledger.verify().ok
    faults = ledger.verify(saved_head=saved).faults
    assert [(fault.kind, fault.seq) for fault in faults] == [("truncated", SIZE)]
    ledger.append([record(), record(units=99)])  # the log grows past the cut on another branch
    assert [fault.kind for fault in ledger.verify(saved_head=saved).faults] == ["saved-head"]


def test_cut_below_a_kept_head(ledger, intruder):
    earlier = dict(intruder.rows("SELECT * FROM ledger_heads WHERE log = 'tasks'")[0]._mapping)
    ledger.append([record() for _ in range(1_000)])  # a head is kept for good on the way
    intruder.run("DELETE FROM ledger_entries WHERE seq >= :size", size=SIZE)
    intruder.run("DELETE FROM ledger_tasks WHERE seq >= :size", size=SIZE)
    intruder.run("DELETE FROM ledger_nodes")
    intruder.run(
        "UPDATE ledger_heads SET size=:size, root=:root, at=:at, signature=:signature, frontier=:frontier"
        " WHERE log=:log",
        **{name: earlier[name] for name in ("size", "root", "at", "signature", "frontier", "log")},
    )
    assert found(ledger) == [("truncated", SIZE)]


def test_rewritten_with_the_seal_key_but_not_the_signing_key(ledger, intruder):
    from backbeat.ledger.log import seal

    (leaf,) = intruder.rows("SELECT leaf FROM ledger_entries WHERE seq = 3")[0]
    forged = leaf.replace(b'"review_ms":20000', b'"review_ms":10000')
    sealed = seal(ledger.log.keys.seal_key, "tasks", 3, hash_leaf(forged))
    intruder.run(
        "UPDATE ledger_entries SET leaf = :leaf, leaf_hash = :hash, seal = :seal WHERE seq = 3",
        leaf=forged,
        hash=hash_leaf(forged),
        seal=sealed,
    )
    intruder.run("UPDATE ledger_tasks SET review_ms = 10000 WHERE seq = 3")
    assert [kind for kind, _ in found(ledger, but=())] == ["checkpoint"]


def test_head_taken_away(ledger, intruder, anywhere):
    intruder.run("DELETE FROM ledger_heads")
    again = Ledger.open(anywhere)  # does not sign a new beginning over old entries
    assert found(again) == [("head", None)]
    with pytest.raises(LedgerDamaged):
        again.append([record()])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_heads SET size = size - 1 WHERE log = 'tasks'",
        "UPDATE ledger_heads SET frontier = :junk WHERE log = 'tasks'",
        "UPDATE ledger_heads SET root = '00' || substr(root, 3) WHERE log = 'tasks'",
        "DELETE FROM ledger_entries WHERE seq = 9",
    ],
)
def test_nothing_is_added_to_or_proved_from_a_log_that_does_not_verify(ledger, intruder, sql):
    intruder.run(sql, **({"junk": b"x" * 64} if ":junk" in sql else {}))
    for ask in (
        lambda: ledger.append([record()]),
        ledger.head,
        lambda: ledger.inclusion(0),
        lambda: ledger.consistency(1),
    ):
        with pytest.raises(LedgerDamaged):
            ask()
    assert not ledger.verify().ok


def test_lookup_rows_are_compared_with_their_entries(ledger, intruder):
    intruder.run("UPDATE ledger_tasks SET active_ms = 0 WHERE seq = 1")
    intruder.run("DELETE FROM ledger_tasks WHERE seq = 2")
    intruder.run(
        "INSERT INTO ledger_tasks SELECT 77, recorded_at, desk, kind, unit, units, active_ms, review_ms,"
        " rework_ms, machine_ms, measured, baseline, actor FROM ledger_tasks WHERE seq = 3"
    )
    assert found(ledger, but=()) == [("lookup", 1), ("lookup", 2), ("lookup", 77)]


def test_stored_subtrees_are_compared(ledger, intruder):
    ledger.append([record() for _ in range(512)])
    intruder.run("UPDATE ledger_nodes SET hash = :junk WHERE level = 8 AND place = 1", junk=b"x" * 32)
    faults = ledger.verify().faults
    assert [fault.message for fault in faults] == ["the stored hash over entries 256 to 511"]
    intruder.run("DELETE FROM ledger_nodes WHERE level = 9")
    assert [fault.kind for fault in ledger.verify().faults] == ["node", "node", "node"]


def test_a_flood_of_faults_is_counted_not_kept(ledger, intruder):
    ledger.append([record() for _ in range(1_500)])
    intruder.run("UPDATE ledger_entries SET seal = :junk", junk=b"x" * 32)
    verification = ledger.verify()
    assert (len(verification.faults), verification.fault_count) == (1_000, 1_510)


def test_a_clock_set_back_is_a_warning(ledger, monkeypatch):
    from backbeat.ledger import log

    now = log.now_ms()
    monkeypatch.setattr(log, "now_ms", lambda: now - 86_400_000)
    ledger.append([record()])
    verification = ledger.verify()
    assert verification.ok
    assert [(warning.kind, warning.seq) for warning in verification.warnings] == [("clock", SIZE)]


WORK = "INSERT INTO ledger_task_keys (work, first, last) VALUES (:work, :first, :last)"


def test_work_forged_as_done_is_not_taken_for_done(ledger, intruder):
    """A row that claims that somebody's coming work stands in the log already would lose that work in silence."""
    intruder.run(WORK, work=sha256_hex(b"release/9"), first=3, last=4)
    with pytest.raises(LedgerDamaged):
        ledger.append([record()], key="release/9")
    assert found(ledger, but=()) == [("work", 3)]


def test_work_forgotten_and_done_again_is_found(ledger, intruder):
    ledger.append([record(), record()], key="release/9")
    ledger.append([record()], key="release/10")
    assert ledger.verify().ok
    intruder.run("DELETE FROM ledger_task_keys WHERE work = :work", work=sha256_hex(b"release/9"))
    assert found(ledger, but=()) == [("work", SIZE)]
    ledger.append([record(), record()], key="release/9")
    assert found(ledger, but=()) == [("work", SIZE)]


@pytest.mark.parametrize("change", ["first = first - 1", "last = last + 1", "first = first + 1", "last = -1"])
def test_work_remembered_elsewhere_is_found(ledger, intruder, change):
    ledger.append([record(), record()], key="release/9")
    ledger.append([record()])
    intruder.run(f"UPDATE ledger_task_keys SET {change}")
    assert {kind for kind, _ in found(ledger, but=())} == {"work"}


def test_remembered_work_of_a_foreign_type_is_a_fault_and_no_crash(installation):
    ledger = Ledger.open(installation)
    ledger.append([record()], key="release/9")
    intruder = Intruder(installation.database_url)
    intruder.run("UPDATE ledger_task_keys SET first = 'x'")
    assert found(ledger, but=()) == [("work", None), ("work", 0)]
    intruder.close()


def test_a_refused_erasure_excuses_no_detail_that_is_gone(anywhere):
    access = AccessLog.open(anywhere)
    gone = access.record(entry(), {"q": "x"}).seq
    ref = f"access-detail/{gone}"
    access.record(entry(operation=Operation.ERASURE, object_ref=ref, outcome=Outcome.REFUSED))
    intruder = Intruder(anywhere.database_url)
    intruder.run("DELETE FROM ledger_access_details")
    assert [(fault.kind, fault.seq) for fault in access.verify().faults] == [("detail", gone)]
    intruder.close()


def test_details_exchanged_or_removed_in_silence(anywhere):
    access = AccessLog.open(anywhere)
    for n in range(4):
        access.record(entry(), {"n": n})
    access.erase_detail(0, actor="ab" * 32, role="auditor")
    assert access.verify().ok
    intruder = Intruder(anywhere.database_url)
    intruder.run("DELETE FROM ledger_access_details WHERE seq = 1")
    intruder.run("UPDATE ledger_access_details SET detail = :d WHERE seq = 2", d=b'{"n":7}')
    intruder.close()
    assert [(f.kind, f.seq) for f in access.verify().faults] == [("detail", 2), ("detail", 1)]
    with pytest.raises(LedgerDamaged):
        access.detail(2)


def test_the_access_log_fails_closed(anywhere):
    access = AccessLog.open(anywhere)
    intruder = Intruder(anywhere.database_url)
    intruder.run("DELETE FROM ledger_heads WHERE log = 'access'")
    with pytest.raises(AccessNotLogged, match="nothing was shown"):
        access.record(entry())
    intruder.run("DROP TABLE ledger_entries")
    intruder.close()
    with pytest.raises(AccessNotLogged):
        access.record(entry())


def test_no_fault_quotes_content(ledger, intruder):
    intruder.run("UPDATE ledger_entries SET leaf = :leaf WHERE seq = 1", leaf=b'{"seq":"Mrs Example"}')
    faults: tuple[Fault, ...] = ledger.verify().faults
    assert faults
    assert not any("Example" in fault.message for fault in faults)


def test_an_absurd_number_costs_no_memory_and_no_time(ledger, intruder):
    for n in range(1_100):
        intruder.run("INSERT INTO ledger_entries VALUES ('tasks', :seq, :x, :x, :x)", seq=(1 << 62) + n, x=b"x")
    verification = ledger.verify()
    assert verification.fault_count == 1_100
    assert verification.faults[0].kind == "inserted"
    intruder.run("DELETE FROM ledger_heads")
    assert not ledger.verify().ok


@pytest.mark.parametrize("column", ["leaf", "leaf_hash", "seal"])
def test_a_value_of_a_foreign_type_is_a_fault_and_no_crash(installation, column):
    ledger = Ledger.open(installation)
    ledger.append([record()])
    intruder = Intruder(installation.database_url)  # only SQLite keeps whatever it is given
    intruder.run(f"UPDATE ledger_entries SET {column} = 'text'")
    intruder.run("UPDATE ledger_heads SET frontier = 7")
    intruder.close()
    assert [(f.kind, f.seq) for f in ledger.verify().faults] == [("head", None), ("changed", 0)]
    with pytest.raises(LedgerDamaged):
        ledger.append([record()])
