"""`python -m backbeat.station.serve`: comes up on an empty folder, survives a killed worker, stops cleanly."""

import signal
import subprocess
import sys
import time

import httpx
import psutil
import pytest
from station_server import free_port, station_environment


def wait_for(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_from_nothing_to_a_clean_stop(tmp_path, number):
    port = free_port()
    log = (tmp_path / "log").open("wb")
    command = [sys.executable, "-m", "backbeat.station.serve", "--port", str(port), "--data", str(tmp_path / "data")]
    served = subprocess.Popen(command, env=station_environment(tmp_path / "unused"), stdout=log, stderr=log)
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/health/"))
        assert (tmp_path / "data" / "backbeat.sqlite3").is_file()
        family = psutil.Process(served.pid)

        def worker() -> list[psutil.Process]:
            alive = [child for child in family.children() if child.status() != psutil.STATUS_ZOMBIE]
            return [child for child in alive if "backbeat.station.worker" in child.cmdline()]

        wait_for(worker)
        (first,) = worker()
        first.kill()
        wait_for(lambda: [child for child in worker() if child.pid != first.pid])
        grandchildren = family.children(recursive=True)
        served.send_signal(number)
        assert served.wait(40) == 0
        wait_for(lambda: not any(child.is_running() for child in grandchildren), 10)
    finally:
        log.close()
        if served.poll() is None:
            served.kill()
            served.wait()
    assert b"Traceback" not in (tmp_path / "log").read_bytes()


def test_killing_the_supervisor_leaves_no_server_behind(tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "backbeat.station.serve", "--port", str(port), "--data", str(tmp_path / "data")]
    with (tmp_path / "log").open("wb") as log:
        served = subprocess.Popen(command, env=station_environment(tmp_path / "unused"), stdout=log, stderr=log)
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/health/"))
        family = psutil.Process(served.pid).children(recursive=True)
        assert family
    finally:
        served.kill()
        served.wait()
    wait_for(lambda: not any(child.is_running() for child in family), 30)


def test_what_cannot_be_served_is_said_in_words(tmp_path):
    environment = station_environment(tmp_path, BACKBEAT_OIDC_ISSUER="https://login.example.org")
    command = [sys.executable, "-m", "backbeat.station.serve", "--port", str(free_port())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "next:" in done.stderr
    assert "Traceback" not in done.stderr
