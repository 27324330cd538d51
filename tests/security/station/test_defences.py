"""Headers, content policy, assets, deployment checks: what a browser and an operator are given."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from station_django import Client, fresh, make_case, make_user, signed_in
from station_server import prepare_station, station_environment

import backbeat.station

STATION = Path(backbeat.station.__file__).parent
TEMPLATES = sorted(STATION.rglob("templates/**/*.html"))
STYLES = sorted((STATION / "static" / "vendor").rglob("*.css"))


def test_check_deploy_is_clean_behind_tls(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "backbeat.station.manage", "check", "--deploy", "--fail-level", "INFO"],
        env=station_environment(tmp_path, https=True),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_migrations_are_complete(tmp_path):
    command = [sys.executable, "-m", "backbeat.station.manage", "makemigrations", "--check", "--dry-run"]
    done = subprocess.run(
        [*command, "accounts", "cases"], env=station_environment(tmp_path), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_cookies_behind_tls_are_host_only_secure_and_unreadable(tmp_path):
    environment = station_environment(tmp_path, https=True)
    prepare_station(environment)
    program = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "from backbeat.station.accounts.models import User\n"
        "u = User.objects.create_user('amy', 'three-random-words-42', display_name='A', roles=['officer'])\n"
        "c = Client(headers={'host': 'localhost'})\n"
        "plain = c.get('/account/login/')\n"
        "assert plain.status_code == 301 and plain['Location'].startswith('https://'), plain\n"
        "a = c.post('/account/login/', {'login': 'amy', 'password': 'three-random-words-42'}, secure=True)\n"
        "assert a.status_code == 302, a\n"
        "print(a['Strict-Transport-Security'])\n"
        "for name, m in a.cookies.items(): \n"
        "    print(name, m['secure'], m['httponly'], m['samesite'], m['path'], m['domain'])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    transport, *cookies = done.stdout.strip().splitlines()
    assert transport == "max-age=31536000; includeSubDomains; preload"
    assert "__Host-session True True Lax / " in [cookie + ("" if cookie.endswith(" ") else " ") for cookie in cookies]
    assert all(cookie.startswith("__Host-") for cookie in cookies)


@pytest.mark.parametrize("url", ["/", "/cases/", "/account/login/", "/nothing-here/", "/access-log/"])
def test_every_page_carries_the_protecting_headers(url):
    headers = signed_in(make_user("officer")).get(url).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] in (
        "no-store",
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )


def test_a_form_from_elsewhere_is_refused_without_effect():
    user = make_user("officer")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    reference = fresh("42/CR")
    answer = client.post("/cases/new/", {"reference": reference, "title": "x"})
    assert answer.status_code == 403
    assert "form was open for too long" in answer.content.decode()
    case = make_case(user)
    answer = client.post(f"/cases/{case.pk}/evidence/add/", {})
    assert answer.status_code == 403


def test_a_host_that_is_not_ours_is_refused():
    assert Client(headers={"host": "elsewhere.example.org"}).get("/account/login/").status_code == 400


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(STATION)))
def test_no_template_holds_inline_script_style_or_handlers(template):
    text = template.read_text("utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"<style[\s>]|<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", text)
    assert "javascript:" not in text


def test_there_are_templates_and_styles_to_check():
    assert len(TEMPLATES) > 30
    assert len(STYLES) >= 2


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_the_theme_is_neutral(style):
    text = unquote(style.read_text("utf-8")).lower()
    for mark in ("gds transport", "crown", "crest", "@font-face", "@import"):
        assert mark not in text
    for address in re.findall(r"url\([\"']?(?!data:)([^)\"']*)", text):
        assert not address.startswith(("/", "http"))
        assert (style.parent / address).is_file()


def test_every_vendored_folder_names_a_version_and_carries_its_licence():
    folders = list((STATION / "static" / "vendor").iterdir())
    assert folders
    for folder in folders:
        assert re.fullmatch(r"[a-z.-]+@\d+\.\d+\.\d+", folder.name)
        assert (folder / "LICENSE.txt").read_text("utf-8").strip()


def test_htmx_may_not_evaluate_text_or_write_styles():
    page = Client().get("/account/login/").content.decode()
    assert '"allowEval":false' in page
    assert '"includeIndicatorStyles":false' in page
    assert '"selfRequestsOnly":true' in page


def test_static_files_are_served_with_types_and_without_open_origins(station):
    found = httpx.get(f"{station.url}/static/vendor/govuk-frontend@6.6.0/govuk-frontend.min.js")
    assert found.status_code == 200
    assert found.headers["Content-Type"].startswith("text/javascript")
    assert "Access-Control-Allow-Origin" not in found.headers
    assert httpx.get(f"{station.url}/static/../settings.py").status_code == 404
