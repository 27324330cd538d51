"""What a counting engine gets wrong most easily, one test each: contradictions, labels, unknowns, late facts, order."""

import itertools
import json
from datetime import date
from typing import Any

import pytest
from crime_facts import decided, facts_of, offence_of, summary

from backbeat.crime.decision import State
from backbeat.crime.model import Authority
from backbeat.crime.rules import open_rules

RULES = open_rules().on(date(2026, 5, 1))


def against(*labels: str, **facts: str) -> dict[str, Any]:
    """Offences by one offender against one victim, told at once."""
    allegations = [
        {"id": f"a{number}", "act": "named", "offence": offence_of(label), "victims": ["v1"], "offenders": ["o1"]}
        for number, label in enumerate(labels, 1)
    ]
    parties = [{"id": "v1", "age": 30, "sex": "female"}, {"id": "o1", "age": 30}]
    return facts_of(allegations, parties, facts={"former_partner": "no", **facts})


# --- 1. tiers against table -------------------------------------------------------------------------------------------


def test_008_56_against_008_77_refers() -> None:
    decision = decided(against("008/56 8M", "008/77 8N"))

    (referral,) = decision.referrals
    assert decision.state is State.REFERRED
    assert not decision.crimes
    assert referral.to is Authority.FCR
    assert {(one.label, one.source.page) for one in referral.candidates} == {("8M 008/56", "57"), ("8N 008/77", "14")}
    assert all(one.why for one in referral.candidates)


def test_008_56_against_008_06_and_008_01_does_not_refer() -> None:
    assert summary(decided(against("008/56 8M", "008/06 8N")))["crimes"] == ["1 x 8M 008/56"]
    assert summary(decided(against("008/56 8M", "008/01 8N")))["crimes"] == ["1 x 8N 008/01"]


# --- 2. class labels mislead the tiers --------------------------------------------------------------------------------


@pytest.mark.parametrize("breach", ["008/29 8L", "008/31 8L", "008/74 8Q"])
@pytest.mark.parametrize("conduct", ["008/58 8M", "008/65 8Q", "008/30 8L", "008/67 8U", "008/56 8M", "195/94 8L"])
def test_a_breach_in_a_class_of_conduct_is_always_additional(breach: str, conduct: str) -> None:
    facts = against(conduct)
    facts["allegations"].append({"id": "a2", "act": "named", "offence": offence_of(breach), "offenders": ["o1"]})
    decision = decided(facts)

    code, class_ = breach.split(" ")
    assert summary(decision)["crimes"][1] == f"1 x {class_} {code}"
    assert decision.crimes[1].additional
    assert decision.crimes[1].source.page in ("56", "57", "89")


def test_fgm_in_class_8n_is_no_lesser_injury() -> None:
    """008/52 carries 14 years: no tier that stops at 8N may silently take it in."""
    for conduct in ("008/58 8M", "008/65 8Q", "195/94 8L", "008/67 8U", "008/56 8M"):
        decision = decided(against(conduct, "008/52 8N"))
        assert decision.state is State.REFERRED, (conduct, summary(decision))


@pytest.mark.parametrize("assault", ["008/06 8S", "008/06 8T", "008/59 8P"])
def test_assaults_outside_tiers_and_table_are_never_settled_by_their_code(assault: str) -> None:
    """8S and 8T reuse the codes of 8N; the fifth tier names 8N alone, so the registrar decides."""
    decision = decided(against("195/94 8L", assault))

    assert decision.state is State.REFERRED
    assert len(decision.referrals[0].candidates) == 2


def test_residential_burglary_against_the_fifth_tier_refers() -> None:
    decision = decided(against("195/94 8L", "028/03 28I"))

    assert {(one.label, one.source.page) for one in decision.referrals[0].candidates} == {
        ("28I 028/03", "57"),
        ("8L 195/94", "14"),
    }


# --- 3. a code is no key ----------------------------------------------------------------------------------------------


def test_one_code_in_several_classes_is_told_apart_by_class() -> None:
    labels = {summary(decided(against(label)))["crimes"][0] for label in ("005/01 5D", "005/01 8S", "005/01 8T")}

    assert labels == {"1 x 5D 005/01", "1 x 8S 005/01", "1 x 8T 005/01"}


def test_code_and_class_with_two_maximum_sentences_ask_which_line_is_meant() -> None:
    decision = decided(against("003/03 3A"))

    assert [(one.about, one.fact) for one in decision.questions] == [("allegation:a1", "offence")]
    assert not decision.crimes


# --- 4. off the table -------------------------------------------------------------------------------------------------


def test_offences_off_the_table_are_settled_by_the_greater_maximum_only() -> None:
    assert summary(decided(against("036/01 36", "105/01 105A")))["crimes"] == ["1 x 36 036/01"]


def test_equal_maximum_off_the_table_refers() -> None:
    for pair in (("008/06 8S", "008/06 8T"), ("048/01 48", "049/10 49")):
        decision = decided(against(*pair))
        assert decision.state is State.REFERRED
        assert {one.source.page for one in decision.referrals[0].candidates} == {"13"}


# --- 5. texts that disagree -------------------------------------------------------------------------------------------


def disagreeing_requests() -> list[tuple[dict[str, Any], set[str]]]:
    told = {"victim_told": "yes", "suspect_told": "yes"}
    murder = {
        **told,
        **{"charged": "yes", "charged_for_death": "4/1", "cps_confirms_murder": "yes", "related_to_death": "yes"},
        **{"cps_public_interest": "yes", "only_related_chargeable": "no"},
    }
    transfer = {"outside_force_area": "yes", "other_force_number": "incident", "victim_told": "yes"}
    return [
        (
            {"kind": "outcome", "offence": offence_of("001/01 1"), "wanted": "1A", "facts": murder},
            {"rules", "outcomes"},
        ),
        (
            {"kind": "cancel", "offence": offence_of("008/06 8N"), "wanted": "C1", "facts": transfer},
            {"rules", "outcomes"},
        ),
    ]


@pytest.mark.parametrize(("request_", "documents"), disagreeing_requests(), ids=["murder-1A", "C1"])
def test_documents_that_disagree_are_both_shown(request_: dict[str, Any], documents: set[str]) -> None:
    decision = decided(facts_of([], requests=[{"id": "r1", **request_}]))

    assert decision.state in (State.REFERRED, State.OPEN)
    cited = {one.source.document for referral in decision.referrals for one in referral.candidates}
    assert cited == documents, summary(decision)


def test_a_broken_finger_is_both_shown() -> None:
    facts = {
        **{"intended_serious_harm": "no", "victim_role": "other", "strangled": "no"},
        **{"racially_or_religiously_aggravated": "no", "injury": "broken-finger-or-toe"},
    }
    decision = decided(
        facts_of([{"id": "a1", "act": "assault", "victims": ["v1"], "offenders": ["o1"], "facts": facts}])
    )

    assert {(one.label, one.source.page) for one in decision.referrals[0].candidates} == {
        ("8N 008/01", "42"),
        ("8N 008/06", "47"),
    }


def test_a_stolen_car_driven_dangerously_keeps_both_pages() -> None:
    driven = {"driving_result": "none", "driving_standard": "dangerous", "vehicle_stolen": "yes"}
    decision = decided(
        facts_of([{"id": "a1", "act": "driving", "victims": ["v1"], "offenders": ["o1"], "facts": driven}])
    )

    assert summary(decision)["crimes"] == ["1 x 37/2 037/02"]
    assert any("page 75" in note for note in decision.notes)


# --- 6. unknown, late, over the edge ----------------------------------------------------------------------------------


def test_an_unknown_answer_asks_and_is_never_a_no() -> None:
    for fact in ("amounts_to_crime", "contrary_evidence", "another_force_recording", "school_premises_and_hours"):
        decision = decided(against("008/06 8N", **{fact: "unknown"}))
        assert decision.state is State.OPEN, fact
        assert not decision.incidents, fact
        assert fact in {one.fact for one in decision.questions}, fact


def test_a_late_fact_changes_the_record_by_reclassification() -> None:
    facts = against("005/01 5D")
    facts["allegations"][0]["recorded_as"] = offence_of("008/06 8N")
    decision = decided(facts)

    assert summary(decision)["becomes"] == {"a1": "8N 008/06 > 5D 005/01"}
    assert decision.reclassifications[0].who is Authority.DDM


def test_a_death_reclassified_again_and_again() -> None:
    """N300/01 at first, an accident, then a homicide: each time the record that stands is the one that changes."""
    steps = [
        (None, {"death_cause": "not-established"}, "N300/01", None),
        ("300/01 N300", {"death_cause": "accident", "cause_confirmed": "yes"}, "N300/06", "N300/01 > N300/06"),
        ("300/06 N300", {"death_cause": "not-established"}, "N300/01", "N300/06 > N300/01"),
        ("300/01 N300", {"death_cause": "suicide", "cause_confirmed": "yes"}, "N300/02", "N300/01 > N300/02"),
    ]
    for stands, facts, incident, becomes in steps:
        allegation: dict[str, Any] = {"id": "a1", "act": "death", "victims": ["v1"], "facts": facts}
        if stands:
            allegation["recorded_as"] = offence_of(stands)
        decision = decided(facts_of([allegation], [{"id": "v1", "age": 30}]))
        assert [one.code for one in decision.incidents] == [incident]
        assert summary(decision).get("becomes", {}).get("a1") == becomes


def test_undefined_offenders_make_one_crime_more() -> None:
    decision = decided(against("019/08 19C", offenders_defined="some"))

    assert summary(decision)["crimes"] == ["1 x 19C 019/08", "1 x 19J 019/08"]


# --- 7. order and repetition ------------------------------------------------------------------------------------------


def test_every_order_of_input_gives_the_same_bytes() -> None:
    facts = against("008/65 8Q", "008/06 8N", "049/10 49", "066/39 66")
    facts["allegations"][3]["victims"] = []
    first = decided(facts).to_json()
    for order in itertools.permutations(facts["allegations"]):
        other = {**facts, "allegations": list(order), "parties": list(reversed(facts["parties"]))}
        assert decided(other).to_json() == first


def test_the_same_thing_told_twice_makes_nothing_more() -> None:
    once, twice = decided(against("008/06 8N", "049/10 49")), decided(against("008/06 8N", "049/10 49", "008/06 8N"))

    assert once.recorded_count == twice.recorded_count
    assert once.separate_count == twice.separate_count
    assert json.loads(once.to_json())["state"] == json.loads(twice.to_json())["state"]
