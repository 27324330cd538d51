"""The pages of the triage desk are current: tables made from the program, the example calls, gates, keys and limits."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from doc_pages import ROOT, blocks

from backbeat.triage.assessing import assess
from backbeat.triage.facts_json import read_call_file
from backbeat.triage.model import Outcome
from backbeat.triage.policies import CORE_TABLES, open_policies
from backbeat.triage.simulation.replaying import SUPERVISOR_MINUTES

DOCS = ROOT / "docs"
EXAMPLES = DOCS / "triage-examples"
CALLS = {
    # file: outcome, agency that leads, questions still open
    "01-left-the-ward.json": (Outcome.ASK_MORE, None, 4),
    "02-overdose-ambulance-late.json": (Outcome.JOINT, "ambulance", 0),
    "03-left-with-a-cannula.json": (Outcome.PARTNER_LEADS, "hospital", 0),
}
POLICY = tuple(open_policies())[-1]


def text(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def test_tables_made_from_the_program_are_current() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "triage_pages.py"), "--check"]
    assert subprocess.run(command, check=False, timeout=60).returncode == 0, "run scripts/triage_pages.py"


def test_the_folder_of_examples_holds_these_calls_and_no_others() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_an_example_comes_out_as_the_page_says(name: str) -> None:
    call = read_call_file(EXAMPLES / name, open_policies())
    made = assess(call.policy, call.facts)
    found = (made.outcome, made.lead.agency if made.lead else None, len(made.questions))
    assert found == CALLS[name]


@pytest.mark.parametrize("name", CALLS)
def test_the_page_shows_an_example_as_its_file_holds_it(name: str) -> None:
    (shown,) = (block.body for block in blocks(DOCS / "triage-facts.md") if block.detail == name)
    assert json.loads(shown) == json.loads((EXAMPLES / name).read_text("utf-8"))


def test_the_page_of_the_policy_names_every_table_a_force_may_change_and_every_locked_one() -> None:
    page = text("triage-policy.md")
    assert [name for name in POLICY.edition.tables if f"`{name}`" not in page] == []
    changeable, locked = page.split("Locked, the same for every force:")
    for name, table in POLICY.edition.tables.items():
        assert f"`{name}`" in (locked if table.locked else changeable), name
    assert all(POLICY.edition.tables[name].locked for name in CORE_TABLES)


def test_the_page_of_the_policy_names_every_document() -> None:
    assert [name for name in POLICY.edition.documents if f"`{name}`" not in text("triage-policy.md")] == []


def keys() -> Iterator[str]:
    """Keys that stand beside a button of the page of a call."""
    folder = ROOT / "src" / "backbeat" / "station" / "desk_triage" / "templates" / "desk_triage"
    for path in (folder / "call.html", *folder.glob("_*.html")):
        yield from re.findall(r'data-(?:press|open-key|go)="([a-z])"', path.read_text("utf-8"))


def test_every_key_of_the_page_of_a_call_is_described() -> None:
    table = text("triage.md").partition("| Key | |")[2].partition("\n\n")[0]
    missing = {key.upper() for key in keys()} - set(re.findall(r"`([A-Z])`", table))
    assert missing == set()


def test_the_minutes_until_a_supervisor_is_assumed_to_send_are_those_of_the_replay() -> None:
    assert f"sends police after {SUPERVISOR_MINUTES} minutes" in " ".join(text("triage-simulation.md").split())


@pytest.mark.parametrize("outcome", list(Outcome), ids=str)
def test_every_outcome_is_on_the_page_of_facts(outcome: Outcome) -> None:
    assert f"`{outcome}`" in text("triage-facts.md")
