"""The documentation as the tests read it: its pages, and the fenced blocks on them with what is to be done to each.

A comment on the line before a fence says what the block is. Without one, `sh` and `python` blocks simply run, in the
order of the page and in one folder for each page.

    <!-- file: people.json -->   the block is written to that file first, so that what the page shows is what runs
    <!-- norun: reason -->       not run; the reason is required
    <!-- exit: 3 -->             runs, and must end with this status
    <!-- prints -->              each line must stand in what the block before it printed; `…` stands for anything
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PAGES", "ROOT", "Block", "blocks"]

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if path.name != "rulebook.md"  # its blocks have a test of their own, tests/docs/rulebook
)

_FENCE = re.compile(
    r"^(?:<!-- (?P<order>file|norun|exit|prints)(?:: (?P<detail>[^\n]*?))? -->\n)?"
    r"(?P<indent> *)```(?P<language>[\w-]*)[^\n]*\n(?P<body>.*?)^(?P=indent)```$",
    flags=re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block."""

    line: int
    """Line of the page its content begins on."""
    language: str
    body: str
    order: str
    """`file`, `norun`, `exit`, `prints`, or empty."""
    detail: str

    @property
    def runs(self) -> bool:
        return self.language in ("sh", "python") and self.order in ("", "exit")


def blocks(page: Path) -> Iterator[Block]:
    """Every fenced block of a page, from top to bottom."""
    text = page.read_text("utf-8")
    for found in _FENCE.finditer(text):
        indent = found["indent"]
        body = "\n".join(line.removeprefix(indent) for line in found["body"].split("\n"))
        line = text.count("\n", 0, found.start("body")) + 1
        yield Block(line, found["language"], body, found["order"] or "", found["detail"] or "")
