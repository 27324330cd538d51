"""Every address of the crime desk × every role, whose reports are whose, and what never stands in logs or pages."""

import json

import pytest
from crime_desk import ORDINARY, CrimeDesk, form_of
from django.urls import reverse
from station_django import Client, entries_since, fresh, last_entry, make_user, signed_in

from backbeat.ledger import Operation
from backbeat.station.accounts.roles import ROLES
from backbeat.station.desk_crime import auditing, requests
from backbeat.station.desk_crime.models import CrimeReport
from backbeat.station.desk_crime.site_urls import urlpatterns

CRIME = {
    "queue": "crime.view", "find": "crime.view", "new": "crime.record", "registrar": "crime.rule",
    "audits": "crime.audit", "sample": "crime.audit", "item": "crime.audit", "import": "crime.import",
    "template": "crime.import", "export": "crime.export", "source": "crime.view", "report": "crime.view",
    "form": "crime.record", "details": "crime.record", "answer": "crime.record", "change-answer": "crime.record",
    "undo": "crime.record", "record": "crime.record", "put-back": "crime.record", "narrative": "crime.record",
    "assign": "crime.record", "rule": "crime.rule", "duty": "crime.record", "reopen": "crime.record",
    "close": "crime.supervise", "version": "crime.view", "decision-file": "crime.view", "requests": "crime.view",
    "request-new": "crime.record", "request": "crime.view", "request-answer": "crime.record",
    "request-decide": "crime.view", "request-withdraw": "crime.record", "flags": "crime.record",
    "request-take-back": "crime.view", "proposals": "crime.record", "oversee": "crime.rule",
}  # fmt: skip
POSTED = {
    "find", "answer", "change-answer", "undo", "record", "put-back", "narrative", "assign", "duty", "reopen", "close",
    "request-answer", "request-decide", "request-withdraw", "request-take-back", "flags", "proposals", "oversee",
}  # fmt: skip
OF_A_REPORT = {
    "report", "form", "details", "answer", "change-answer", "undo", "record", "put-back", "narrative", "assign", "rule",
    "duty", "reopen", "close", "version", "decision-file", "request-new", "request", "request-answer",
    "request-decide", "request-withdraw", "request-take-back", "flags", "proposals", "oversee",
}  # fmt: skip


def test_the_table_names_every_address_of_the_desk():
    assert {str(pattern.name) for pattern in urlpatterns} == set(CRIME)


@pytest.fixture(scope="module")
def desk():
    made = CrimeDesk.entered(["assault"]).recorded()
    about = requests.subjects_of(made.refresh())[0]
    requests.ask_for(made.user, made.report, subject=about.key, kind="outcome", wanted="16")
    return made


@pytest.fixture(scope="module")
def sample(desk):
    today = desk.report.current.decided_at.date()
    wanted = {"title": "x", "size": 500, "first_day": today, "last_day": today, "by_class": False, "class_name": ""}
    return auditing.draw_sample(make_user("auditor"), **wanted, blind=False)


def ask(client: Client, name: str, desk: CrimeDesk, sample):
    numbered = {name for name in OF_A_REPORT if name.startswith("request")} - {"request-new"}
    numbered |= {"version", "decision-file"}
    more = ["outcome"] if name == "request-new" else [1] if name in numbered else []
    arguments = {"sample": [sample.pk], "item": [sample.pk, 1], "source": ["hocr-2026-27", "rules", "10"]}
    args = [desk.report.pk, *more] if name in OF_A_REPORT else arguments.get(name, [])
    url = reverse(f"desk_crime:{name}", args=args)
    return client.post(url, {"revision": 0}) if name in POSTED else client.get(url)


@pytest.mark.parametrize("role", [*ROLES, None])
def test_each_role_reaches_what_its_permissions_say_and_nothing_else(role, desk, sample):
    """Everybody is of the report's unit, so that only the role decides."""
    user = make_user(*([role] if role else []))
    user.unit = desk.user.unit
    user.save()
    client = signed_in(user)
    wrong = []
    for name, needed in CRIME.items():
        before = last_entry()
        answer = ask(client, name, desk, sample)
        allowed = role is not None and needed in ROLES[role].permissions
        if allowed is (answer.status_code == 403):
            wrong.append((name, answer.status_code, allowed))
        if not allowed:
            assert "You may not" in answer.content.decode(), name
            assert [row for row in entries_since(before) if row.entry.operation is Operation.REFUSAL], name
        assert answer.status_code != 500, name
    assert wrong == []


@pytest.mark.parametrize("role", ["officer", "supervisor", "call-handler"])
@pytest.mark.parametrize("name", sorted(OF_A_REPORT - {"rule", "oversee"}))
def test_a_report_of_another_unit_is_closed_to_who_may_not_see_all(role, name, desk, sample):
    client = signed_in(make_user(role, unit=fresh("unit")))
    before = last_entry()
    answer = ask(client, name, desk, sample)
    assert answer.status_code == 403
    assert desk.report.reference not in answer.content.decode()
    assert [row for row in entries_since(before) if row.entry.operation is Operation.REFUSAL]


def test_a_report_is_seen_by_its_unit_and_by_whom_it_was_given_to():
    owner = make_user("call-handler", unit=fresh("unit"))
    desk = CrimeDesk.entered(["assault"], user=owner)
    colleague = make_user("officer")
    colleague.unit = owner.unit
    colleague.save()
    stranger = make_user("officer", unit=fresh("unit"))
    assert signed_in(colleague).get(desk.url("report")).status_code == 200
    assert signed_in(stranger).get(desk.url("report")).status_code == 403
    CrimeReport.objects.filter(pk=desk.report.pk).update(assigned_to=stranger)
    assert signed_in(stranger).get(desk.url("report")).status_code == 200


def test_two_people_without_a_unit_do_not_share_one():
    desk = CrimeDesk.entered(["assault"], user=make_user("call-handler"))
    assert signed_in(make_user("call-handler")).get(desk.url("report")).status_code == 403


def test_a_supervisor_gives_reports_only_to_people_of_the_unit(desk):
    boss = make_user("supervisor")
    boss.unit = desk.user.unit
    boss.save()
    client = signed_in(boss)
    assert client.post(desk.url("assign"), {"user": make_user("officer", unit=fresh("unit")).pk}).status_code == 404
    assert client.post(desk.url("assign"), {"user": "not-an-id"}).status_code == 404
    assert client.post(desk.url("assign"), {"user": desk.user.pk}).status_code == 302
    handler = signed_in(make_user("crime-recorder"))
    assert handler.post(desk.url("assign"), {"user": desk.user.pk}).status_code == 403


def test_who_recorded_a_decision_does_not_close_it():
    boss = make_user("supervisor", unit=fresh("unit"))
    desk = CrimeDesk.entered(["assault"], user=boss).recorded()
    refused = desk.post("close")
    assert refused.status_code == 400
    assert "another supervisor closes it" in refused.content.decode()
    other = make_user("supervisor")
    other.unit = boss.unit
    other.save()
    assert signed_in(other).post(desk.url("close")).status_code == 302
    assert desk.refresh().state == CrimeReport.State.CLOSED
    assert signed_in(make_user("crime-recorder")).post(desk.url("reopen")).status_code == 403


def test_forms_without_their_token_change_nothing(desk):
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.user, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("answer", "record", "narrative", "reopen"):
        assert client.post(desk.url(name), {"revision": 0}).status_code == 403
    assert client.post(reverse("desk_crime:import"), {}).status_code == 403


def test_no_log_line_holds_a_reference_a_fact_or_a_word_of_what_was_told(caplog):
    caplog.set_level("DEBUG")
    desk = CrimeDesk.entered(narrative="Zelda Quark told us.").recorded()
    desk.client.get(desk.url("report"))
    desk.client.post(reverse("desk_crime:find"), {"reference": desk.report.reference})
    told = caplog.text
    for secret in (desk.report.reference, "Zelda", "injury", "exampleshire"):
        assert secret not in told


def test_a_ledger_row_holds_nothing_of_the_report():
    from django.conf import settings

    from backbeat.ledger import Ledger

    desk = CrimeDesk.entered(narrative="Zelda Quark told us.").recorded()
    row = Ledger.open(settings.INSTALLATION).entry(desk.report.current.ledger_row).decode()
    assert '"desk":"crime"' in row
    for secret in (desk.report.reference, "Zelda", "exampleshire", desk.user.username, str(desk.report.pk)):
        assert secret not in row


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 }}", '"><img src=x>'])
def test_what_was_typed_is_shown_as_typed_and_never_run(text):
    desk = CrimeDesk.entered(["assault"], narrative=text)
    desk.recorded({**ORDINARY})
    for page in (desk.client.get(desk.url("report")), desk.client.post(desk.url("answer"), {"revision": 0})):
        assert "<script>alert" not in page.content.decode()
        assert "<img src=x>" not in page.content.decode()
    client = signed_in(make_user("crime-recorder"))
    page = client.post(
        reverse("desk_crime:new"), form_of(["assault"], reference=text, place=text, words=text)
    ).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


def test_facts_hold_labels_and_no_free_text():
    desk = CrimeDesk.entered(["assault"])
    for value in ("Zelda Quark", "<b>", "x" * 500):
        key = desk.work().to_ask[0].key
        assert desk.answer(key, value).status_code == 422
    sent = form_of([], parties=({"label": "v1"}, {"label": "Zelda; Quark"}))
    answer = desk.client.post(desk.url("details"), {**sent, "revision": desk.report.revision})
    assert answer.status_code == 422
    assert "Zelda" not in json.dumps(desk.refresh().facts)
