"""What the documentation shows runs: every command and every piece of Python, page by page, in a folder of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from doc_pages import PAGES, ROOT, Block, blocks

RUNNABLE = [page for page in PAGES if any(block.runs for block in blocks(page))]
TIMEOUT_S = 120


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def environment(folder: Path) -> dict[str, str]:
    """A user of their own: nothing of this machine's backbeat, no proxy, the commands of this installation first."""
    commands = Path(sys.executable).parent
    return {
        "PATH": f"{commands}:{os.environ['PATH']}",
        "HOME": str(folder),
        "BACKBEAT_DATA": str(folder / "data"),
        "LANG": "C.UTF-8",
        "LOGNAME": "officer",
        "COLUMNS": "100",
    }


def run(block: Block, folder: Path, page: Path) -> str:
    command = (
        ["sh", "-eu", "-c", block.body] if block.language == "sh" else [sys.executable, "-W", "error", "-c", block.body]
    )
    done = subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False, timeout=TIMEOUT_S
    )
    expected = int(block.detail) if block.order == "exit" else 0
    assert done.returncode == expected, f"{named(page)}:{block.line}\n{block.body}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def stands_in(line: str, printed: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in line.strip().split("…"))
    return any(re.search(pattern, other) for other in printed.splitlines())


@pytest.mark.model
@pytest.mark.parametrize("page", RUNNABLE, ids=named)
def test_what_the_page_shows_runs(page: Path, tmp_path: Path) -> None:
    printed = ""
    for block in blocks(page):
        if block.order == "file":
            target = tmp_path / block.detail
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.body, encoding="utf-8")
        elif block.order == "prints":
            missing = [line for line in block.body.splitlines() if line.strip() and not stands_in(line, printed)]
            assert missing == [], f"{named(page)}:{block.line}\n{printed}"
        elif block.runs:
            printed = run(block, tmp_path, page)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_block_says_what_it_is(page: Path) -> None:
    """No command hides from the tests behind another name for `sh`, and none is left out without a reason."""
    faults = [
        f"{named(page)}:{block.line}: {block.language or 'no language'}"
        for block in blocks(page)
        if block.language in ("", "bash", "shell", "console", "zsh", "py", "pycon")
        or (block.order == "norun" and len(block.detail) < 10)
        or (block.order == "file" and not re.fullmatch(r"[\w./-]+", block.detail))
    ]
    assert faults == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_comment_meant_for_a_block_stands_before_one(page: Path) -> None:
    orders = re.findall(r"<!-- (?:file|norun|exit|prints)\b", page.read_text("utf-8"))
    assert len(orders) == sum(bool(block.order) for block in blocks(page))
