"""Sign-in, lockout, second step, session limits, passwords."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from station_django import Client, entries_since, fresh, last_entry, make_user, settings, signed_in

from backbeat.ledger import Outcome
from backbeat.station.accounts.models import User

PASSWORD = "three-random-words-42"


@pytest.fixture
def user():
    made = make_user("officer")
    made.set_password(PASSWORD)
    made.save()
    return made


def sign_in(client: Client, user: User, password: str = PASSWORD):
    return client.post("/account/login/", {"login": user.username, "password": password})


def test_signing_in_and_out_is_logged(user):
    before = last_entry()
    client = Client()
    assert sign_in(client, user).status_code == 302
    client.post("/account/logout/")
    assert [(r.entry.purpose, r.entry.outcome) for r in entries_since(before)] == [
        ("sign-in", Outcome.DONE),
        ("sign-out", Outcome.DONE),
    ]


def test_signing_out_by_a_link_does_not_sign_out(user):
    client = signed_in(user)
    client.get("/account/logout/")
    assert client.get("/").status_code == 200


def test_five_wrong_passwords_lock_the_user_name_whatever_the_address_and_an_administrator_lifts_it(user):
    before = last_entry()
    for number in range(5):
        answer = Client(REMOTE_ADDR=f"10.0.0.{number}").post(
            "/account/login/", {"login": user.username, "password": "wrong-wrong-wrong"}
        )
    assert answer.status_code == 429
    assert "locked for 15 minutes" in answer.content.decode()
    assert sign_in(Client(), user).status_code == 429
    outcomes = [(r.entry.purpose, r.entry.outcome) for r in entries_since(before)]
    assert outcomes.count(("sign-in", Outcome.REFUSED)) >= 5
    assert ("locked-out", Outcome.REFUSED) in outcomes
    assert signed_in(make_user("administrator")).post(f"/account/users/{user.pk}/unlock/").status_code == 302
    assert sign_in(Client(), user).status_code == 302


def test_a_wrong_user_name_and_a_wrong_password_read_the_same(user):
    one = Client().post("/account/login/", {"login": user.username, "password": "wrong-wrong-wrong"}).content.decode()
    two = Client().post("/account/login/", {"login": fresh("nobody"), "password": "wrong-wrong-wrong"}).content.decode()
    message = "The username and/or password you specified are not correct."
    assert message in one
    assert message in two


def test_a_user_who_may_not_sign_in_cannot(user):
    User.objects.filter(pk=user.pk).update(is_active=False)
    client = Client()
    sign_in(client, user)
    assert client.get("/").status_code == 302


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_with_a_second_step_the_password_alone_is_not_enough(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    stored = Authenticator.objects.get(user=user).data["secret"]
    assert secret not in stored
    client = Client()
    answer = sign_in(client, user)
    assert answer.headers["Location"].startswith("/account/second-step/authenticate/")
    assert client.get("/").status_code == 302
    assert client.post("/account/second-step/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/account/second-step/authenticate/", {"code": code_for(secret)}).status_code == 302
    assert client.get("/").status_code == 200


def test_setting_up_an_authenticator_needs_the_password_again(user):
    client = signed_in(user)  # without having typed it in this session
    answer = client.get("/account/second-step/totp/activate/")
    assert answer.status_code == 302
    assert "reauthenticate" in answer.headers["Location"]


def shift(client: Client, **seconds: int) -> None:
    session = client.session
    for key, by in seconds.items():
        session[key] = int(time.time()) - by
    session.save()


@pytest.mark.parametrize(
    ("idle", "age", "stays"),
    [
        # valid
        (0, 0, True),
        (30 * 60 - 5, 60 * 60, True),
        (0, 12 * 60 * 60 - 5, True),
        # invalid
        (30 * 60 + 5, 60 * 60, False),
        (0, 12 * 60 * 60 + 5, False),  # however busy
    ],
)
def test_a_session_ends_after_30_idle_minutes_and_after_12_hours(user, idle, age, stays):
    client = signed_in(user)
    client.get("/")
    shift(client, seen_at=idle, signed_in_at=age)
    answer = client.get("/cases/")
    assert (answer.status_code == 200) is stays
    if not stays:
        assert answer.headers["Location"] == "/account/login/?next=/cases/"
        assert client.get("/").status_code == 302
        assert "You were signed out" in client.get("/account/login/").content.decode()


def test_activity_extends_a_session_and_polling_does_not(user):
    client = signed_in(user)
    client.get("/")
    shift(client, seen_at=20 * 60)
    client.get("/health/")
    assert time.time() - client.session["seen_at"] > 19 * 60
    client.get("/cases/")
    assert time.time() - client.session["seen_at"] < 60


def test_an_administrator_ends_the_sessions_of_another(user):
    client, administrator = Client(), signed_in(make_user("administrator"))
    sign_in(client, user)
    administrator.post(f"/account/users/{user.pk}/end-sessions/")
    assert client.get("/").status_code == 302


def test_ending_an_account_ends_its_sessions(user):
    client, administrator = Client(), signed_in(make_user("administrator"))
    sign_in(client, user)
    administrator.post(f"/account/users/{user.pk}/", {"display_name": "Gone"})
    assert client.get("/").status_code == 302


def test_nobody_changes_their_own_roles():
    administrator = make_user("administrator")
    answer = signed_in(administrator).post(
        f"/account/users/{administrator.pk}/", {"display_name": "Me", "is_active": "on", "roles": ["officer"]}
    )
    assert answer.status_code == 400
    assert User.objects.get(pk=administrator.pk).roles == {"administrator"}


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        # valid
        ("heron lintel gravel", True),
        # invalid
        ("short-one", False),
        ("password1234", False),  # common
        ("483920571648", False),  # only figures
        ("constable-penhallow", False),  # too like the name
    ],
)
def test_password_rules(password, taken):
    username = fresh("new")
    answer = signed_in(make_user("administrator")).post(
        "/account/users/add/",
        {"username": username, "display_name": "Constable Penhallow", "password": password, "roles": ["officer"]},
    )
    assert User.objects.filter(username=username).exists() is taken
    assert answer.status_code == (302 if taken else 200)


def test_the_address_after_sign_in_stays_on_this_site(user):
    client = Client()
    answer = client.post(
        "/account/login/?next=https://elsewhere.example.org/", {"login": user.username, "password": PASSWORD}
    )
    assert answer.headers["Location"] == "/"


def test_limits_are_those_the_about_page_states():
    assert (settings.IDLE_LIMIT_S, settings.ABSOLUTE_LIMIT_S, settings.AXES_FAILURE_LIMIT) == (1800, 43200, 5)
    page = Client().get("/about/").content.decode()
    assert "30 minutes" in page
    assert "12 hours" in page
