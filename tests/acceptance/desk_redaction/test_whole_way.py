"""The whole of the redaction desk in a real browser: by mouse, by keyboard alone, and without JavaScript."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from desk_browser import EMAIL, HIDDEN, NEIGHBOUR_PHONE, NHS, PHONE, Desk, assert_gone, papers
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("desk-browser")]

OpenDesk = Callable[..., Desk]


def a_case(desk: Desk, reference: str, folder: Path) -> None:
    """From signing in to documents read with everybody on the register."""
    desk.sign_in()
    desk.open_case(reference)
    desk.add_person("Amara Okonjo", "witness", phone=PHONE, email=EMAIL)
    desk.add_person("Dorian Blackwell", "suspect")
    desk.upload(papers(folder / "in"))
    desk.begin()
    desk.look("reading")
    desk.wait_for("to decide")
    desk.look("read")


def verify_offline(out: Path) -> dict[str, object]:
    command = [sys.executable, "-m", "backbeat", "verify", str(out), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def ledger_row(desk: Desk) -> dict[str, int]:
    """What the ledger holds of this preparation: rows, and human milliseconds by phase."""
    pk = int(re.findall(r"\d+", desk.preparation)[-1])
    return json.loads(
        desk.station.shell(
            "import json\n"
            "from django.conf import settings\n"
            "from backbeat.ledger import Ledger\n"
            "from backbeat.station.desk_redaction.models import Preparation\n"
            f"row = Preparation.objects.get(pk={pk}).ledger_row\n"
            "spent = Ledger.open(settings.INSTALLATION).saving(seq=row).savings[0].spent\n"
            "print(json.dumps({'records': spent.records, 'human': spent.human_ms, 'pages': spent.units,\n"
            "  'review': spent.review_ms}))"
        )
    )


def put_pointer(page: Page, words: str) -> tuple[float, float, float, float]:
    """Where on the screen the sketch should go so that it covers the line with `words` of the first page."""
    sheet = page.locator("svg.redaction-sheet").bounding_box()
    assert sheet
    scale = sheet["width"] / 595.28
    # The fourth line of the statement: its baseline is 760 - 3 x 22 points up the page.
    top = (841.89 - (760 - 66)) - 14
    return sheet["x"] + 55 * scale, sheet["y"] + top * scale, sheet["x"] + 400 * scale, sheet["y"] + (top + 22) * scale


def test_mouse_takes_a_case_from_upload_to_a_verified_bundle(open_desk: OpenDesk, tmp_path: Path) -> None:
    desk = open_desk()
    page = desk.page
    a_case(desk, "42/CR/9001/26", tmp_path)
    desk.add_neighbour()

    # Suggestions in bulk: first one group, then everything about one person, then the rest.
    desk.step("review")
    desk.look("review")
    first = page.locator("tr.redaction-group[data-state=open]").first
    first.get_by_role("button", name="Accept").first.click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text("Accepted the suggestion")

    # On the page: accept one, keep one with a reason, take the last decision back.
    desk.open_document("MG11 statement.pdf")
    expect(page.locator("svg.redaction-sheet image")).to_be_visible()
    desk.look("page with boxes")
    desk.item(EMAIL).get_by_role("button", name="Accept").click()
    expect(desk.item(EMAIL)).to_contain_text("Redact by PC 4512 Achebe")
    suspect = desk.item("Dorian Blackwell")
    suspect.locator("details.redaction-reason summary").click()
    suspect.get_by_label(re.compile("Reason for")).select_option("Needed to understand the evidence")
    suspect.get_by_role("button", name="Keep").click()
    expect(desk.item("Dorian Blackwell")).to_contain_text("Keep by PC 4512 Achebe: Needed to understand")
    desk.item("Amara Okonjo").get_by_role("button", name="Redact").click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text("Redacted 1 place")
    page.get_by_role("button", name="Undo my last decision").click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text("Undone: redacted 1 place")

    # A box drawn with the mouse over what no detector knows.
    left, top, right, bottom = put_pointer(page, HIDDEN)
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(right, bottom, steps=5)
    page.mouse.up()
    page.get_by_label("Reason, as the fill will say").fill("Sensitive place")
    page.get_by_role("button", name="Redact this").click()
    expect(desk.item("Box drawn by hand")).to_contain_text("Redact by PC 4512 Achebe")
    desk.look("page with a drawn box")

    # A passage of text, and words marked in it.
    desk.open_document("Notes.txt")
    desk.look("passage")

    desk.decide_by_group()
    desk.look("decided")
    desk.step("release")
    desk.look("before release")
    desk.release()
    desk.look("released")
    out = desk.download(tmp_path)
    report = verify_offline(out)
    assert report
    assert_gone(out, PHONE, EMAIL, NHS, NEIGHBOUR_PHONE, HIDDEN)

    row = ledger_row(desk)
    assert row["records"] == 1
    assert row["review"] > 0
    desk.go("/")
    expect(page.locator("main")).to_contain_text("Hours given back")
    expect(page.locator(".bb-figures")).to_contain_text("Low")
    logged = desk.station.logs()
    assert "desk_redaction:page 200" in logged
    names = ("Okonjo", "Blackwell", "Fenwick", "MG11", "CPS Direct")
    for personal in (PHONE, EMAIL, NHS, NEIGHBOUR_PHONE, HIDDEN, *names):
        assert personal not in logged
    assert desk.violations == []


def test_keyboard_alone_reviews_and_places_a_box(open_desk: OpenDesk, tmp_path: Path) -> None:
    desk = open_desk()
    page = desk.page
    a_case(desk, "42/CR/9002/26", tmp_path)
    desk.open_document("MG11 statement.pdf")
    press = page.keyboard.press

    def current() -> str:
        return page.locator(".redaction-item--current").inner_text()

    def after(key: str) -> None:
        with page.expect_navigation():
            press(key)

    # J and K go up and down the list and the page; the mark on the page goes with them.
    first = current()
    press("j")
    assert current() != first
    expect(page.locator("svg .redaction-box--current")).to_have_count(1)
    press("k")
    assert current() == first

    after("x")
    expect(page.locator(".govuk-notification-banner")).to_contain_text("Kept 1 place")
    after("u")
    expect(page.locator(".govuk-notification-banner")).to_contain_text("Undone: kept 1 place")
    after("r")
    expect(page.locator(".govuk-notification-banner")).to_contain_text("Redacted 1 place")
    press("j")
    after("a")
    expect(page.locator(".govuk-notification-banner")).to_contain_text("Accepted the suggestion for 1 place")

    # A box placed and sized with the arrow keys only.
    press("d")
    expect(page.locator("[data-nudge]")).to_be_focused()
    left, width = page.locator("#box-x").input_value(), page.locator("#box-width").input_value()
    press("ArrowLeft")
    press("Shift+ArrowRight")
    assert float(page.locator("#box-x").input_value()) == pytest.approx(float(left) - 2)
    assert float(page.locator("#box-width").input_value()) == pytest.approx(float(width) + 2)
    submit = page.get_by_role("button", name="Redact this")
    for _ in range(6):
        press("Tab")
        if submit.evaluate("button => button === document.activeElement"):
            break
    after("Enter")
    expect(desk.item("Box drawn by hand")).to_contain_text("Redact")

    # N and P turn the page; the next page's places are decided without leaving the keys.
    after("n")
    assert "/pages/2/" in page.url
    after("p")
    assert "/pages/1/" in page.url

    # The groups, too: A accepts the suggestion, R answers a question, until none is open.
    desk.step("review")
    for _ in range(60):
        row = page.locator("tr.redaction-item--current")
        if not page.locator("tr[data-state=open]").count():
            break
        if row.get_attribute("data-state") != "open":
            press("j")
            continue
        can_accept = row.locator("[data-key=a]").count() > 0
        after("a" if can_accept else "r")
    expect(page.locator("h1")).to_contain_text("are decided")
    assert desk.violations == []


def test_whole_way_works_without_javascript(open_desk: OpenDesk, tmp_path: Path) -> None:
    desk = open_desk(java_script_enabled=False)
    desk.look = lambda state: None  # axe is JavaScript
    page = desk.page
    a_case(desk, "42/CR/9003/26", tmp_path)
    desk.add_neighbour()

    desk.open_document("MG11 statement.pdf")
    desk.item(NHS if page.locator(".redaction-item", has_text=NHS).count() else PHONE).get_by_role(
        "button", name="Redact"
    ).click()
    page.locator("summary", has_text="Mark something by hand").click()
    for name, value in {"x": 55, "y": 134, "width": 345, "height": 22}.items():
        page.locator(f"#box-{name}").fill(str(value))
    page.get_by_role("button", name="Redact this").click()
    expect(desk.item("Box drawn by hand")).to_contain_text("Redact by")
    desk.open_document("Notes.txt")
    page.locator("summary", has_text="Mark something by hand").click()
    page.locator("#words").fill("did not answer")
    page.get_by_role("button", name="Redact this").click()
    expect(desk.item("did not answer")).to_contain_text("Redact by")

    desk.decide_by_group()
    desk.release()
    out = desk.download(tmp_path)
    verify_offline(out)
    assert_gone(out, PHONE, EMAIL, NHS, NEIGHBOUR_PHONE, HIDDEN, "did not answer")
