"""The station under twenty reviewers at once: time from asking for a page to its last byte.

A station as `./run serve` starts it (one gunicorn process of eight threads, SQLite, a job worker beside it) holds one
case of 10,000 evidence items and a preparation of 10,000 places over 250 pages. Twenty people are signed in; each asks
for a page, its picture where it has one, and a second later on average for the next: an officer who never stops to
read. Every request writes to the tamper-evident access log, as always.
"""

import http.client
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import defaultdict
from pathlib import Path

from benchmarks.figure import Figure

USERS = 20
THINK_S = 1.0
"""Mean pause between two pages of one person."""
SECONDS = 25.0
EVIDENCE = 10_000
MENTIONS = 10_000
PAGES = 250
PASSWORD = "three-random-words-42"
GOAL_MS = 150.0

FILL = f"""
import io, json, uuid, hashlib
import django; django.setup()
from django.conf import settings
from django.utils import timezone
from reportlab.pdfgen.canvas import Canvas
from backbeat.station.accounts.models import Unit, User
from backbeat.station.cases.models import Case, EvidenceItem, Membership, Person
from backbeat.station.desk_redaction.models import Mention, Preparation, PreparedDocument

unit = Unit.objects.create(name="North")
users = [User.objects.create_user(f"user{{n}}", {PASSWORD!r}, roles=["officer"], unit=unit) for n in range({USERS})]
case = Case.objects.create(reference="42/CR/1/26", title="A large file", unit=unit)
Membership.objects.bulk_create(Membership(case=case, user=user) for user in users)
Person.objects.bulk_create(
    Person(case=case, register_id=f"P{{n}}", names=[f"Person {{n}}"], role="witness") for n in range(1, 21)
)
stream = io.BytesIO()
canvas = Canvas(stream, invariant=1)
for page in range({PAGES}):
    text = canvas.beginText(60, 780)
    for line in range(40):
        text.textLine(f"Page {{page}}, line {{line}}: somebody said something on the telephone, and then again.")
    canvas.drawText(text)
    canvas.showPage()
canvas.save()
with settings.INSTALLATION.store.incoming() as incoming:
    incoming.write(stream.getvalue())
    size, sha256 = incoming.size, incoming.keep()
def item(number, sha256, size):
    return EvidenceItem(case=case, sha256=sha256, original_name=f"Exhibit {{number}}.pdf", size=size, pages={PAGES},
                        media_type="application/pdf", uploaded_by=users[0])
real = item(0, sha256, size)
EvidenceItem.objects.bulk_create([real], batch_size=500)
EvidenceItem.objects.bulk_create(
    [item(n, hashlib.sha256(str(n).encode()).hexdigest(), n) for n in range(1, {EVIDENCE})], batch_size=500
)
preparation = Preparation.objects.create(
    case=case, profile="cps-precharge", profile_date=timezone.localdate(), state="review", created_by=users[0]
)
document = PreparedDocument.objects.create(
    preparation=preparation, evidence=real, state="read", media_type="application/pdf", pages={PAGES}, characters=900000
)
kinds = ("person", "phone", "email", "address", "vrm", "date-of-birth")
per_page = {MENTIONS} // {PAGES}
Mention.objects.bulk_create(
    [
        Mention(
            document=document, kind=kinds[n % len(kinds)], text=f"07700 900{{n % 1000:03d}}",
            before="on the telephone ", after=" and then again", start=n * 80, end=n * 80 + 12, page=n // per_page + 1,
            boxes=[[n // per_page + 1, 60, 770 - 14 * (n % per_page), 160, 784 - 14 * (n % per_page)]],
            detector="benchmark", why="Digits of a telephone number.", person=f"P{{n % 20 + 1}}" if n % 7 else "",
            suggested="redact", reason="Contact details", rule="cps-precharge", rule_why="The table says so. " * 4,
            decided="redact" if n % 3 == 0 else "", decided_by=users[0] if n % 3 == 0 else None,
        )
        for n in range({MENTIONS})
    ],
    batch_size=1000,
)
print(json.dumps([str(case.pk), preparation.pk, document.pk]))
"""


class Reviewer(threading.Thread):
    """One signed-in person turning pages until the time is up."""

    def __init__(self, port: int, number: int, paths: "Paths", times: dict[str, list[float]]) -> None:
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.random = random.Random(number)
        self.cookies: dict[str, str] = {}
        self.paths, self.times = paths, times
        self.until = 0.0
        self._sign_in(f"user{number}")

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        headers = {
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urllib.parse.urlencode(form or {})
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # kept alive no longer: a browser opens another, and so does this
            self.connection.close()
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        answer = response.read()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return response.status, answer

    def _sign_in(self, username: str) -> None:
        _, page = self.ask("GET", "/account/login/")
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = {"csrfmiddlewaretoken": token[1].decode(), "login": username, "password": PASSWORD}
        status, _ = self.ask("POST", "/account/login/", form)
        if status != 302:
            raise RuntimeError(f"sign-in answered {status}")

    def run(self) -> None:
        time.sleep(self.random.uniform(0, THINK_S))
        while time.monotonic() < self.until:
            name, path = self.paths.any(self.random)
            self.timed(name, path)
            if name == "page view":
                self.timed("picture of a page", path + "picture.jpg")
            time.sleep(self.random.expovariate(1 / THINK_S))

    def timed(self, name: str, path: str) -> None:
        started = time.perf_counter()
        status, _ = self.ask("GET", path)
        elapsed = time.perf_counter() - started
        if status != 200:
            raise RuntimeError(f"{name} answered {status}")
        self.times[name].append(elapsed * 1000)


class Paths:
    """What there is to look at."""

    def __init__(self, case: str, preparation: int, document: int) -> None:
        self.case = f"/cases/{case}/"
        self.preparation = f"{self.case}redaction/{preparation}/"
        self.document = document

    def any(self, chance: random.Random) -> tuple[str, str]:
        match chance.randrange(5):
            case 0:
                return "review by groups", f"{self.preparation}review/"
            case 1:
                group = f"P{2 * chance.randint(1, 10)}:phone"
                return "places of a group", f"{self.preparation}places/?group={group}&page={chance.randint(1, 2)}"
            case 2 | 3:
                number = chance.randint(1, PAGES)
                return "page view", f"{self.preparation}documents/{self.document}/pages/{number}/"
            case _:
                return "evidence list", f"{self.case}evidence/?page={chance.randint(1, 100)}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, served: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and served.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the station did not start")


def measure(data: Path) -> dict[str, list[float]]:
    """Serve, fill, and look; times in ms by what was looked at."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "BACKBEAT_DATA": str(data),
        "BACKBEAT_HTTPS": "0",
        "DJANGO_SETTINGS_MODULE": "backbeat.station.settings",
    }
    prepare = [sys.executable, "-c", "from backbeat.station.serve import prepare; prepare()"]
    subprocess.run(prepare, env=environment, check=True)
    filled = subprocess.run([sys.executable, "-c", FILL], env=environment, check=True, capture_output=True, text=True)
    case, preparation, document = eval(filled.stdout.strip().splitlines()[-1], {"__builtins__": {}})
    port = free_port()
    with (data / "served.log").open("wb") as log:
        serve = [sys.executable, "-m", "backbeat.station.serve", "--port", str(port), "--data", str(data)]
        served = subprocess.Popen(serve, env=environment, stdout=log, stderr=log)
        try:
            wait_for(port, served)
            times: dict[str, list[float]] = defaultdict(list)
            paths = Paths(case, preparation, document)
            people = [Reviewer(port, number, paths, times) for number in range(USERS)]
            times.clear()
            for person in people:
                person.until = time.monotonic() + SECONDS
                person.start()
            for person in people:
                person.join(SECONDS + 60)
        finally:
            served.send_signal(signal.SIGTERM)
            served.wait(60)
    return times


def run() -> list[Figure]:
    """p95 of each kind of page."""
    with tempfile.TemporaryDirectory(prefix="backbeat-review-") as folder:
        times = measure(Path(folder))
    figures = []
    for name, found in sorted(times.items()):
        p50, p95 = statistics.median(found), statistics.quantiles(found, n=20)[-1]
        claim = f"{name}, p95 with {USERS} people at work ({len(found)} asked for, median {p50:.0f} ms)"
        figures.append(Figure(claim, p95, "ms", GOAL_MS, "lower"))
    return figures
