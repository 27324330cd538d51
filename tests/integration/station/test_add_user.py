"""The first administrator is made from the shell: with a password worth the name, logged, once."""

import io

import pytest
import station_django
from django.core.management import CommandError, call_command

from backbeat.station.accounts.models import User
from backbeat.station.audit import records

GOOD = "amber-flint-heron-92"


@pytest.fixture
def add_user(monkeypatch: pytest.MonkeyPatch):
    def call(name: str, password: str, *options: str) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        out = io.StringIO()
        call_command("add_user", name, "--role", "administrator", "--password-stdin", *options, stdout=out)
        return out.getvalue()

    return call


def test_the_user_may_sign_in_and_the_log_names_the_row(add_user):
    name = station_django.fresh("boss")
    assert add_user(name.upper(), GOOD, "--unit", "Northern", "--name", "A. Boss") == f"{name} may sign in now.\n"
    user = User.objects.get(username=name)
    assert (user.roles, str(user), user.unit.name) == ({"administrator"}, "A. Boss", "Northern")
    assert user.check_password(GOOD)
    (entry,) = records.access_log().for_object(f"user/{user.pk}").rows
    assert entry.entry.purpose == "add-user-from-shell"


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("weak", "short", "too short"),
        ("digits", "739104826175", "entirely numeric"),
        ("not a name", GOOD, "valid username"),
    ],
)
def test_what_is_refused_makes_nobody(add_user, name, password, words):
    with pytest.raises(CommandError, match=words):
        add_user(name, password)
    assert not User.objects.filter(username=name).exists()


def test_a_name_is_given_once(add_user):
    name = station_django.fresh("boss")
    add_user(name, GOOD)
    with pytest.raises(CommandError, match="has this user name"):
        add_user(name, GOOD)
