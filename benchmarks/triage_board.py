"""The board with 5,000 open calls, over HTTP: every order, every filter, first page and last, and the line above it.

The station is the real thing: gunicorn, the embedded database, an entry in the access log for every page. The peer is
the same board in the same run with the fifty calls of one page open, which shows what the other 4,950 cost.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figure import Figure

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from station_server import Browserless, running_station

OPEN = 5_000
PAGE = 50
ROUNDS = 12

FILL = """
import copy, secrets, uuid
from datetime import timedelta
from random import Random
from django.utils import timezone
from backbeat.rulebook import NO, UNKNOWN, YES
from backbeat.station.accounts.models import User
from backbeat.station.desk_triage import calls
from backbeat.station.desk_triage.models import Call, CallEvent, CallTimer
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.words import Loss
chance, now = Random({start}), timezone.now()
users = list(User.objects.filter(username__startswith='handler'))
safe = dict(crime=NO, crime_live=NO, risk_life_now=NO, serious_harm_now=NO, attendance_promised=NO, risk_created=NO,
    officers_on_scene=NO, s136_custody=NO, strand='walk-out', location_known=YES, capacity=YES, partner_available=YES,
    contact_number=1)
kinds = [safe, dict(crime=NO, crime_live=NO, risk_life_now=UNKNOWN, serious_harm_now=UNKNOWN),
    dict(crime=YES, crime_live=YES, risk_life_now=YES, serious_harm_now=YES, medical=NO), dict(crime=NO)]
patterns = []
for n, facts in enumerate(kinds):
    call = calls.open_call(users[0], h.Opened(person='Ada Frith', place='12 Quarry Row, Marlbridge',
        number='07700 900123', notes='Left the ward at noon. ' * 20), key=secrets.token_hex(8))
    said = [h.FactStated(name, value) for name, value in facts.items()]
    if n == 0: said.append(h.Offered('hospital'))
    if n == 3: said.append(h.Lost(Loss.DROPPED))
    calls.record(users[0], call, *said, key=secrets.token_hex(8))
    call.refresh_from_db()
    patterns.append((call, list(call.events.all()), list(call.timers.all())))
made, events, timers = [], [], []
for n in range({start}, {end} - len(kinds)):
    pattern, its_events, its_timers = chance.choice(patterns)
    ago = timedelta(minutes=chance.randrange(0, 600))
    one = copy.copy(pattern)
    one.pk, one._state = uuid.uuid4(), copy.copy(pattern._state)
    one._state.adding = True
    one.reference, one.opened_at, one.assigned_to = f'B-{{n:05}}', now - ago, chance.choice(users)
    one.next_due_at = one.next_due_at - ago if one.next_due_at else None
    made.append(one)
    for row in its_events:
        row = copy.copy(row); row.pk = None; row.call_id = one.pk; row.key = f'{{one.pk}}:{{row.sequence}}'
        events.append(row)
    for row in its_timers:
        timers.append(CallTimer(call_id=one.pk, kind=row.kind, due_at=row.due_at - ago, about=row.about,
            fired_at=now if row.due_at - ago < now else None, settled_at=now if row.due_at - ago < now else None))
Call.objects.bulk_create(made, batch_size=500)
CallEvent.objects.bulk_create(events, batch_size=1000)
CallTimer.objects.bulk_create(timers, batch_size=1000)
print(Call.objects.filter(state='open').count(), len(events))
"""
FIRST = "/triage/board/"
PAGES = (
    FIRST,
    "/triage/board/?page=50",
    "/triage/board/?page=100",
    "/triage/board/?order=age",
    "/triage/board/?order=clock",
    "/triage/board/?outcome=partner-leads&agency=hospital",
    "/triage/board/?strand=walk-out&page=10",
    "/triage/board/?waiting=supervisor",
    "/triage/board/?waiting=clock",
    "/triage/board/?waiting=owner&order=age",
    "/triage/board/?handler=handler3",
    "/triage/board/waiting/",
)
PULSES = ("/triage/board/pulse/?seen=1&drawn=2026-05-01T09:00:00Z", "/triage/board/pulse/?seen=999999999")


def _take(client: Browserless, urls: tuple[str, ...]) -> list[float]:
    """Milliseconds of each page, from sending the request to having the whole answer."""
    took = []
    for url in urls:
        started = time.perf_counter()
        answer = client.get(url)
        took.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, (url, answer.status_code)
    return took


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[18]


def run() -> list[Figure]:
    """Board and pulse at 5,000 open calls, and what they cost more than with one page of calls."""
    with tempfile.TemporaryDirectory() as folder, running_station(Path(folder)) as station:
        people = [(f"handler{n}", ["call-handler"], "", f"CH {n}") for n in range(6)]
        station.add_users([*people, ("boss", ["control-room-supervisor"], "", "PS 8")])
        client = station.signed_in("boss")
        station.shell(FILL.format(start=0, end=PAGE))
        _take(client, PAGES[:1])  # the first page compiles templates
        few = [ms for _ in range(ROUNDS * 2) for ms in _take(client, (FIRST,))]
        print(station.shell(FILL.format(start=PAGE, end=OPEN)), "open calls and events copied", flush=True)
        _take(client, PAGES)
        many = [ms for _ in range(ROUNDS) for ms in _take(client, PAGES)]
        first = [ms for _ in range(ROUNDS * 2) for ms in _take(client, (FIRST,))]
        pulses = [ms for _ in range(ROUNDS * 4) for ms in _take(client, PULSES)]
    shared = f"{len(many)} pages, median {statistics.median(many):.0f} ms, each in the access log"
    peer = f"board of {PAGE} calls, median {statistics.median(few):.0f} ms"
    return [
        Figure(f"board, {OPEN:,} open calls, any order, filter and page, p95", _p95(many), "ms", 200, "lower", shared),
        Figure("line above the board, which asks every 10 s, p95", _p95(pulses), "ms", 100, "lower"),
        Figure(
            f"first page with {OPEN:,} open calls against {PAGE}",
            statistics.median(first) / statistics.median(few), "times", 3, "lower", peer,
        ),
    ]  # fmt: skip
