"""Flags by keyboard and without JavaScript, a late recording, and proposals from the words, in a real browser."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from crime_browser import Sitting
from playwright.sync_api import Page, expect

SitDown = Callable[..., Sitting]
WIDTHS = (1280, 390)
WORDS = "He punched her outside the station. She had been drinking. Her purse was stolen."


def enter(sitting: Sitting, reference: str, *, hours: int = 0, acts: tuple[str, ...] = ("assault", "theft")) -> None:
    page = sitting.page
    sitting.go("/crime/new/")
    page.get_by_label("Reference").fill(reference)
    page.get_by_label("Force that took the report").fill("exampleshire")
    if hours:
        came = datetime.now() - timedelta(hours=hours)
        page.get_by_label("When did the report come in?").fill(came.strftime("%Y-%m-%dT%H:%M"))
    for act in acts:
        page.locator(f"#act-{act}").check()
    page.get_by_label("Age of person 1").fill("34")
    page.get_by_label("Age of person 2").fill("37")
    page.get_by_role("button", name="Go on to the questions").click()
    page.wait_for_url(re.compile(r"/form/$"))


def look_at_both(sitting: Sitting, state: str) -> None:
    for width in WIDTHS:
        sitting.page.set_viewport_size({"width": width, "height": 900})
        sitting.look(f"{state} at {width}")
    sitting.page.set_viewport_size({"width": 1280, "height": 900})


def keep(page: Page) -> None:
    page.get_by_role("button", name="Keep these answers about flags").click()
    expect(page.locator(".crime-said")).to_contain_text("about flags")


def test_flags_are_answered_by_keyboard_and_a_late_recording_is_overseen(sit_down: SitDown) -> None:
    recorder = sit_down("recorder")
    page, keys = recorder.page, recorder.page.keyboard
    enter(recorder, "INC/26/9101", hours=30)
    recorder.answer_by_buttons()
    flags = page.locator("#flags")
    expect(flags).to_contain_text("Flags: does any of these apply?")
    look_at_both(recorder, "flags")
    page.locator("[data-flag] input").first.focus()
    for key in ("y", "n", "u"):
        keys.press(key)
    page.get_by_label("Why is it recorded late?").fill("The call was found in the morning.")
    # What is picked and not kept is not lost by recording.
    page.get_by_role("button", name="Record this decision as").click()
    expect(page.locator("[data-flags-unkept]")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/form/$"))
    keep(page)
    expect(flags).to_contain_text("Hate crime: disability")
    page.get_by_role("button", name="Undo the last answer").click()
    expect(page.locator(".crime-said")).to_contain_text("Undone: Flags: 3 answers")
    page.locator("[data-flag] input").first.focus()
    keys.press("y")
    keep(page)
    page.get_by_label("Why is it recorded late?").fill("The call was found in the morning.")
    page.get_by_role("button", name="Record this decision as").click()
    main = page.locator("main")
    expect(main).to_contain_text("Flags not answered: Hate crime: transgender")
    expect(main).to_contain_text("Waits for the registrar’s oversight")
    expect(main).to_contain_text("by the end of")
    look_at_both(recorder, "answer")

    registrar = sit_down("registrar")
    page = registrar.page
    registrar.go("/crime/registrar/")
    look_at_both(registrar, "late recordings")
    page.get_by_role("link", name="INC/26/9101").click()
    page.get_by_role("button", name="I have overseen this late recording").click()
    expect(page.get_by_role("heading", name="For the registrar")).to_be_visible()
    expect(page.get_by_role("link", name="INC/26/9101")).to_have_count(0)
    assert recorder.violations == registrar.violations == []


@pytest.mark.parametrize("script", [True, False], ids=["javascript", "none"])
def test_proposals_from_the_words_are_accepted_one_by_one(sit_down: SitDown, script: bool) -> None:
    sitting = sit_down("recorder", java_script_enabled=script)
    page = sitting.page
    enter(sitting, f"INC/26/911{script:d}", acts=("assault",))
    page.get_by_text("What was told, in words", exact=True).click()
    page.locator("#narrative").fill(WORDS)
    page.get_by_role("button", name="Read it for proposals").click()
    expect(page.locator("mark", has_text="been drinking").first).to_be_visible()
    if script:
        look_at_both(sitting, "proposals")
    page.get_by_role("button", name=re.compile(r"^Accept: .*effects of alcohol.* Yes$")).click()
    expect(page.locator("main")).to_contain_text("answered Yes")
    expect(page.locator("#narrative")).to_have_value(WORDS)
    page.get_by_role("link", name="Go on to the questions").click()
    page.get_by_text(re.compile("^Answers so far")).click()
    expect(page.locator(".crime-rest")).to_contain_text("effects of alcohol")
    expect(page.locator("#narrative")).to_have_value("")
    assert sitting.violations == []


def test_flags_work_without_javascript(sit_down: SitDown) -> None:
    sitting = sit_down("recorder", java_script_enabled=False)
    page = sitting.page
    enter(sitting, "INC/26/9121", acts=("assault",))
    sitting.answer_by_buttons()
    page.get_by_role("group", name=re.compile("^Alcohol related")).get_by_label("Yes").check()
    page.get_by_role("button", name="Keep these answers about flags").click()
    expect(page.locator("#flags")).to_contain_text("Set already")
    page.get_by_role("button", name="Record this decision as").click()
    expect(page.locator("main")).to_contain_text("Flags to set")
    expect(page.locator("main")).to_contain_text("Alcohol related")
