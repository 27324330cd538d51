"""A database that is started again in mid-call loses nothing: 503, the same request again, and every event once.

A real station on a real PostgreSQL, which is stopped as by a crash while several handlers are at work.
"""

import threading
import time
from dataclasses import dataclass, field

import httpx
import pytest
from station_server import running_station
from throwaway_postgres import start_postgres
from triage_http import ConnectedSystem, Reply, over_http

HANDLERS = 6
RESTARTS = 2
AWAY_S = 1.5


@pytest.fixture(scope="module")
def database():
    """A server of our own: others use the session's while we stop this one."""
    server = start_postgres()
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    try:
        yield server
    finally:
        server.stop()


@dataclass
class Handler:
    """One call after another fact by fact; what is not answered is sent again under the same key."""

    system: ConnectedSystem
    call: str
    sent: int = 0
    refused: list[Reply] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.sent += 1
            self.until_answered(f"{self.call}-{self.sent}", {"kind": "note", "text": f"note {self.sent}"})

    def until_answered(self, key: str, body: dict[str, str]) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                reply = self.system.post(f"/calls/{self.call}/events", body, key=key)
            except httpx.TransportError:
                self.odd.append("no answer at all")
                return
            if reply.status == 200:
                return
            if reply.status != 503:
                self.odd.append(f"{reply.status} {reply.body}")
                return
            self.refused.append(reply)
            time.sleep(0.2)
        self.odd.append("never answered")


def test_nothing_is_lost_and_nothing_recorded_twice(database, tmp_path):
    with database.fresh_database() as url, running_station(tmp_path, database_url=url) as station:
        systems = [over_http(station) for _ in range(HANDLERS)]
        handlers = [Handler(system, system.opened(strand="welfare")) for system in systems]
        stop = threading.Event()
        threads = [threading.Thread(target=handler.work, args=(stop,)) for handler in handlers]
        for thread in threads:
            thread.start()
        for _ in range(RESTARTS):
            time.sleep(1.5)
            database.stop_serving()
            time.sleep(AWAY_S)
            database.serve_again()
        time.sleep(1.5)
        stop.set()
        for thread in threads:
            thread.join()

        assert [handler.odd for handler in handlers] == [[]] * HANDLERS, station.logs()[-4000:]
        assert sum(len(handler.refused) for handler in handlers) >= RESTARTS
        for reply in (reply for handler in handlers for reply in handler.refused):
            assert reply.body["code"] in {"triage.try-again", "ledger.access-not-logged", "ledger.busy"}
            assert set(reply.body) == {"code", "what", "where", "do"}
            assert reply.headers["retry-after"] == "1"
        for handler in handlers:
            history = handler.system.get(f"/calls/{handler.call}").body
            assert [event["kind"] for event in history["events"]].count("note") == handler.sent
            assert [event["sequence"] for event in history["events"]] == list(range(1, history["revision"] + 1))
        texts = station.shell(
            "from backbeat.station.desk_triage.models import CallEvent\n"
            "notes = CallEvent.objects.filter(kind='note').values_list('call_id', 'body__text')\n"
            "print(len(notes), len(set(notes)))"
        ).split()
        assert texts[0] == texts[1] == str(sum(handler.sent for handler in handlers))
        assert '"exception"' not in station.logs()
