"""A station with a job worker, and windows on it, for the acceptance tests of the redaction desk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk_browser import OFFICER, Desk
from playwright.sync_api import Browser
from station_server import Station, running_station


@pytest.fixture(scope="package")
def desk_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A real station over http on loopback, with the job worker of `./run serve`."""
    folder: Path = tmp_path_factory.mktemp("desk")
    with running_station(folder, worker=True, BACKBEAT_DEMONSTRATION="1") as running:
        running.add_users(((OFFICER, ["officer"], "North", "PC 4512 Achebe"),))
        yield running


@pytest.fixture
def open_desk(browser: Browser, desk_station: Station) -> Iterator[Callable[..., Desk]]:
    """A fresh browser window on the station; keyword arguments are the window's. Its console must stay quiet."""
    windows, complaints = [], []

    def opened(**options: object) -> Desk:
        options = {"viewport": {"width": 1366, "height": 900}, **options}
        # axe is put into the page from outside, which the station's policy rightly forbids to everybody else.
        window = browser.new_context(bypass_csp=True, **options)
        windows.append(window)
        page = window.new_page()
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return Desk(page, desk_station)

    yield opened
    for window in windows:
        window.close()
    assert complaints == []
