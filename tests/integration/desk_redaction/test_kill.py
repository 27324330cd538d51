"""kill -9 of the job worker while it reads and while it releases: the end is that of an undisturbed run."""

import json
import subprocess
import sys
from pathlib import Path

import desk_chaos
import pytest
from station_server import station_environment

KILLS = 6
"""At most, for each of the two jobs: a job that is done before its worker dies is not disturbed again."""
LEAST = 5
"""Workers that must have died at work, for the run to count."""

pytestmark = pytest.mark.kill


def run(folder: Path, kills: int, database_url: str = "") -> dict[str, object]:
    folder.mkdir()
    environment = station_environment(folder / "data", database_url=database_url)
    command = [sys.executable, str(Path(desk_chaos.__file__)), str(kills), "2026"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return run(tmp_path_factory.mktemp("kill") / "undisturbed", 0)


def test_an_undisturbed_run_releases(undisturbed) -> None:
    end = undisturbed["ending"]
    assert (end["state"], end["ledger_rows"], end["ledger_ok"]) == ("released", 1, True)
    assert end["places"] > 1000


def test_killed_workers_leave_one_release_and_one_ledger_row(any_database, undisturbed, tmp_path) -> None:
    url = any_database if any_database.startswith("postgresql") else ""
    disturbed = run(tmp_path / "killed", KILLS, url)
    assert disturbed["died"] >= LEAST
    assert disturbed["ending"] == undisturbed["ending"]
