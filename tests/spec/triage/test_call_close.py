"""What must be done before a call may be closed, and what opens it again: each case a way in which somebody died."""

from datetime import timedelta

import pytest
from triage_calls import START, TEAM, WORDS, Call, ambulance_leads, closed, partner_leads

from backbeat.rulebook import NO, UNKNOWN, YES
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.errors import CloseRefused, EventsMissing, KeyReused, StepRefused
from backbeat.triage.calls.folding import fold
from backbeat.triage.calls.harm import harm_signs
from backbeat.triage.calls.owed import Debt, owed
from backbeat.triage.calls.words import AMBULANCE, POLICE, Audience, Harm, Loss, Service, Timer
from backbeat.triage.model import Outcome

REASON = "said so on the call"


def test_a_call_a_partner_leads_owes_owner_statement_review_and_rationale():
    call = partner_leads()
    assert call.debts() == [Debt.OWNER, Debt.REVIEW, Debt.STATEMENT, Debt.RATIONALE]
    with pytest.raises(CloseRefused) as caught:
        call.put(h.Closed())
    assert len(caught.value.what.splitlines()) == 4
    assert call.state.is_open


@pytest.mark.parametrize(
    "left_out", [h.Accepted, h.StatementRead, h.ReviewSet, h.RationaleWritten], ids=lambda kind: kind.kind
)
def test_each_of_them_alone_keeps_the_call_open(left_out):
    call = partner_leads()
    for what in (
        h.Accepted(TEAM, "A. Okafor", "duty lead"),
        h.StatementRead(WORDS),
        h.ReviewSet(call.now + timedelta(minutes=30)),
        h.RationaleWritten("Nothing that only police can do."),
    ):
        if not isinstance(what, left_out):
            call.put(what)
            call.assess(Outcome.PARTNER_LEADS)
    assert len(call.debts()) == 1
    with pytest.raises(CloseRefused):
        call.put(h.Closed())


@pytest.mark.parametrize(
    ("outcome", "debts"),
    [
        (Outcome.POLICE_OWN, [Debt.OWNER, Debt.REVIEW, Debt.STATEMENT, Debt.RATIONALE]),
        (Outcome.POLICE_DEPLOY, [Debt.DEPLOY, Debt.ARRIVE, Debt.STATEMENT, Debt.RATIONALE]),
        (Outcome.JOINT, [Debt.DEPLOY, Debt.ARRIVE, Debt.OWNER, Debt.STATEMENT, Debt.RATIONALE]),
        (Outcome.SUPERVISOR, [Debt.SUPERVISOR, Debt.RATIONALE]),
        (Outcome.ASK_MORE, [Debt.ASK, Debt.RATIONALE]),
    ],
)
def test_every_outcome_owes_its_own(outcome, debts):
    call = Call()
    call.assess(outcome)
    assert call.debts() == debts


def test_another_agencys_acceptance_is_none():
    call = partner_leads()
    call.put(h.Accepted("hospital", "A. Okafor", "nurse"))
    assert Debt.OWNER in call.debts()


def test_the_words_read_are_those_shown():
    call = partner_leads()
    call.put(h.StatementRead("other-words"))
    assert Debt.STATEMENT in call.debts()


def test_a_review_is_no_later_than_the_policy_says():
    call = partner_leads()
    call.put(h.ReviewSet(call.now + timedelta(minutes=62)))  # a minute passes before it is set; 60 are allowed
    assert Debt.REVIEW in call.debts()
    call.put(h.ReviewSet(call.now + timedelta(minutes=61)))
    assert Debt.REVIEW not in call.debts()


def test_duties_are_owed_by_name_and_the_ambulance_by_telling_it():
    call = Call()
    call.assess(Outcome.PARTNER_LEADS, duties=("record-crime", "ambulance", "afresh"))
    assert [one.about for one in owed(call.state, call.now) if one.debt is Debt.DUTY] == ["record-crime", "ambulance"]
    call.put(h.DutyDone("record-crime"))
    call.put(h.Told(Audience.AMBULANCE, "police do not come"))
    assert Debt.DUTY not in call.debts()


def test_a_fact_that_changes_asks_for_a_new_assessment_and_opens_the_call():
    call = closed()
    call.put(h.FactStated("risk_life_now", YES))
    assert call.state.is_open
    assert call.debts()[0] is Debt.ASSESS


def test_a_fact_said_again_changes_nothing():
    call = Call()
    call.put(h.FactStated("crime", NO))
    call.assess(Outcome.PARTNER_LEADS)
    call.put(h.FactStated("crime", NO))
    assert Debt.ASSESS not in call.debts()


# --- promises ---------------------------------------------------------------------------------------------------------


def test_a_promise_binds_until_a_supervisor_agrees_a_handover_and_everybody_is_told():
    call = partner_leads()
    call.put(h.Promised("told that police are coming"))
    call.assess(Outcome.PARTNER_LEADS)
    assert Debt.PROMISE in call.debts()
    call.put(h.HandoverAgreed(TEAM, "A. Okafor", "nothing only police can do"))
    for audience in Audience:
        assert call.state.facts["handover_agreed"] is NO
        assert call.state.promise_binds
        call.put(h.Told(audience, "who takes it on"))
    assert call.state.facts["handover_agreed"] is YES
    assert call.state.facts["attendance_promised"] is YES  # it was made; it is answered, not forgotten
    call.put(h.Promised("told again that police are coming"))
    assert call.state.facts["handover_agreed"] is NO


def test_whoever_hears_that_police_are_sent_has_been_promised_it():
    call = Call()
    call.assess(Outcome.POLICE_DEPLOY)
    call.put(h.Deployed())
    call.put(h.StatementRead(WORDS))
    assert call.state.promise_binds


def test_a_promise_that_is_not_kept_is_told_to_caller_and_ambulance():
    call = Call()
    call.assess(Outcome.POLICE_DEPLOY)
    call.put(h.Deployed())
    call.put(h.StatementRead(WORDS))
    call.put(h.StoodDown("the person is home"))
    told = [one.about for one in owed(call.state, call.now) if one.debt is Debt.TELL]
    assert told == ["caller", "ambulance"]
    call.put(h.Deployed())
    assert Debt.TELL not in call.debts()  # they are coming after all


def test_no_answer_takes_a_promise_back():
    call = partner_leads()
    call.put(h.Promised("told that police are coming"))
    for what in (h.FactStated("attendance_promised", NO), h.FactWithdrawn("attendance_promised"), h.Recontacted()):
        call.put(what)
        assert call.state.facts["attendance_promised"] is YES


def test_a_promise_made_on_a_linked_call_binds_here():
    call = partner_leads()
    call.put(h.Linked("c-1", 1, promised=True))
    assert call.state.promise_binds
    assert call.state.facts["contact_number"] == 2


def test_a_handover_cannot_be_stated_as_a_fact():
    with pytest.raises(StepRefused, match="supervisor"):
        partner_leads().put(h.FactStated("handover_agreed", YES))


# --- lost, bounced, declined ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", Loss)
def test_a_lost_caller_is_rung_back_before_the_close(loss):
    call = partner_leads()
    call.put(h.Lost(loss))
    call.put(h.CallbackDone(reached=False))
    assert call.debts()[0] is Debt.CALL_BACK  # a try is no end
    call.put(h.StatementRead(WORDS))
    assert call.debts()[0] is Debt.CALL_BACK  # nor is a statement that nobody can have heard
    call.put(h.CallbackDone(reached=True))
    assert Debt.CALL_BACK not in call.debts()


def test_only_a_supervisor_ends_the_tries_and_only_after_one():
    call = partner_leads()
    call.put(h.Lost(Loss.DROPPED))
    with pytest.raises(StepRefused, match="tried"):
        call.put(h.CallbackEnded("officers went to the door"))
    call.put(h.CallbackDone(reached=False))
    call.put(h.CallbackEnded("officers went to the door"))
    assert call.debts() == [Debt.OWNER, Debt.REVIEW, Debt.RATIONALE]


def test_a_partner_who_gives_it_back_opens_the_call_and_owes_the_caller_a_word():
    call = closed()
    call.put(h.Declined(TEAM, "nobody on shift"))
    assert call.state.is_open
    assert call.state.owner is None
    assert call.state.facts["partner_available"] is NO
    assert call.debts()[0] is Debt.CALL_BACK
    call.put(h.StatementRead(WORDS))  # still on the line
    assert Debt.CALL_BACK not in call.debts()


# --- arrival times ----------------------------------------------------------------------------------------------------


def test_an_arrival_past_the_window_opens_the_call():
    call = ambulance_leads()
    call.settle()
    call.put(h.Closed())
    call.now = START + timedelta(minutes=20)
    call.put(h.EtaGiven(Service.AMBULANCE, 15), minutes=0)
    # 15 minutes are fewer than the 30 of the window, of which 20 have passed.
    assert call.state.is_open
    assert call.state.facts["ambulance_eta_minutes"] > call.state.facts["risk_window_minutes"]


def test_an_arrival_within_what_is_left_leaves_it_closed():
    call = ambulance_leads()
    call.settle()
    call.put(h.Closed())
    call.now = START + timedelta(minutes=20)
    call.put(h.EtaGiven(Service.AMBULANCE, 5), minutes=0)
    assert not call.state.is_open


def test_an_arrival_that_did_not_come_is_no_longer_known():
    call = ambulance_leads()
    due = call.state.etas[Service.AMBULANCE].due
    call.now = due
    call.put(h.TimerFired(Timer.ETA, due, AMBULANCE), minutes=0)
    assert call.state.facts["ambulance_eta_minutes"] is UNKNOWN
    assert Debt.ASSESS in call.debts()


def test_stating_the_window_again_does_not_lengthen_it():
    call = ambulance_leads()
    end = call.state.window_end
    call.put(h.FactStated("risk_window_minutes", 30), minutes=15)
    assert call.state.window_end == end


# --- again, harm, review ----------------------------------------------------------------------------------------------


def test_a_second_contact_asks_the_core_afresh_and_keeps_what_was_said():
    call = Call(h.Opened(strand="welfare"))
    call.put(h.FactStated("risk_life_now", NO))
    call.put(h.FactStated("child", NO))
    call.assess(Outcome.PARTNER_LEADS)
    call.settle()
    call.put(h.Closed())
    call.put(h.Recontacted("family"), minutes=60)
    state = call.state
    assert state.is_open
    assert "risk_life_now" not in state.facts
    assert (state.facts["child"], state.facts["strand"]) == (NO, "welfare")
    assert state.earlier[0]["risk_life_now"] is NO
    assert state.facts["contact_number"] == 2
    call.assess(Outcome.PARTNER_LEADS)
    assert {Debt.OWNER, Debt.STATEMENT, Debt.RATIONALE} <= set(call.debts())
    call.put(h.Recontacted("health"))
    assert call.state.facts["contact_number"] == 3
    assert harm_signs(call.state).recontact


def test_harm_opens_the_call_wants_a_supervisor_and_stays():
    call = closed()
    call.put(h.HarmReported(Harm.DEATH), minutes=600)
    assert call.state.outcome is Outcome.SUPERVISOR
    call.settle()
    call.put(h.Closed())
    assert [record.harm for record in call.state.harms] == [Harm.DEATH]
    assert harm_signs(call.state).death


def test_police_sent_after_the_close_count_in_the_harm_check():
    call = closed()
    assert not harm_signs(call.state).any
    call.put(h.Deployed())
    assert call.state.outcome is Outcome.POLICE_DEPLOY
    assert harm_signs(call.state).later_deployment


def test_a_review_that_runs_out_opens_the_call_and_may_not_be_put_off():
    call = closed()
    review = call.state.review
    with pytest.raises(StepRefused, match="put off"):
        call.put(h.ReviewSet(review + timedelta(hours=8)))
    call.now = review
    call.put(h.TimerFired(Timer.REVIEW, review), minutes=0)
    assert call.state.is_open
    assert Debt.REVIEW in call.debts()
    call.put(h.Reviewed(True, "seen by the team"))
    assert Debt.REVIEW not in call.debts()


def test_a_supervisors_decision_does_not_outlive_a_new_fact():
    call = Call()
    call.assess(Outcome.SUPERVISOR)
    call.put(h.SupervisorDecided(Outcome.POLICE_OWN, REASON))
    assert call.state.outcome is Outcome.POLICE_OWN
    call.put(h.Accepted(POLICE, "B. Stone", "sergeant"))
    assert call.state.decision_stands
    call.put(h.FactStated("serious_harm_now", UNKNOWN))
    assert not call.state.decision_stands


# --- folding ----------------------------------------------------------------------------------------------------------


def test_a_key_used_twice_is_one_event_or_refused():
    call = partner_leads()
    call.put(h.Noted("a"), key="note-1")
    call.put(h.Noted("a"), key="note-1")
    assert len(call.state.notes) == 1
    with pytest.raises(KeyReused):
        call.put(h.Noted("b"), key="note-1")


def test_events_that_are_not_all_there_are_refused():
    events = closed().events
    with pytest.raises(EventsMissing):
        fold([])
    with pytest.raises(EventsMissing):
        fold(events[1:])
    with pytest.raises(EventsMissing):
        fold([one for one in events if one.sequence != 3])
    with pytest.raises(EventsMissing):
        fold([*events, events[-1]])
    assert fold(reversed(events)) == closed().state


@pytest.mark.parametrize(
    "what",
    [
        h.Opened(),
        h.Cleared(),
        h.StoodDown(REASON),
        h.ReviewSet(START),
        h.CallbackDue(START),
        h.TimerFired(Timer.REVIEW, START + timedelta(days=1)),
    ],
    ids=lambda what: what.kind,
)
def test_what_cannot_happen_now_is_refused(what):
    with pytest.raises(StepRefused) as caught:
        partner_leads().put(what)
    assert what.kind in caught.value.where


@pytest.mark.parametrize("what", [h.Closed(), h.SupervisorDecided(Outcome.JOINT, REASON)], ids=lambda what: what.kind)
def test_a_closed_call_is_opened_before_it_is_decided(what):
    with pytest.raises(StepRefused, match="reopen"):
        closed().put(what)
