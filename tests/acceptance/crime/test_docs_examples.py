"""The facts files the documentation offers are worked examples of the rules, and are decided as those are."""

import json
from pathlib import Path
from typing import Any

import pytest
from crime_facts import check, load_yaml

from backbeat.crime.deciding import decide
from backbeat.crime.facts_json import read_facts_file
from backbeat.crime.rules import open_rules

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "crime-examples"
EXAMPLES: dict[str, Any] = load_yaml(Path(__file__).parent / "worked_examples.yaml")["examples"]
FILES = {
    # file: the worked example and its stage
    "01-fight-in-the-street.json": ("H01", "as reported"),
    "02-two-road-deaths.json": ("H07", "initial"),
    "03-two-road-deaths-made-out.json": ("H07", "final"),
    "04-punch-and-broken-phone.json": ("H11", "initial"),
    "05-only-the-phone-is-charged.json": ("H11", "later"),
    "06-dog-taken-in-wales.json": ("H25", "as reported"),
    "07-untested-ecstasy.json": ("H27", "as reported"),
    "08-drink-spiked.json": ("H35", "as reported"),
    "09-run-over-on-purpose.json": ("H41", "as reported"),
    "10-former-partners-under-16.json": ("H49", "a party under 16"),
}


def stage_of(name: str) -> dict[str, Any]:
    id_, wanted = FILES[name]
    return next(stage for stage in EXAMPLES[id_]["stages"] if stage["stage"] == wanted)


def test_the_folder_holds_these_files_and_no_others() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_holds_the_facts_of_its_example(name: str) -> None:
    assert json.loads((FOLDER / name).read_text(encoding="utf-8")) == stage_of(name)["facts"]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_decided_as_its_example(name: str) -> None:
    report, rules = read_facts_file(FOLDER / name, open_rules())

    check(decide(rules, report), stage_of(name)["expect"])
