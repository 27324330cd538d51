"""A station with a call handler and a control-room supervisor, for the acceptance tests of the triage desk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from station_server import Station, running_station
from triage_browser import STAFF, Desk


@pytest.fixture(scope="package")
def triage_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A real station over http on loopback."""
    folder: Path = tmp_path_factory.mktemp("triage")
    with running_station(folder, BACKBEAT_DEMONSTRATION="1") as running:
        running.add_users(STAFF)
        yield running


@pytest.fixture
def sit_down(browser: Browser, triage_station: Station) -> Iterator[Callable[..., Desk]]:
    """Somebody signed in at a fresh browser window; keyword arguments are the window's.

    Its console stays quiet, but for what a test breaks on purpose.
    """
    windows, complaints = [], []

    def opened(username: str, **options: object) -> Desk:
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        # axe is put into the page from outside, which the station's policy rightly forbids to everybody else.
        window = browser.new_context(bypass_csp=True, **options)
        windows.append(window)
        page = window.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type == "error"
                and not any(
                    said in message.text
                    for said in ("status of 422", "status of 500", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
                )
                and complaints.append(message.text)
            ),
        )
        desk = Desk(page, triage_station, scripted=options.get("java_script_enabled", True) is True)
        desk.sign_in(username)
        return desk

    yield opened
    for window in windows:
        window.close()
    assert complaints == []
