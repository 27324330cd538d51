"""Durable work that appends under a key appends once, however often it is done."""

import dataclasses
import threading

import pytest

from backbeat.installation import Installation
from backbeat.ledger import Ledger, Measured, TaskRecord


@pytest.fixture
def record() -> TaskRecord:
    return TaskRecord(
        desk="redaction", kind="redact", unit="page", units=3, active_ms=1, review_ms=2, rework_ms=0, machine_ms=4,
        measured=Measured.INSTRUMENTED, baseline=None, actor="a" * 64, input_hashes=(), output_hashes=(), editions=(),
        software="test",
    )  # fmt: skip


def test_the_same_key_appends_once(anywhere: Installation, record: TaskRecord):
    ledger = Ledger.open(anywhere)
    other = ledger.append([dataclasses.replace(record, units=9)])
    first = ledger.append([record, record], key="release/1")
    again = ledger.append([record, record], key="release/1")
    assert again == first
    assert [receipt.seq for receipt in other + first] == [0, 1, 2]
    assert ledger.head().size == 3
    assert ledger.verify().ok


def test_two_workers_with_one_key_append_once(anywhere: Installation, record: TaskRecord):
    Ledger.open(anywhere)
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(Ledger.open(anywhere).append([record], key="k"))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(receipts == found[0] for receipts in found)
    assert Ledger.open(anywhere).head().size == 1


def test_a_saving_of_one_record(installation: Installation, record: TaskRecord):
    ledger = Ledger.open(installation)
    with_baseline = dataclasses.replace(record, baseline="redaction-page-by-hand")
    ledger.append([dataclasses.replace(with_baseline, units=50)])
    (receipt,) = ledger.append([with_baseline])
    (saving,) = ledger.saving(seq=receipt.seq).savings
    assert saving.net_ms == 3 * 120_000 - 3
