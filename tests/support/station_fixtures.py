"""Fixtures for tests of the station, given to every test by tests/conftest.py."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from station_server import Station, running_station

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

STAFF = (
    ("amy", ["officer"], "North", "PC 4512 Achebe"),
    ("olly", ["officer"], "South", "PC 77 Brandt"),
    ("sue", ["supervisor"], "North", "PS 118 Lindqvist"),
    ("audrey", ["auditor"], "", "R. Okafor"),
    ("adam", ["administrator"], "", "T. Marsh"),
    ("cal", ["call-handler"], "", "N. Grey"),
)


@pytest.fixture(scope="session")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A real station over http on loopback with some staff, shared by the tests of a session."""
    folder: Path = tmp_path_factory.mktemp("station")
    with running_station(folder, BACKBEAT_DEMONSTRATION="1", BACKBEAT_MAX_UPLOAD_MIB="8") as running:
        running.add_users(STAFF)
        yield running


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, or a skip that says so."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()
