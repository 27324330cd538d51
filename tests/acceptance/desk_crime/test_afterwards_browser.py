"""What became of a crime, and a ruling that names several or another offence, in a real browser."""

from collections.abc import Callable

import pytest
from crime_browser import ORDINARY, Sitting
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("crime-browser")]

SitDown = Callable[..., Sitting]
CONFLICT = {**ORDINARY, "theft_from_person": "no", "theft_place": "shop"}
"""Assault with injury and theft from a shop: the tests of page 13 disagree, and no table ranks the theft."""


def record(sitting: Sitting, reference: str, *, offence: str = "", acts: tuple[str, ...] = ()) -> str:
    """A report from the empty form to the recorded decision; its address."""
    page = sitting.page
    sitting.go("/crime/new/")
    page.get_by_label("Reference").fill(reference)
    page.get_by_label("Force that took the report").fill("exampleshire")
    if offence:
        page.get_by_label("Search", exact=True).fill(offence)
        page.get_by_role("button", name="Search").click()
        page.locator("#found-1").check()
    for act in acts:
        page.locator(f"#act-{act}").check()
    page.get_by_label("Age of person 1").fill("34")
    page.get_by_role("button", name="Go on to the questions").click()
    sitting.answer_by_buttons(CONFLICT)
    page.get_by_role("button", name="Record this decision").click()
    expect(page.locator("h1")).to_contain_text("With the registrar" if acts else "Decided")
    return page.url.removeprefix(sitting.station.url)


def fits(sitting: Sitting, what: str) -> None:
    """Have the page looked at as it stands, wide and on a phone."""
    for width in (390, 1280):
        sitting.page.set_viewport_size({"width": width, "height": 900})
        sitting.look(f"{what} at {width}")


def test_a_cancelled_crime_is_shown_as_cancelled_and_stands_again_once_the_grant_is_taken_back(
    sit_down: SitDown,
) -> None:
    recorder = sit_down("recorder")
    page = recorder.page
    address = record(recorder, "INC/26/9201", offence="008/06 8N")
    page.get_by_role("link", name="Cancel a crime").click()
    page.get_by_label("C4 Recorded in error").check()
    page.get_by_role("button", name="Go on to the questions").click()
    recorder.answer_by_buttons({"independent_decider": "yes", "recorded_by_mistake": "yes"})
    expect(page.locator(".crime-panel")).to_contain_text("Allowed")

    boss = sit_down("supervisor")
    page = boss.page
    boss.go(f"{address}requests/1/")
    page.get_by_label("Why? It stands at audit").fill("Entered twice by mistake.")
    page.get_by_role("button", name="Grant it as PS 9 Ode").click()
    expect(page.locator(".crime-since")).to_contain_text("Cancelled C4")
    expect(page.locator(".crime-since")).to_contain_text("Granted by PS 9 Ode")
    expect(page.locator("main")).to_contain_text("1 crime recorded by CR 21 Doyle")
    expect(page.locator(".crime-now")).to_contain_text("none stand, 1 cancelled or transferred")
    fits(boss, "cancelled")

    page.locator(".crime-since").get_by_role("link", name="request 1").click()
    expect(page.locator("h1")).to_contain_text("Granted")
    page.get_by_role("button", name="Take it back as PS 9 Ode").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("The reason is missing")
    fits(boss, "to be taken back")
    page.get_by_label("Why? It stands at audit").fill("It was the other report.")
    page.get_by_role("button", name="Take it back as PS 9 Ode").click()
    expect(page.locator("aside")).to_contain_text("Granted, taken back")
    expect(page.locator(".crime-since")).to_have_count(0)
    boss.go(f"{address}requests/1/")
    expect(page.locator("main")).to_contain_text("It was the other report.")
    fits(boss, "taken back")
    assert recorder.violations == boss.violations == []


def test_the_registrar_names_both_candidates_and_elsewhere_an_offence_that_is_none_of_them(sit_down: SitDown) -> None:
    recorder = sit_down("recorder")
    both = record(recorder, "INC/26/9202", acts=("assault", "theft"))
    other = record(recorder, "INC/26/9203", acts=("assault", "theft"))

    registrar = sit_down("registrar")
    page = registrar.page
    registrar.go(f"{both}rule/")
    fits(registrar, "to be ruled")
    boxes = page.get_by_role("checkbox")
    assert boxes.count() == 2
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_label("Your rationale").fill("The theft was over before the blow; each is recorded.")
    page.get_by_role("button", name="Record this ruling as FCR Imre").click()
    expect(page.locator("h1")).to_contain_text("Decided")
    expect(page.locator("main")).to_contain_text("2 crimes recorded by FCR Imre")
    expect(page.locator(".govuk-tag", has_text="Ruled")).to_have_count(2)
    fits(registrar, "both ruled")

    registrar.go(f"{other}rule/")
    page.get_by_label("Your rationale").fill("The doctor found a broken jaw.")
    page.get_by_text("Another offence", exact=True).click()
    page.get_by_label("Search for it").fill("008/01 8N")
    page.get_by_role("button", name="Search").click()
    found = page.get_by_role("checkbox", name="8N 008/01").first
    found.check()
    expect(page.get_by_label("Your rationale")).to_have_value("The doctor found a broken jaw.")
    fits(registrar, "another offence found")
    page.get_by_role("button", name="Record this ruling as FCR Imre").click()
    expect(page.locator("h1")).to_contain_text("Decided")
    expect(page.locator(".crime-table")).to_contain_text("8N 008/01")
    expect(page.locator("main")).to_contain_text("none of the candidates")
    fits(registrar, "another offence ruled")
    assert recorder.violations == registrar.violations == []
