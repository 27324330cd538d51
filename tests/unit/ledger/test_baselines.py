"""Baselines are dated, sourced, graded data; every fault of a force's file is told at once."""

from pathlib import Path

import pytest

from backbeat.errors import Bug, ConfigError
from backbeat.ledger import Grade, baselines

GOOD = """
  - {id: ours, desk: redaction, kind: redact, unit: page, ms_per_unit: 95000, source: Our own study, date: 2026-05-01,
     grade: moderate, valid_from: 2026-06-01}
"""


def write(folder: Path, lines: str) -> Path:
    path = folder / "baselines.yaml"
    path.write_text(f"baselines:\n{lines}")
    return path


def test_the_packaged_page_by_hand():
    baseline = baselines()["redaction-page-by-hand"]
    assert baseline.ms_per_unit == 2 * 60 * 1000
    assert (baseline.unit, baseline.grade, baseline.date) == ("page", Grade.LOW, "2023")
    assert "Policing Productivity Review" in baseline.source
    assert "necsws.com" in baseline.source


def test_a_force_adds_its_own(tmp_path):
    found = baselines(write(tmp_path, GOOD))
    assert found["ours"].ms_per_unit == 95_000
    assert found["ours"].valid_from_ms == 1_780_272_000_000  # 2026-06-01T00:00Z
    assert "redaction-page-by-hand" in found


def test_every_fault_is_told_at_once(tmp_path):
    faulty = GOOD + "".join(
        GOOD.replace(*change)
        for change in [
            ("id: ours", "id: redaction-page-by-hand"),  # taken by the packaged one
            ("95000", "-1"),
            ("95000", "1.5"),
            ("95000", "true"),
            ("moderate", "excellent"),
            ("valid_from: 2026-06-01", "valid_from: soon"),
            ("source: Our own study", "source: ''"),
            ("source: Our own study", "source: 12"),
            ("grade: moderate, ", ""),
        ]
    )
    with pytest.raises(ConfigError) as refusal:
        baselines(write(tmp_path, faulty))
    assert [line.split(": ")[0] for line in refusal.value.what.splitlines()] == [
        f"baselines.yaml, line {n} of the list" for n in range(2, 11)
    ]


@pytest.mark.parametrize("text", ["baselines: 3", "[", "- x"])
def test_a_file_of_another_shape_is_refused(tmp_path, text):
    path = tmp_path / "baselines.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"baselines\.yaml"):
        baselines(path)


def test_the_weakest_grade_rules():
    assert Grade.weakest(Grade.HIGH, Grade.LOW, Grade.MODERATE) is Grade.LOW
    with pytest.raises(ValueError, match="empty"):
        Grade.weakest()


def test_a_baseline_is_checked_at_birth():
    import dataclasses

    with pytest.raises(Bug, match="desk"):
        dataclasses.replace(baselines()["redaction-page-by-hand"], desk="Redaction desk")
