"""Take the pictures of the documentation from a running demonstration. A developer's tool, no part of backbeat.

    ./run demo --port 8123 --data /tmp/pictures          in one terminal; a fresh folder each time
    .venv/bin/python scripts/screenshots.py --data /tmp/pictures --port 8123
    .venv/bin/python scripts/screenshots.py --data /tmp/pictures --port 8123 --only triage

Drives Chromium through the loaded case from sign-in to release, and through a call of the triage desk. Needs what
`./run test` installs.
"""

import argparse
import json
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

TARGET = Path(__file__).resolve().parents[1] / "docs" / "images"
WIDTH, HEIGHT = 1280, 900
MOST_BYTES = 150_000
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking"]
WAIT_MS = 120_000


class Camera:
    """One signed-in browser window of a fixed size."""

    def __init__(self, browser: Browser, address: str, target: Path) -> None:
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce", locale="en-GB"
        )
        self.page: Page = context.new_page()
        self._address = address
        self._target = target

    def sign_in(self, username: str, password: str) -> None:
        """Through the form, as anybody does."""
        self.go("/account/login/")
        self.page.fill("input[name=login]", username)
        self.page.fill("input[name=password]", password)
        self.page.click("main form button[type=submit], main form button")
        self.page.wait_for_url(lambda url: "login" not in url)

    def go(self, path: str) -> None:
        """Open an address of the station."""
        self.page.goto(self._address + path)

    def shoot(self, name: str, height: int = HEIGHT) -> None:
        """Save the top of the page, in few enough colours to stay small.

        Raises:
            SystemExit: the picture is larger than the documentation allows.
        """
        path = self._target / f"{name}.png"
        self.page.set_viewport_size({"width": WIDTH, "height": height})
        self.page.screenshot(path=str(path))
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(128).save(path, optimize=True)
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise SystemExit(f"{path.name} has {size:,} bytes; the limit is {MOST_BYTES:,}")
        sys.stdout.write(f"{path.name}: {size:,} bytes\n")


def take_redaction(browser: Browser, address: str, accounts: dict[str, str], target: Path) -> None:
    """The pictures of a case, in the order of the work, of the home page, and of the access log."""
    camera = Camera(browser, address, target)
    page = camera.page
    camera.sign_in("officer", accounts["officer"])
    camera.go("/cases/")
    page.click("main table a")
    case = re.sub(r"^https?://[^/]+", "", page.url)
    camera.shoot("case", 1160)

    camera.go(f"{case}redaction/")
    page.locator("main form").filter(has=page.locator("[name=evidence]")).locator("button").last.click()
    overview = re.sub(r"^https?://[^/]+", "", page.url)
    _until(page, "to decide")
    camera.go(f"{overview}people/")
    camera.shoot("who-is-who", 1300)
    for choice in page.locator("select[name=new-role]").all():
        label = choice.evaluate("e => e.labels[0].textContent")
        if len(label.split()) >= 4:  # "Role of FORENAME SURNAME"
            choice.select_option("third-party")
            break
    page.get_by_role("button", name="Save and go on").click()
    _until(page, "to decide")

    camera.go(f"{overview}review/")
    camera.shoot("decide", 1180)
    page.get_by_role("button", name="Accept every suggestion left").click()
    page.click("main table th a")
    page.locator("a[href*='/pages/']").first.click()
    page.wait_for_load_state("networkidle")
    camera.shoot("page-with-boxes", 1300)

    camera.go(f"{overview}review/")
    while True:
        still_open = page.locator("[data-item][data-state=open]")
        if not still_open.count():
            break
        key = still_open.first.get_attribute("data-item")
        row = page.locator(f'[data-item="{key}"]')
        row.locator("button[value=redact]").click()
        page.wait_for_selector(f'[data-item="{key}"][data-state=done]')
    camera.go(f"{overview}release/")
    page.get_by_role("button", name="Remove, verify and certify").click()
    _until(page, "Verified and ready")
    camera.go(f"{overview}release/")
    camera.shoot("result", 1240)
    camera.go("/")
    camera.shoot("home")

    auditor = Camera(browser, address, target)
    auditor.sign_in("auditor", accounts["auditor"])
    auditor.go("/access-log/")
    auditor.shoot("access-log", 1200)


def take_triage(browser: Browser, address: str, accounts: dict[str, str], target: Path) -> None:
    """A call half asked, one that is being closed out, the supervisor's board and the figures."""
    camera = Camera(browser, address, target)
    page = camera.page
    camera.sign_in("handler", accounts["handler"])
    camera.go("/triage/calls/")
    page.get_by_role("button", name="New call").click()
    page.fill("#notes", "Ward: has left again, on foot, towards the river path. Calm on the telephone.")
    page.fill("#person", "Dorothy Pell")
    page.fill("#place", "Quarry Row")
    page.locator("#related", has_text="Same matter").wait_for()
    page.locator("[data-said]", has_text="Kept").first.wait_for()
    for group, words in (("crime", "No crime is reported"), ("risk", "No: neither")):
        page.locator(f"[data-question={group}]").get_by_role("button", name=words).click()
        page.locator(f"[data-question]:not([data-question={group}])").wait_for()
    page.mouse.move(0, 0)
    camera.shoot("triage-call", 1040)

    camera.go("/triage/calls/")
    page.locator("main tr", has_text="Iris Holloway").get_by_role("link").click()
    page.fill("#accepted-name", "Rosa Adair")
    page.fill("#accepted-position", "nurse in charge")
    page.get_by_role("button", name="Accepted").click()
    page.locator(".triage-owed", has_text="Rosa Adair").wait_for()
    page.evaluate("scrollTo(0, 0)")
    camera.shoot("triage-close", 1420)

    control = Camera(browser, address, target)
    control.sign_in("control", accounts["control"])
    control.go("/triage/board/")
    control.shoot("triage-board", 1000)
    control.go("/triage/figures/")
    control.shoot("triage-figures", 1120)


TAKES = {"redaction": take_redaction, "triage": take_triage}


def _until(page: Page, words: str) -> None:
    """Wait on a page that reloads itself until it says some words."""
    page.locator("main", has_text=words).wait_for(timeout=WAIT_MS)


def main() -> None:
    """Parse and take."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="data folder of the running demonstration")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--only", choices=TAKES, help="these pictures and no others")
    options = parser.parse_args()
    entries = json.loads((options.data / "demonstration-sign-ins.json").read_text("utf-8"))
    accounts = {entry["username"]: entry["password"] for entry in entries}
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, take in TAKES.items():
            if options.only in (None, name):
                take(browser, f"http://127.0.0.1:{options.port}", accounts, options.out)
        browser.close()


if __name__ == "__main__":
    main()
