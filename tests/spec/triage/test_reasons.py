"""What an assessment says of itself must be true of the call; and it asks no more than a handler has time for."""

from collections.abc import Mapping
from datetime import date

import pytest

from backbeat.rulebook import NO, UNKNOWN, YES, Fact
from backbeat.triage.assessing import assess
from backbeat.triage.model import Gate, Outcome
from backbeat.triage.policies import Policy, open_policies

POLICY: Policy = open_policies().on(date(2026, 11, 22))
CALM: Mapping[str, Fact] = {
    "crime": NO, "risk_life_now": NO, "serious_harm_now": NO, "medical": NO, "attendance_promised": NO,
    "risk_created": NO, "officers_on_scene": NO, "s136_custody": NO, "strand": "welfare", "child": NO,
    "location_known": YES, "partner_available": YES, "contact_number": 1,
}  # fmt: skip
DUTIES = ("attendance_promised", "risk_created", "officers_on_scene", "s136_custody")


def said(gate: Gate, **facts: Fact) -> str:
    """What one gate says."""
    return next(one.text for one in assess(POLICY, {**CALM, **facts}).reasons if one.gate is gate)


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize("answer", [YES, UNKNOWN])
def test_a_duty_that_was_handed_over_is_not_called_none(duty: str, answer: Fact) -> None:
    assert "agreed its handover" in said(Gate.DUTY, handover_agreed=YES, **{duty: answer})
    assert "promised nothing" in said(Gate.DUTY, handover_agreed=NO)


def test_nobody_is_said_to_be_in_time_where_no_time_was_set() -> None:
    assert "Nobody has set a time" in said(Gate.PARTNER)
    assert "in time" in said(Gate.PARTNER, risk_window_minutes=60, partner_eta_minutes=30)


@pytest.mark.parametrize("answer", [NO, UNKNOWN])
def test_a_label_does_not_lose_a_patient_who_may_lack_capacity(answer: Fact) -> None:
    lost: Mapping[str, Fact] = {**CALM, "location_known": NO, "capacity": answer, "detained": NO, "police_need": NO}
    for strand in ("walk-out", "awol"):
        assert assess(POLICY, {**lost, "strand": strand}).outcome is Outcome.POLICE_OWN


def asked(answers: Mapping[str, Fact]) -> tuple[list[str], Outcome]:
    """The questions that a handler is asked, each answered, the kind of call and its place in a row among them."""
    facts: dict[str, Fact] = {}
    groups: list[str] = []
    while questions := assess(POLICY, facts).questions:
        group = questions[0]
        groups.append(group.group)
        wanted = group.facts if group.kind == "fields" else POLICY.groups[group.group].facts
        facts |= {name: answers.get(name, NO) for name in wanted}
    return groups, assess(POLICY, facts).outcome


EASY: Mapping[str, Fact] = {
    "contact_number": 1, "partner_available": YES, "location_known": YES, "capacity": YES, "detained": YES,
}  # fmt: skip
EMERGENCY: Mapping[str, Fact] = {
    "risk_life_now": YES, "serious_harm_now": YES, "medical": YES, "ambulance_accepted": YES,
    "ambulance_eta_minutes": 8, "risk_window_minutes": 15,
}  # fmt: skip
STRANDS = ("welfare", "walk-out", "awol", "medical", "transport", "s136", "voluntary")


@pytest.mark.parametrize("strand", STRANDS)
def test_an_ordinary_call_takes_at_most_eight_questions(strand: str) -> None:
    groups, outcome = asked({**EASY, "strand": strand})
    assert outcome is Outcome.PARTNER_LEADS
    assert 3 <= len(groups) <= 8, groups


@pytest.mark.parametrize("strand", STRANDS)
def test_danger_is_answered_in_three(strand: str) -> None:
    groups, outcome = asked({"strand": strand, "risk_life_now": YES, "serious_harm_now": YES})
    assert outcome is Outcome.POLICE_DEPLOY
    assert len(groups) <= 3, groups


def test_an_emergency_the_ambulance_service_leads_asks_once_who_takes_it() -> None:
    groups, outcome = asked({**EASY, **EMERGENCY, "strand": "medical"})
    assert outcome is Outcome.PARTNER_LEADS
    assert "partner" not in groups
    assert len(groups) == 8, groups
    late, _ = asked({**EASY, **EMERGENCY, "strand": "medical", "ambulance_accepted": NO})
    assert late == ["crime", "risk", "medical", "police_need", "ambulance"]
