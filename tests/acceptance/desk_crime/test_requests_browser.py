"""Closing and cancelling crimes on record, in a real browser."""

from collections.abc import Callable

import pytest
from crime_browser import ORDINARY, Sitting
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("crime-browser")]

SitDown = Callable[..., Sitting]
INFORMATION = {
    "independent_decider": "yes", "victim_withdrew": "no", "avi_additional": "yes", "avi_verifiable": "yes",
    "avi_no_crime": "yes", "victim_told": "yes",
}  # fmt: skip


def record(sitting: Sitting, reference: str, offence: str) -> str:
    """A report of one offence, from the empty form to a decision; its address."""
    page = sitting.page
    sitting.go("/crime/new/")
    page.get_by_label("Reference").fill(reference)
    page.get_by_label("Force that took the report").fill("exampleshire")
    page.get_by_label("Search", exact=True).fill(offence)
    page.get_by_role("button", name="Search").click()
    page.locator("#found-1").check()
    page.get_by_label("Age of person 1").fill("34")
    page.get_by_role("button", name="Go on to the questions").click()
    sitting.answer_by_buttons(ORDINARY)
    page.get_by_role("button", name="Record this decision").click()
    expect(page.locator("h1")).to_contain_text("Decided")
    return page.url.removeprefix(sitting.station.url)


def test_rape_is_cancelled_by_the_registrar_and_no_answer_is_no_outcome_16(sit_down: SitDown) -> None:
    recorder = sit_down("recorder")
    page = recorder.page
    address = record(recorder, "INC/26/9301", "019/08 19C")
    page.get_by_role("link", name="Cancel a crime").click()
    recorder.look("cancel: which")
    page.get_by_role("button", name="Go on to the questions").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Nothing was picked")
    recorder.look("cancel: nothing picked")
    page.get_by_label("C2 Additional verifiable information").check()
    page.get_by_role("button", name="Go on to the questions").click()
    recorder.look("first question")
    assert recorder.answer_by_keys(INFORMATION) >= len(INFORMATION)
    expect(page.locator(".crime-panel")).to_contain_text("Allowed")
    expect(page.locator("main")).to_contain_text("on the College of Policing’s register to decide")
    expect(page.get_by_role("button", name="Grant it")).to_have_count(0)
    recorder.look("waits for the registrar")
    # Neither does a form that was sent by hand get past it.
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    sent = {"decision": "grant", "reason": "x", "registered": "yes", "revision": "6", "csrfmiddlewaretoken": token}
    refused = page.request.post(f"{page.url}decide/", form=sent, headers={"Referer": page.url})
    assert refused.status == 403

    registrar = sit_down("registrar")
    page = registrar.page
    registrar.go("/crime/registrar/")
    registrar.look("registrar's list")
    page.get_by_role("link", name="INC/26/9301, request 1").click()
    registrar.look("to be granted")
    page.get_by_role("button", name="Grant it as FCR Imre").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("The reason is missing")
    registrar.look("reason missing")
    page.get_by_label("Why? It stands at audit").fill("The recording of the evening shows that nothing took place.")
    page.get_by_role("checkbox", name="I stand on the College").check()
    page.get_by_role("button", name="Grant it as FCR Imre").click()
    expect(page.locator("aside")).to_contain_text("Granted by FCR Imre")
    registrar.look("granted, on the report")
    registrar.go(f"{address}requests/1/")
    expect(page.locator("main")).to_contain_text("rules p25")
    registrar.look("granted")

    page = recorder.page
    record(recorder, "INC/26/9302", "008/06 8N")
    page.get_by_role("link", name="Close a crime with an outcome").click()
    page.get_by_label("16 Victim not able to support").check()
    page.get_by_role("button", name="Go on to the questions").click()
    recorder.answer_by_keys({"victim_position": "no-answer", "victim_told": "yes"})
    expect(page.locator(".crime-panel")).to_contain_text("Not 16 for a victim who only does not answer")
    page.locator(".crime-panel .crime-source", has_text="outcomes p19").first.wait_for()
    recorder.look("refused by the rules")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for shown in (page.url, f"{recorder.station.url}/crime/requests/"):
            page.goto(shown)
            recorder.look(f"{shown} at {width}")
    assert recorder.violations == registrar.violations == []
