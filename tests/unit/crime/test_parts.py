"""An allegation is taken apart only where its victims fare differently."""

from typing import Any

from crime_facts import decided, facts_of, summary

from backbeat.crime.facts_json import read_facts
from backbeat.crime.parts import Part, parts_of
from backbeat.crime.rules import open_rules

ASSAULT = {
    **{"intended_serious_harm": "no", "strangled": "no", "on_duty": "yes"},
    **{"racially_or_religiously_aggravated": "no", "injury": "minor"},
}


def facts_with(*victims: dict[str, Any], **one: Any) -> dict[str, Any]:
    names = [victim["id"] for victim in victims]
    allegation = {"id": "a1", "act": "assault", "victims": names, "offenders": ["o1"], "facts": ASSAULT, **one}
    return facts_of([allegation], victims)


def parts(facts: dict[str, Any]) -> tuple[Part, ...]:
    report, rules = read_facts(facts, open_rules())
    return parts_of(rules, report)


def victim(name: str, role: str) -> dict[str, Any]:
    return {"id": name, "facts": {"victim_role": role}}


def test_victims_alike_stay_in_one_part() -> None:
    assert [part.allegation.id for part in parts(facts_with(victim("v1", "other"), victim("v2", "other")))] == ["a1"]


def test_a_constable_among_the_victims_is_a_part_of_his_own() -> None:
    facts = facts_with(victim("v1", "other"), victim("v2", "constable"), victim("v3", "other"))

    assert [(part.allegation.id, part.allegation.victims) for part in parts(facts)] == [
        ("a1", ("v1", "v3")),
        ("a1 (v2)", ("v2",)),
    ]
    assert summary(decided(facts))["crimes"] == ["2 x 8N 008/06", "1 x 8S 008/06"]


def test_questions_are_asked_of_the_victim_they_are_about() -> None:
    decision = decided(facts_with(victim("v1", "other"), {"id": "v2"}))

    assert summary(decision)["crimes"] == ["1 x 8N 008/06"]
    assert {one.about for one in decision.questions} == {"party:v2"}


def test_a_flag_of_one_pair_is_not_lost_among_others() -> None:
    """Domestic abuse with the second victim only, and by the second offender only (p28)."""
    adults = [{"id": one, "age": 30, "facts": {"victim_role": "other"}} for one in ("v1", "v2", "o1", "o2")]
    facts = facts_with(*adults[:2], offenders=["o1", "o2"], facts={**ASSAULT, "abusive_behaviour": "yes"})
    facts["parties"] = adults
    assert "domestic-abuse" not in summary(decided(facts)).get("flags", [])

    facts["relationships"] = [{"victim": "v2", "offender": "o2", "facts": {"personally_connected": "yes"}}]
    assert "domestic-abuse" in summary(decided(facts))["flags"]


def test_a_referral_between_offences_against_a_victim_asks_for_no_points_to_prove() -> None:
    facts = facts_with(victim("v1", "other"), facts={**ASSAULT, "injury": "broken-finger-or-toe"})
    facts["report"]["facts"].pop("points_to_prove")
    facts["report"]["facts"].pop("offender_role_critical")

    assert summary(decided(facts))["state"] == "referred"


def test_an_incident_stands_on_the_row_that_made_it_one() -> None:
    decision = decided(facts_with(victim("v1", "other"), act="damage", facts={"easily_cleaned": "yes"}))

    assert [(one.code, one.source.page) for one in decision.incidents] == [("NSIR", "86")]
    assert decision.incidents[0].why
