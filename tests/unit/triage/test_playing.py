"""A call lived through: who is sent and when, by hand, under deciders of one line."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from backbeat.errors import Bug
from backbeat.rulebook import NO, UNKNOWN, YES, Facts
from backbeat.triage.model import Outcome
from backbeat.triage.simulation.comparing import Comparison, Side, compare
from backbeat.triage.simulation.deciding import Before, Recorded, Verdict, before_rcrp
from backbeat.triage.simulation.model import Call, Caller, Decided, Later, Truth
from backbeat.triage.simulation.rendering import render
from backbeat.triage.simulation.replaying import SUPERVISOR_MINUTES, play

PARTNER = Verdict(Outcome.PARTNER_LEADS, Outcome.PARTNER_LEADS, agency="adult-social-care")
DEPLOY = Verdict(Outcome.POLICE_DEPLOY, Outcome.POLICE_DEPLOY)
ASK_SUPERVISOR = Verdict(Outcome.SUPERVISOR, Outcome.SUPERVISOR)


class Rule:
    """A decider of one function."""

    name = "rule"
    hash = ""

    def __init__(self, decide: Callable[[Facts], Verdict]) -> None:
        self.decide = decide


@Rule
def careful(facts: Facts) -> Verdict:
    """Asks for risk; yes deploys, unknown goes to a supervisor, a third contact too."""
    risk = facts.get("risk_life_now")
    if risk is None:
        return Verdict(Outcome.ASK_MORE, Outcome.SUPERVISOR, ask=(("risk_life_now",),))
    contact = facts.get("contact_number", 1)
    if risk is YES:
        return DEPLOY
    return ASK_SUPERVISOR if risk is UNKNOWN or (isinstance(contact, int) and contact >= 3) else PARTNER


CALL = Call(
    reference="1",
    received_at=datetime(2026, 1, 5, 23, 30, tzinfo=UTC),
    caller=Caller.FAMILY,
    facts={"strand": "welfare", "risk_life_now": NO, "contact_number": 1},
    window_minutes=60,
    police_minutes=10,
    partner_minutes=90,
    officer_minutes=120,
    truth=Truth.PARTNER,
    decided=Decided(Outcome.POLICE_DEPLOY, responder_minutes=20),
)


def test_a_partner_leads_and_comes() -> None:
    played = play(CALL, careful)
    assert played.outcome is Outcome.PARTNER_LEADS
    assert (played.agency, played.asked, played.responder_minutes) == ("adult-social-care", 1, 90)
    assert not played.deployed


def test_a_risk_learnt_later_sends_police_then() -> None:
    played = play(replace(CALL, later=(Later(30, {"risk_life_now": YES}),)), careful)
    assert played.first is Outcome.PARTNER_LEADS
    assert (played.outcome, played.deployed_minutes, played.responder_minutes) == (Outcome.POLICE_DEPLOY, 30, 40)


def test_nothing_is_learnt_after_the_partner_came_except_what_it_finds() -> None:
    found = replace(CALL, later=(Later(90, {"risk_life_now": YES}),))
    assert play(found, careful).deployed_minutes == 90
    after = replace(CALL, later=(Later(91, {"risk_life_now": YES}),))
    assert not play(after, careful).deployed


def test_not_known_goes_to_a_supervisor_and_is_not_counted_as_sent() -> None:
    played = play(replace(CALL, facts={**CALL.facts, "risk_life_now": UNKNOWN}), careful)
    assert played.escalated
    assert not played.deployed
    assert played.responder_minutes == SUPERVISOR_MINUTES + 10


def test_an_answer_before_the_supervisor_decided_takes_it_back() -> None:
    unknown = {**CALL.facts, "risk_life_now": UNKNOWN}
    soon = replace(CALL, facts=unknown, later=(Later(SUPERVISOR_MINUTES - 1, {"risk_life_now": NO}),))
    assert play(soon, careful).outcome is Outcome.PARTNER_LEADS
    late = replace(CALL, facts=unknown, later=(Later(SUPERVISOR_MINUTES, {"risk_life_now": NO}),))
    assert play(late, careful).outcome is Outcome.SUPERVISOR


def test_a_third_contact_is_the_supervisors_and_everything_is_asked_afresh() -> None:
    played = play(replace(CALL, rings_again=(20, 50), partner_minutes=400), careful)
    assert played.outcome is Outcome.SUPERVISOR
    assert played.asked == 3
    # Somebody who has the partner with them does not ring again.
    assert play(replace(CALL, rings_again=(91, 120)), careful).outcome is Outcome.PARTNER_LEADS


def test_a_log_that_does_not_say_leaves_the_call_open_and_takes_the_careful_answer() -> None:
    played = play(replace(CALL, facts={"strand": "welfare"}), careful)
    assert played.left_open
    assert played.outcome is Outcome.SUPERVISOR


def test_a_partner_who_never_comes_is_no_responder() -> None:
    assert play(replace(CALL, partner_minutes=None), careful).responder_minutes is None


def test_a_decider_that_asks_on_for_ever_is_a_bug() -> None:
    many = {f"fact{n}": YES for n in range(200)}
    endless = Rule(lambda facts: Verdict(Outcome.ASK_MORE, Outcome.SUPERVISOR, ask=tuple((name,) for name in many)))
    with pytest.raises(Bug, match="asks more"):
        play(replace(CALL, facts=many), endless)


def test_practice_before_goes_to_everything_and_asks_nothing() -> None:
    assert before_rcrp({}) is Outcome.POLICE_DEPLOY
    assert before_rcrp({"medical": YES}) is Outcome.JOINT
    assert before_rcrp({"medical": UNKNOWN}) is Outcome.POLICE_DEPLOY
    played = play(CALL, Before())
    assert (played.deployed_minutes, played.asked) == (0, 0)


def test_the_log_is_replayed_as_it_was() -> None:
    played = play(CALL, Recorded())
    assert (played.outcome, played.responder_minutes) == (Outcome.POLICE_DEPLOY, 20)
    with pytest.raises(Bug, match="does not say"):
        play(replace(CALL, decided=Decided()), Recorded())


def sided(*calls: Call) -> Comparison:
    return compare(calls, Before(), careful)


def test_a_call_that_needed_police_and_got_nobody_is_missed_and_named_apart_from_one_misled() -> None:
    lost = replace(CALL, truth=Truth.ATTEND)
    found = sided(lost, replace(lost, misled=True), replace(lost, facts={**CALL.facts, "risk_life_now": UNKNOWN}))
    new = found.new
    assert (new.missed, new.missed_misled, new.resting_on_supervisor) == (1, 1, 1)
    assert (found.old.missed, found.needed_police) == (0, 3)
    assert "not attended, on what callers said" in render(found)


def test_delay_is_held_against_the_window_and_not_known_is_not_in_time() -> None:
    there = replace(CALL, partner_minutes=60)
    late = replace(CALL, partner_minutes=61)
    nobody = replace(CALL, partner_minutes=None)
    untimed = replace(CALL, police_minutes=None)
    no_window = replace(CALL, window_minutes=None)
    new = sided(there, late, nobody, untimed, no_window).new
    assert (new.at_risk, new.late) == (3, 2)
    assert (new.wait(0.5), new.wait(0.9)) == (60, 61)


def test_load_counts_by_agency_and_hour_in_london() -> None:
    summer = replace(CALL, received_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    assert sided(CALL, summer).new.load == {("adult-social-care", 23): 1, ("adult-social-care", 0): 1}


def test_differences_are_of_pairs_and_moves_add_up() -> None:
    risk = replace(CALL, facts={**CALL.facts, "risk_life_now": YES})
    found = sided(CALL, CALL, risk)
    assert found.only["deployed"] == [2, 0]
    assert found.changed == 2
    assert sum(found.moves.values()) == found.calls == 3
    text = render(found)
    assert "-66.7" in text
    report = found.to_json()
    assert report["differences"]["deployed"]["difference_per_10000"] == -6667


def test_what_was_needed_stays_unknown_where_the_log_does_not_say() -> None:
    found = sided(replace(CALL, truth=None))
    assert found.truth_unknown == 1
    assert "is not known" in render(found)


def test_no_calls_make_a_report_too() -> None:
    empty = Comparison(Side("a"), Side("b"))
    assert render(empty).startswith("0 calls")
    assert empty.to_json()["calls"] == 0


def test_changes_are_told_as_they_come() -> None:
    told: list[str] = []
    done: list[int] = []
    compare([CALL] * 2000, Before(), careful, on_change=lambda one: told.append(one.reference), progress=done.append)
    assert len(told) == 2000
    assert done == [1000, 2000]
