"""A report is written as the JSON it could have been read from, in one spelling."""

from typing import Any

from crime_facts import facts_of, offence_of

from backbeat.canonical import canonical_json
from backbeat.crime.facts_json import read_facts
from backbeat.crime.report_json import write_report
from backbeat.crime.rules import open_rules


def everything() -> dict[str, Any]:
    allegation = {
        **{"id": "a1", "act": "named", "offence": {**offence_of("008/06 8N"), "offence": ""}, "victims": ["v1"]},
        **{"offenders": ["o1"], "on": "2026-04-01", "until": "2026-04-02", "place": "here", "force": "northshire"},
        **{"recorded_as": offence_of("105/01 105A"), "facts": {"injury": "minor", "people_together": 2}},
    }
    parties = [
        {"id": "v1", "age": 30, "sex": "female", "household": "h1", "facts": {"victim_role": "other"}},
        {"id": "o1", "kind": "organisation"},
    ]
    recorded = {"reference": "CR-1", "offence": offence_of("195/94 8L"), "victim": "v1", "offenders": ["o1"]}
    return facts_of(
        [allegation],
        parties,
        relationships=[{"victim": "v1", "offender": "o1", "facts": {"former_partner": "no"}}],
        recorded=[{**recorded, "recorded_on": "2026-03-01", "last_incident_on": "2026-02-28", "facts": {}}],
        requests=[{"id": "r1", "kind": "outcome", "offence": offence_of("008/06 8N"), "wanted": "16", "facts": {}}],
    )


def written(facts: dict[str, Any]) -> dict[str, Any]:
    report, _ = read_facts(facts, open_rules())
    return dict(write_report(report))


def test_what_is_written_reads_back_as_the_same_report() -> None:
    report, _ = read_facts(everything(), open_rules())
    again, _ = read_facts(written(everything()), open_rules())

    assert again == report
    assert canonical_json(written(written(everything()))) == canonical_json(written(everything()))


def test_nothing_left_out_is_written_as_if_it_were_known() -> None:
    facts = facts_of([{"id": "a1", "act": "assault", "victims": ["v1"]}])
    allegation = written(facts)["allegations"][0]

    assert set(allegation) == {"id", "act", "victims"}
    assert set(written(facts)["parties"][0]) == {"id", "kind"}
    assert "recorded" not in written(facts)


def test_parties_and_allegations_come_by_name_and_facts_by_letter() -> None:
    facts = facts_of(
        [{"id": "b", "act": "assault", "victims": ["y", "x", "y"]}, {"id": "a", "act": "assault", "victims": ["x"]}]
    )
    one = written(facts)

    assert [each["id"] for each in one["allegations"]] == ["a", "b"]
    assert one["allegations"][1]["victims"] == ["x", "y"]
    assert list(one["report"]["facts"]) == sorted(one["report"]["facts"])
