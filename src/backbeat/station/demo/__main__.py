"""`./run demo`: a demonstration force on this machine, or with `--check` the whole way once and a summary."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from backbeat.station.demo.load import SignIn

PORT = 8000
START_S = 120


def main(arguments: list[str]) -> int:
    """Parse, start, and wait or check; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="take a sample case through the web, print a summary, leave"
    )
    parser.add_argument("--port", type=int, help=f"default {PORT}; with --check any free port")
    parser.add_argument(
        "--data", type=Path, help="where its data are; default var/demo, with --check a folder that goes"
    )
    options = parser.parse_args(arguments)
    with _data_folder(options.data, options.check) as data:
        port = options.port or (_free_port() if options.check else PORT)
        if not _is_free(port):
            sys.stderr.write(
                f"Port {port} is in use.\n  where: 127.0.0.1\n"
                "  next:  stop what uses it, or choose another with --port\n"
            )
            return 2
        accounts = _load(data)
        log = data / "station.log" if options.check else None
        with _station(data, port, log) as station:
            address = f"http://127.0.0.1:{port}"
            if not _answers(address, station):
                sys.stderr.write(f"The station did not start.\n{_last_lines(log)}")
                return 70
            if options.check:
                return _check(address, accounts, log)
            _greet(address, accounts)
            return _wait(station)


@contextmanager
def _data_folder(given: Path | None, check: bool) -> Iterator[Path]:
    if given is None and check:
        with tempfile.TemporaryDirectory(prefix="backbeat-check-") as folder:
            yield Path(folder)
    else:
        yield (given or Path("var") / "demo").absolute()


def _load(data: Path) -> tuple[SignIn, ...]:
    """Create the database and the demonstration force (in this process, before the station starts)."""
    os.environ.update(_environment(data))
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from backbeat.station.demo.load import load

    return load(settings.INSTALLATION)


def _environment(data: Path) -> dict[str, str]:
    return {
        "BACKBEAT_DATA": str(data),
        "BACKBEAT_HTTPS": "0",
        "BACKBEAT_DEMONSTRATION": "1",
        "DJANGO_SETTINGS_MODULE": "backbeat.station.settings",
    }


@contextmanager
def _station(data: Path, port: int, log: Path | None) -> Iterator[subprocess.Popen[bytes]]:
    """The same station that `./run serve` starts, ended with this block. Its words go to `log`, or here."""
    command = [sys.executable, "-m", "backbeat.station.serve", "--port", str(port), "--data", str(data)]
    with ExitStack() as stack:
        words = stack.enter_context(log.open("wb")) if log else None
        station = subprocess.Popen(  # noqa: S603 - our own program
            command, env={**os.environ, **_environment(data)}, stdout=words, stderr=words
        )
        stack.callback(_end, station)
        yield station


def _end(station: subprocess.Popen[bytes]) -> None:
    if station.poll() is None:
        station.send_signal(signal.SIGTERM)
        try:
            station.wait(40)
        except subprocess.TimeoutExpired:
            station.kill()


def _last_lines(log: Path | None) -> str:
    return "\n".join([*log.read_text("utf-8", "replace").splitlines()[-20:], ""]) if log and log.exists() else ""


def _answers(address: str, station: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + START_S
    while time.monotonic() < until and station.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health/", timeout=2):  # noqa: S310 - loopback http
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    return False


def _check(address: str, accounts: tuple[SignIn, ...], log: Path | None) -> int:
    from backbeat.station.demo.check import run_check
    from backbeat.station.demo.web_client import WebFailure

    officer = next(account for account in accounts if account.username == "officer")
    try:
        summary = run_check(address, officer)
    except WebFailure as failure:
        sys.stderr.write(f"{_last_lines(log)}The check failed: {failure}.\n")
        return 4
    sys.stdout.write("\n".join(["backbeat: the whole way, once, through the web", *summary.lines(), ""]))
    return 0


def _greet(address: str, accounts: tuple[SignIn, ...]) -> None:
    lines = ["", f"backbeat is at {address}. Everybody in it is invented.", "", "Sign in as:"]
    lines += [f"  {account.username:<14} {account.password:<34} {account.name}" for account in accounts]
    sys.stdout.write("\n".join([*lines, "", "Stop with Ctrl-C.", ""]))
    sys.stdout.flush()


def _wait(station: subprocess.Popen[bytes]) -> int:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: station.poll() is None and station.send_signal(signal.SIGTERM))
    return station.wait()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
