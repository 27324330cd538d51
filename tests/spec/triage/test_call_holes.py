"""Ways in which a call could have been closed on somebody nobody was with, each found by looking for them."""

from datetime import date

import pytest
from triage_calls import TEAM, WORDS, Call, partner_leads

from backbeat.rulebook import NO, UNKNOWN, YES
from backbeat.triage.assessing import assess
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.digests import facts_digest
from backbeat.triage.calls.errors import StepRefused
from backbeat.triage.calls.owed import Debt
from backbeat.triage.calls.words import AMBULANCE, POLICE, Audience, Service
from backbeat.triage.model import Outcome
from backbeat.triage.policies import open_policies

REASON = "said so on the call"
POLICY = open_policies().on(date(2026, 11, 22))
CALM = {
    "crime": NO, "risk_life_now": NO, "serious_harm_now": NO, "medical": NO, "attendance_promised": NO,
    "risk_created": NO, "officers_on_scene": NO, "s136_custody": NO, "location_known": YES, "contact_number": 1,
}  # fmt: skip


def visited() -> Call:
    """A call that police went to and left, with everything told and written."""
    call = Call()
    call.put(h.FactStated("risk_life_now", YES))
    call.assess(Outcome.POLICE_DEPLOY)
    for what in (h.Deployed(), h.StatementRead(WORDS), h.Arrived(Service.POLICE), h.Cleared()):
        call.put(what)
    call.put(h.RationaleWritten("Seen and safe with her sister."))
    call.assess(Outcome.POLICE_DEPLOY)
    return call


def engine(call: Call) -> Outcome:
    """Assess by the packaged policy, and record it."""
    made = assess(POLICY, call.state.facts)
    call.put(h.Assessed.of(made))
    return made.outcome


# --- police came and left, and then it got worse ----------------------------------------------------------------------


def test_a_visit_that_is_over_closes_a_call() -> None:
    call = visited()
    assert call.debts() == []


@pytest.mark.parametrize(
    ("outcome", "debt"),
    [(Outcome.POLICE_DEPLOY, Debt.DEPLOY), (Outcome.JOINT, Debt.DEPLOY), (Outcome.SUPERVISOR, Debt.SUPERVISOR),
     (Outcome.ASK_MORE, Debt.ASK)],
)  # fmt: skip
def test_a_visit_does_not_answer_what_is_learnt_after_it(outcome: Outcome, debt: Debt) -> None:
    call = visited()
    call.put(h.FactStated("serious_harm_now", YES if outcome.attends else UNKNOWN))
    call.assess(outcome)
    assert debt in call.debts()
    call.put(h.SupervisorDecided(Outcome.POLICE_DEPLOY, "they go again"))
    assert Debt.DEPLOY in call.debts()
    call.put(h.SupervisorDecided(Outcome.POLICE_OWN, "the visit covers it"))
    assert Debt.DEPLOY not in call.debts()
    assert Debt.OWNER in call.debts()


def test_what_police_found_there_may_be_written_down_after_they_left() -> None:
    call = visited()
    call.put(h.FactStated("risk_life_now", NO))
    call.assess(Outcome.PARTNER_LEADS)
    assert call.state.outcome is Outcome.POLICE_DEPLOY
    assert call.debts() == []


def test_police_sent_again_must_come_again() -> None:
    call = visited()
    call.put(h.FactStated("serious_harm_now", YES))
    call.assess(Outcome.POLICE_DEPLOY)
    call.put(h.Deployed())
    assert Debt.ARRIVE in call.debts()
    call.put(h.Arrived(Service.POLICE))
    call.assess(Outcome.POLICE_DEPLOY)
    assert call.debts() == []


# --- handovers and promises -------------------------------------------------------------------------------------------


def handed_over() -> Call:
    call = partner_leads()
    call.put(h.Promised("told that police are coming"))
    call.put(h.HandoverAgreed(TEAM, "A. Okafor", REASON))
    for audience in Audience:
        call.put(h.Told(audience, "who takes it on"))
    assert call.state.handover_counts
    return call


def test_a_handover_does_not_answer_for_a_further_contact() -> None:
    call = handed_over()
    call.put(h.Recontacted("family"), minutes=60)
    assert call.state.promise_binds
    for name, value in CALM.items():
        if name not in ("attendance_promised", "contact_number"):
            call.put(h.FactStated(name, value))
    for name in ("strand", "child", "partner_available"):
        call.put(h.FactStated(name, {"strand": "welfare", "child": NO, "partner_available": YES}[name]))
    assert engine(call) is Outcome.SUPERVISOR


def test_a_promise_nobody_can_rule_out_is_not_covered_by_an_earlier_handover() -> None:
    call = handed_over()
    call.put(h.FactStated("attendance_promised", UNKNOWN))
    assert not call.state.handover_counts


@pytest.mark.parametrize(
    "what",
    [
        h.HandoverAgreed(POLICE, "B. Stone", REASON),
        h.SupervisorDecided(Outcome.PARTNER_LEADS, REASON, POLICE),
        h.SupervisorDecided(Outcome.JOINT, REASON, POLICE),
    ],
    ids=("handover", "leads", "joint"),
)
def test_police_are_no_partner_to_hand_over_to(what: h.Happening) -> None:
    with pytest.raises(StepRefused, match="partner"):
        partner_leads().put(what)


def test_words_that_say_police_come_are_a_promise_also_where_they_are_read_late() -> None:
    call = Call()
    call.put(
        h.Assessed(Outcome.POLICE_DEPLOY, "a-policy", "0" * 64, facts_digest(call.state.facts), statement="they-come")
    )
    call.put(h.FactStated("risk_life_now", NO))
    call.assess(Outcome.PARTNER_LEADS)
    call.put(h.StatementRead("they-come"))  # the page still showed it
    assert call.state.promise_binds


# --- what an agency's answer says -------------------------------------------------------------------------------------


def test_police_who_keep_a_call_say_nothing_about_the_partner() -> None:
    call = Call()
    call.put(h.FactStated("partner_available", NO))
    call.assess(Outcome.SUPERVISOR)
    call.put(h.SupervisorDecided(Outcome.POLICE_OWN, REASON))
    call.put(h.Accepted(POLICE, "B. Stone", "sergeant"))
    assert call.state.facts["partner_available"] is NO
    assert "partner_available" not in Call().put(h.Declined(POLICE, REASON)).facts


def test_an_ambulance_service_that_leads_and_will_not_take_it_goes_to_a_supervisor() -> None:
    call = Call(h.Opened(strand="medical"))
    for name, value in {**CALM, "medical": YES, "police_need": NO, "partner_available": YES}.items():
        call.put(h.FactStated(name, value))
    assert engine(call) is Outcome.PARTNER_LEADS
    call.put(h.Declined(AMBULANCE, "no crew tonight"))
    assert engine(call) is Outcome.SUPERVISOR


# --- contradictions -------------------------------------------------------------------------------------------------


def test_no_crime_that_is_still_going_on_is_not_known() -> None:
    call = Call(h.Opened(strand="welfare"))
    for name, value in {**CALM, "crime_live": YES, "child": NO, "partner_available": YES}.items():
        call.put(h.FactStated(name, value))
    assert engine(call) is Outcome.SUPERVISOR


# --- arrival times ----------------------------------------------------------------------------------------------------


def test_an_arrival_weeks_away_is_no_arrival_that_anybody_can_say() -> None:
    call = Call(h.Opened(strand="medical"))
    call.put(h.EtaGiven(Service.AMBULANCE, 14 * 24 * 60))
    assert call.state.facts["ambulance_eta_minutes"] is UNKNOWN
    facts = {name: value for name, value in call.state.facts.items() if name in POLICY.types}
    assert all(POLICY.types[name].accept(value) is not None for name, value in facts.items())


def test_whoever_is_there_already_is_in_time_for_a_window_set_later() -> None:
    call = Call(h.Opened(strand="medical"))
    call.put(h.Arrived(Service.AMBULANCE))
    call.put(h.FactStated("risk_window_minutes", 15))
    assert call.state.facts["ambulance_eta_minutes"] == 0
    late = Call(h.Opened(strand="medical"))
    late.put(h.EtaGiven(Service.AMBULANCE, 5))
    late.put(h.FactStated("risk_window_minutes", 15), minutes=9)
    assert late.state.facts["ambulance_eta_minutes"] is UNKNOWN


# --- a call that was closed with police there -------------------------------------------------------------------------


def closed_with_police_there() -> Call:
    """Police came, the call was closed, and nobody wrote down that they left."""
    call = Call()
    call.put(h.FactStated("risk_life_now", YES))
    call.assess(Outcome.POLICE_DEPLOY)
    for what in (h.Deployed(), h.StatementRead(WORDS), h.Arrived(Service.POLICE)):
        call.put(what)
    call.assess(Outcome.POLICE_DEPLOY)
    call.put(h.RationaleWritten("Officers are with her."))
    call.put(h.Closed())
    return call


@pytest.mark.parametrize("outcome", [Outcome.SUPERVISOR, Outcome.ASK_MORE, Outcome.POLICE_DEPLOY])
@pytest.mark.parametrize("again", [h.Recontacted("family"), h.FactStated("serious_harm_now", UNKNOWN)], ids=str)
def test_yesterdays_visit_does_not_answer_today(again: h.Happening, outcome: Outcome) -> None:
    call = closed_with_police_there()
    call.put(again, minutes=20 * 60)
    call.assess(outcome)
    assert call.state.outcome is outcome
    debt = {Outcome.SUPERVISOR: Debt.SUPERVISOR, Outcome.ASK_MORE: Debt.ASK, Outcome.POLICE_DEPLOY: Debt.DEPLOY}
    assert debt[outcome] in call.debts()
    call.put(h.Deployed())
    assert Debt.ARRIVE in call.debts()


def test_officers_who_were_there_at_the_close_are_asked_after_on_the_next_contact() -> None:
    call = closed_with_police_there()
    call.put(h.Recontacted("family"), minutes=20 * 60)
    assert "officers_on_scene" not in call.state.facts


def test_a_contact_while_police_are_there_does_not_send_them_twice() -> None:
    call = Call()
    call.assess(Outcome.POLICE_DEPLOY)
    call.put(h.Deployed())
    call.put(h.Arrived(Service.POLICE))
    call.put(h.Recontacted("family"))
    assert call.state.facts["officers_on_scene"] is YES
    assert call.state.outcome is Outcome.POLICE_DEPLOY
    assert Debt.DEPLOY not in call.debts()
