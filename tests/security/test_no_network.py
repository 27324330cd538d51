"""Nothing reaches out at run time: a whole run with every socket that is not loopback forbidden."""

import json
import os
import subprocess
import sys

import pytest

GUARD = """
import socket
import sys

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def refuse(what):
    # os._exit: no library may catch this and carry on as if it had merely failed to reach somebody
    sys.stderr.write(f"NETWORK: {what}\\n")
    sys.stderr.flush()
    import os
    os._exit(99)


def audit(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            refuse(event)
    elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"}:
        if arguments[0] not in LOOPBACK and arguments[0] is not None:
            refuse(event)
    elif event == "urllib.Request":
        refuse(event)


sys.addaudithook(audit)
"""


@pytest.fixture
def guarded(tmp_path):
    """Runs `python ARGUMENTS` with the guard in place; child processes inherit it."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD)

    def run(*arguments):
        environment = {
            **os.environ,
            "PYTHONPATH": str(tmp_path / "guard"),
            "BACKBEAT_DATA": str(tmp_path / "data"),
        }
        environment.pop("DATABASE_URL", None)
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )

    return run


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import urllib.request; urllib.request.urlopen('http://192.0.2.1/')",
    ],
)
def test_the_guard_sees_an_attempt(guarded, attempt):
    assert guarded("-c", f"try:\n    {attempt}\nexcept BaseException:\n    pass").returncode == 99


@pytest.mark.model
def test_suggest_redact_and_verify_stay_at_home(guarded, tmp_path):
    text = "Ffion Caddick, ffion@example.org, 07700 900123, https://example.org/x, 12 Mill Lane, Leeds.\n"
    (tmp_path / "a.txt").write_text(text)
    (tmp_path / "b.csv").write_text("who,phone\nFfion Caddick,07700 900123\n")
    suggested = guarded("-m", "backbeat", "suggest", "a.txt", "--json")
    assert suggested.returncode == 0, suggested.stderr
    assert json.loads(suggested.stdout)["documents"][0]["mentions"]
    redacted = guarded(
        "-m", "backbeat", "redact", "a.txt", "b.csv", "-o", "out", "--accept", "all", "--runner", "processes"
    )
    assert redacted.returncode == 0, redacted.stderr
    verified = guarded("-m", "backbeat", "verify", "out")
    assert verified.returncode == 0, verified.stderr
