"""Which edition decides a report: that of the day it came in, in London; and editions can differ (rules p14).

The second edition is made here from the packaged one: another year, and two ranks of the look-up table exchanged.
"""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from crime_facts import decided, facts_of, offence_of

from backbeat.crime.facts_json import read_facts
from backbeat.crime.replaying import replay
from backbeat.crime.rules import PACKAGED, RulesShelf, open_rules
from backbeat.errors import NoRuleForDate
from backbeat.rulebook import Shelf

OLD, NEW = "hocr-2026-27", "hocr-2027-28"
ROBBERY, RAPE = "034/01 34B", "019/08 19C"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> RulesShelf:
    """The packaged edition, closed on 31 March 2027, and one of the year after in which robbery stands above rape."""
    folder = tmp_path_factory.mktemp("editions")
    old, new = folder / "2026-27", folder / "2027-28"
    shutil.copytree(PACKAGED / "2026-27", old)
    shutil.copytree(PACKAGED / "2026-27", new)
    change(old / "edition.yaml", "valid_to: none", "valid_to: 2027-03-31")
    change(new / "edition.yaml", f"id: {OLD}", f"id: {NEW}")
    change(new / "edition.yaml", "valid_from: 2026-04-01", "valid_from: 2027-04-01")
    exchange_ranks(new / "lists" / "lookup.csv", "Rape", "Robbery")
    return RulesShelf(Shelf.load(folder))


def change(file: Path, was: str, becomes: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(was) == 1
    file.write_text(text.replace(was, becomes), encoding="utf-8")


def exchange_ranks(file: Path, one: str, other: str) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    ranks = {row["offence"].split(" ")[0]: row["rank"] for row in rows}
    for row in rows:
        word = row["offence"].split(" ")[0]
        row["rank"] = {one: ranks[other], other: ranks[one]}.get(word, row["rank"])
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def robbed_and_raped(received_at: str) -> dict[str, Any]:
    allegations = [
        {"id": "a1", "act": "named", "offence": offence_of(ROBBERY), "victims": ["v1"], "offenders": ["o1"]},
        {"id": "a2", "act": "named", "offence": offence_of(RAPE), "victims": ["v1"], "offenders": ["o1"]},
    ]
    parties = [{"id": "v1", "age": 30, "sex": "female"}]
    return facts_of(allegations, parties, facts={"offenders_defined": "all"}, received_at=received_at)


@pytest.mark.parametrize(
    ("received_at", "edition"),
    [
        ("2027-03-31T23:59:59+01:00", OLD),
        ("2027-04-01T00:00:00+01:00", NEW),
        # London keeps summer time by then: half past eleven at night in UTC is the first of April there.
        ("2027-03-31T23:30:00+00:00", NEW),
        ("2027-03-31T22:59:59Z", OLD),
        # And a caller's clock in another zone does not matter either.
        ("2027-04-01T08:30:00+09:00", NEW),
        ("2027-04-01T07:30:00+09:00", OLD),
        ("2026-04-01T00:00:00+01:00", OLD),
    ],
)
def test_the_day_of_the_report_in_london_chooses_the_edition(shelf: RulesShelf, received_at: str, edition: str) -> None:
    assert read_facts(robbed_and_raped(received_at), shelf)[1].id == edition


def test_editions_differ_and_each_report_is_decided_by_its_own(shelf: RulesShelf) -> None:
    before = decided(robbed_and_raped("2027-03-31T12:00:00+01:00"), shelf)
    after = decided(robbed_and_raped("2027-04-01T12:00:00+01:00"), shelf)

    assert [crime.offence.label for crime in before.crimes] == ["19C 019/08"]
    assert [crime.offence.label for crime in after.crimes] == ["34B 034/01"]


def test_an_old_decision_is_replayed_under_its_own_edition(shelf: RulesShelf) -> None:
    before = decided(robbed_and_raped("2027-03-31T12:00:00+01:00"), shelf)
    again = replay(before.to_json(), shelf)

    assert again
    assert again.decision is not None
    assert again.decision.rules.id == OLD


def test_a_decision_under_rules_that_changed_since_does_not_replay(shelf: RulesShelf) -> None:
    """The packaged edition of that name is another one: it has no last day."""
    before = decided(robbed_and_raped("2027-03-31T12:00:00+01:00"), shelf)
    again = replay(before.to_json(), open_rules())

    assert not again
    assert "$.edition.hash" in again.differs


def test_a_decision_under_an_edition_nobody_has_does_not_replay(shelf: RulesShelf) -> None:
    after = decided(robbed_and_raped("2027-04-01T12:00:00+01:00"), shelf)

    assert replay(after.to_json(), open_rules()).differs == ("$.edition.id",)


def test_no_edition_is_in_force_before_the_first(shelf: RulesShelf) -> None:
    with pytest.raises(NoRuleForDate):
        read_facts(robbed_and_raped("2026-03-31T23:59:59+01:00"), shelf)
