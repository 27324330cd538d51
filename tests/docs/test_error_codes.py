"""Every error code has a section, every section a code, and `backbeat explain` prints it."""

import ast
import re
from pathlib import Path

import pytest

from backbeat.explanations import explanation, nearest, sections

ROOT = Path(__file__).resolve().parents[2]


def declared() -> dict[str, str]:
    """Codes by class, read from the source: a class attribute `code` that is a literal. No module is imported.

    A class with a decorator is a value (an offence, say, has a code of its own kind) and no error.
    """
    found = {}
    for path in (ROOT / "src" / "backbeat").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.decorator_list:
                for statement in node.body:
                    targets = statement.targets if isinstance(statement, ast.Assign) else []
                    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
                    named = any(isinstance(target, ast.Name) and target.id == "code" for target in targets)
                    if named and isinstance(statement.value, ast.Constant):
                        found[statement.value.value] = node.name
    return found


def test_every_code_has_a_section():
    assert sorted(set(declared()) - set(sections())) == []


def test_every_section_has_a_code():
    assert sorted(set(sections()) - set(declared())) == []


def test_every_section_says_something():
    assert [code for code, text in sections().items() if len(text) < 40] == []


def test_the_page_of_the_documentation_is_the_packaged_one():
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    assert re.findall(r"^## (\S+)$", page, flags=re.MULTILINE) == list(sections())


@pytest.mark.parametrize("code", ["input.mismatch", "output.withheld"])
def test_explanation_begins_with_the_code(code):
    assert explanation(code).startswith(f"{code}\n\n")


def test_an_unknown_code_is_met_with_its_neighbours():
    assert explanation("input.mismach") is None
    assert "input.mismatch" in nearest("input.mismach")
