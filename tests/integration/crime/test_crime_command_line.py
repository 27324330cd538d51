"""`backbeat crime …` as a real process: what it prints where, every exit code, and what it leaves in the ledger."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backbeat.crime.model import Question
from backbeat.crime.service import propose

Backbeat = Callable[..., "subprocess.CompletedProcess[str]"]
ASSAULT: dict[str, Any] = {
    "format": "backbeat.crime.facts/1",
    "report": {"reference": "REF-1", "received_at": "2026-05-01T14:30:00+01:00", "force": "northshire", "facts": {}},
    "parties": [{"id": "v1", "age": 30, "sex": "female"}, {"id": "o1", "age": 31, "sex": "male"}],
    "allegations": [
        {
            "id": "a1",
            "act": "named",
            "offence": {"code": "008/06", "class": "8N"},
            "victims": ["v1"],
            "offenders": ["o1"],
            "on": "2026-05-01",
        }
    ],
}
BASELINE = """\
baselines:
  - id: crime-record-2026
    desk: crime
    kind: record
    unit: crime-record
    ms_per_unit: 660000
    source: Time study in two offices, 120 records
    date: 2026-04
    grade: high
    valid_from: 2026-04-01
"""


ORDINARY = {
    "amounts_to_crime": "yes",
    "victim_confirms": "yes",
    "victim_found": "yes",
    "investigation_by": "police",
    "authority_decided": "not-yet",
    "reported_by": "victim",
    "suspect_was_in": "this-force",
}
"""Answers of an ordinary report; to everything else the answer is no, or the last word of those there are."""


def answer_question(value: dict[str, Any], question: Question) -> None:
    """Put an answer to a question where it is asked."""
    kind, _, id_ = question.about.partition(":")
    lists = {"allegation": "allegations", "party": "parties"}
    holder = value["report"] if kind == "report" else next(one for one in value[lists[kind]] if one["id"] == id_)
    last = question.type.removeprefix("enum[").removesuffix("]").split(", ")[-1]
    answer = ORDINARY.get(question.fact, "no" if question.type == "tri" else last)
    holder.setdefault("facts", {})[question.fact] = answer


@pytest.fixture
def backbeat(tmp_path: Path) -> Backbeat:
    def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "BACKBEAT_DATA": str(tmp_path / "data"), "COLUMNS": "200", "NO_COLOR": "1"}
        environment.pop("DATABASE_URL", None)
        return subprocess.run(
            [sys.executable, "-m", "backbeat", "crime", *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(ASSAULT), encoding="utf-8")
    return path


@pytest.fixture
def settled_facts(facts: Path) -> Path:
    """The same report with every question answered, the most useful one each time."""
    value = json.loads(facts.read_text(encoding="utf-8"))
    for _ in range(40):
        questions = propose(value).decision.questions
        if not questions:
            facts.write_text(json.dumps(value), encoding="utf-8")
            return facts
        answer_question(value, questions[0])
    raise AssertionError(f"still asking: {questions}")


def has_three_parts(stderr: str) -> bool:
    return all(f"\n  {part}" in stderr for part in ("where:", "next:", "more:  backbeat explain "))


def test_a_report_is_decided_asked_about_explained_and_decided_again(backbeat: Backbeat, facts: Path) -> None:
    said = backbeat("decide", facts)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("Report REF-1: open")
    assert "\nAsk next\n" in said.stdout

    decided = backbeat("decide", facts, "--json")
    assert decided.returncode == 0
    assert json.loads(decided.stdout)["format"] == "backbeat.crime.decision/1"
    (facts.parent / "decision.json").write_text(decided.stdout, encoding="utf-8")

    why = backbeat("explain", "decision.json")
    assert (why.returncode, why.stderr) == (0, "")
    assert "(rules p" in why.stdout
    again = backbeat("replay", "decision.json")
    assert (again.returncode, again.stdout) == (
        0,
        "The same facts under the same edition give the same decision, byte for byte.\n",
    )


def test_a_settled_report_says_what_to_record_by_when_and_on_which_page(
    backbeat: Backbeat, settled_facts: Path
) -> None:
    said = backbeat("decide", settled_facts)

    assert said.stdout.startswith("Report REF-1: settled")
    assert "1 × 8N 008/06 Assault occasioning actual bodily harm, one for each victim" in said.stdout
    assert "2 May 2026 14:30" in said.stdout
    assert "\nWho decides\n  officer\n" in said.stdout
    assert "crime records: 1; recording every offence separately would have made 1" in said.stdout


def test_a_changed_decision_does_not_replay_and_the_parts_are_named(backbeat: Backbeat, facts: Path) -> None:
    decision = json.loads(backbeat("decide", facts, "--json").stdout)
    decision["decider"] = "inspector"
    changed = json.dumps(decision, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    (facts.parent / "decision.json").write_text(changed, encoding="utf-8")

    again = backbeat("replay", "decision.json")
    assert again.returncode == 4
    assert "  $.decider\n" in again.stdout
    assert json.loads(backbeat("replay", "decision.json", "--json").stdout) == {"same": False, "differs": ["$.decider"]}


def test_recording_leaves_one_row_however_often_and_an_open_report_none(
    backbeat: Backbeat, facts: Path, tmp_path: Path
) -> None:
    refused = backbeat("decide", facts, "--record")
    assert refused.returncode == 3
    assert "Nothing was recorded" in refused.stderr
    assert has_three_parts(refused.stderr)
    assert "Traceback" not in refused.stderr


def test_a_settled_report_is_recorded_once_and_claims_no_hours_untimed(
    backbeat: Backbeat, settled_facts: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "baselines.yaml").write_text(BASELINE, encoding="utf-8")
    first, second = backbeat("decide", settled_facts, "--record"), backbeat("decide", settled_facts, "--record")

    assert (first.returncode, first.stderr) == (0, "")
    last = first.stdout.splitlines()[-1]
    assert last == second.stdout.splitlines()[-1]
    assert "not measured against anything, as this decision was not timed" in last


def test_deciding_alone_leaves_no_trace(backbeat: Backbeat, facts: Path, tmp_path: Path) -> None:
    assert backbeat("decide", facts).returncode == 0
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"offence": {"code": "999/99", "class": "8N"}}, "a1"),
        ({"offence": {"code": "008/06", "class": "5D"}}, "a1"),
        ({"on": "2026-02-30"}, "allegations 1 on"),
        ({"victims": ["v9"]}, "a1"),
    ],
)
def test_bad_facts_are_named_by_field_and_nothing_is_decided(
    backbeat: Backbeat, facts: Path, change: dict[str, Any], names: str
) -> None:
    value = json.loads(facts.read_text(encoding="utf-8"))
    value["allegations"][0] |= change
    facts.write_text(json.dumps(value), encoding="utf-8")
    said = backbeat("decide", facts)

    assert said.returncode == 2
    assert said.stdout == ""
    assert names in said.stderr
    assert has_three_parts(said.stderr)
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("decide", "missing.json"), 2),
        (("explain", "missing.json"), 2),
        (("explain", "facts.json"), 2),
        (("replay", "facts.json"), 2),
        (("offences", "assault", "--edition", "hocr-1999"), 3),
        (("compare", "missing.jsonl", "--edition", "hocr-2026-27", "--against", "hocr-2026-27"), 3),
        (("compare", "facts.json", "--edition", "hocr-2026-27", "--against", "hocr-1999"), 3),
        (("decide", "facts.json", "--edition", "hocr-1999"), 2),
    ],
)
def test_what_the_user_can_put_right_is_said_in_three_parts(
    backbeat: Backbeat, facts: Path, arguments: tuple[str, ...], code: int
) -> None:
    said = backbeat(*arguments)

    assert said.returncode == code, said.stderr
    assert has_three_parts(said.stderr)
    assert "Traceback" not in said.stderr


def test_two_editions_are_compared(backbeat: Backbeat, facts: Path, tmp_path: Path) -> None:
    line = json.dumps(json.loads(facts.read_text(encoding="utf-8")))
    (tmp_path / "year.jsonl").write_text(f"{line}\n{line}\n", encoding="utf-8")
    edition = ("--edition", "hocr-2026-27", "--against", "hocr-2026-27")
    said = backbeat("compare", "year.jsonl", *edition, "--changes", "changes.jsonl", "--runner", "processes")

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("2 reports: 0 come out otherwise")
    assert (tmp_path / "changes.jsonl").read_text(encoding="utf-8") == ""
    assert json.loads(backbeat("compare", "year.jsonl", *edition, "--json").stdout)["reports"] == 2


def test_offences_schema_and_rules_are_printed(backbeat: Backbeat) -> None:
    assert backbeat("offences", "8N strangulation").stdout.startswith("008/77 8N  Non-fatal strangulation")
    found = json.loads(backbeat("offences", "making off", "--json").stdout)
    assert (found[0]["code"], found[0]["class"]) == ("053/25", "49A")
    assert backbeat("offences", "zzzz").stdout == "Nothing in the notifiable offence list has these words.\n"
    assert json.loads(backbeat("schema").stdout)["title"].startswith("Facts of a report")
    assert "hocr-2026-27" in backbeat("rules").stdout
    checked = backbeat("rules", "--check")
    assert (checked.returncode, checked.stdout) == (0, "Every example of every edition comes out as it must.\n")
