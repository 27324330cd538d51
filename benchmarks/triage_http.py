"""The triage desk over HTTP: a fact stated and the outcome read, 50 handlers at once; lists of 5,000 open calls.

A station as `./run serve` starts it (one gunicorn process of eight threads), 5,000 open calls, and 50 handlers, each
with a connection and a call of its own and a new call after eight facts. A handler here waits two to six seconds
between two answers, as somebody does who asks and listens; the same without any wait is measured beside it. A pair is
one fact stated and the outcome read: recorded, assessed, projected, and written twice to the signed access log. The
peer in the same run is the health page, which asks the database for nothing but `SELECT 1`.
"""

import http.client
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from benchmarks.figure import Figure

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from station_server import PASSWORD, Station, running_station
from throwaway_postgres import start_postgres

HANDLERS = 50
OPEN = 5_000
PAUSE_S = (2.0, 6.0)
SECONDS = 30.0
WITHOUT_PAUSE_S = 10.0
LISTS = 120
GOAL_MS = 100.0
LIST_GOAL_MS = 200.0
API = "/triage/api/v1"
BOARD = "/triage/board/"
FACTS = (
    {"crime": "no", "crime_live": "no"},
    {"risk_life_now": "no", "serious_harm_now": "no"},
    {"medical": "no"},
    {"police_need": "no"},
    {"attendance_promised": "no", "risk_created": "no", "officers_on_scene": "no", "s136_custody": "no"},
    {"location_known": "yes"},
    {"partner_available": "yes", "partner_eta_minutes": 20},
    {"risk_window_minutes": 60},
)
FILL = f"""
from datetime import timedelta
from django.utils import timezone
from backbeat.station.accounts.models import User
from backbeat.station.desk_triage import calls
from backbeat.station.desk_triage.api.tokens import make_token
from backbeat.station.desk_triage.models import Call, CallEvent
from backbeat.triage.calls.happenings import Opened
from backbeat.triage.model import Strand
user = User.objects.create_user("cad", None, roles=["control-system"])
User.objects.create_user("boss", {PASSWORD!r}, roles=["control-room-supervisor"], display_name="Boss")
first = calls.open_call(user, Opened(strand=Strand.WELFARE), key="first")
events = list(first.events.all())
def again(row, **changes):
    kept = {{one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}}
    return type(row)(**(kept | changes))
import uuid
made = [
    again(first, id=uuid.uuid4(), reference=f"CAD-{{n}}", opened_at=first.opened_at - timedelta(seconds=n),
          risk=n % 5, escalated=n % 9 == 0, person=f"Person {{n}}", place=f"{{n}} Mill Lane")
    for n in range(1, {OPEN})
]
Call.objects.bulk_create(made, batch_size=200)
CallEvent.objects.bulk_create(
    [again(row, id=None, call_id=call.pk, key=f"{{row.key}}-{{call.pk}}") for call in made for row in events],
    batch_size=200,
)
print(make_token(user, "benchmark"))
"""


class Line:
    """One connection, kept open, and the milliseconds each request took."""

    def __init__(self, station: Station, token: str) -> None:
        self._connection = http.client.HTTPConnection(station.url.removeprefix("http://"), timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: object = None, key: str = "") -> tuple[float, bytes]:
        headers = {**self._headers, **({"Idempotency-Key": key} if key else {})}
        started = time.perf_counter()
        self._connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = self._connection.getresponse()
        content = response.read()
        took = (time.perf_counter() - started) * 1000
        assert response.status in (200, 201), content
        return took, content

    def close(self) -> None:
        self._connection.close()


def _handle(line: Line, name: str, until: float, pause: tuple[float, float] | None, note: Callable[..., None]) -> None:
    """Calls one after another, fact by fact."""
    chance, number = Random(name), 0
    while time.monotonic() < until:
        number += 1
        _, opened = line.ask("POST", f"{API}/calls", {"strand": "welfare"}, f"{name}-{number}")
        call = json.loads(opened)["id"]
        for step, facts in enumerate(FACTS):
            if pause is not None:
                time.sleep(chance.uniform(*pause))
                line.close()  # the station ends a connection that is idle for five seconds
            if time.monotonic() >= until:
                return
            health, _ = line.ask("GET", "/health/") if pause is not None else (0.0, b"")
            stated, _ = line.ask("POST", f"{API}/calls/{call}/facts", {"facts": facts}, f"{name}-{number}-{step}")
            read, _ = line.ask("GET", f"{API}/calls/{call}/outcome")
            note(stated, read, health)


def _crowd(
    station: Station, token: str, word: str, seconds: float, pause: tuple[float, float] | None
) -> list[list[float]]:
    """Milliseconds of every fact stated, outcome read and health page."""
    took: list[list[float]] = []
    until = time.monotonic() + seconds + (pause[1] if pause else 1.0)
    lines = [Line(station, token) for _ in range(HANDLERS)]
    people = [
        threading.Thread(target=_handle, args=(line, f"{word}-{n}", until, pause, lambda *ms: took.append(list(ms))))
        for n, line in enumerate(lines)
    ]
    for person in people:
        person.start()
    time.sleep(pause[1] if pause else 1.0)
    took.clear()  # everybody has begun
    for person in people:
        person.join()
    for line in lines:
        line.close()
    return took


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


def _handlers(station: Station, token: str) -> list[Figure]:
    Line(station, token).ask("GET", f"{API}/facts")
    _crowd(station, token, "warm", 2.0, None)
    took = _crowd(station, token, "calm", SECONDS, PAUSE_S)
    pairs = [stated + read for stated, read, _ in took]
    stated, read, health = ([row[n] for row in took] for n in range(3))
    peer = (
        f"health page p99 {_p99(health):.0f} ms; {len(pairs)} pairs in {SECONDS:.0f} s, median"
        f" {statistics.median(pairs):.0f} ms; fact p99 {_p99(stated):.0f} ms, outcome p99 {_p99(read):.0f} ms"
    )
    without = _crowd(station, token, "rush", WITHOUT_PAUSE_S, None)
    rushed = [stated + read for stated, read, _ in without]
    said = f"p99 {_p99(rushed):,.0f} ms, median {statistics.median(rushed):,.0f} ms"
    wanted = HANDLERS / statistics.mean(PAUSE_S)
    ratio = statistics.median(pairs) / statistics.median(health)
    of_health = f"health page median {statistics.median(health):.1f} ms"
    a_second = len(rushed) / WITHOUT_PAUSE_S
    return [
        Figure(
            f"the outcome assessed and read, {HANDLERS} handlers who pause, p99", _p99(read), "ms", GOAL_MS, "lower"
        ),
        Figure(
            f"a fact and the outcome, {HANDLERS} handlers who pause, p99", _p99(pairs), "ms", GOAL_MS, "lower", peer
        ),
        Figure("a fact and the outcome against the health page, medians", ratio, "×", 40, "lower", of_health),
        Figure(f"pairs by {HANDLERS} handlers who never pause", a_second, "a second", wanted, "higher", said),
    ]


def _lists(station: Station, token: str) -> list[Figure]:
    line = Line(station, token)
    took, health, after = [], [], ""
    for _ in range(LISTS):
        ms, content = line.ask("GET", f"{API}/calls?state=open&limit=100{after}")
        took.append(ms)
        following = json.loads(content)["next"]
        after = f"&after={following}" if following else ""
        health.append(line.ask("GET", "/health/")[0])
    line.close()
    peer = (
        f"health page p95 {statistics.quantiles(health, n=20)[18]:.1f} ms, median list {statistics.median(took):.0f} ms"
    )
    p95 = statistics.quantiles(took, n=20)[18]
    return [Figure(f"list of 100 calls by the interface, {OPEN:,} open, p95", p95, "ms", LIST_GOAL_MS, "lower", peer)]


def _listed(claim: str, took: list[float], health: list[float]) -> Figure:
    p95, of_health = (statistics.quantiles(values, n=20)[18] for values in (took, health))
    peer = (
        f"health page p95 {of_health:.1f} ms, so {p95 / of_health:.0f} times; median {statistics.median(took):.0f} ms"
    )
    return Figure(claim, p95, "ms", LIST_GOAL_MS, "lower", peer)


def _board(station: Station) -> list[Figure]:
    """The supervisor's board, where the station has one."""
    client = station.signed_in("boss")
    if client.get(BOARD).status_code == 404:
        return []
    took, health = [], []
    for _ in range(LISTS // 2):
        for url, kept in ((BOARD, took), ("/health/", health)):
            started = time.perf_counter()
            answer = client.get(url)
            kept.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, answer.status_code
    return [_listed(f"the board, {OPEN:,} open calls, p95", took, health)]


def run() -> list[Figure]:
    """p99 of a fact and its outcome, pairs a second without a pause, p95 of a list and of the board.

    On PostgreSQL, which a control room runs on, and on the embedded database, whose writers wait for one another.
    """
    figures = []
    server = start_postgres()
    if server is not None:
        try:
            with server.fresh_database() as url:
                figures += _measure("PostgreSQL", url)
        finally:
            server.stop()
    return [*figures, *_measure("SQLite", "")]


def _measure(database: str, url: str) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, running_station(Path(folder), database_url=url) as station:
        token = station.shell(FILL).splitlines()[-1]
        figures = [*_lists(station, token), *_board(station), *_handlers(station, token)]
    return [replace(figure, claim=f"{database}: {figure.claim}") for figure in figures]
