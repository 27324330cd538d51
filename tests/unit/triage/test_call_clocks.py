"""Which timers of a call run out when."""

from datetime import timedelta

import pytest
from triage_calls import START, TEAM, WORDS, Call, ambulance_leads, closed, partner_leads

from backbeat.errors import Bug
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.clocks import Ageing, Due, Timers, ageing, due, next_due, pending
from backbeat.triage.calls.words import Loss, Service, Timer
from backbeat.triage.model import Outcome, Urgency

REVIEW = {Urgency.EMERGENCY: 10, Urgency.SOON: 60, Urgency.ROUTINE: 240}
TIMERS = Timers(REVIEW, acceptance=10, call_back=5, ageing_amber=30, ageing_red=60, eta_check=2)


def at(minutes):
    return START + timedelta(minutes=minutes)


def times(call, timer):
    """Minutes after the start at which one timer runs out."""
    return [(one.at - START) / timedelta(minutes=1) for one in pending(call.state, TIMERS) if one.timer is timer]


def test_an_open_call_ages():
    call = Call()  # opened a minute after the start
    assert times(call, Timer.AGEING_AMBER) == [31]
    assert times(call, Timer.AGEING_RED) == [61]
    assert ageing(call.state, TIMERS, at(30)) is Ageing.NONE
    assert ageing(call.state, TIMERS, at(31)) is Ageing.AMBER  # the moment itself counts
    assert ageing(call.state, TIMERS, at(61)) is Ageing.RED


def test_a_closed_call_keeps_its_review_and_nothing_else():
    call = closed()
    assert [one.timer for one in pending(call.state, TIMERS)] == [Timer.REVIEW]
    assert ageing(call.state, TIMERS, at(10_000)) is Ageing.NONE
    call.put(h.Reopened("rang the wrong team"), minutes=100)
    assert ageing(call.state, TIMERS, call.now + timedelta(minutes=29)) is Ageing.NONE  # it ages from then


def test_a_call_without_a_review_has_one_all_the_same():
    assert times(partner_leads(), Timer.REVIEW) == [62]


def test_an_offer_is_answered_in_time_or_goes_to_a_supervisor():
    call = partner_leads()
    call.put(h.Offered(TEAM))
    assert times(call, Timer.ACCEPTANCE) == [13]
    call.now = at(13)
    call.put(h.TimerFired(Timer.ACCEPTANCE, at(13), TEAM), minutes=0)
    assert call.state.outcome is Outcome.SUPERVISOR
    assert times(call, Timer.ACCEPTANCE) == []  # each moment fires once
    call.put(h.Accepted(TEAM, "A. Okafor", "duty lead"))
    assert call.state.outcome is Outcome.PARTNER_LEADS


def test_a_lost_caller_is_rung_back_and_again_after_each_try():
    call = partner_leads()
    call.put(h.Lost(Loss.DROPPED))
    assert times(call, Timer.CALL_BACK) == [8]
    call.put(h.CallbackDue(call.now + timedelta(hours=5)))
    assert times(call, Timer.CALL_BACK) == [8]  # nobody puts off the first try
    call.put(h.CallbackDone(reached=False))
    assert times(call, Timer.CALL_BACK) == [10]
    call.put(h.CallbackDue(call.now + timedelta(hours=5)))
    assert times(call, Timer.CALL_BACK) == [305]
    call.put(h.CallbackDone(reached=True))
    assert times(call, Timer.CALL_BACK) == []


def test_an_arrival_is_asked_for_until_they_come():
    call = ambulance_leads()
    call.settle()
    call.put(h.Closed())
    assert times(call, Timer.ETA) == [23]  # 20 minutes after it was given, and two more; the close does not end it
    call.put(h.Arrived(Service.AMBULANCE))
    assert times(call, Timer.ETA) == []


def test_a_window_without_an_arrival_time_ends_the_wait():
    call = partner_leads()
    call.put(h.FactStated("risk_window_minutes", 30))
    call.put(h.Accepted(TEAM, "A. Okafor", "duty lead"))
    assert times(call, Timer.ETA) == [33]


def test_a_promise_not_kept_is_told_at_once():
    call = Call()
    call.assess(Outcome.POLICE_DEPLOY)
    call.put(h.Deployed())
    call.put(h.StatementRead(WORDS))
    call.put(h.StoodDown("the person is home"))
    told = [one for one in due(call.state, TIMERS, call.now) if one.timer is Timer.TELL]
    assert {one.about for one in told} == {"caller", "ambulance"}
    call.put(h.TimerFired(Timer.TELL, told[0].at, told[0].about))
    assert len([one for one in pending(call.state, TIMERS) if one.timer is Timer.TELL]) == 1


def test_what_is_due_comes_in_order_and_the_next_is_the_first():
    call = partner_leads()
    call.put(h.Lost(Loss.DROPPED))
    assert list(pending(call.state, TIMERS)) == sorted(pending(call.state, TIMERS))
    assert next_due(call.state, TIMERS) == Due(at(8), Timer.CALL_BACK)
    assert due(call.state, TIMERS, at(8) - timedelta(seconds=1)) == ()
    assert due(call.state, TIMERS, at(8)) == (Due(at(8), Timer.CALL_BACK),)


def test_timers_come_from_the_table_of_a_policy():
    asked = []

    def minutes(name):
        asked.append(name)
        return 60 if name == "ageing-red" else 10

    assert Timers.of(minutes).acceptance == 10
    assert asked == [
        "review-emergency", "review-soon", "review-routine", "acceptance", "call-back", "ageing-amber", "ageing-red",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("review", "acceptance", "red"), [({Urgency.SOON: 60}, 10, 60), (REVIEW, 0, 60), (REVIEW, 10, 30)]
)
def test_timers_that_cannot_run_are_a_bug(review, acceptance, red):
    with pytest.raises(Bug):
        Timers(review, acceptance, 5, 30, red)
