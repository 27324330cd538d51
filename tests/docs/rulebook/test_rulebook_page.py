"""The rulebook page: its Python runs, its YAML loads, and it names every type, hit policy and error code."""

import re
from pathlib import Path

import pytest

from backbeat.rulebook import FactsRejected, Hit, NoSuchTable, OverlayRefused, ResultUnreadable, Shelf
from backbeat.rulebook.values import Shape

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "rulebook.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_python_on_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    code = blocks("python")
    assert len(code) == 2
    exec("\n".join(code), {})


def test_the_edition_and_the_example_on_the_page_load(tmp_path: Path) -> None:
    edition, lists, example = blocks("yaml")
    for folder in ("tables", "lists"):
        (tmp_path / "2026" / folder).mkdir(parents=True)
    (tmp_path / "2026" / "edition.yaml").write_text(edition + lists, encoding="utf-8")
    (tmp_path / "2026" / "examples.yaml").write_text(example, encoding="utf-8")
    table = "id,since_report,life_risk,state,deadline,document,page,why\noverdue,> 24,-,overdue,24,rules,10,Too late.\n"
    (tmp_path / "2026" / "tables" / "clock.csv").write_text(table, encoding="utf-8")
    offences = "code,class,offence,document,page,why\n008/06,8N,Actual bodily harm,rules,42,Assault with injury.\n"
    (tmp_path / "2026" / "lists" / "offences.csv").write_text(offences, encoding="utf-8")
    (edition_read,) = Shelf.load(tmp_path)
    assert [row["code"] for row in edition_read.lists["offences"].rows] == ["008/06"]


def test_every_type_policy_and_code_is_on_the_page() -> None:
    for word in (*Shape, *Hit, *(e.code for e in (FactsRejected, NoSuchTable, OverlayRefused, ResultUnreadable))):
        assert f"`{word}" in PAGE, word
