"""Comparing two editions: a second one, made here, has 12 hours for 24 and no longer lists furious driving."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backbeat.crime.comparing import Change, Comparison, Side, compare
from backbeat.crime.rules import PACKAGED
from backbeat.errors import InputRejected

OLD, NEW = "hocr-2026-27", "hocr-made-up"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("editions")
    for name in ("2026-27", "made-up"):
        shutil.copytree(PACKAGED / "2026-27", folder / name)
    old, new = folder / "2026-27" / "edition.yaml", folder / "made-up"
    old.write_text(re.sub(r"valid_to: .*", "valid_to: 2027-03-31", old.read_text("utf-8")), "utf-8")
    text = (new / "edition.yaml").read_text("utf-8")
    text = re.sub(r"valid_from: .*", "valid_from: 2027-04-01", text.replace(f"id: {OLD}", f"id: {NEW}", 1))
    (new / "edition.yaml").write_text(text, "utf-8")
    clock, offences = new / "lists" / "clock.csv", new / "lists" / "offences.csv"
    clock.write_text(clock.read_text("utf-8").replace("red,24,", "red,12,").replace("amber,18,", "amber,9,"), "utf-8")
    kept = [line for line in offences.read_text("utf-8").splitlines() if not line.startswith("008/04,8N,")]
    offences.write_text("\n".join(kept) + "\n", "utf-8")
    return folder


def report(reference: str, code: str = "008/06", class_: str = "8N", **head: Any) -> str:
    return json.dumps(
        {
            "format": "backbeat.crime.facts/1",
            "report": {
                "reference": reference,
                "received_at": "2026-05-01T14:30:00+01:00",
                "force": "northshire",
                **head,
            },
            "parties": [{"id": "v1", "age": 30}, {"id": "o1", "age": 31}],
            "allegations": [
                {
                    "id": "a1",
                    "act": "named",
                    "offence": {"code": code, "class": class_},
                    "victims": ["v1"],
                    "offenders": ["o1"],
                    "on": "2026-05-01",
                }
            ],
        }
    )


def changes_in(lines: list[str], folder: Path, *, runner: str = "inline") -> tuple[Comparison, list[Change]]:
    changes: list[Change] = []
    counts = compare(lines, OLD, NEW, folder=folder, runner=runner, on_change=changes.append)
    return counts, changes


def test_what_changes_is_named_by_report_and_part(folder: Path) -> None:
    lines = [report("R1"), "", report("R2", "008/04"), report("R3", "999/99")]
    counts, changes = changes_in(lines, folder)

    assert (counts.reports, counts.changed, counts.refused) == (3, 2, 1)
    assert [(change.line, change.reference) for change in changes] == [(1, "R1"), (3, "R2")]
    assert changes[0].parts == ("deadlines",)
    assert changes[1].after == Side("refused")
    assert counts.parts["deadlines"] == 2


def test_counts_by_class_stand_side_by_side(folder: Path) -> None:
    counts, _ = changes_in([report("R1"), report("R2"), report("R3", "008/04")], folder)
    plain: Any = counts.to_json()

    assert plain["states"]["refused"] == [0, 1]
    for before, after in plain["crimes_by_class"].values():
        assert after <= before


def test_one_edition_on_both_sides_changes_nothing(folder: Path) -> None:
    changes: list[Change] = []
    counts = compare([report("R1"), report("R2", "008/04")], OLD, OLD, folder=folder, on_change=changes.append)

    assert (counts.changed, changes) == (0, [])


def test_processes_give_the_same_changes_in_the_same_order(folder: Path) -> None:
    lines = [report(f"R{number}", "008/04" if number % 7 == 0 else "008/06") for number in range(600)]
    inline, there = changes_in(lines, folder), changes_in(lines, folder, runner="processes")

    assert there[0].to_json() == inline[0].to_json()
    assert there[1] == inline[1]


def test_lines_are_taken_only_a_little_ahead(folder: Path) -> None:
    """Memory does not grow with the file: what was read is compared before much more is taken."""
    taken, done = 0, 0
    furthest = 0

    def lines() -> Iterator[str]:
        nonlocal taken, furthest
        for number in range(1_000):
            taken += 1
            furthest = max(furthest, taken - done)
            yield report(f"R{number}")

    def progress(so_far: int, _: int) -> None:
        nonlocal done
        done = so_far

    compare(lines(), OLD, NEW, folder=folder, progress=progress)

    assert done == 1_000
    assert furthest <= 300


@pytest.mark.parametrize("line", ["{", "[]", "7", '"R1"', "{]"])
def test_a_line_that_is_no_report_is_named(folder: Path, line: str) -> None:
    with pytest.raises(InputRejected, match="line 2"):
        compare([report("R1"), line], OLD, NEW, folder=folder)


@pytest.mark.parametrize(("before", "after"), [(OLD, "hocr-1999"), ("", NEW)])
def test_an_edition_that_is_not_there_is_refused(folder: Path, before: str, after: str) -> None:
    with pytest.raises(InputRejected, match="no such edition"):
        compare([report("R1")], before, after, folder=folder)
