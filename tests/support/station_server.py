"""A real station for tests: gunicorn in a process of its own, on a free port, with its own data directory.

    with running_station(tmp_path) as station:
        client = station.signed_in("officer")        # an httpx.Client with cookies and CSRF handled
        client.get("/cases/")

Users are made with `station.shell(python_text)` or by `station.add_user(...)`, which run inside the installation.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

PASSWORD = "three-random-words-42"
STARTS_WITHIN_S = 60.0


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def token_in(html: str) -> str:
    """The CSRF token of the first form on a page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    assert found, "the page has no form"
    return found[1]


class Browserless(httpx.Client):
    """A client that fills in the CSRF token: `submit` loads the page, then posts its form."""

    def submit(self, url: str, data: dict[str, object] | None = None, *, page: str = "", **kwargs) -> httpx.Response:
        token = token_in(self.get(page or url).text)
        return self.post(url, data={"csrfmiddlewaretoken": token, **(data or {})}, **kwargs)


@dataclass
class Station:
    """A running station."""

    url: str
    data: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    log: Path
    clients: list[Browserless] = field(default_factory=list)
    """Every client handed out; closed when the station stops."""

    def client(self, **kwargs) -> Browserless:
        self.clients.append(Browserless(base_url=self.url, headers={"Origin": self.url}, timeout=60, **kwargs))
        return self.clients[-1]

    def shell(self, source: str) -> str:
        """Run Python inside the installation with Django set up; returns what it prints."""
        program = "import django; django.setup()\n" + source
        done = subprocess.run(
            [sys.executable, "-c", program], env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def add_user(self, username: str, *roles: str, unit: str = "", name: str = "") -> None:
        self.add_users([(username, roles, unit, name)])

    def add_users(self, users: Sequence[tuple[str, Sequence[str], str, str]]) -> None:
        """Each user as (username, roles, unit, display name); all with PASSWORD."""
        self.shell(
            "from backbeat.station.accounts.models import Unit, User\n"
            f"for username, roles, unit, name in {users!r}:\n"
            "    place = Unit.objects.get_or_create(name=unit)[0] if unit else None\n"
            f"    User.objects.create_user(username, {PASSWORD!r}, roles=roles, unit=place, "
            "display_name=name or username.title())\n"
        )

    def signed_in(self, username: str) -> Browserless:
        """A client signed in as `username`."""
        client = self.client()
        answer = client.submit("/account/login/", {"login": username, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client

    def open_case(self, client: Browserless, reference: str, title: str = "Theft from a shop") -> str:
        """Open a case as this client; returns its id."""
        answer = client.submit("/cases/new/", {"reference": reference, "title": title})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"].split("/")[2]

    def upload(self, client: Browserless, case: str, *files: tuple[str, bytes]) -> httpx.Response:
        """Add files, each as (name, content), to a case."""
        sent = [("files", (name, content)) for name, content in files]
        return client.submit(f"/cases/{case}/evidence/add/", {}, files=sent)

    def logs(self) -> str:
        return self.log.read_text("utf-8")


def station_environment(data: Path, *, https: bool = False, database_url: str = "", **more: str) -> dict[str, str]:
    """The environment of a station with this data directory."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BACKBEAT_", "DATABASE_URL", "DJANGO_"))
    }
    changed = {
        "BACKBEAT_DATA": str(data),
        "BACKBEAT_HTTPS": "1" if https else "0",
        "DJANGO_SETTINGS_MODULE": "backbeat.station.settings",
        **({"DATABASE_URL": database_url} if database_url else {}),
    }
    return {**kept, **changed, **more}


def prepare_station(environment: dict[str, str]) -> None:
    """Create the database of a station."""
    command = [sys.executable, "-c", "from backbeat.station.serve import prepare; prepare()"]
    subprocess.run(command, env=environment, check=True, timeout=120, capture_output=True)


@contextmanager
def running_station(folder: Path, *, worker: bool = False, database_url: str = "", **more: str) -> Iterator[Station]:
    """A station served over http on loopback; with `worker`, a job worker beside it."""
    data = folder / "station"
    environment = station_environment(data, database_url=database_url, **more)
    prepare_station(environment)
    port = free_port()
    log = folder / "station.log"
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "backbeat.station.wsgi",
        "--config",
        "python:backbeat.station.gunicorn",
    ]
    with log.open("wb") as stream:
        served = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{port}"], env=environment, stdout=stream, stderr=stream
        )
        working = (
            subprocess.Popen(
                [sys.executable, "-m", "backbeat.station.worker"], env=environment, stdout=stream, stderr=stream
            )
            if worker
            else None
        )
        station = Station(f"http://127.0.0.1:{port}", data, environment, served, log)
        try:
            _wait_until_up(station)
            yield station
        finally:
            for client in station.clients:
                client.close()
            for process in (served, working):
                if process is not None:
                    process.terminate()
            for process in (served, working):
                if process is not None:
                    try:
                        process.wait(30)
                    except subprocess.TimeoutExpired:
                        process.kill()
                        process.wait()


def _wait_until_up(station: Station) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        assert station.process.poll() is None, station.logs()[-2000:]
        try:
            answer = httpx.get(f"{station.url}/health/", timeout=5)
            assert answer.status_code == 200, station.logs()[-2000:]
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the station did not come up: " + station.logs()[-2000:])
