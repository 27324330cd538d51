"""Pages in the states a good day never shows, looked at with axe: withheld, given up, refused, narrow."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from desk_browser import Desk, papers
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("desk-browser")]

SET = """
from backbeat.station.desk_redaction.models import Preparation
Preparation.objects.filter(pk={pk}).update(**{values})
"""


def put(desk: Desk, **values: object) -> None:
    """Make the preparation be in a state."""
    pk = int(re.findall(r"\d+", desk.preparation)[-1])
    desk.station.shell(SET.format(pk=pk, values=json.dumps(values)))


def test_pages_of_bad_days_are_accessible_too(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = open_desk()
    page = desk.page
    desk.sign_in()
    desk.open_case("42/CR/9004/26")
    desk.upload(papers(tmp_path / "in"))
    desk.begin()
    desk.wait_for("to decide")
    for width, height in ((1366, 900), (683, 450), (320, 800)):
        page.set_viewport_size({"width": width, "height": height})
        for name in ("", "people/", "review/", "release/"):
            desk.go(f"{desk.preparation}{name}")
            desk.look(f"{name or 'overview'} at {width}")
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, f"{name} runs {over} px over at {width}"
        desk.open_document("MG11 statement.pdf")
        desk.look(f"page at {width}")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size({"width": 1366, "height": 900})

    finding = {"check": "text.reader", "message": "The value of a decision can still be read.", "page": 1}
    document = {"pages": 1, "counts": {}, "kept": {}, "findings": [finding], "notices": []}
    put(desk, state="withheld", outcome={"documents": [document], "withheld_before": 1})
    for name in ("", "release/", "review/"):
        desk.go(f"{desk.preparation}{name}")
        desk.look(f"withheld {name}")
    desk.step("release")
    expect(page.locator("main")).to_contain_text("no file left the station")

    put(desk, state="reading", scan=7)
    desk.go(desk.preparation)
    expect(page.locator("main")).to_contain_text("needs a person")
    desk.look("given up")
    page.get_by_role("button", name="Try again").click()
    desk.wait_for("to decide")
    assert desk.violations == []
