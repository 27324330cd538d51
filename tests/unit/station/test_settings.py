"""How the environment becomes settings."""

import json
import subprocess
import sys

import pytest
from station_server import station_environment


def read_settings(environment: dict[str, str], *names: str) -> dict[str, object]:
    program = (
        "import json; from backbeat.station import settings as s; "
        f"print(json.dumps({{n: getattr(s, n) for n in {names!r}}}, default=str))"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_debug_is_off_and_https_is_on_by_default(tmp_path):
    environment = station_environment(tmp_path)
    del environment["BACKBEAT_HTTPS"]
    found = read_settings(
        environment, "DEBUG", "HTTPS", "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "ALLOWED_HOSTS"
    )
    assert found == {
        "DEBUG": False,
        "HTTPS": True,
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_SECURE": True,
        "ALLOWED_HOSTS": ["127.0.0.1", "localhost", "[::1]"],
    }


@pytest.mark.parametrize(
    ("url", "engine", "name"),
    [
        ("", "sqlite3", "backbeat.sqlite3"),
        ("postgresql://me:secret@db.example.org:5433/force", "postgresql", "force"),
    ],
)
def test_the_database_is_the_one_the_ledger_uses(tmp_path, url, engine, name):
    found = read_settings(station_environment(tmp_path, database_url=url), "DATABASES")["DATABASES"]["default"]
    assert found["ENGINE"].endswith(engine)
    assert found["NAME"].endswith(name)
    if url:
        assert (found["HOST"], found["PORT"], found["USER"], found["PASSWORD"]) == (
            "db.example.org",
            5433,
            "me",
            "secret",
        )


def test_single_sign_on_is_off_until_an_issuer_is_named(tmp_path):
    found = read_settings(station_environment(tmp_path), "SINGLE_SIGN_ON", "SOCIALACCOUNT_PROVIDERS")
    assert found == {"SINGLE_SIGN_ON": False, "SOCIALACCOUNT_PROVIDERS": {}}
    named = station_environment(
        tmp_path, BACKBEAT_OIDC_ISSUER="https://login.example.org/tenant", BACKBEAT_OIDC_CLIENT_ID="backbeat"
    )
    found = read_settings(named, "SINGLE_SIGN_ON", "SOCIALACCOUNT_PROVIDERS", "INSTALLED_APPS")
    provider = found["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]
    assert provider["OAUTH_PKCE_ENABLED"] is True
    assert provider["APPS"][0]["settings"] == {"server_url": "https://login.example.org/tenant", "uid_field": "sub"}
    assert "allauth.socialaccount.providers.openid_connect" in found["INSTALLED_APPS"]


def test_secret_keys_of_two_installations_differ_and_last(tmp_path):
    one = read_settings(station_environment(tmp_path / "a"), "SECRET_KEY")["SECRET_KEY"]
    two = read_settings(station_environment(tmp_path / "b"), "SECRET_KEY")["SECRET_KEY"]
    again = read_settings(station_environment(tmp_path / "a"), "SECRET_KEY")["SECRET_KEY"]
    assert one != two
    assert one == again
    assert len(one) >= 50
