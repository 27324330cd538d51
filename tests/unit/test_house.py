"""The house itself: style, types, layers, sizes. Each check here is a command a developer can run alone."""

import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from module_sizes import measure, sentence

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 600
MEDIAN_LINES = 150

pytestmark = pytest.mark.xdist_group("house")


def run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_style():
    run("ruff", "check", ".")


def test_format():
    run("ruff", "format", "--check", ".")


def test_types():
    run("mypy")


def test_layers():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr


def test_module_sizes():
    sizes = measure()
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES} == {}
    assert statistics.median(sizes.values()) <= MEDIAN_LINES, sentence()


def test_the_project_names_no_machine_and_leaves_no_marks():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    marks = [
        "TO" + "DO",
        "FIX" + "ME",
        "pypi." + "org",
        "pythonhosted" + ".org",
        "npmjs" + ".org",
        "/wo" + "rk/main",
        "/ro" + "ot/.",
    ]
    found = []
    for name in listed.splitlines():
        path = ROOT / name
        if "vendor" in path.parts or not path.is_file() or path.stat().st_size > 400_000:
            continue
        text = path.read_bytes().decode("utf-8", "ignore")
        found += [f"{name}: {mark}" for mark in marks if mark in text]
    assert found == []
