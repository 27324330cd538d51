"""`backbeat ledger …` as an operator meets it."""

import json
from pathlib import Path

import pytest
from ledger.samples import Intruder, entry, record
from typer.testing import CliRunner

from backbeat.cli_ledger import app
from backbeat.installation import Installation
from backbeat.ledger import AccessLog, Ledger
from backbeat.ledger.errors import HeadRejected


@pytest.fixture
def used(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("BACKBEAT_DATA", str(installation.data))
    monkeypatch.setenv("DATABASE_URL", installation.database_url)
    Ledger.open(installation).append([record(), record(baseline=None)])
    AccessLog.open(installation).record(entry())
    return installation


def call(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.usefixtures("used")
def test_a_sound_ledger():
    result = call("verify")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "tasks: 2 entries read, nothing is wrong",
        "access: 1 entries read, nothing is wrong",
    ]
    assert [log["ok"] for log in json.loads(call("verify", "--json").stdout)] == [True, True]


def test_faults_are_named_on_stderr_and_the_exit_code_is_4(used: Installation):
    intruder = Intruder(used.database_url)
    intruder.run("UPDATE ledger_entries SET seal = :junk WHERE log = 'tasks' AND seq = 1", junk=b"x" * 32)
    intruder.close()
    result = call("verify")
    assert result.exit_code == 4
    assert "tasks: changed: entry 1: its content or seal is not what was recorded" in result.stderr
    assert "tasks: 2 entries read, 1 faults" in result.stdout
    as_json = call("verify", "--json")
    assert as_json.exit_code == 4
    assert json.loads(as_json.stdout)[0]["faults"][0]["seq"] == 1


def test_a_head_kept_elsewhere_finds_a_cut(used: Installation, tmp_path: Path):
    saved = tmp_path / "heads.json"
    saved.write_text(call("head").stdout)
    one = tmp_path / "head.json"
    one.write_text(json.dumps(json.loads(call("head", "tasks").stdout)[0]))
    assert call("verify", "--head", str(saved)).exit_code == 0
    used.engine.dispose()
    path = Path(used.database_url.removeprefix("sqlite:///"))
    for file in path.parent.glob("backbeat.sqlite3*"):
        file.unlink()
    Ledger.open(used).append([record()])  # a fresh log with the same keys: sound in itself
    assert call("verify").exit_code == 0
    for head in (saved, one):
        result = call("verify", "--head", str(head))
        assert result.exit_code == 4
        assert "tasks: truncated: entries 1 to 1 are under the saved head" in result.stderr


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("text", ["", "{}", '{"log": 1}', "[3]"])
def test_what_is_not_a_head_is_refused(tmp_path: Path, text: str):
    (tmp_path / "head.json").write_text(text)
    assert isinstance(call("verify", "--head", str(tmp_path / "head.json")).exception, HeadRejected)
    assert isinstance(call("verify", "--head", str(tmp_path / "absent.json")).exception, HeadRejected)


@pytest.mark.usefixtures("used")
def test_the_summary_never_shows_a_saving_without_its_grade():
    first, *lines = call("summary").stdout.splitlines()
    assert first == "0 h 04 min given back, net of review and rework (evidence: low; interval: not yet estimated)"
    assert "not measured against anything" in lines[1]
    report = json.loads(call("summary", "--json").stdout)
    assert report["total"]["grade"] == "low"
    assert report["savings"][0]["net_ms"] == 360_000 - 85_000


def test_an_empty_ledger_claims_nothing(installation: Installation, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BACKBEAT_DATA", str(installation.data))
    monkeypatch.setenv("DATABASE_URL", installation.database_url)
    assert call("summary").stdout == "Nothing has been timed against a baseline yet.\n"


@pytest.mark.usefixtures("used")
def test_export(tmp_path: Path):
    assert call("export", str(tmp_path / "out")).stdout == "2 records exported\n"
    assert (tmp_path / "out" / "_README.md").is_file()
