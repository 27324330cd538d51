"""The site builds without a warning and asks nobody else for anything when it is read."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from doc_pages import ROOT

pytestmark = pytest.mark.skipif(find_spec("mkdocs") is None, reason="mkdocs is not installed")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_is_built(site: Path) -> None:
    built = {path.stem for path in site.glob("*.html")} - {"404"}
    assert built == {path.stem for path in (ROOT / "docs").glob("*.md")}


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """Links may lead out; what a browser fetches by itself may not."""
    fetched = re.compile(
        r"<(?:script|img|iframe|link|source|video|audio)\b[^>]*?(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE
    )
    canonical = re.compile(r"<link[^>]+rel=[\"']?canonical")
    faults = [
        f"{path.name}: {found.group(0)}"
        for path in site.rglob("*.html")
        for found in fetched.finditer(path.read_text("utf-8"))
        if not canonical.match(found.group(0))
    ]
    assert faults == []
    styles = [
        path.name
        for path in site.rglob("*.css")
        if re.search(r"(?:url\(|@import )[\"']?(?:https?:)?//", path.read_text("utf-8"))
    ]
    assert styles == []
