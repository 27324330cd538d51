"""The largest reports a file may hold are decided in bounded work: twice the report is twice the work."""

import sys
from datetime import date, datetime

import pytest

from backbeat.crime.errors import FactsRefused
from backbeat.crime.facts_json import read_facts
from backbeat.crime.how_many import how_many
from backbeat.crime.model import Allegation, Party, Report
from backbeat.crime.parts import parts_of
from backbeat.crime.pending import hold_back
from backbeat.crime.rules import open_rules


def _report(number, victims=40):
    people = [f"v{i}" for i in range(victims)]
    return Report(
        "R1",
        datetime.fromisoformat("2026-05-01T10:00:00+01:00"),
        "northshire",
        {one: Party(one) for one in (*people, "o1", "o2")},
        {},
        tuple(
            # Two offenders by turns: whether they acted together is open, and with it every group.
            Allegation(f"a{n:03}", "named", victims=tuple(people), offenders=(f"o{n % 2 + 1}",), on=date(2026, 4, 1))
            for n in range(number)
        ),
    )


def test_twice_the_allegations_are_twice_the_work():
    rules = open_rules().named("hocr-2026-27")
    # Assault beside perverting the course of justice: a rule sets them apart, so each is held against the others.
    offences = (rules.offences.find("008/06", "8N"), rules.offences.find("079/01", "79"))
    work = []
    for number in (20, 40):
        report = _report(number)
        recordable = {one.id: offences[at // 2 % 2] for at, one in enumerate(report.allegations)}
        calls = []
        before = sys.getprofile()
        sys.setprofile(lambda frame, event, _, calls=calls: calls.append(1) if event == "call" else None)
        try:
            counted = how_many(rules.counting, report, recordable)
        finally:
            sys.setprofile(before)
        assert counted.crimes
        work.append(len(calls))
    assert work[0] > 10_000
    assert work[1] <= 2.5 * work[0]


def _facts(number, victims, act="assault"):
    people = [f"v{i}" for i in range(victims)]
    return {
        "format": "backbeat.crime.facts/1",
        "report": {"reference": "R1", "received_at": "2026-05-01T10:00:00+01:00", "force": "northshire"},
        "parties": [{"id": one} for one in people],
        "allegations": [{"id": f"a{n}", "act": act, "victims": people} for n in range(number)],
    }


def test_a_file_names_no_more_victims_than_can_be_decided_and_decided_again():
    read_facts(_facts(10, 100), open_rules())
    with pytest.raises(FactsRefused, match=r"they name 1,010 victims.*at most 1,000"):
        read_facts(_facts(10, 101), open_rules())


def test_where_too_much_is_open_every_crime_waits():
    facts = _facts(60, 2)
    assault = {"code": "008/06", "class": "8N"}
    facts["allegations"][0] |= {"act": "named", "offence": assault}
    report, rules = read_facts(facts, open_rules())
    parts = parts_of(rules, report)
    recordable = {"a0": rules.offences.find("008/06", "8N")}
    counted = how_many(rules.counting, report, recordable)
    left, depending = hold_back(rules, report, parts, recordable, counted)
    assert counted.crimes
    assert left.crimes == ()
    assert set(depending.values()) == {("a0",)}
    assert len(depending) > 50
