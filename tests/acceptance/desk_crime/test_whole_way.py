"""From an empty form to a recorded decision and a registrar's ruling, in a real browser."""

import re
from collections.abc import Callable

import pytest
from crime_browser import ORDINARY, Sitting
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("crime-browser")]

SitDown = Callable[..., Sitting]

STALKED = {
    **ORDINARY,
    "course_of_conduct": "yes",
    "former_partner": "yes",
    "strangled": "yes",
    "allegation:a1|racially_or_religiously_aggravated": "yes",
    "allegation:a2|racially_or_religiously_aggravated": "no",
    "allegation:a3|racially_or_religiously_aggravated": "no",
}
"""Stalked by a former partner with racial aggravation, strangled once, and the door damaged."""


def tab_to(sitting: Sitting, words: str) -> None:
    """Press Tab until what has the focus says `words`, and see that the focus is visible."""
    for _ in range(120):
        sitting.page.keyboard.press("Tab")
        focused = sitting.page.evaluate(
            "() => { const e = document.activeElement, l = e.labels || []; if (e === document.body) return '';"
            " return [e.innerText, e.getAttribute('aria-label'), l[0] && l[0].innerText, e.name].join(' ') }"
        )
        if words in focused:
            seen = sitting.page.evaluate(
                "() => { const e = document.activeElement, s = getComputedStyle(e);"
                " const b = e.nextElementSibling && getComputedStyle(e.nextElementSibling, '::before');"
                " return s.outlineStyle + s.boxShadow + (b ? b.boxShadow : '') }"
            )
            assert seen not in ("nonenone", "nonenonenone"), f"focus on {words} is not visible"
            return
    raise AssertionError(f"the keyboard does not reach {words!r}")


def test_three_offences_from_an_empty_form_to_the_registrars_ruling(sit_down: SitDown) -> None:
    recorder = sit_down("recorder")
    page = recorder.page
    recorder.go("/crime/new/")
    recorder.look("new")
    page.get_by_label("Reference").fill("INC/26/9001")
    page.get_by_label("Force that took the report").fill("exampleshire")
    page.get_by_label("type to shorten it").fill("stalking")
    expect(page.locator("#act-damage")).to_be_hidden()
    page.locator("#act-conduct").check()
    page.get_by_label("type to shorten it").fill("")
    for act in ("assault", "damage"):
        page.locator(f"#act-{act}").check()
    page.get_by_label("Age of person 1").fill("34")
    page.get_by_label("Sex of person 1").select_option("female")
    page.get_by_label("Age of person 2").fill("37")
    page.get_by_role("button", name="Go on to the questions").click()
    expect(page.locator(".crime-panel")).to_contain_text("Nothing can be said yet")
    recorder.look("first question")
    acts = [item.inner_text() for item in page.locator(".crime-happenings li").all()]
    assert [re.search(r"\((a\d)\)", act)[1] for act in acts] == ["a1", "a2", "a3"]
    # a1 to a3 stand in the order of the list of acts, whatever the order of ticking.
    order = {re.search(r"\((a\d)\)", act)[1]: act.split(" (")[0] for act in acts}
    stalking = next(label for label, title in order.items() if title.startswith("Stalking"))
    answers = {key: value for key, value in STALKED.items() if "|" not in key}
    answers |= {f"allegation:{label}|racially_or_religiously_aggravated": "no" for label in order}
    answers[f"allegation:{stalking}|racially_or_religiously_aggravated"] = "yes"
    recorder.answer_by_buttons(answers)
    recorder.look("ready")
    panel = page.locator(".crime-panel")
    for words in ("The registrar decides", "8M 008/56", "8N 008/77", "rules p57", "rules p14"):
        expect(panel).to_contain_text(words)
    page.get_by_role("button", name="Record this decision as CR 21 Doyle").click()
    expect(page.locator("h1")).to_contain_text("With the registrar")
    recorder.look("referred")
    # Who recorded it may not rule on it.
    assert page.request.get(page.url + "rule/").status == 403

    registrar = sit_down("registrar")
    page = registrar.page
    registrar.go("/")
    expect(page.locator("main")).to_contain_text("INC/26/9001")
    registrar.go("/crime/registrar/")
    registrar.look("registrar's queue")
    page.get_by_role("link", name="INC/26/9001").click()
    registrar.look("referral")
    page.get_by_role("button", name="Record this ruling as FCR Imre").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("No candidate was chosen")
    registrar.look("referral with an error")
    page.get_by_role("checkbox", name="8N 008/77").check()
    page.get_by_label("Your rationale").fill("The attack on her life outweighs the course of conduct here.")
    page.get_by_role("button", name="Record this ruling as FCR Imre").click()
    expect(page.locator("h1")).to_contain_text("Decided")
    expect(page.locator(".crime-table")).to_contain_text("8N 008/77")
    expect(page.locator("main")).to_contain_text("by ruling of the registrar")
    expect(page.locator("main")).to_contain_text("outweighs the course of conduct")
    registrar.look("ruled")
    page.get_by_role("link", name="Version 1").click()
    expect(page.locator("main")).to_contain_text("no longer stands")
    page.locator(".crime-lines .crime-source", has_text="rules p57").first.click()
    expect(page.locator("h1")).to_have_text("Page 57")
    registrar.look("page of the rules")
    assert recorder.violations == registrar.violations == []


def test_assault_damage_and_theft_are_recorded_by_keyboard_alone(sit_down: SitDown) -> None:
    sitting = sit_down("recorder")
    page, keys = sitting.page, sitting.page.keyboard
    sitting.go("/")
    tab_to(sitting, "Crime")
    keys.press("Enter")
    page.wait_for_url("**/crime/")
    tab_to(sitting, "Enter a report")
    keys.press("Enter")
    page.wait_for_url("**/crime/new/")
    tab_to(sitting, "Reference")
    keys.type("INC/26/9002")
    tab_to(sitting, "Force that took the report")
    keys.press("Control+A")
    keys.type("exampleshire")
    tab_to(sitting, "type to shorten it")
    for words, title in (("prop dam", "Property damaged"), ("hit", "Assault"), ("not listed", "Theft of anything")):
        page.locator("#act-filter").focus()
        keys.press("Control+A")
        keys.type(words)
        keys.press("Enter")  # to the first that fits, or Tab on
        while title not in page.evaluate("document.activeElement.labels[0].innerText"):
            keys.press("Tab")
        keys.press("Space")
    tab_to(sitting, "Age of person 1")
    keys.type("30")
    tab_to(sitting, "Go on to the questions")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/form/$"))

    # A wrong key is undone by another.
    first = sitting.current
    keys.press("u")
    sitting.wait_for_another(first)
    expect(page.locator("main")).to_contain_text("Asked, and not known")
    keys.press("z")
    page.wait_for_function(
        "name => document.querySelector(\"[data-question] [name^='answer-']\").name === name", arg=f"answer-{first}"
    )

    pressed = sitting.answer_by_keys()
    assert pressed <= 45, f"{pressed} keys for three happenings"
    expect(page.locator(".crime-panel")).to_contain_text("8N 008/06")
    expect(page.locator(".crime-panel")).to_contain_text("Inside another record")
    sitting.look("ready")
    keys.press("r")
    expect(page.locator("h1")).to_contain_text("Decided")
    expect(page.locator("main")).to_contain_text("1 crime recorded by CR 21 Doyle")
    expect(page.locator("main")).to_contain_text("would have made 3 instead of 1")
    sitting.look("decided")
    assert sitting.violations == []


def test_the_whole_way_works_without_javascript(sit_down: SitDown) -> None:
    sitting = sit_down("recorder", java_script_enabled=False)
    page = sitting.page
    sitting.go("/crime/new/")
    page.get_by_label("Reference").fill("INC/26/9003")
    page.get_by_label("Force that took the report").fill("exampleshire")
    page.locator("#act-assault").check()
    page.get_by_label("Search", exact=True).fill("149/00")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_label("Reference")).to_have_value("INC/26/9003")  # nothing typed is lost
    expect(page.locator("#act-assault")).to_be_checked()
    page.get_by_role("button", name="Go on to the questions").click()
    page.get_by_role("button", name="Not known").click()
    expect(page.locator("main")).to_contain_text("Asked, and not known")
    page.get_by_role("button", name="Undo the last answer").click()
    page.get_by_role("link", name="All questions at once").click()
    expect(page.get_by_role("button", name="Keep these answers")).to_be_visible()
    page.get_by_role("link", name="One at a time").click()
    sitting.answer_by_buttons()
    page.get_by_role("button", name="Record this decision").click()
    expect(page.locator("main")).to_contain_text("1 crime recorded")
    expect(page.locator("main")).to_contain_text("8N 008/06")


def test_pages_fit_a_phone_and_two_hundred_per_cent(sit_down: SitDown) -> None:
    sitting = sit_down("recorder")
    page = sitting.page
    sitting.go("/crime/new/")
    page.get_by_label("Reference").fill("INC/26/9004")
    page.get_by_label("Force that took the report").fill("exampleshire")
    page.locator("#act-assault").check()
    page.get_by_role("button", name="Go on to the questions").click()
    page.wait_for_url(re.compile(r"/form/$"))
    report = page.url.removeprefix(sitting.station.url).removesuffix("form/")
    addresses = [
        "/crime/", "/crime/new/", "/crime/import/", "/crime/export/", report, f"{report}form/", f"{report}details/",
        f"{report}form/?questions=all",
    ]  # fmt: skip
    # 1280 at 200 % is 640; 320 is the narrowest that WCAG 1.4.10 asks for.
    for width in (1280, 640, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for address in addresses:
            sitting.go(address)
            sitting.look(f"{address.replace(report, 'report/')} at {width}")
    sitting.go(f"{report}form/?questions=one")
    assert sitting.violations == []


def test_an_auditor_page_and_faults_of_a_file_are_accessible(sit_down: SitDown) -> None:
    sitting = sit_down("recorder")
    page = sitting.page
    sitting.go("/crime/import/")
    page.locator("#file").set_input_files(
        [{"name": "bad.csv", "mimeType": "text/csv", "buffer": b"reference,act\nR1,x\n"}]
    )
    page.get_by_role("button", name="Import").click()
    expect(page.locator("main")).to_contain_text("is missing from the heading")
    sitting.look("import with faults")
    registrar = sit_down("registrar")
    page = registrar.page
    registrar.go("/crime/audit/")
    page.get_by_label("Title").fill("A week")
    page.get_by_role("button", name="Draw the sample").click()
    expect(page.locator("main")).to_contain_text("Nothing is checked yet")
    registrar.look("sample")
    page.get_by_role("link", name="Item 1", exact=True).click()
    registrar.look("blind item")
    page.get_by_label("What should be recorded?").fill("8N 008/06 x 9")
    page.get_by_label(re.compile("^Note")).fill("Too few, p42")
    page.get_by_role("button", name="Keep this finding").click()
    registrar.go("/crime/audit/")
    page.get_by_role("link", name="A week").click()
    expect(page.locator("main")).to_contain_text("(Wilson)")
    registrar.look("sample with a finding")
    assert sitting.violations == registrar.violations == []
