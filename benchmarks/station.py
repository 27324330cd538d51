"""The station under load: list pages with 20 people at work on 10,000 items, and a 1 GiB upload in flat memory.

Everything is the real thing: gunicorn in a process of its own, the embedded database, and an access-log entry written
and signed for every page. A person here reads for half a second to a second and a half before asking for the next page.
"""

import http.client
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psutil

from benchmarks.figure import Figure

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from station_server import Station, running_station, token_in

PEOPLE = 20
ITEMS = 10_000
SECONDS = 20.0
UPLOAD_MIB = 1024

FILL = """
from backbeat.station.accounts.models import Unit, User
from backbeat.station.cases.models import Case, EvidenceItem, Membership
import hashlib
unit = Unit.objects.create(name='North')
users = [User.objects.create_user(f'user{n}', 'three-random-words-42', display_name=f'PC {n}', roles=['officer'],
    unit=unit) for n in range(20)]
cases = Case.objects.bulk_create(Case(reference=f'42/CR/{n}/26', title='A case', unit=unit) for n in range(100))
Membership.objects.bulk_create(Membership(case=case, user=user) for case in cases for user in users)
EvidenceItem.objects.bulk_create(EvidenceItem(case=cases[0 if n < 5000 else n % 100],
    sha256=hashlib.sha256(str(n).encode()).hexdigest(), original_name=f'document {n}.pdf', size=n * 997,
    media_type='application/pdf', pages=n % 40, uploaded_by=users[n % 20]) for n in range(10000))
print(cases[0].pk)
"""


def _pages(case: str) -> tuple[str, ...]:
    """The list pages, the longest case among them, first page and last."""
    return (
        "/cases/",
        "/cases/?page=3",
        f"/cases/{case}/evidence/",
        f"/cases/{case}/evidence/?page=150",
        f"/cases/{case}/",
    )


def _work(station: Station, username: str, urls: tuple[str, ...], until: float, took_ms: list[float]) -> None:
    chance = Random(username)
    client = station.signed_in(username)
    while time.monotonic() < until:
        time.sleep(chance.uniform(0.5, 1.5))
        url = chance.choice(urls)
        started = time.perf_counter()
        answer = client.get(url)
        took_ms.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, answer.status_code


def _list_pages(station: Station, case: str) -> Figure:
    took_ms: list[float] = []
    station.signed_in("user0").get("/cases/")  # the first page compiles templates
    until = time.monotonic() + SECONDS + 10  # signing in takes the first seconds
    people = [
        threading.Thread(target=_work, args=(station, f"user{n}", _pages(case), until, took_ms)) for n in range(PEOPLE)
    ]
    for person in people:
        person.start()
    time.sleep(10)
    took_ms.clear()
    for person in people:
        person.join()
    p95 = statistics.quantiles(took_ms, n=20)[18]
    peer = f"{len(took_ms)} pages, median {statistics.median(took_ms):.0f} ms, each in the access log"
    return Figure(f"list pages, {PEOPLE} people, {ITEMS:,} items, p95", p95, "ms", 150, "lower", peer)


def _body(token: str, boundary: str, line: bytes, mebibytes: int) -> Iterator[bytes]:
    yield (
        f'--{boundary}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="log.txt"\r\n'
        "Content-Type: text/plain\r\n\r\n"
    ).encode()
    block = (line * ((1 << 20) // len(line) + 1))[: 1 << 20]
    for _ in range(mebibytes):
        yield block
    yield f"\r\n--{boundary}--\r\n".encode()


def _rss_mib(server: psutil.Process) -> float:
    return sum(process.memory_info().rss for process in [server, *server.children(recursive=True)]) / (1 << 20)


def _large_upload(station: Station, case: str) -> list[Figure]:
    client = station.signed_in("user0")
    url = f"/cases/{case}/evidence/add/"
    token = token_in(client.get(url).text)
    station.upload(client, case, ("warm.txt", b"warm"))
    server = psutil.Process(station.process.pid)
    before = peak = _rss_mib(server)
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.05):
            peak = max(peak, _rss_mib(server))

    watcher = threading.Thread(target=watch)
    watcher.start()
    boundary = "benchmark-boundary"
    parts = list(_body(token, boundary, b"one line of a very long log\n", 0))
    length = sum(map(len, parts)) + (UPLOAD_MIB << 20)
    connection = http.client.HTTPConnection(station.url.removeprefix("http://"), timeout=300)
    started = time.perf_counter()
    connection.request(
        "POST",
        url,
        body=_body(token, boundary, b"one line of a very long log\n", UPLOAD_MIB),
        headers={
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(length),
            "Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar),
            "Origin": station.url,
        },
    )
    status = connection.getresponse().status
    took = time.perf_counter() - started
    connection.close()
    done.set()
    watcher.join()
    assert status == 302, status
    assert re.search(r"1\.\d GB", client.get(f"/cases/{case}/evidence/").text)
    return [
        Figure(
            f"memory grown by an upload of {UPLOAD_MIB} MiB", peak - before, "MiB", 32, "lower", f"{before:.0f} before"
        ),
        Figure(
            f"upload of {UPLOAD_MIB} MiB, hashed and stored", UPLOAD_MIB / took, "MiB/s", 50, "higher", f"{took:.1f} s"
        ),
    ]


def run() -> list[Figure]:
    """p95 of list pages; memory and speed of a large upload."""
    with tempfile.TemporaryDirectory() as folder, running_station(Path(folder)) as station:
        case = station.shell(FILL).splitlines()[-1]
        return [_list_pages(station, case), *_large_upload(station, case)]
