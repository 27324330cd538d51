"""Calls in the database: what arrives twice, what a close is held to, columns beside the events, related calls."""

from datetime import timedelta

import pytest
from django.utils import timezone
from station_django import fresh, make_user, signed_in

from backbeat.rulebook import NO, UNKNOWN, YES
from backbeat.station.desk_triage import calls, engine
from backbeat.station.desk_triage.models import Call, CallEvent
from backbeat.station.desk_triage.searching import key_of, number_key, related_calls
from backbeat.triage.calls.digests import statement_id
from backbeat.triage.calls.errors import CloseRefused, KeyReused, StepRefused
from backbeat.triage.calls.happenings import (
    Accepted,
    Closed,
    Declined,
    Deployed,
    Lost,
    Noted,
    Offered,
    Opened,
    Promised,
    RationaleWritten,
    Reopened,
    ReviewSet,
    StatementRead,
    TimerFired,
)
from backbeat.triage.calls.words import Loss, Timer

SAFE = {
    "crime": NO, "crime_live": NO, "risk_life_now": NO, "serious_harm_now": NO, "attendance_promised": NO,
    "risk_created": NO, "officers_on_scene": NO, "s136_custody": NO, "strand": "walk-out", "location_known": YES,
    "capacity": YES, "partner_available": YES, "contact_number": 1,
}  # fmt: skip


@pytest.fixture
def handler():
    return make_user("call-handler")


def opened(handler, facts=None, **about) -> Call:
    call = calls.open_call(handler, Opened(**about), key=fresh("key"))
    return calls.answer(handler, call, facts, key=fresh("key")) if facts else call


def add(handler, call, *what) -> Call:
    return calls.record(handler, call, *what, key=fresh("key"))


def statement(call) -> StatementRead:
    state = engine.fold_call(call)
    return StatementRead(statement_id(engine.statement_of(call, state, engine.assess_state(call, state).value)))


def test_what_is_sent_twice_is_added_once_and_gives_the_same_call(handler):
    key = fresh("key")
    first, again = (calls.open_call(handler, Opened(person="A"), key=key) for _ in range(2))
    assert first.pk == again.pk
    for _ in range(2):
        calls.answer(handler, first, {"crime": NO, "crime_live": NO}, key=f"{key}:a")
    assert list(first.events.values_list("kind", flat=True)) == ["opened", "assessed", "fact", "fact", "assessed"]
    with pytest.raises(KeyReused):  # the same key for another answer: nothing is recorded
        calls.answer(handler, first, {"crime": YES, "crime_live": YES}, key=f"{key}:a")
    with pytest.raises(KeyReused):  # or on another call
        calls.answer(handler, opened(handler), {"crime": NO, "crime_live": NO}, key=f"{key}:a")
    assert first.events.count() == 5


def test_a_step_that_cannot_be_leaves_no_part_of_itself(handler):
    call = opened(handler, SAFE)
    before = call.events.count()
    with pytest.raises(CloseRefused):
        add(handler, call, Noted("kept only with the rest"), Closed())
    assert call.events.count() == before
    call.refresh_from_db()
    assert call.is_open


def test_a_close_is_refused_until_every_debt_is_paid_in_any_order(handler):
    call = opened(handler, SAFE)
    assert (call.outcome, call.lead) == ("partner-leads", "hospital")
    steps = [
        Accepted("hospital", "Rosa Adair", "nurse in charge"),
        statement(call),
        ReviewSet(timezone.now() + timedelta(minutes=20)),
        RationaleWritten("Walked out, has capacity, ward has spoken to her."),
    ]
    for number in range(len(steps)):
        with pytest.raises(CloseRefused):
            add(handler, call, Closed())
        call = add(handler, call, steps[number])
    assert call.owed == []
    call = add(handler, call, Closed())
    assert (call.state, call.owner, call.escalated) == ("closed", "hospital", False)
    assert call.ledger_row is not None
    row = call.ledger_row
    with pytest.raises(StepRefused):
        add(handler, call, Closed())
    call = add(handler, call, Reopened("The ward rang: she has not come back."))
    assert call.is_open
    assert call.ledger_row == row


def test_columns_always_say_what_the_events_say(handler):
    call = opened(handler, SAFE)
    for what in (
        Offered("hospital"), Declined("hospital", "No bed, no staff."), Promised("Told her that police are coming."),
        Lost(Loss.DROPPED), Deployed("MB21"),
    ):  # fmt: skip
        call = add(handler, call, what)
        state = engine.fold_call(call)
        assert call.outcome == state.outcome
        assert call.revision == state.sequence == call.events.count()
        assert call.facts == engine.plain_facts(state.facts)
        assert call.callback_owed is (state.callback is not None)
        assert call.next_due_at == engine.clocks_of(call, state)[0].at
        standing = {(one.kind, one.due_at) for one in call.timers.filter(settled_at=None)}
        assert standing == {(one.timer.value, one.at) for one in engine.clocks_of(call, state)}
    assert list(call.events.values_list("sequence", flat=True)) == list(range(1, call.revision + 1))
    assert [one.accepted for one in call.handovers.all()] == [False]


def test_an_offer_its_acceptance_and_its_refusal_are_rows(handler):
    call = add(handler, opened(handler, SAFE), Offered("hospital"))
    (offer,) = call.handovers.all()
    assert offer.waits
    add(handler, call, Accepted("hospital", "Rosa Adair", "nurse in charge"))
    offer.refresh_from_db()
    assert (offer.accepted, offer.name, offer.role, offer.waits) == (True, "Rosa Adair", "nurse in charge", False)


def test_a_clock_of_the_station_fires_once_and_is_nobodys(handler):
    call = add(handler, opened(handler, SAFE), Offered("hospital"))
    timer = call.timers.get(kind=Timer.ACCEPTANCE, settled_at=None)
    what = TimerFired(Timer.ACCEPTANCE, timer.due_at)
    for _ in range(2):
        call = calls.record(None, call, what, key=f"timer:{timer.pk}", at=timer.due_at)
    assert call.events.filter(kind="timer_fired", by=None, role="system").count() == 1
    assert call.escalated  # nobody accepted in time: a supervisor decides


def test_unknown_life_risk_never_ends_at_a_partner(handler):
    call = opened(handler, {**SAFE, "risk_life_now": UNKNOWN})
    assert call.outcome == "supervisor"
    assert call.escalated


def test_a_second_call_counts_the_first_and_inherits_its_promise_and_a_third_is_the_supervisors(handler):
    first = add(handler, opened(handler, {"crime": NO, "crime_live": NO}), Promised("Police are coming, I said."))
    second = calls.link(handler, opened(handler), first, key=fresh("key"))
    assert (second.contact_number, second.matter_id, second.facts["attendance_promised"]) == (2, first.pk, "yes")
    third = calls.link(handler, opened(handler, {k: v for k, v in SAFE.items() if k != "contact_number"}), second,
                       key=fresh("key"))  # fmt: skip
    assert (third.contact_number, third.matter_id) == (3, first.pk)
    assert third.outcome == "supervisor"


def test_undo_takes_back_the_newest_answer_and_gives_back_what_stood_before(handler):
    call = opened(handler, {"crime": NO, "crime_live": NO})
    call = calls.answer(handler, call, {"crime": YES, "crime_live": UNKNOWN}, key=fresh("key"))
    last = calls.last_answer(call)
    for _ in range(2):  # pressed twice: one answer is taken back
        call = calls.undo(handler, call, last.sequence)
    assert (call.facts["crime"], call.facts["crime_live"]) == ("no", "no")
    call = calls.undo(handler, call, calls.last_answer(call).sequence)
    assert "crime" not in call.facts
    assert calls.last_answer(call) is None


def test_drafts_become_part_of_the_record_with_the_next_step(handler):
    call = opened(handler)
    for text in ("Ma", "Man asleep", "Man asleep on a bench"):
        calls.save_draft(handler, call, notes=text)
    calls.save_draft(handler, call, person="Not given", place="Weir Park", number="07700 900602", caller_kind="public")
    assert call.events.count() == 2
    call = calls.answer(handler, call, {"crime": NO, "crime_live": NO}, key=fresh("key"))
    noted = [one.body for one in call.events.filter(kind__in=("note", "described"))]
    assert noted == [
        {"person": "Not given", "place": "Weir Park", "number": "07700 900602", "caller": "public"},
        {"text": "Man asleep on a bench"},
    ]
    call = calls.answer(handler, call, {"risk_life_now": NO, "serious_harm_now": NO}, key=fresh("key"))
    assert call.events.filter(kind="note").count() == 1


def test_time_of_handling_is_counted_and_a_long_pause_as_five_minutes(handler):
    call = opened(handler)
    Call.objects.filter(pk=call.pk).update(active_ms=0, touched_at=timezone.now() - timedelta(hours=2))
    call = add(handler, Call.objects.get(pk=call.pk), Noted("Back at the desk."))
    assert call.active_ms == 5 * 60_000


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("+44 7700 900123", "07700900123"),
        ("0044 (0)7700 900-123", "07700900123"),
        ("07700 900123", "07700900123"),
        ("447", "447"),  # half typed: not a country yet
        ("", ""),
    ],
)
def test_a_number_is_the_same_however_it_is_written(typed, key):
    assert number_key(typed) == key


def test_a_name_is_the_same_however_it_is_written():
    assert key_of("  José  O’Neil-Smythe ") == "jose oneil smythe"
    assert key_of("JOSE O'Neil Smythe") == "jose oneil smythe"


def test_related_calls_are_found_by_half_words_and_the_same_number_comes_first(handler):
    name = fresh("Quillon").replace("-", "")
    number = "07700 90" + fresh("n").rpartition("-")[2].zfill(4)[-4:]
    same = opened(handler, person=f"Ada {name}", place="Weir Park 3", number=number)
    other = opened(handler, person=f"Bea {name}", place="Long Acre")
    assert {one.call for one in related_calls(person=f"{name[:-1]}")} >= {same, other}
    assert [one.call for one in related_calls(person=f"ad {name}")] == [same]
    assert [one.call for one in related_calls(person=f"{name} ada")] == [same]
    found = related_calls(number="+44" + number[1:], person=f"Ada {name}")[0]  # the range of numbers is small
    assert (found.call, found.exact, found.by) == (same, True, ("person", "number"))
    assert related_calls(person=f"ada {name}", but=same) == []
    assert related_calls(person="a", place="we", number="077") == []  # too little typed


def test_a_broken_answer_changes_nothing_and_is_asked_for_again(handler):
    call = opened(handler)
    client = signed_in(handler)
    url = f"/triage/calls/{call.pk}/answer/"
    for number, post in enumerate(
        ({"group": "crime"}, {"group": "crime", "choice": "maybe"}, {"group": "no-such"}, {},
         {"group": "repeat", "field-contact_number": "-1"}, {"group": "repeat", "field-contact_number": ""})
    ):  # fmt: skip
        answer = client.post(url, {"key": f"{call.pk}:{number}", **post})
        assert answer.status_code == 422
        assert "Error:" in answer.content.decode() or "not asked any more" in answer.content.decode()
    assert CallEvent.objects.filter(call=call).count() == 2
