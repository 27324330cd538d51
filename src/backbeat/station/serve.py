"""Serve the station: `python -m backbeat.station.serve [--port N] [--data DIR] [--workers N]`.

Brings the database up to date, then keeps two children running until told to stop: gunicorn and a job worker. A child
that dies is started again; one that keeps dying at once ends the whole, so that whoever supervises this sees it.
"""

import argparse
import ctypes
import logging
import logging.config
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import FrameType

from backbeat.errors import BackbeatError, CapabilityMissing

__all__ = ["Child", "main", "prepare", "supervise"]

log = logging.getLogger("backbeat.station.serve")

QUICK_DEATH_S = 5.0
"""A child that lives shorter than this has failed to start."""
MOST_QUICK_DEATHS = 5
_PR_SET_PDEATHSIG = 1
GRACE_S = 30.0
"""How long children may take to finish what they are doing."""


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="./run serve", description="Serve the station with a job worker.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", help="data directory (default: BACKBEAT_DATA, else the user's own)")
    parser.add_argument("--workers", type=int, default=1, help="gunicorn processes of 8 threads each")
    return parser.parse_args(arguments)


def prepare() -> None:
    """Create or bring up to date every table and key, so that no request has to. Safe to run at every start."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backbeat.station.settings")
    import django
    from django.core.management import call_command

    if os.environ.get("BACKBEAT_OIDC_ISSUER") and find_spec("jwt") is None:
        raise CapabilityMissing(
            "Single sign-on is asked for, and the libraries it needs are not installed.",
            where="environment variable BACKBEAT_OIDC_ISSUER",
            do="pip install 'django-allauth[socialaccount]', or unset the variable to sign in by password",
        )
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)

    from django.conf import settings

    from backbeat.ledger import AccessLog, Ledger
    from backbeat.runner import JobQueue

    for part in (AccessLog, Ledger, JobQueue):
        part.open(settings.INSTALLATION)


def gunicorn_command(host: str, port: int, workers: int) -> list[str]:
    """How gunicorn is started: threads, because pages wait for the database more than they compute."""
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "backbeat.station.wsgi",
        "--config",
        "python:backbeat.station.gunicorn",
    ]
    return [*command, "--bind", f"{host}:{port}", "--workers", str(workers)]


def _die_with_parent() -> None:
    """Have Linux end this child when the supervisor is killed; else it would keep the port from the next one."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A process that should always be running."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    quick_deaths: int = field(default=0)

    def start(self) -> None:
        """Start it in a process group of its own, so that Ctrl-C reaches only the supervisor."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        log.info("%s started", self.name)

    def is_dead(self) -> bool:
        """Whether it has ended."""
        return self.process is None or self.process.poll() is not None


def supervise(children: Sequence[Child], stop: threading.Event) -> int:
    """Keep the children running until `stop`; returns the exit status."""
    for child in children:
        child.start()
    status = 0
    while not stop.wait(0.5):
        for child in children:
            if not child.is_dead():
                continue
            quick = time.monotonic() - child.started < QUICK_DEATH_S
            child.quick_deaths = child.quick_deaths + 1 if quick else 0
            log.warning("%s ended by itself", child.name)
            if child.quick_deaths >= MOST_QUICK_DEATHS:
                log.error("%s does not stay up; stopping", child.name)
                status = 1
                stop.set()
                break
            child.start()
    _end(children)
    return status


def _end(children: Sequence[Child]) -> None:
    running = [child.process for child in children if child.process is not None and not child.is_dead()]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + GRACE_S
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment(chosen: argparse.Namespace, given: Mapping[str, str]) -> dict[str, str]:
    """What the children see."""
    changed = {"DJANGO_SETTINGS_MODULE": "backbeat.station.settings"}
    if chosen.data:
        changed["BACKBEAT_DATA"] = os.path.abspath(chosen.data)
    return {**given, **changed}


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 0 after a clean stop."""
    chosen = options(arguments)
    os.environ.update(environment(chosen, os.environ))
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    try:
        prepare()
    except BackbeatError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    log.info("serving on http://%s:%d", chosen.host, chosen.port)
    return supervise(
        [
            Child("gunicorn", gunicorn_command(chosen.host, chosen.port, chosen.workers)),
            Child("worker", [sys.executable, "-m", "backbeat.station.worker"]),
        ],
        stop,
    )


if __name__ == "__main__":
    sys.exit(main())
