"""What the pipeline gathers: incidents by number, victims required, questions in order, who decides."""

from typing import Any

import pytest
from crime_facts import decided, facts_of, offence_of, summary

from backbeat.crime.errors import FactsRefused


def named(label: str, id_: str = "a1", **one: Any) -> dict[str, Any]:
    return {"id": id_, "act": "named", "offence": offence_of(label), "victims": ["v1"], "offenders": ["o1"], **one}


def test_a_crime_against_nobody_is_refused_with_every_allegation_at_fault() -> None:
    facts = facts_of([named("008/06 8N", "a1", victims=[]), named("028/03 28I", "a2", victims=[])])
    with pytest.raises(FactsRefused) as refused:
        decided(facts)

    assert [line.split(",")[0] for line in refused.value.what.splitlines()] == ["allegation a1", "allegation a2"]


def test_a_crime_against_somebody_who_cannot_be_found_is_decided() -> None:
    facts = {"victim_found": "no", "appropriate_without_confirmation": "no", "reported_by": "third-party"}

    assert summary(decided(facts_of([named("008/06 8N", victims=[])], facts=facts)))["incidents"] == ["CRI"]


def test_one_record_a_death_and_one_a_pair_in_a_rape() -> None:
    dead = {"id": "a1", "act": "death", "victims": ["v1", "v2"], "facts": {"death_cause": "not-established"}}
    assert summary(decided(facts_of([dead])))["incidents"] == ["N300/01"] * 2

    rape = named("019/08 19C", victims=["v1", "v2"], offenders=["o1", "o2"])
    facts = facts_of([rape], facts={"contrary_evidence": "yes"})
    assert summary(decided(facts))["incidents"] == ["N100/02"] * 4


def test_a_series_over_forces_says_which_page_sends_it_there() -> None:
    facts = facts_of(
        [
            named("008/06 8N", "a1", on="2026-04-01", force="westvale"),
            named("105/01 105A", "a2", on="2026-04-09", force="northshire"),
        ],
        facts={"suspect_was_in": "-"},
    )
    decision = decided(facts)

    assert decision.crimes[0].recording_force == "westvale"
    assert any("one series over several forces" in line and "p16" in line for line in decision.explanation.lines())


def test_what_an_allegation_is_comes_before_what_binds_it_to_others() -> None:
    facts = facts_of([{"id": "a1", "act": "assault", "victims": ["v1"]}, named("008/26 10D", "a2", victims=[])])
    about = [one.about for one in decided(facts).questions]

    assert about == sorted(about, key=lambda one: one != "allegation:a1" and not one.startswith("party"))


def test_nothing_known_keeps_an_incident_going_meanwhile() -> None:
    decision = decided(facts_of([{"id": "a1", "act": "assault", "victims": ["v1"]}]))

    assert not decision.crimes
    assert any("auditable incident report" in duty.what for duty in decision.duties)


def test_counts_of_separate_recording_and_of_the_rules() -> None:
    decision = decided(facts_of([named("008/06 8N", "a1"), named("049/10 49", "a2"), named("105/01 105A", "a3")]))

    assert decision.separate_count >= decision.recorded_count == 1


@pytest.mark.parametrize(
    ("points_to_prove", "said"),
    [
        ("no", {"state": "settled", "incidents": ["NSIR"]}),
        ("unknown", {"state": "open", "asks": ["points_to_prove"]}),
        ("yes", {"state": "referred", "candidates": ["61 061/21", "61A 061/39"]}),
    ],
)
def test_an_allegation_of_a_referred_class_never_vanishes_with_its_points_to_prove(
    points_to_prove: str, said: dict[str, Any]
) -> None:
    # A false identity document made: page 98 leaves which class, both against the state (p7).
    made = {"fraud_kind": "forged-or-false-document", "false_document": "identity-document", "document_done": "made"}
    alleged = {"id": "a1", "act": "fraud", "victims": [], "offenders": ["o1"], "facts": made}
    decision = decided(facts_of([alleged], facts={"points_to_prove": points_to_prove}))

    assert summary(decision) == said
    named = {one for incident in decision.incidents for one in incident.allegations}
    named |= {about.removeprefix("allegation:") for one in decision.referrals for about in one.about}
    assert named == {"a1"} or [one.about for one in decision.questions] == ["allegation:a1"]
