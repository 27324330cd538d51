"""Incidents that a sceptical registrar tried to catch the engine out with, each with the page it rests on."""

from typing import Any

from crime_facts import decided, facts_of, summary

from backbeat.crime.decision import Decision
from backbeat.crime.model import Authority, Source

BROKEN_FINGER = {
    "intended_serious_harm": "no",
    "victim_role": "other",
    "racially_or_religiously_aggravated": "no",
    "strangled": "no",
    "injury": "broken-finger-or-toe",
}


def named(id_: str, label: str, victims: str = "v1", offenders: str = "o1", **more: Any) -> dict[str, Any]:
    """An allegation of a named offence, `CODE CLASS`; what is not a key of an allegation is a fact of it."""
    code, class_ = label.split(" ")
    keys = {name: more.pop(name) for name in ("on", "force", "recorded_as") if name in more}
    offence = {"code": code, "class": class_}
    who = {"victims": victims.split(), "offenders": offenders.split()}
    return {"id": id_, "act": "named", "offence": offence, **who, "facts": more, **keys}


def act(id_: str, word: str, victims: str = "v1", offenders: str = "o1", **more: Any) -> dict[str, Any]:
    keys = {name: more.pop(name) for name in ("on", "force", "recorded_as") if name in more}
    return {"id": id_, "act": word, "victims": victims.split(), "offenders": offenders.split(), "facts": more, **keys}


def of(*allegations: dict[str, Any], parties: tuple[dict[str, Any], ...] = (), **facts: str) -> Decision:
    women = {victim for one in allegations for victim in one["victims"]} - {party["id"] for party in parties}
    people = [{"id": one, "age": 30, "sex": "female"} for one in sorted(women)]
    return decided(facts_of(allegations, [*people, *parties], facts={"former_partner": "no", **facts}))


def about(decision: Decision) -> list[tuple[str, ...]]:
    return [one.about for one in decision.referrals]


# --- what waits beside it (p12-14): a crime is certain only if it is whatever the other turns out to be


def test_damage_waits_with_the_assault_that_the_registrar_classifies() -> None:
    decision = of(act("a1", "assault", **BROKEN_FINGER), named("a2", "149/00 58D"))

    assert decision.crimes == ()
    assert about(decision) == [("allegation:a1", "allegation:a2")]
    assert (decision.separate_count, decision.recorded_count) == (2, 1)


def test_one_assault_is_not_two_crimes_because_the_other_is_referred() -> None:
    decision = of(named("a1", "008/06 8N"), act("a2", "assault", **BROKEN_FINGER))

    assert decision.crimes == ()
    assert about(decision) == [("allegation:a2", "allegation:a1")]
    assert decision.recorded_count == 1


def test_beside_a_rape_nobody_needs_to_decide_which_assault_it_is() -> None:
    """p14: rape stands above both; the assault is inside its record whichever it is, and no referral is left."""
    decision = of(act("a1", "assault", **BROKEN_FINGER), named("a2", "019/08 19C", offenders_defined="all"))

    assert summary(decision)["crimes"] == ["1 x 19C 019/08"]
    assert summary(decision)["state"] == "settled"
    assert (decision.referrals, decision.recorded_count, decision.separate_count) == ((), 1, 2)
    assert decision.decider is Authority.OFFICER
    (inside,) = decision.not_counted
    assert (inside.allegation, inside.under, inside.source) == ("a1", "a2", Source("rules", "14"))
    assert inside.why.startswith("8N 008/01 or 8N 008/06, whichever it is: ")
    assert not [duty for duty in decision.duties if duty.what.startswith("Register an auditable incident")]


def test_two_assaults_that_a_rape_takes_in_are_no_referral_either() -> None:
    rape = named("a2", "019/08 19C", offenders_defined="all")
    decision = of(act("a1", "assault", **BROKEN_FINGER), rape, act("a3", "assault", **BROKEN_FINGER))

    assert (decision.referrals, decision.recorded_count) == ((), 1)
    assert {one.allegation for one in decision.not_counted} == {"a1", "a3"}


def test_the_rape_of_another_woman_takes_nothing_in() -> None:
    rape = named("a2", "019/08 19C", "v2", offenders_defined="all")
    decision = of(act("a1", "assault", **BROKEN_FINGER), rape)

    assert about(decision) == [("allegation:a1",)]
    assert decision.recorded_count == 2


def test_of_two_women_assaulted_the_rape_of_one_takes_in_hers_only() -> None:
    rape = named("a2", "019/08 19C", offenders_defined="all")
    decision = of(act("a1", "assault", "v1 v2", **BROKEN_FINGER), rape)

    assert about(decision) == [("allegation:a1",)]


def test_a_rape_that_is_itself_open_takes_nothing_in() -> None:
    """Unknown never counts as no, nor as yes: it is not known yet that a rape is recorded."""
    rape = named("a2", "019/08 19C", offenders_defined="all", contrary_evidence="unknown")
    decision = of(act("a1", "assault", **BROKEN_FINGER), rape)

    assert about(decision)
    assert decision.crimes == ()


def test_where_one_answer_would_displace_the_crime_the_registrar_is_still_asked() -> None:
    decision = of(act("a1", "assault", **BROKEN_FINGER), named("a2", "008/77 8N"))

    assert [one.about[0] for one in decision.referrals] == ["allegation:a1"]


def test_another_victims_crime_does_not_wait() -> None:
    decision = of(act("a1", "assault", **BROKEN_FINGER), named("a2", "149/00 58D", "v2"))

    assert summary(decision)["crimes"] == ["1 x 58D 149/00"]


def test_nothing_is_said_to_be_recorded_that_an_open_question_can_displace() -> None:
    decision = of(act("a1", "assault", intended_serious_harm="no"), named("a2", "149/00 58D"))

    assert summary(decision)["state"] == "open"
    assert decision.crimes == ()


def test_a_harassment_whose_law_is_open_still_takes_in_the_message() -> None:
    decision = of(named("a1", "195/94 8L"), named("a2", "008/72 8R"), former_partner="-")

    assert summary(decision)["state"] == "open"
    assert decision.crimes == ()


# --- what stands on record (p7, 13, 18, 25, 45, 63)


def stands(label: str) -> dict[str, str]:
    code, class_ = label.split(" ")
    return {"code": code, "class": class_}


def test_a_recorded_crime_never_becomes_an_incident() -> None:
    decision = of(named("a1", "008/06 8N", recorded_as=stands("008/06 8N")), contrary_evidence="yes")

    assert summary(decision)["becomes"] == {"a1": "8N 008/06 > cancelled (C2 or C4)"}
    assert decision.incidents == ()
    assert decision.reclassifications[0].source == Source("rules", "7")
    assert decision.decider is Authority.DDM


def test_a_recorded_rape_becomes_n100_by_an_accredited_registrar_only() -> None:
    decision = of(named("a1", "019/08 19C", recorded_as=stands("019/08 19C")), contrary_evidence="yes")

    assert summary(decision)["becomes"] == {"a1": "19C 019/08 > N100/02"}
    assert decision.reclassifications[0].who is Authority.REGISTERED_FCR
    assert decision.reclassifications[0].source == Source("rules", "63")


def test_a_recorded_murder_found_to_be_an_accident_is_the_registrars() -> None:
    facts = {"death_cause": "accident", "cause_confirmed": "yes"}
    decision = of(act("a1", "death", offenders="", recorded_as=stands("001/01 1"), **facts))

    assert summary(decision)["becomes"] == {"a1": "1 001/01 > N300/06"}
    assert decision.reclassifications[0].who is Authority.REGISTERED_FCR
    assert decision.decider is Authority.REGISTERED_FCR


def test_a_recorded_murder_found_to_be_natural_is_not_lost() -> None:
    facts = {"death_cause": "natural", "death_on_record": "no", "force_records_natural_deaths": "no"}
    decision = of(act("a1", "death", offenders="", recorded_as=stands("001/01 1"), **facts))

    assert [(one.becomes, one.who) for one in decision.reclassifications] == [
        ("cancelled (C2 or C4)", Authority.REGISTERED_FCR)
    ]


def test_mutilation_that_was_none_is_cancelled_by_the_registrar() -> None:
    decision = of(named("a1", "008/52 8N", recorded_as=stands("008/52 8N")), contrary_evidence="yes")

    assert [(one.who, one.source.page) for one in decision.reclassifications] == [(Authority.FCR, "45")]


def test_a_graver_crime_disclosed_later_takes_the_place_of_the_record() -> None:
    first = named("a1", "008/06 8N", recorded_as=stands("008/06 8N"))
    decision = of(first, named("a2", "019/08 19C", offenders_defined="all"))

    assert summary(decision)["becomes"] == {"a1": "8N 008/06 > 19C 019/08"}
    assert decision.reclassifications[0].source == Source("rules", "18")


# --- who decides, and what stands here while another force records (p16-17, 64)


def test_a_complaint_about_an_officer_on_duty_is_for_the_appropriate_authority() -> None:
    decision = of(named("a1", "008/06 8N"), police_on_duty_complaint="yes", authority_decided="not-yet")

    assert decision.decider is Authority.APPROPRIATE_AUTHORITY


def test_a_rape_in_another_forces_area_leaves_an_n100_here() -> None:
    rape = named("a1", "019/08 19C", offenders_defined="all")
    decision = of(rape, suspect_was_in="other-force", other_force="southshire")

    assert summary(decision)["incidents"] == ["N100/03"]
    assert [one.recording_force for one in decision.crimes] == ["southshire"]


# --- robbery and the force it was done with (p72, 80)


def robbery_and(label: str, **more: str) -> Decision:
    shop = {"id": "shop", "kind": "organisation"}
    return of(named("a1", "034/01 34A", "shop"), named("a2", label, "v2", **more), parties=(shop,))


def test_pushing_the_guard_to_get_away_is_the_robbery_itself() -> None:
    for label in ("105/01 105A", "008/77 8N"):
        assert summary(robbery_and(label, force_of_the_robbery="yes"))["crimes"] == ["1 x 34A 034/01"]


def test_an_assault_that_was_no_part_of_the_robbery_counts() -> None:
    decision = robbery_and("105/01 105A", force_of_the_robbery="no")

    assert summary(decision)["crimes"] == ["1 x 34A 034/01", "1 x 105A 105/01"]


def test_whether_it_was_the_force_is_asked() -> None:
    assert summary(robbery_and("105/01 105A"))["asks"] == ["force_of_the_robbery"]


# --- rape by several (p61-62)


def test_one_mans_attempt_is_not_inside_anothers_rape() -> None:
    rape, attempt = named("a1", "019/08 19C"), named("a2", "019/12 19C", offenders="o2")
    decision = of(rape, attempt, offenders_acted_together="yes")

    assert summary(decision)["crimes"] == ["1 x 19C 019/08", "1 x 19C 019/12"]


def test_one_mans_attempt_is_inside_his_own_rape() -> None:
    decision = of(named("a1", "019/08 19C"), named("a2", "019/12 19C"))

    assert summary(decision)["crimes"] == ["1 x 19C 019/08"]


def test_recording_separately_never_makes_fewer_than_are_recorded() -> None:
    decision = of(named("a1", "019/08 19C", offenders="o1 o2", offenders_defined="some"))

    assert (decision.recorded_count, decision.separate_count) == (3, 3)


# --- flags (p31)


def test_a_rape_by_spiking_carries_the_flag_though_the_spiking_stands_inside_it() -> None:
    spiking = act("a1", "spiking", spiking_intent="sexual")
    decision = of(spiking, named("a2", "019/08 19C", offenders_defined="all"))

    assert summary(decision)["crimes"] == ["1 x 19C 019/08"]
    assert {one.flag: one.allegations for one in decision.flags}["spiking"] == ("a1", "a2")


# --- nothing is lost, and every question can be answered


def test_what_the_registrar_classifies_is_not_lost_where_its_candidates_leave_by_different_steps() -> None:
    demand = act("a1", "blackmail", demanded="sexual-favours")
    decision = of(demand, amounts_to_crime="no", parties=({"id": "v1", "age": 16, "sex": "male"},))

    assert summary(decision)["state"] == "referred"
    assert about(decision) == [("allegation:a1",)]


def test_the_age_asked_for_is_that_of_the_offender_whose_age_is_missing() -> None:
    touched = act("a1", "sexual-activity", offenders="o1 o2", penetration="none", sexual_consent="yes")
    girl, boy = {"id": "v1", "age": 14, "sex": "female"}, {"id": "o1", "age": 15}
    asked = {one.about for one in of(touched, parties=(girl, boy)).questions if one.fact == "age"}

    assert asked == {"party:o2"}


def test_electricity_of_two_companies_is_two_crimes_either_way() -> None:
    companies = ({"id": "v1", "kind": "organisation"}, {"id": "v2", "kind": "organisation"})
    decision = of(named("a1", "043/00 43", "v1 v2"), parties=companies)

    assert (decision.recorded_count, decision.separate_count) == (2, 2)


# --- requests (p25; outcomes guidance p14)


def asked_for(kind: str, label: str, wanted: str, **facts: str) -> Decision:
    request = {"id": "r1", "kind": kind, "offence": stands(label), "wanted": wanted, "facts": facts}
    return decided(facts_of([], requests=[request]))


def test_cancelling_a_rape_is_not_the_officers_decision() -> None:
    yes = ("independent_decider", "avi_additional", "avi_verifiable", "avi_no_crime", "victim_told")
    decision = asked_for("cancel", "019/08 19C", "C2", victim_withdrew="no", **dict.fromkeys(yes, "yes"))

    assert summary(decision)["answers"] == {"r1": "cancel C2 on 19C 019/08: allowed"}
    assert decision.decider is Authority.REGISTERED_FCR


def test_cocaine_takes_no_cannabis_warning() -> None:
    assert summary(asked_for("outcome", "092/50 92D", "7"))["answers"] == {"r1": "outcome 7 on 92D 092/50: refused"}
    assert summary(asked_for("outcome", "093/74 92D", "7"))["answers"] == {"r1": "outcome 7 on 92D 093/74: open"}
