"""A station with recorders, a registrar and a supervisor, for the acceptance tests of the crime desk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crime_browser import STAFF, Sitting
from playwright.sync_api import Browser
from station_server import Station, running_station


@pytest.fixture(scope="package")
def crime_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A real station over http on loopback."""
    folder: Path = tmp_path_factory.mktemp("crime")
    with running_station(folder, BACKBEAT_DEMONSTRATION="1") as running:
        running.add_users(STAFF)
        yield running


@pytest.fixture
def sit_down(browser: Browser, crime_station: Station) -> Iterator[Callable[..., Sitting]]:
    """Somebody signed in at a fresh browser window; keyword arguments are the window's. Its console stays quiet."""
    windows, complaints = [], []

    def opened(username: str, **options: object) -> Sitting:
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        # axe is put into the page from outside, which the station's policy rightly forbids to everybody else.
        window = browser.new_context(bypass_csp=True, **options)
        windows.append(window)
        page = window.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type == "error" and "status of 422" not in message.text and complaints.append(message.text)
            ),
        )
        sitting = Sitting(page, crime_station, scripted=options.get("java_script_enabled", True) is True)
        sitting.sign_in(username)
        return sitting

    yield opened
    for window in windows:
        window.close()
    assert complaints == []
