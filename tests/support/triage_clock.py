"""Calls with timers about to run out, and workers that can be killed, in an installation of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from station_server import prepare_station, station_environment

SETTING_UP = "import django; django.setup()\n"
LOSE = """
from datetime import timedelta
from django.utils import timezone
from backbeat.station.accounts.models import User
from backbeat.station.desk_triage import calls, engine
from backbeat.station.desk_triage.models import CallTimer
from backbeat.triage.calls.happenings import Lost, Opened
from backbeat.triage.calls.words import Loss
user = User.objects.filter(username="cad").first() or User.objects.create_user("cad", None, roles=["control-system"])
now = timezone.now()
minutes = engine.policy_on(now).minutes("call-back")
for number in range({count}):
    due = now + timedelta(seconds={first_s} + {span_s} * number / {count})
    call = calls.open_call(user, Opened(), key=f"{word}-open-{{number}}", at=due - timedelta(minutes=minutes))
    lost = Lost(Loss.DROPPED)
    calls.record(user, call, lost, key=f"{word}-lost-{{number}}", at=due - timedelta(minutes=minutes))
"""
LOOK = """
import json
from backbeat.station.desk_triage.models import CallEvent, CallTimer
rows = []
for timer in CallTimer.objects.filter(kind="call-back"):
    events = CallEvent.objects.filter(call=timer.call_id, kind="timer_fired", body__timer="call-back")
    late = (timer.fired_at - timer.due_at).total_seconds() if timer.fired_at else None
    rows.append([timer.pk, late, events.count(), timer.due_at.timestamp()])
print(json.dumps(rows))
"""


@dataclass
class ClockWorks:
    """An installation, and the workers that look after its timers."""

    folder: Path
    environment: dict[str, str]

    @classmethod
    def made(cls, folder: Path, database_url: str) -> "ClockWorks":
        url = database_url if database_url.startswith("postgresql") else ""
        environment = station_environment(folder / "data", database_url=url)
        prepare_station(environment)
        return cls(folder, environment)

    def shell(self, source: str) -> str:
        command = [sys.executable, "-c", SETTING_UP + source]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()

    def lose(self, word: str, count: int, first_s: float, span_s: float) -> None:
        """Callers lost so long ago that each is owed a call from `first_s` on, over `span_s`."""
        self.shell(LOSE.format(word=word, count=count, first_s=first_s, span_s=span_s))

    def timers(self) -> list[list[Any]]:
        """Each timer of a call-back: id, seconds it fired late (None: not yet), events it left, when it was due."""
        found: list[list[Any]] = json.loads(self.shell(LOOK).splitlines()[-1])
        return found

    def worker(self, name: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", "backbeat.station.worker"]
            return subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text("utf-8") if path.is_file() else ""

    def wait_until_up(self, name: str, times: int = 1) -> None:
        wait_for(lambda: self.log(name).count("worker started for") >= times, 90, lambda: self.log(name)[-2000:])


def wait_for(condition: Callable[[], object], seconds: float, why: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen in time {why()}"
        time.sleep(0.1)


def end(*workers: "subprocess.Popen[bytes]") -> None:
    for worker in workers:
        if worker.poll() is None:
            os.kill(worker.pid, 15)
    for worker in workers:
        try:
            worker.wait(40)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
