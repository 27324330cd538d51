"""A supervisor decides, a partner accepts, a policy is refused, then accepted: in a browser, also without a script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from station_server import Station
from triage_browser import Desk
from triage_policy_files import changed_workbook

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("triage-browser")]

SitDown = Callable[..., Desk]
PEOPLE = """
from backbeat.station.desk_triage.models import PartnerAccount
from backbeat.station.accounts.models import User
PartnerAccount.objects.get_or_create(user=User.objects.get(username='nurse'), defaults={'agency': 'hospital'})
"""
CALL = """
import secrets
from backbeat.rulebook import Answer
from backbeat.station.accounts.models import User
from backbeat.station.desk_triage import calls
from backbeat.triage.calls import happenings as h
handler = User.objects.get(username='handler')
call = calls.open_call(handler, h.Opened(person={person!r}, place='Heron Ward', number='07700 900123'),
    key=secrets.token_hex(8))
facts = {facts!r}
calls.record(handler, call, *[h.FactStated(name, Answer(value) if value in ('yes', 'no', 'unknown') else value)
    for name, value in facts.items()], key=secrets.token_hex(8))
{more}
print(call.pk, call.reference)
"""
SAFE = {
    "crime": "no", "crime_live": "no", "risk_life_now": "no", "serious_harm_now": "no", "attendance_promised": "no",
    "risk_created": "no", "officers_on_scene": "no", "s136_custody": "no", "strand": "walk-out",
    "location_known": "yes", "capacity": "yes", "partner_available": "yes", "contact_number": 1,
}  # fmt: skip
UNSURE = {"crime": "no", "crime_live": "no", "risk_life_now": "unknown", "serious_harm_now": "unknown"}
OFFER = "calls.record(handler, call, h.Offered('hospital'), key=secrets.token_hex(8))"


@pytest.fixture(scope="module")
def staffed(triage_station: Station) -> Station:
    """With a partner at the hospital and somebody who keeps the policy."""
    triage_station.add_users(
        [("nurse", ["partner"], "", "Nurse Adair"), ("keeper", ["triage-policy-owner"], "", "Policy lead Vane")]
    )
    triage_station.shell(PEOPLE)
    return triage_station


def make_call(station: Station, facts: dict, person: str = "Iris Holloway", more: str = "") -> tuple[str, str]:
    """Id and reference."""
    said = station.shell(CALL.format(person=person, facts=facts, more=more)).splitlines()[-1]
    pk, reference = said.split()
    return pk, reference


@pytest.mark.parametrize("scripted", [True, False])
def test_a_supervisor_decides_an_escalated_call(sit_down: SitDown, staffed: Station, scripted: bool) -> None:
    _pk, reference = make_call(staffed, UNSURE)
    desk = sit_down("control", java_script_enabled=scripted)
    page = desk.page
    page.get_by_role("link", name="Calls", exact=True).click()
    expect(page.get_by_role("heading", name="Open calls")).to_be_visible()
    if scripted:
        desk.look("board")
    page.get_by_role("link", name="For the supervisor").click()
    expect(page.get_by_role("heading", name="Calls that wait for a supervisor")).to_be_visible()
    page.get_by_role("link", name=reference).click()
    expect(page.get_by_role("heading", name=f"Call {reference}")).to_be_visible()
    if scripted:
        desk.look("supervisor's page")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("alert")).to_contain_text("Say who owns the call")
    page.get_by_label("Send police", exact=False).first.check()
    page.get_by_label("Why").first.fill("Nobody has seen her since Friday.")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "police-deploy")
    expect(page.locator(".triage-outcome__when")).to_contain_text("Decided by the supervisor")
    if scripted:
        desk.look("decided")
    assert desk.violations == []


def test_the_board_tells_of_a_change_and_leaves_what_is_read_where_it_is(sit_down: SitDown, staffed: Station) -> None:
    make_call(staffed, SAFE)
    desk = sit_down("control")
    page = desk.page
    desk.go("/triage/board/")
    first = page.locator(".triage-board tbody tr").first
    before = first.inner_text()
    page.locator(".triage-board a").first.focus()  # somebody is reading
    make_call(staffed, UNSURE, person="Callum Frith")
    expect(page.locator(".triage-fresh")).to_contain_text("changed since", timeout=25_000)
    assert first.inner_text() == before
    page.locator("[data-show]").click()
    expect(page.locator(".triage-board")).to_contain_text("Callum Frith")
    expect(page.locator(".triage-fresh")).to_contain_text("As of")


def test_a_partner_accepts_and_the_control_room_sees_who(sit_down: SitDown, staffed: Station) -> None:
    pk, reference = make_call(staffed, SAFE, more=OFFER)
    desk = sit_down("nurse")
    page = desk.page
    desk.go("/triage/")
    expect(page.get_by_role("heading", name="Calls offered to the hospital")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Iris Holloway")
    desk.look("inbox")
    page.get_by_role("link", name=reference).click()
    expect(page.locator("main")).to_contain_text("Iris Holloway")
    desk.look("offer")
    page.get_by_label("Your name").fill("R. Adair")
    page.get_by_role("button", name="Accept the call").click()
    expect(page.get_by_role("alert")).to_contain_text("not kept")
    page.get_by_label("Your position").fill("nurse in charge")
    page.get_by_label("In how many minutes").fill("20")
    page.get_by_role("button", name="Accept the call").click()
    expect(page.locator(".triage-closed")).to_contain_text("Accepted by R. Adair, nurse in charge")
    desk.look("accepted")
    assert desk.violations == []
    boss = sit_down("control")
    boss.go(f"/triage/board/{pk}/")
    expect(boss.page.locator("main")).to_contain_text("accepted by R. Adair, nurse in charge")


def test_a_link_answers_in_a_browser_nobody_is_signed_in_at(sit_down: SitDown, staffed: Station, browser) -> None:
    pk, _reference = make_call(staffed, SAFE, more=OFFER)
    link = staffed.shell(
        "from backbeat.station.desk_triage import outbox\n"
        "from backbeat.station.desk_triage.outbox_routes import Routes\n"
        "from backbeat.station.desk_triage.models import OfferMessage\n"
        "from django.utils import timezone\n"
        "from pathlib import Path\n"
        "routes = Routes(Path('/nowhere'))\n"
        "outbox.write_messages(routes, timezone.now())\n"
        f"print(outbox.link_of(OfferMessage.objects.get(handover__call='{pk}'), routes))"
    ).splitlines()[-1]
    window = browser.new_context()
    page = window.new_page()
    page.goto(staffed.url + link)
    page.get_by_label("Your name").fill("R. Adair")
    page.get_by_label("Your position").fill("nurse in charge")
    page.get_by_role("button", name="Accept the call").click()
    expect(page.get_by_role("heading")).to_contain_text("The call is yours")
    page.goto(staffed.url + link)
    expect(page.get_by_role("heading")).to_contain_text("does not answer any more")
    window.close()


def test_a_policy_is_refused_with_its_example_and_then_accepted(sit_down: SitDown, staffed: Station) -> None:
    desk = sit_down("keeper")
    page = desk.page
    desk.go("/triage/policy/")
    desk.look("policy")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Workbook").click()
    content = saved.value.path().read_bytes()

    def upload(*change: str) -> None:
        made = changed_workbook(content, *change)
        page.get_by_label(re.compile("changed workbook")).set_input_files(
            {"name": "policy.xlsx", "mimeType": "application/octet-stream", "buffer": made}
        )
        page.get_by_role("button", name="Upload and try").click()

    upload("strand_walk-out", "missing", "capacity", "no")
    expect(page.get_by_role("alert")).to_contain_text("capacity=unknown, location_known=no")
    desk.look("refused")
    upload("timers", "review-soon", "minutes", "45")
    expect(page.locator(".triage-diff")).to_contain_text("minutes: 60 → 45")
    desk.look("draft")
    page.get_by_label("First day in force").fill("2099-01-01")
    page.get_by_label("Why the policy changes").fill("Mental-health nurses ask for an earlier look.")
    page.get_by_role("button", name="Sign and put in force").click()
    expect(page.get_by_role("heading", name="+own-2099-01-01")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Policy lead Vane: Mental-health nurses")
    desk.look("in force")
    assert desk.violations == []


@pytest.mark.parametrize("path", ["/triage/board/", "/triage/board/waiting/", "/triage/samples/", "/triage/figures/"])
def test_pages_hold_at_two_hundred_per_cent_and_axe_finds_nothing(
    sit_down: SitDown, staffed: Station, path: str
) -> None:
    make_call(staffed, UNSURE)
    desk = sit_down("control", viewport={"width": 640, "height": 450})
    desk.go(path)
    expect(desk.page.locator("h1")).to_be_visible()
    desk.look(path)
    assert desk.violations == []


def test_a_sample_is_drawn_and_checked(sit_down: SitDown, staffed: Station) -> None:
    make_call(staffed, SAFE)
    staffed.add_users([("checker", ["auditor"], "", "Auditor Prior")])
    desk = sit_down("checker")
    page = desk.page
    desk.go("/triage/samples/")
    page.get_by_label("Title").fill("Week 47")
    page.get_by_label("How many").fill("1")
    page.get_by_role("button", name="Draw the sample").click()
    page.get_by_role("link", name="Item 1").click()
    expect(page.get_by_role("heading", name="What you find")).to_be_visible()
    desk.look("item")
    page.get_by_label("Cannot tell from the record").check()
    page.get_by_label("Why", exact=True).fill("There is no note of what the ward said.")
    page.get_by_role("button", name="Keep, and go on").click()
    expect(page.locator("main")).to_contain_text("If police should have gone to all of these")
    desk.look("sample")
    assert desk.violations == []
