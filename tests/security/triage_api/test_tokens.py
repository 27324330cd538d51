"""Who may use the interface: one account, one token, its own calls; nothing in logs, nothing without a token."""

import io
import logging
import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from station_django import Client, entries_since, fresh, last_entry, make_user, signed_in
from triage_http import ADDRESS, in_process, made_system

from backbeat.errors import UserError
from backbeat.ledger import Operation, Outcome
from backbeat.station.accounts.models import User
from backbeat.station.accounts.roles import ROLES
from backbeat.station.desk_triage.api.bodies import MOST_BYTES
from backbeat.station.desk_triage.api.interface import urlpatterns
from backbeat.station.desk_triage.api.models import SystemToken
from backbeat.station.desk_triage.api.tokens import make_token, revoke_token
from backbeat.station.logs import PlainFormatter

SAMPLE = "5c7f6a40-0000-4000-8000-000000000000"
PATHS = {
    "open_call": "/calls", "list_calls": "/calls", "get_call": f"/calls/{SAMPLE}",
    "get_outcome": f"/calls/{SAMPLE}/outcome",
    "post_facts": f"/calls/{SAMPLE}/facts", "post_event": f"/calls/{SAMPLE}/events", "get_facts_schema": "/facts",
    "openapi": "/openapi.json", "nothing": "/", "nothing-below": "/calls/x",
}  # fmt: skip
POSTED = {"open_call", "post_facts", "post_event"}


@pytest.fixture(scope="module")
def system():
    return made_system()[0]


def ask(system, name: str):
    return system.post(PATHS[name], {}) if name in POSTED else system.get(PATHS[name])


def test_the_table_names_every_address():
    assert {str(pattern.name) for pattern in urlpatterns} == set(PATHS)
    assert reverse("desk_triage:api:open_call") == f"{ADDRESS}/calls"


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize(
    "token", ["", "x", "bbt_aaaaaaaaaaaa_" + "a" * 43, "bbt__", "é", "bbt_aaaaaaaaaaaa_" + "a" * 5000]
)
def test_nothing_is_answered_without_a_token(name, token):
    before = last_entry()
    reply = ask(in_process(token), name)
    assert (reply.status, reply.body["code"]) == (401, "triage.token-refused")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    if token:
        (entry,) = [row.entry for row in entries_since(before)]
        assert (entry.operation, entry.outcome, entry.purpose) == (Operation.SIGN_IN, Outcome.REFUSED, "token")


@pytest.mark.parametrize("scheme", ["Basic", "Token", "bbt", ""])
def test_only_the_bearer_scheme_counts(system, scheme):
    reply = system.get("/calls", Authorization=f"{scheme} {system.token}".strip())
    assert reply.status == 401


def test_the_token_is_read_from_its_header_only(system):
    client = Client()
    client.cookies["token"] = system.token
    answer = client.get(f"{ADDRESS}/calls", {"token": system.token, "access_token": system.token})
    assert answer.status_code == 401


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_session_opens_nothing_whatever_the_role(role):
    """So that no page elsewhere can make somebody's browser call the interface: there is nothing to forge."""
    client = signed_in(make_user(role))
    for name, path in PATHS.items():
        url = ADDRESS + path
        answer = client.post(url, "{}", content_type="application/json") if name in POSTED else client.get(url)
        assert answer.status_code == 401


def test_a_revoked_token_ends_at_once_and_the_other_goes_on():
    system, account = made_system()
    other = in_process(make_token(account, "other"))
    revoke_token(SystemToken.objects.get(system=account, name="tests"))
    assert (system.get("/calls").status, other.get("/calls").status) == (401, 200)


def test_a_switched_off_account_ends_its_tokens():
    system, account = made_system()
    User.objects.filter(pk=account.pk).update(is_active=False)
    assert system.get("/calls").status == 401


def test_an_account_that_loses_its_role_is_refused_with_the_permission():
    system, account = made_system()
    account.withdraw("control-system")
    before = last_entry()
    reply = system.get("/calls")
    assert (reply.status, reply.body["code"]) == (403, "access.not-allowed")
    assert "triage.connect" in reply.body["where"]
    assert [row.entry.operation for row in entries_since(before)] == [Operation.REFUSAL]


@pytest.mark.parametrize("roles", [[], ["officer"], ["control-system", "call-handler"]])
def test_only_an_account_of_a_system_gets_a_token(roles):
    with pytest.raises(UserError):
        make_token(make_user(*roles), "x")


def test_the_token_is_kept_as_a_hash_only(system):
    _, ident, secret = system.token.split("_", 2)
    row = SystemToken.objects.get(ident=ident)
    assert secret not in str(vars(row))
    assert re.fullmatch(r"[0-9a-f]{64}", row.digest)
    assert in_process(f"bbt_{ident}_{row.digest[:43]}").get("/calls").status == 401


def test_a_connected_system_cannot_sign_in():
    _, account = made_system()
    assert not account.has_usable_password()


# --- whose calls ------------------------------------------------------------------------------------------------------


def test_another_systems_call_cannot_be_told_from_none(system):
    call = system.opened(person="Zelda Quark")
    other = made_system()[0]
    for path in (f"/calls/{call}", f"/calls/{call}/outcome"):
        there, nowhere = other.get(path), other.get(path.replace(call, SAMPLE))
        assert (there.status, nowhere.status) == (404, 404)
        assert there.body["what"] == nowhere.body["what"]
    assert other.state(call, crime="yes").status == 404
    assert other.happened(call, "lost", loss="dropped").status == 404
    assert other.get(f"/calls?after={call}").status == 404
    assert other.get("/calls").body["calls"] == []
    assert "crime" not in system.get(f"/calls/{call}/outcome").body["assessment"]["facts"]


def test_who_and_where_never_come_back(system):
    said = {"person": "Zelda Quark", "place": "12 Mill Lane", "number": "07700 900123", "notes": "Quark on the roof"}
    opened = system.post("/calls", said)
    call = opened.body["id"]
    described = system.happened(call, "described", place="14 Mill Lane")
    replies = [
        opened,
        described,
        *(system.get(path) for path in (f"/calls/{call}", f"/calls/{call}/outcome", "/calls")),
    ]
    for reply in replies:
        assert not any(word in str(reply.body) for word in ("Quark", "Mill Lane", "900123"))


# --- hostile requests -------------------------------------------------------------------------------------------------

BODIES = [
    (b"", 415), (b"{", 400), (b"[]", 400), (b"null", 400), (b'"x"', 400), (b"\xff\xfe", 400), (b"\xef\xbb\xbf{}", 400),
    (b'{"strand": "awol", "strand": "welfare"}', 400), (b'{"strand": NaN}', 400), (b'{"x": 1e999}', 400),
    (b'{"facts": {"risk_window_minutes": 1.5}}', 400), (b"[" * 100_000, 400), (b'{"x": ' + b"9" * 5000 + b"}", 400),
    (b'{"person": "\\ud800"}', 422), (b'{"person": "a\\u0000b"}', 422), (b'{"person": 7}', 422),
    (b'{"person": "' + b"x" * 201 + b'"}', 422), (b'{"force": "elsewhere"}', 422), (b'{"opened_by": "me"}', 422),
    (b'{"reference": ""}', 422), (b'{"reference": "a b"}', 422), (b'{"facts": {"crime": {"yes": 1}}}', 422),
    (b'{"notes": "' + b"x" * MOST_BYTES + b'"}', 413),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status"), BODIES)
def test_what_is_no_call_is_refused_in_the_words_of_the_house(system, body, status):
    reply = system.ask("POST", "/calls", body)
    assert reply.status == status
    assert set(reply.body) == {"code", "what", "where", "do"}
    assert all(isinstance(part, str) and part for part in reply.body.values())


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]
)
def test_a_form_of_a_page_elsewhere_is_no_json(system, kind):
    reply = system.post("/calls", {}, Content_Type=kind)
    assert (reply.status, reply.body["code"]) == (415, "triage.body-refused")


@pytest.mark.parametrize("key", ["", "x" * 101, "two words", "é"])
def test_a_key_that_is_none_is_refused(system, key):
    reply = system.post("/calls", {}, key=key)
    assert (reply.status, reply.body["code"]) == (422, "triage.request-refused")
    assert "Idempotency-Key" in reply.body["what"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_another_method_says_which_are_there(system, method):
    reply = system.ask(method, "/calls")
    assert (reply.status, reply.body["code"]) == (405, "triage.address-unknown")
    assert set(reply.headers["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "after=x", "state=gone", "reference=" + "x" * 61])
def test_a_query_that_is_none_is_refused_without_quoting_it(system, query):
    reply = system.get(f"/calls?{query}")
    assert (reply.status, reply.body["code"]) == (422, "triage.request-refused")


# --- logs -------------------------------------------------------------------------------------------------------------


def test_no_personal_data_reaches_log_or_errors(system):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        call = system.opened(person="Ebenezer Wobblebottom", notes="Wobblebottom")
        told = [
            system.happened(call, "note", text="Wobblebottom\u0000"),
            system.happened(call, "Wobblebottom"),
            system.state(call, crime="Wobblebottom", Wobblebottom="yes"),
            system.post("/calls", {"Wobblebottom": "Wobblebottom"}),
            system.post("/calls", {"reference": "Wobblebottom, E."}),
            system.get("/calls?state=Wobblebottom&after=Wobblebottom"),
            system.get("/Wobblebottom"),
            in_process("Wobblebottom").get("/calls"),
        ]
    finally:
        root.removeHandler(handler)
    assert "desk_triage:api" in stream.getvalue()
    assert "Wobblebottom" not in stream.getvalue()
    assert [reply.status for reply in told if reply.status < 400] == []
    # A fact that is no name is not repeated; one that looks like a name is, so that a typing error is found.
    assert [reply.body for reply in told[:2] + told[3:] if "Wobblebottom" in str(reply.body)] == []


# --- the command ------------------------------------------------------------------------------------------------------


def command(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("connect_system", *arguments, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue()


def test_the_command_makes_lists_and_revokes():
    name = fresh("cad")
    token, said = command(name, "--token", "live server")
    assert "once" in said
    assert in_process(token).get("/calls").status == 200
    listed, _ = command(name, "--list")
    assert "live server: in use, last used" in listed
    assert token not in listed
    ident = token.split("_")[1]
    command(name, "--revoke", ident)
    assert in_process(token).get("/calls").status == 401
    assert "revoked" in command(name, "--list")[0]


def test_the_command_gives_no_token_to_a_person():
    with pytest.raises(CommandError, match="one role"):
        command(make_user("officer").username)


@pytest.mark.parametrize("arguments", [["no spaces here"], ["cad", "--revoke", "nothing"]])
def test_the_command_says_what_is_wrong(arguments):
    with pytest.raises(CommandError):
        command(*arguments)
