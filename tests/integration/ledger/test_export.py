"""Parquet: every record once, in its month and desk, integers typed, whole or not at all."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from ledger.samples import NOVEMBER, Intruder, record

from backbeat.installation import Installation
from backbeat.ledger import Ledger, export
from backbeat.ledger.errors import ExportRefused, LedgerDamaged
from backbeat.ledger.merkle import hash_leaf

DECEMBER = 1_796_083_200_000


@pytest.fixture
def ledger(anywhere: Installation) -> Ledger:
    ledger = Ledger.open(anywhere)
    triage = {"desk": "triage", "kind": "call", "unit": "call", "baseline": None}
    ledger.append([record(units=n) for n in range(5)])
    ledger.append([record(recorded_at=DECEMBER - 1), record(recorded_at=DECEMBER), record(**triage)])
    return ledger


def read(path: Path) -> pa.Table:
    return ds.dataset(path, format="parquet", partitioning="hive").to_table().sort_by("seq")


def test_every_record_once_in_its_month_and_desk(ledger: Ledger, tmp_path: Path):
    assert ledger.export(tmp_path / "out") == 8
    parts = sorted(p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.parquet"))
    assert parts == [
        "month=2026-11/desk=redaction/part-0.parquet",
        "month=2026-11/desk=triage/part-0.parquet",
        "month=2026-12/desk=redaction/part-0.parquet",
    ]
    rows = read(tmp_path / "out").to_pylist()
    assert [row["seq"] for row in rows] == list(range(8))
    assert rows[3]["units"] == 3
    assert rows[3]["editions"] == [{"id": "cps-precharge@2026-04-01", "hash": "3" * 64}]
    assert (rows[7]["desk"], rows[7]["baseline"]) == ("triage", None)
    assert rows[0]["leaf_hash"] == hash_leaf(ledger.entry(0)).hex()


def test_integers_are_integers_and_columns_are_described(ledger: Ledger, tmp_path: Path):
    ledger.export(tmp_path / "out")
    form = pq.read_schema(tmp_path / "out/month=2026-11/desk=triage/part-0.parquet")
    for name in ("seq", "recorded_at", "units", "active_ms", "review_ms", "rework_ms", "machine_ms"):
        assert form.field(name).type == pa.int64()
    readme = (tmp_path / "out/_README.md").read_text()
    for name in form.names:
        assert form.field(name).metadata[b"description"]
        assert f"| `{name}` |" in readme
    head = json.loads((tmp_path / "out/_head.json").read_text())
    assert head == ledger.head().to_json() == json.loads(form.metadata[b"backbeat.ledger.head"])


@pytest.mark.parametrize("atomic", [True, False])
def test_an_export_replaces_the_earlier_one_and_leaves_nothing_beside(
    ledger: Ledger, tmp_path: Path, monkeypatch, atomic: bool
):
    if not atomic:
        monkeypatch.setattr(export, "_exchange", lambda *_: False)
    target = tmp_path / "exports" / "out"
    ledger.export(target)
    (target / "month=2020-01").mkdir()  # a partition that the new export does not have
    ledger.append([record()])
    assert ledger.export(target) == 9
    assert read(target).num_rows == 9
    assert not (target / "month=2020-01").exists()
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_a_failed_export_leaves_the_earlier_one(ledger: Ledger, tmp_path: Path, monkeypatch):
    target = tmp_path / "exports" / "out"
    ledger.export(target)
    ledger.append([record()])

    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(export, "_write_text", fail)
    with pytest.raises(OSError):  # noqa: PT011  # any
        ledger.export(target)
    assert read(target).num_rows == 8
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_somebody_elses_folder_is_left_alone(ledger: Ledger, tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    for name in ("mine", "file"):
        with pytest.raises(ExportRefused):
            ledger.export(tmp_path / name)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "x"
    (tmp_path / "empty").mkdir()
    assert ledger.export(tmp_path / "empty") == 8


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM ledger_tasks WHERE seq = 2",
        "UPDATE ledger_tasks SET desk = 'triage' WHERE seq = 2",
        "UPDATE ledger_tasks SET recorded_at = 0 WHERE seq = 2",
        "UPDATE ledger_entries SET leaf = (SELECT leaf FROM ledger_entries WHERE seq = 3) WHERE seq = 2",
    ],
)
def test_a_ledger_that_was_edited_is_not_exported(ledger: Ledger, anywhere: Installation, tmp_path: Path, sql: str):
    intruder = Intruder(anywhere.database_url)
    intruder.run(sql)
    intruder.close()
    with pytest.raises(LedgerDamaged):
        ledger.export(tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("ms", [0, NOVEMBER - 1, NOVEMBER, 253_402_300_799_999])
def test_the_month_around_any_moment(ms):
    start, after = export._month_around(ms)
    assert start <= ms < after
    assert export._month(start) == {0: "1970-01", NOVEMBER - 1: "2026-10", NOVEMBER: "2026-11"}.get(ms, "9999-12")
