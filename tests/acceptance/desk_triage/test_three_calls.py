"""Three calls by keyboard alone: one that police go to, one handed over and closed, one repeat caller escalated."""

import ast
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from triage_browser import SAFE_WALK_OUT, Desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("triage-browser")]

SitDown = Callable[..., Desk]


def handled_ms(desk: Desk) -> list[int]:
    """Handling times of closed calls in the ledger, ms."""
    said = desk.station.shell(
        "import json\n"
        "from django.conf import settings\n"
        "from backbeat.ledger import Ledger\n"
        "from backbeat.station.desk_triage.models import Call\n"
        "ledger = Ledger.open(settings.INSTALLATION)\n"
        "rows = Call.objects.exclude(ledger_row=None).order_by('closed_at').values_list('ledger_row', flat=True)\n"
        "print([json.loads(ledger.entry(row)) for row in rows])"
    )
    rows = [row["entry"] for row in ast.literal_eval(said.splitlines()[-1])]
    assert all((row["desk"], row["kind"], row["measured"]) == ("triage", "call", "instrumented") for row in rows)
    return [row["active_ms"] for row in rows]


def test_a_threat_that_is_live_is_sent_to_and_closed(sit_down: SitDown) -> None:
    desk = sit_down("handler")
    page, keys = desk.page, desk.page.keyboard
    before = len(handled_ms(desk))
    desk.new_call()
    desk.look("first question")
    assert desk.stands == "supervisor"  # what it is if nothing more can be learnt
    desk.press("1")  # a crime is happening now
    expect(page.locator(".triage-floor")).to_contain_text("Police go, whatever else is answered")
    desk.look("floor")
    desk.answer_by_keys({**SAFE_WALK_OUT, "risk": "1", "police_need": "1", "medical": "2"})
    assert desk.stands == "police-deploy"
    desk.look("send police")
    keys.press("n")
    keys.type("Man in the garden with a machete.")
    expect(page.locator("form[action$='keep/notes/'] [data-said]")).to_contain_text("Kept")
    keys.press("Escape")
    desk.press("d")
    expect(page.locator(".triage-say")).to_contain_text("Police officers are being sent now")
    for key in ("s", "g"):
        desk.press(key)
    while page.locator("[data-press=k]").count():
        desk.press("k")
    desk.press("y")
    desk.press("c")
    expect(page.locator(".triage-closed")).to_contain_text("Closed")
    desk.look("closed")
    assert desk.violations == []
    assert len(handled_ms(desk)) == before + 1
    assert handled_ms(desk)[-1] > 0
    page.get_by_text("Everything that happened on this call").click()
    expect(page.locator(".triage-log")).to_contain_text("Man in the garden with a machete.")


def test_a_walk_out_is_handed_to_a_named_person_and_closed_only_then(sit_down: SitDown) -> None:
    desk = sit_down("handler")
    page = desk.page
    before = len(handled_ms(desk))
    desk.new_call()
    desk.write_about(person="Dorothy Pell", place="7 Quarry Row", number="07700 900411")
    asked = desk.answer_by_keys()
    assert 3 <= asked <= 8
    assert desk.stands == "partner-leads"
    expect(page.locator("[data-outcome]")).to_contain_text("The hospital leads")
    desk.look("handover")
    expect(page.get_by_role("button", name="Close the call")).to_have_count(0)  # nobody owns it yet
    desk.press("o")
    expect(page.locator(".triage-owed")).to_contain_text("waiting for a named person")
    desk.type_into("o", "Nobody", "nurse")
    expect(page.locator(".govuk-error-summary")).to_contain_text("must name a person")
    desk.look("no name")
    desk.type_into("o", "Rosa Adair", "nurse in charge")
    expect(page.locator(".triage-owed")).to_contain_text("Rosa Adair, nurse in charge, at hospital accepted it")
    expect(page.locator(".triage-say")).to_contain_text("The police will not be coming.")
    for key in ("s", "v"):
        desk.press(key)
    expect(page.get_by_role("button", name="Close the call")).to_have_count(0)  # the rationale is owed
    expect(page.locator("#rationale")).to_have_value(re.compile("Accepted by Rosa Adair"))
    desk.press("y")
    desk.press("c")
    expect(page.locator(".triage-closed")).to_contain_text("Closed")
    assert desk.violations == []
    assert len(handled_ms(desk)) == before + 1


def test_a_third_call_on_a_matter_shows_its_history_first_and_goes_to_the_supervisor(sit_down: SitDown) -> None:
    desk = sit_down("handler")
    page = desk.page
    for contact in (1, 2):
        desk.new_call()
        desk.write_about(person="Callum Frith", place="Saddler Court", number="07700 900118")
        if contact == 2:
            expect(page.locator("#related")).to_contain_text("Same person")
            desk.press("m")
            expect(page.locator(".triage-history")).to_contain_text("Second call on this matter")
        desk.press("4")
    desk.new_call()
    desk.write_about(number="+44 7700 900118")
    expect(page.locator("#related")).to_contain_text("Same number")
    desk.press("m")
    expect(page.locator(".triage-history")).to_contain_text("Third call on this matter")
    expect(page.locator("#call-work > *:not(.govuk-visually-hidden)").first).to_have_class(re.compile("triage-history"))
    desk.look("returning call")
    desk.answer_by_keys({**SAFE_WALK_OUT, "risk": "u"})
    assert desk.stands == "supervisor"
    expect(page.locator(".triage-owed")).to_contain_text("A supervisor decides")
    desk.look("escalated")
    reference = page.locator("h1").inner_text().removeprefix("Call ")
    assert desk.violations == []
    control = sit_down("control")
    control.go("/")
    row = control.page.locator("main tr, main li", has_text=reference)
    expect(row.first).to_contain_text("Call for the supervisor")
