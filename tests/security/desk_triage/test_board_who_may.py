"""Every address of the board, the partner, samples, figures and policy × every role, and what stays closed."""

import pytest
from django.urls import reverse
from station_django import Client, entries_since, last_entry, make_user, signed_in
from triage_board import UNSURE, offered, opened, partner_of, settled

from backbeat.ledger import Operation
from backbeat.station.accounts.roles import ROLES
from backbeat.station.desk_triage import board_urls, partner_urls, policy_urls, sampling_declined
from backbeat.station.desk_triage.models import PolicyDraft

PUBLIC = "public"
ADDRESSES = {
    "board": "triage.view", "pulse": "triage.view", "waiting": "triage.supervise", "supervise": "triage.supervise",
    "decide": "triage.supervise", "samples": "triage.sample", "sample": "triage.sample", "sampled": "triage.sample",
    "figures": "triage.figures", "record-hours": "triage.supervise",
    "figures-csv": "triage.figures", "offers": "triage.partner", "offer": "triage.partner",
    "answer": "triage.partner", "partners": "triage.supervise", "answer-offer": PUBLIC, "policy": "triage.policy-view",
    "policy-workbook": "triage.policy-view", "policy-csv": "triage.policy-view", "policy-dmn": "triage.policy-view",
    "policy-upload": "triage.policy", "policy-draft": "triage.policy", "policy-draft-file": "triage.policy",
    "policy-sign": "triage.policy", "policy-set-aside": "triage.policy",
}  # fmt: skip
POSTED = {"decide", "record-hours", "answer", "policy-upload", "policy-sign", "policy-set-aside"}


def test_the_table_names_every_address():
    known = (*board_urls.urlpatterns, *partner_urls.urlpatterns, *policy_urls.urlpatterns)
    assert {str(one.name) for one in known} == set(ADDRESSES)


@pytest.fixture(scope="module")
def things():
    call, auditor = settled(person="Zelda Quark"), make_user("auditor")
    day = call.opened_at.date()
    sample = sampling_declined.draw_sample(auditor, title="x", size=500, first_day=day, last_day=day)
    draft = PolicyDraft.objects.create(
        force="own", draft={"tables": {}}, follows="x", uploaded_by=auditor, file_sha256="0" * 64
    )
    offer = offered(person="Zelda Quark").handovers.get()
    waits = opened(facts=UNSURE, person="Zelda Quark")
    return {
        "supervise": [waits.pk], "decide": [waits.pk, "decide"], "sample": [sample.pk], "sampled": [sample.pk, 1],
        "offer": [offer.pk], "answer": [offer.pk, "accept"], "policy-draft": [draft.pk],
        "policy-draft-file": [draft.pk], "policy-sign": [draft.pk], "policy-set-aside": [draft.pk],
        "answer-offer": ["no-token"],
    }  # fmt: skip


def ask(client: Client, name: str, things):
    url = reverse(f"desk_triage:{name}", args=things.get(name, []))
    return client.post(url, {}) if name in POSTED else client.get(url)


@pytest.mark.parametrize("role", [*ROLES, None])
def test_each_role_reaches_what_its_permissions_say_and_nothing_else(role, things):
    user = partner_of("hospital") if role == "partner" else make_user(*([role] if role else []))
    client = signed_in(user)
    wrong = []
    for name, needed in ADDRESSES.items():
        before = last_entry()
        answer = ask(client, name, things)
        allowed = needed is PUBLIC or (role is not None and needed in ROLES[role].permissions)
        if allowed is (answer.status_code == 403):
            wrong.append((name, answer.status_code, allowed))
        if not allowed:
            assert "You may not" in answer.content.decode(), name
            assert "Zelda" not in answer.content.decode(), name
            assert [row for row in entries_since(before) if row.entry.operation is Operation.REFUSAL], name
        assert answer.status_code < 500, name
    assert wrong == []


def test_whoever_is_not_signed_in_gets_to_the_sign_in_page(things):
    for name, needed in ADDRESSES.items():
        answer = ask(Client(), name, things)
        if needed is PUBLIC:
            assert answer.status_code == 410
        else:
            assert answer.status_code == 302, name
            assert "/account/login/" in answer.url, name


def test_forms_without_their_token_change_nothing(things):
    boss = make_user("control-room-supervisor", "triage-policy-owner")
    client = Client(enforce_csrf_checks=True)
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("decide", "policy-upload", "policy-sign", "policy-set-aside"):
        assert ask(client, name, things).status_code == 403, name
    assert client.post(reverse("desk_triage:samples"), {}).status_code == 403


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x>', "{{ 7 }}"])
def test_what_was_typed_is_shown_as_typed_and_never_run(text):
    handler, boss, nurse = make_user("call-handler"), make_user("control-room-supervisor"), partner_of("hospital")
    call = offered(handler, person=text, place=text, notes=text)
    pages = [
        signed_in(boss).get(reverse("desk_triage:board"), {"handler": handler.username, "agency": text}),
        signed_in(boss).get(reverse("desk_triage:supervise", args=[call.pk])),
        signed_in(nurse).get(reverse("desk_triage:offer", args=[call.handovers.get().pk])),
        signed_in(boss).get(reverse("desk_triage:pulse"), {"handler": text, "drawn": text}),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "<img src=x>" not in page.content.decode()


def test_no_log_line_names_a_call_or_a_person(caplog):
    caplog.set_level("DEBUG")
    boss, nurse = make_user("control-room-supervisor"), partner_of("hospital")
    call = offered(person="Zelda Quark", place="Heron Ward", number="07700 900123")
    signed_in(boss).get(reverse("desk_triage:board"))
    signed_in(boss).get(reverse("desk_triage:supervise", args=[call.pk]))
    signed_in(nurse).get(reverse("desk_triage:offers"))
    told = caplog.text
    for secret in ("Zelda", "Heron", "900123", call.reference):
        assert secret not in told
