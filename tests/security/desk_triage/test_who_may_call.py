"""Every address of the call handler's pages × every role, what the access log gains, and what is shown to whom."""

import pytest
from django.urls import reverse
from station_django import Client, entries_since, fresh, last_entry, make_user, signed_in

from backbeat.ledger import Operation
from backbeat.station.accounts.permissions import Refused
from backbeat.station.accounts.roles import ROLES
from backbeat.station.desk_triage import calls
from backbeat.station.desk_triage.access import find_offered_call, visible_calls
from backbeat.station.desk_triage.call_urls import urlpatterns
from backbeat.station.desk_triage.models import PartnerAccount
from backbeat.triage.calls.errors import StepRefused
from backbeat.triage.calls.happenings import Accepted, Closed, Noted, Offered, Opened, SupervisorDecided
from backbeat.triage.model import Outcome

PAGES = {
    "start": "triage.enter",
    "calls": "triage.handle",
    "new": "triage.handle",
    "call": "triage.view",
    "related": "triage.handle",
    "keep": "triage.handle",
    "step": "triage.handle",
}
POSTED = {"new", "related", "keep", "step"}
SECRET = "Zelda Quark"


def open_one(**about: str):
    handler = make_user("call-handler")
    about = {"person": SECRET, "number": "07700 900555"} | about
    return handler, calls.open_call(handler, Opened(**about), key=fresh("key"))


def partner_of(agency: str):
    user = make_user("partner")
    PartnerAccount.objects.create(user=user, agency=agency)
    return user


def test_the_table_names_every_address_of_the_call_handlers_pages():
    assert {str(pattern.name) for pattern in urlpatterns} == set(PAGES)


@pytest.fixture(scope="module")
def call():
    return open_one()[1]


def ask(client: Client, name: str, call):
    more = {"keep": ["notes"], "step": ["undo"]}.get(name, [])
    args = [call.pk, *more] if name in ("call", "related", "keep", "step") else []
    url = reverse(f"desk_triage:{name}", args=args)
    return client.post(url, {"key": fresh("key"), "person": SECRET}) if name in POSTED else client.get(url)


@pytest.mark.parametrize("role", [*ROLES, None])
def test_each_role_reaches_what_its_permissions_say_and_nothing_else(role, call):
    client = signed_in(make_user(*([role] if role else [])))
    wrong = []
    for name, needed in PAGES.items():
        before = last_entry()
        answer = ask(client, name, call)
        allowed = role is not None and needed in ROLES[role].permissions
        if allowed is (answer.status_code == 403):
            wrong.append((name, answer.status_code, allowed))
        if not allowed:
            assert "You may not" in answer.content.decode(), name
            assert SECRET not in answer.content.decode(), name
            assert [row for row in entries_since(before) if row.entry.operation is Operation.REFUSAL], name
        assert answer.status_code != 500, name
    assert wrong == []


def test_each_view_of_a_call_and_each_step_stands_in_the_access_log(call):
    client = signed_in(make_user("call-handler"))

    def gained(name: str, *more: str, **post: str) -> list[str]:
        before, url = last_entry(), reverse(f"desk_triage:{name}", args=[call.pk, *more])
        answer = client.post(url, {"key": fresh("key"), **post}) if post else client.get(url)
        assert answer.status_code in (200, 302)
        rows = [row.entry for row in entries_since(before) if row.entry.object_ref == f"call/{call.pk}"]
        return [f"{row.operation} {row.purpose}" for row in rows]

    assert gained("call") == ["consultation None"]
    assert gained("keep", "notes", notes="In the garden.") == ["alteration draft"]
    assert gained("related", person=fresh("Nobodyelse")) == []  # nothing was found, so nothing was shown
    open_one()
    assert gained("related", person=SECRET) == ["consultation related"]
    assert gained("step", "answer", group="crime", choice="none") == ["alteration answer"]
    assert gained("step", "promise", text="Told her that police come.") == ["alteration call-promise"]


def test_nothing_about_a_person_stands_in_addresses_logs_or_the_ledger_row(call, caplog):
    client = signed_in(make_user("call-handler"))
    caplog.set_level("DEBUG")
    ask(client, "related", call)
    ask(client, "keep", call)
    assert SECRET not in caplog.text
    assert "07700" not in caplog.text


def test_a_partner_sees_only_what_is_offered_to_their_own_agency():
    handler, call = open_one()
    hospital, other = partner_of("hospital"), partner_of("adult-social-care")
    nobody = make_user("partner")  # nobody has said which agency
    assert [visible_calls(user).filter(pk=call.pk).exists() for user in (hospital, other, nobody)] == [False] * 3
    calls.record(handler, call, Offered("hospital"), key=fresh("key"))
    assert [visible_calls(user).filter(pk=call.pk).exists() for user in (hospital, other, nobody)] == [
        True,
        False,
        False,
    ]
    assert find_offered_call(hospital, call.pk) == call
    for user in (other, nobody):
        before = last_entry()
        with pytest.raises(Refused, match="not offered to your agency"):
            find_offered_call(user, call.pk)
        assert [row for row in entries_since(before) if row.entry.operation is Operation.REFUSAL]
        with pytest.raises(Refused):
            calls.record(user, call, Noted("Looking over the fence."), key=fresh("key"))


def test_a_partner_answers_for_their_own_agency_only_and_closes_nothing():
    handler, call = open_one()
    hospital = partner_of("hospital")
    calls.record(handler, call, Offered("hospital"), key=fresh("key"))
    with pytest.raises(Refused, match="another agency"):
        calls.record(hospital, call, Accepted("adult-social-care", "R. Adair", "duty lead"), key=fresh("key"))
    with pytest.raises(StepRefused):
        calls.record(hospital, call, Closed(), key=fresh("key"))
    calls.record(hospital, call, Accepted("hospital", "R. Adair", "duty lead"), key=fresh("key"))
    call.refresh_from_db()
    assert call.owner == "hospital"


def test_a_handler_does_not_decide_for_the_supervisor():
    handler, call = open_one()
    decision = SupervisorDecided(Outcome.POLICE_OWN, "Known here; we go tomorrow.")
    with pytest.raises(StepRefused):
        calls.record(handler, call, decision, key=fresh("key"))
    call = calls.record(make_user("control-room-supervisor"), call, decision, key=fresh("key"))
    assert call.decided == "police-own"
