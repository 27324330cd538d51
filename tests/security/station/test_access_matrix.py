"""Every address × every role: anonymous goes to sign-in, the wrong role is refused with reasons, the right one enters.

The table below must name every address the station has; a new one that is not in it fails the first test.
"""

from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from station_django import (
    Client,
    entries_since,
    fresh,
    last_entry,
    make_case,
    make_item,
    make_person,
    make_user,
    signed_in,
)

from backbeat.ledger import Operation
from backbeat.station.accounts.roles import ROLES

PUBLIC, ANYBODY = "public", "anybody signed in"

ADDRESSES = {
    "home": ANYBODY,
    "hours": "ledger.view",
    "system": "system.view",
    "about": PUBLIC,
    "health": PUBLIC,
    "accounts:mine": ANYBODY,
    "accounts:users": "users.manage",
    "accounts:add-user": "users.manage",
    "accounts:user": "users.manage",
    "accounts:end-sessions": "users.manage",
    "accounts:unlock": "users.manage",
    "audit:log": "audit.view",
    "audit:entry": "audit.view",
    "audit:verify": "audit.verify",
    "cases:list": "case.list",
    "cases:search": "case.list",
    "cases:new": "case.open",
    "cases:case": "case.view",
    "cases:change": "case.change",
    "cases:members": "case.assign",
    "cases:remove-member": "case.assign",
    "cases:people": "case.view",
    "cases:add-person": "case.change",
    "cases:change-person": "case.change",
    "cases:remove-person": "case.change",
    "cases:evidence": "evidence.view",
    "cases:upload": "evidence.upload",
    "cases:removed-evidence": "evidence.view",
    "cases:item": "evidence.view",
    "cases:original": "evidence.view",
    "cases:remove-item": "evidence.remove",
    "cases:restore-item": "evidence.remove",
}
POSTED = {
    "accounts:end-sessions", "accounts:unlock", "audit:verify", "cases:search", "cases:remove-member",
    "cases:restore-item",
}  # fmt: skip
SIGN_IN = {"account_login", "account_logout", "account_inactive"}  # their own rules; see test_sign_in.py


def every_address(resolver=None, prefix: str = "") -> dict[str, URLPattern]:
    found: dict[str, URLPattern] = {}
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            found |= every_address(pattern, prefix + (f"{pattern.namespace}:" if pattern.namespace else ""))
        else:
            found[prefix + str(pattern.name)] = pattern
    return found


def of_allauth(name: str) -> bool:
    return name.startswith(("account_", "mfa_"))


def of_a_desk(name: str) -> bool:
    return name.startswith("desk_")


def test_the_table_names_every_address():
    ours = {name for name in every_address() if not of_allauth(name) and not of_a_desk(name)}
    assert ours == set(ADDRESSES)


def test_nobody_signs_up_or_resets_a_password_by_mail():
    allauth = {name for name in every_address() if of_allauth(name)}
    assert not {
        name for name in allauth if "signup" in name or "reset" in name or "email" in name or "webauthn" in name
    }


@pytest.fixture(scope="module")
def things():
    unit = fresh("unit")
    owner = make_user("officer", unit=unit)
    case = make_case(owner, unit=unit)
    return {
        "case": case,
        "unit": unit,
        "person": make_person(case),
        "item": make_item(case, owner),
        "other": make_user(),
    }


def address(name: str, things) -> str:
    case, person, item, other = (things[key] for key in ("case", "person", "item", "other"))
    arguments = {
        "accounts:user": [other.pk],
        "accounts:end-sessions": [other.pk],
        "accounts:unlock": [other.pk],
        "audit:entry": [0],
        "cases:remove-member": [case.pk, other.pk],
        "cases:change-person": [case.pk, person.pk],
        "cases:remove-person": [case.pk, person.pk],
        "cases:item": [case.pk, item.pk],
        "cases:original": [case.pk, item.pk],
        "cases:remove-item": [case.pk, item.pk],
        "cases:restore-item": [case.pk, item.pk],
    }
    of_case = name.startswith("cases:") and name not in {"cases:list", "cases:search", "cases:new"}
    return reverse(name, args=arguments.get(name, [case.pk] if of_case else []))


def ask(client: Client, name: str, things):
    url = address(name, things)
    answer = client.post(url, {"words": "anything"}) if name in POSTED else client.get(url)
    if answer.streaming:
        answer.close()
    return answer


@pytest.mark.parametrize("name", ADDRESSES)
def test_anonymous_is_sent_to_sign_in(name, things):
    answer = ask(Client(), name, things)
    if ADDRESSES[name] == PUBLIC:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    "name", sorted(n for n in every_address() if (of_allauth(n) or of_a_desk(n)) and n not in SIGN_IN)
)
def test_anonymous_reaches_nothing_of_second_steps_or_desks(name):
    converters = every_address()[name].pattern.converters
    samples = {"IntConverter": 1, "UUIDConverter": uuid4(), "UUIDStrConverter": uuid4()}
    arguments = {key: samples.get(type(kind).__name__, "x") for key, kind in converters.items()}
    if of_a_desk(name) and name.partition(":")[0] not in ("desk_crime", "desk_triage"):
        arguments["case_id"] = uuid4()
    answer = Client().get(reverse(name, kwargs=arguments))
    # 401: an interface that asks for a token; 410: a link that must be signed, and is not. See their own tests.
    assert answer.status_code in (302, 401, 405, 410)
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize("role", [*ROLES, None])
def test_each_role_reaches_what_its_permissions_say_and_nothing_else(role, things):
    """Everybody here belongs to the case and its unit, so that only the role decides."""
    user = make_user(*([role] if role else []), unit=things["unit"])
    things["case"].memberships.create(user=user)
    client = signed_in(user)
    wrong = []
    for name, needed in ADDRESSES.items():
        before = last_entry()
        answer = ask(client, name, things)
        allowed = needed in (PUBLIC, ANYBODY) or (role is not None and needed in ROLES[role].permissions)
        expected = (200, 302) if allowed else (403,)
        if answer.status_code not in expected:
            wrong.append((name, answer.status_code, allowed))
        if not allowed:
            text = answer.content.decode()
            assert "You may not" in text
            assert "access.not-allowed" in text
            gained = entries_since(before)
            assert [row for row in gained if row.entry.operation is Operation.REFUSAL], name
    assert wrong == []


@pytest.mark.parametrize(
    "name", [n for n in ADDRESSES if n.startswith("cases:") and n not in {"cases:list", "cases:search", "cases:new"}]
)
def test_a_case_that_is_not_theirs_is_closed_to_officers_and_other_units(name, things):
    for user in (make_user("officer", unit=things["unit"]), make_user("supervisor", unit=fresh("unit"))):
        answer = ask(signed_in(user), name, things)
        assert answer.status_code == 403
        assert things["case"].title not in answer.content.decode()
        assert "Zelda" not in answer.content.decode()


def test_a_list_and_a_search_show_only_cases_of_ones_own(things):
    outsider = signed_in(make_user("officer", unit=things["unit"]))
    for answer in (outsider.get("/cases/"), outsider.post("/cases/search/", {"words": "theft"})):
        assert things["case"].reference not in answer.content.decode()
    supervisor = signed_in(make_user("supervisor", unit=things["unit"]))
    assert things["case"].reference in supervisor.get("/cases/").content.decode()


def test_an_item_cannot_be_reached_through_another_case(things):
    user = make_user("officer")
    own = make_case(user)
    client = signed_in(user)
    for name in ("cases:item", "cases:original", "cases:remove-item"):
        assert client.get(reverse(name, args=[own.pk, things["item"].pk])).status_code == 404
    assert client.get(reverse("cases:change-person", args=[own.pk, things["person"].pk])).status_code == 404


def test_the_page_of_reasons_for_a_case_tells_nothing_about_cases_of_others(things):
    client = signed_in(make_user("officer"))
    assert client.get("/account/", {"case": str(things["case"].pk)}).status_code == 404
    assert client.get("/account/", {"case": "not-an-id"}).status_code == 404
