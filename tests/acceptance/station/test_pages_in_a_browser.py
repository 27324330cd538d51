"""Every page in a real browser: axe finds nothing, the keyboard reaches everything, and nothing breaks the policy."""

import base64
import hmac
import re
import time

import pytest
from station_server import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("station")]


class Visitor:
    """Somebody at a browser, who writes down whatever the console complains about."""

    def __init__(self, browser, station, username: str = "", **context) -> None:
        self.base = station.url
        self.context = browser.new_context(viewport={"width": 1200, "height": 900}, **context)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda r: r.url.startswith((self.base, "data:")) or self.outside.append(r.url))
        if username:
            self.go("/")
            self.page.fill("[name=login]", username)
            self.page.fill("[name=password]", PASSWORD)
            self.press("Sign in")

    def go(self, url: str) -> None:
        self.page.goto(self.base + url)

    def press(self, words: str) -> None:
        self.page.click(f"button:has-text('{words}')")


@pytest.fixture(scope="module")
def scene(station):
    """A case with people and evidence, and the addresses of every kind of page for each member of staff."""
    amy, adam = station.signed_in("amy"), station.signed_in("adam")
    case = station.open_case(amy, "42/AX/1", "Burglary at a sports hall")
    base = f"/cases/{case}/"
    for name, role in (("Zelda Quark", "witness"), ("Ivor Penhallow", "suspect")):
        amy.submit(f"{base}people/add/", {"name": name, "role": role, "aliases": "Zed"})
    station.upload(amy, case, *((f"statement {n}.txt", f"words {n}".encode()) for n in range(30)))
    items = re.findall(rf"{base}evidence/([0-9a-f-]{{36}})/", amy.get(f"{base}evidence/").text)
    person = re.search(rf"{base}people/([0-9a-f-]{{36}})/", amy.get(f"{base}people/").text)[1]
    amy.submit(f"{base}evidence/{items[-1]}/remove/", {"reason": "wrong case"})
    user = re.search(r"users/([0-9a-f-]{36})/", adam.get("/account/users/").text)[1]
    item = f"{base}evidence/{items[0]}/"
    return {
        "case": base,
        "": ["/account/login/", "/about/"],
        "amy": [
            "/", "/cases/", "/cases/new/", base, f"{base}change/", f"{base}people/", f"{base}people/add/",
            f"{base}people/{person}/", f"{base}people/{person}/remove/", f"{base}evidence/", f"{base}evidence/?page=2",
            f"{base}evidence/add/", f"{base}evidence/removed/", item, f"{item}remove/",
            f"{base}evidence/{items[-1]}/", "/hours/", "/account/", f"/account/?case={case}",
            "/account/password/change/", "/account/second-step/", "/account/logout/",
        ],
        "sue": [f"{base}members/"],
        "audrey": ["/", "/access-log/", "/access-log/1/", "/access-log/?operation=refusal"],
        "adam": ["/", "/account/users/", f"/account/users/{user}/", "/account/users/add/", "/system/"],
        "cal": ["/", "/account/"],
    }  # fmt: skip


def faults_of(page) -> str:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page)
    return found.generate_report() if found.violations_count else ""


@pytest.mark.parametrize("username", ["", "amy", "sue", "audrey", "adam", "cal"])
def test_axe_finds_nothing_on_any_page(browser, station, scene, username):
    visitor = Visitor(browser, station, username)
    for url in scene[username]:
        visitor.go(url)
        assert visitor.page.title().endswith("– backbeat"), url
        assert faults_of(visitor.page) == "", url
    assert visitor.complaints == []
    assert visitor.outside == []


def test_axe_finds_nothing_on_pages_of_errors_and_answers(browser, station, scene):
    visitor = Visitor(browser, station, "amy")
    page = visitor.page
    for url in ("/system/", "/nothing-here/"):
        visitor.go(url)
        assert faults_of(page) == "", url
    visitor.go(f"{scene['case']}evidence/add/")
    visitor.press("Add to this case")
    assert page.title().startswith("Error:")
    assert faults_of(page) == ""
    page.set_input_files("#files", [{"name": "a.docx", "mimeType": "x/y", "buffer": b"PK\x03\x04"}])
    visitor.press("Add to this case")
    assert "Word document" in page.inner_text("main")
    assert faults_of(page) == ""
    visitor.go("/cases/")
    page.fill("[name=words]", "quark")
    visitor.press("Search")
    assert "42/AX/1" in page.inner_text("main")
    assert faults_of(page) == ""
    visitor.go("/cases/new/")
    visitor.press("Open the case")
    assert faults_of(page) == ""
    auditor = Visitor(browser, station, "audrey")
    auditor.go("/access-log/")
    auditor.press("Verify both logs")
    assert faults_of(auditor.page) == ""


def code_for(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238: SHA-1, 30 s, six figures)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, int(time.time() // 30).to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def test_axe_finds_nothing_while_setting_up_and_using_a_second_step(browser, station):
    station.add_user("tess", "officer", name="PC Tess")
    visitor = Visitor(browser, station, "tess")
    page = visitor.page
    visitor.go("/account/second-step/totp/activate/")
    if "reauthenticate" in page.url:
        assert faults_of(page) == ""
        page.fill("[name=password]", PASSWORD)
        visitor.press("Confirm")
    assert page.locator("img.bb-qr").evaluate("image => image.naturalWidth") > 0
    assert faults_of(page) == ""
    secret = page.inner_text(".bb-hash")
    page.fill("[name=code]", code_for(secret))
    visitor.press("Turn on")
    assert faults_of(page) == ""
    visitor.go("/account/second-step/recovery-codes/")
    assert faults_of(page) == ""
    code = page.locator(".bb-codes li").first.inner_text()
    visitor.go("/account/second-step/totp/deactivate/")
    assert faults_of(page) == ""
    visitor.go("/account/second-step/recovery-codes/generate/")
    assert faults_of(page) == ""
    again = Visitor(browser, station, "tess")
    assert "Enter your code" in again.page.inner_text("main")
    assert faults_of(again.page) == ""
    again.page.fill("[name=code]", code)
    again.press("Sign in")
    assert "PC Tess" in again.page.inner_text("main")
    assert visitor.complaints == again.complaints == []


def test_a_case_is_opened_and_filled_by_keyboard_alone(browser, station):
    visitor = Visitor(browser, station)
    page, keys = visitor.page, visitor.page.keyboard
    visitor.go("/")

    def tab_to(words: str) -> None:
        for _ in range(60):
            keys.press("Tab")
            focused = page.evaluate(
                "() => { const e = document.activeElement, labels = e.labels || []; if (e === document.body) return '';"
                " return (e.innerText || e.value || '') + ' ' + (labels[0] ? labels[0].innerText : '') }"
            )
            if words in focused:
                outline = page.evaluate(
                    "() => { const s = getComputedStyle(document.activeElement);"
                    " return s.outlineStyle + s.boxShadow + s.backgroundColor }"
                )
                assert outline != "nonenonergba(0, 0, 0, 0)", f"focus on {words} is not visible"
                return
        raise AssertionError(f"the keyboard does not reach {words!r}")

    keys.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to main content"
    tab_to("User name")
    keys.type("amy")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url(station.url + "/")
    tab_to("Cases")
    keys.press("Enter")
    page.wait_for_url("**/cases/")
    tab_to("Open a new case")
    keys.press("Enter")
    page.wait_for_url("**/new/")
    tab_to("Reference")
    keys.type("42/KB/1")
    keys.press("Tab")
    keys.type("Keyboard only")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
    assert "42/KB/1" in page.inner_text("main")
    tab_to("People")
    keys.press("Enter")
    page.wait_for_url("**/people/")
    tab_to("Add a person")
    keys.press("Enter")
    page.wait_for_url("**/people/add/")
    tab_to("Full name")
    keys.type("Dot Merriwether")
    tab_to("Save")
    keys.press("Enter")
    page.wait_for_url("**/people/")
    assert "Dot Merriwether" in page.inner_text("main")


def test_everything_works_without_javascript(browser, station):
    visitor = Visitor(browser, station, "amy", java_script_enabled=False)
    page = visitor.page
    visitor.go("/cases/")
    page.click("text=Open a new case")
    page.fill("[name=reference]", "42/NJ/1")
    page.fill("[name=title]", "No JavaScript")
    visitor.press("Open the case")
    page.click("text=Add evidence")
    page.set_input_files("#files", [{"name": "plain.txt", "mimeType": "text/plain", "buffer": b"some words"}])
    visitor.press("Add to this case")
    assert "1 file is now evidence" in page.inner_text("main")
    page.click("text=plain.txt")
    page.click("text=Remove this item")
    page.fill("[name=reason]", "wrong case")
    visitor.press("Remove it")
    assert "There is no evidence yet" in page.inner_text("main")
    assert page.get_by_role("link", name="Hours given back").is_visible()
    page.get_by_role("link", name="PC 4512 Achebe").click()
    page.get_by_text("You may not see who looked at or changed what.").click()
    assert page.locator("details[open]").get_by_text("it takes one of these roles").is_visible()


def test_pages_fit_a_narrow_screen(browser, station, scene):
    visitor = Visitor(browser, station, "amy")
    visitor.page.set_viewport_size({"width": 320, "height": 640})
    for url in scene["amy"]:
        visitor.go(url)
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 320, url
