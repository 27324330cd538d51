"""The board and the supervisor's page: what is shown and in which order, what is decided, what a stale page may not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from station_django import entries_since, fresh, last_entry, make_user, signed_in
from triage_board import LIVE, SAFE, UNSURE, add, offered, opened, settled

from backbeat.ledger import Operation
from backbeat.rulebook import YES
from backbeat.station.desk_triage import boarding, engine
from backbeat.station.desk_triage.boarding import Filters, duration
from backbeat.station.desk_triage.models import CallEvent
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.words import Audience, Loss


@pytest.fixture
def boss():
    return make_user("control-room-supervisor")


def board(user, **filters):
    return signed_in(user).get(reverse("desk_triage:board"), filters).content.decode()


def decide(user, call, name="decide", /, **form):
    call.refresh_from_db()
    sent = {"key": fresh("key"), "revision": call.revision, **form}
    return signed_in(user).post(reverse("desk_triage:decide", args=[call.pk, name]), sent)


def test_the_greatest_risk_stands_first_then_the_oldest(boss):
    handler, now = make_user("call-handler"), timezone.now()
    made = [
        opened(handler, SAFE, at=now - timedelta(minutes=5)),
        opened(handler, UNSURE, at=now - timedelta(minutes=3)),
        opened(handler, LIVE, at=now - timedelta(minutes=1)),
        opened(handler, LIVE, at=now - timedelta(minutes=2)),
    ]
    page = board(boss, handler=handler.username)
    places = [page.index(made[n].reference) for n in (3, 2, 1, 0)]
    assert places == sorted(places)
    page = board(boss, handler=handler.username, order="age")
    places = [page.index(made[n].reference) for n in (0, 1, 3, 2)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ({"outcome": "police-deploy"}, {"live"}),
        ({"strand": "walk-out"}, {"safe", "offered"}),
        ({"agency": "hospital"}, {"safe", "offered"}),
        ({"waiting": "supervisor"}, {"unsure"}),
        ({"waiting": "call-back"}, {"lost"}),
        ({"outcome": "no-such", "strand": "<b>", "waiting": "x"}, {"live", "safe", "offered", "unsure", "lost"}),
    ],
)
def test_filters_leave_out_what_does_not_answer_them(boss, filters, shown):
    handler = make_user("call-handler")
    made = {
        "live": opened(handler, LIVE),
        "safe": opened(handler, SAFE),
        "offered": offered(handler),
        "unsure": opened(handler, UNSURE),
        "lost": add(handler, opened(handler, {}), h.Lost(Loss.DROPPED)),
    }
    page = board(boss, handler=handler.username, **filters)
    assert {name for name, call in made.items() if call.reference in page} == shown


def test_mine_are_the_calls_given_to_me(boss):
    mine, other = opened(boss, SAFE), opened(make_user("call-handler"), SAFE)
    page = board(boss, waiting="me")
    assert mine.reference in page
    assert other.reference not in page


@pytest.mark.parametrize(
    ("minutes", "level", "word"), [(1, "none", ""), (29, "none", ""), (31, "amber", "Ageing"), (61, "red", "Too long")]
)
def test_age_is_said_in_a_word_and_a_shape(minutes, level, word):
    now = timezone.now()
    call = opened(facts=SAFE, at=now - timedelta(minutes=minutes))
    (row,) = boarding.rows_of([call], now)
    assert (row.age.level, row.age.word) == (level, word)
    assert row.age.bar.count("▮") == {"none": 1, "amber": 2, "red": 3}[level]


def test_a_clock_that_ran_out_stays_until_what_it_asked_for_is_done():
    now = timezone.now()
    handler = make_user("call-handler")
    call = opened(handler, {}, at=now - timedelta(minutes=20))
    call = add(handler, call, h.Lost(Loss.DROPPED), at=now - timedelta(minutes=19))
    timer = call.timers.get(kind="call-back")
    call = add(None, call, h.TimerFired(timer.kind, timer.due_at, timer.about))
    timer.fired_at = timezone.now()
    timer.save()
    (row,) = boarding.rows_of([call], now)
    assert row.clock is not None
    assert row.clock.over
    assert row.clock.words == "Call back"
    call = add(handler, call, h.CallbackDone(reached=True))
    (row,) = boarding.rows_of([call], now)
    assert row.clock is None or row.clock.words != "Call back"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "under a minute"), (1, "1 min"), (80, "1 h 20 min"), (1440, "1 day 0 h"), (3000, "2 days 2 h"), (-5, "5 min")],
)
def test_spans_of_time_are_said_short(minutes, words):
    assert duration(timedelta(minutes=minutes)) == words


def test_the_pulse_counts_what_changed_and_names_nobody(boss):
    handler = make_user("call-handler")
    call = opened(handler, SAFE, person="Zelda Quark", place="Heron Ward")
    seen = boarding.newest_event()
    client = signed_in(boss)
    before = last_entry()
    quiet = client.get(reverse("desk_triage:pulse"), {"seen": seen, "handler": handler.username}).content.decode()
    assert "changed since" not in quiet
    add(handler, call, h.Noted("Seen at the bus stop."))
    told = client.get(reverse("desk_triage:pulse"), {"seen": seen, "handler": handler.username}).content.decode()
    assert "1 call changed since" in told
    for word in ("Zelda", "Heron", call.reference):
        assert word not in told
    assert [row for row in entries_since(before) if row.entry.purpose == "board"] == []


def test_a_call_that_closes_counts_as_a_change(boss):
    handler = make_user("call-handler")
    seen = boarding.newest_event()
    settled(handler)
    filters = Filters(handler=handler.username)
    assert boarding.changed_since(seen, boss, filters, timezone.now()) == 1


def test_a_broken_pulse_address_is_no_error(boss):
    answer = signed_in(boss).get(reverse("desk_triage:pulse"), {"seen": "x", "drawn": "2026-99-99T00:00:00Z"})
    assert answer.status_code == 200


def test_looking_at_the_board_and_at_a_call_leaves_entries(boss):
    call = opened(facts=UNSURE)
    client = signed_in(boss)
    before = last_entry()
    client.get(reverse("desk_triage:board"))
    client.get(reverse("desk_triage:waiting"))
    client.get(reverse("desk_triage:supervise", args=[call.pk]))
    seen = [(row.entry.object_ref, row.entry.purpose) for row in entries_since(before)]
    assert seen == [("triage-calls", "board"), ("triage-calls", "escalations"), (f"call/{call.pk}", "supervise")]


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_a_supervisor_decides_with_a_reason_and_the_record_shows_both(boss):
    call = opened(facts=UNSURE)
    assert call.escalated
    answer = decide(boss, call, outcome="police-deploy", reason="Nobody has seen her; we look.")
    assert answer.status_code == 302
    call.refresh_from_db()
    assert (call.outcome, call.decided, call.escalated) == ("police-deploy", "police-deploy", False)
    assert call.assessment["outcome"] == "supervisor"
    page = signed_in(boss).get(reverse("desk_triage:supervise", args=[call.pk])).content.decode()
    assert "Nobody has seen her; we look." in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"reason": "because"}, "Say who owns the call"),
        ({"outcome": "supervisor", "reason": "because"}, "Say who owns the call"),
        ({"outcome": "police-deploy", "reason": " "}, "Say why"),
        ({"outcome": "partner-leads", "reason": "because"}, "Say which agency leads"),
        ({"outcome": "partner-leads", "reason": "because", "agency": "no-such"}, "Say which agency leads"),
    ],
)
def test_a_decision_that_is_not_whole_changes_nothing_and_says_what_is_missing(boss, form, said):
    call = opened(facts=UNSURE)
    answer = decide(boss, call, **form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    call.refresh_from_db()
    assert call.decided == ""


def test_what_was_typed_is_kept_where_the_decision_is_not(boss):
    answer = decide(boss, opened(facts=UNSURE), outcome="partner-leads", reason="The ward has rung twice.")
    assert "The ward has rung twice." in answer.content.decode()


def test_a_decision_on_a_page_that_is_out_of_date_is_not_taken(boss):
    handler = make_user("call-handler")
    call = opened(handler, UNSURE)
    seen = call.revision
    add(handler, call, h.FactStated("risk_life_now", YES))
    answer = decide(boss, call, outcome="police-own", reason="No risk.", revision=seen)
    assert answer.status_code == 422
    assert "while you were reading it" in answer.content.decode()
    call.refresh_from_db()
    assert call.decided == ""


def test_a_decision_sent_twice_counts_once(boss):
    call = opened(facts=UNSURE)
    form = {"key": fresh("key"), "revision": call.revision, "outcome": "police-own", "reason": "Known to us."}
    url = reverse("desk_triage:decide", args=[call.pk, "decide"])
    assert [signed_in(boss).post(url, form).status_code for _ in range(2)] == [302, 302]
    assert CallEvent.objects.filter(call=call, kind="supervisor_decided").count() == 1


def test_an_agreed_handover_counts_once_everybody_was_told(boss):
    handler = make_user("call-handler")
    call = add(handler, opened(handler, SAFE), h.Promised("An officer will come by."))
    form = {"agency": "hospital", "name": "R. Adair", "reason": "The ward goes itself."}
    assert decide(boss, call, "agree", **form, **{"told-caller": "A nurse comes."}).status_code == 302
    state = engine.fold_call(call)
    assert state.promise_binds
    told = {one: state.was_told(one, state.handover.mark.sequence) for one in Audience}
    assert told == {Audience.CALLER: True, Audience.AMBULANCE: False, Audience.PARTNER: False}
    more = {"told-caller": "A nurse comes.", "told-ambulance": "The ward goes.", "told-partner": "You go."}
    assert decide(boss, call, "agree", **form, **more).status_code == 302
    assert not engine.fold_call(call).promise_binds


def test_a_handover_needs_a_name(boss):
    answer = decide(boss, opened(facts=UNSURE), "agree", agency="hospital", name="R", reason="The ward goes itself.")
    assert answer.status_code == 422
    assert "Name the person" in answer.content.decode()


def test_a_call_is_given_to_somebody_who_may_take_calls(boss):
    call = opened(facts=UNSURE)
    colleague, stranger = make_user("call-handler"), make_user("officer")
    assert decide(boss, call, "give", handler=str(stranger.pk)).status_code == 422
    assert decide(boss, call, "give", handler=str(colleague.pk)).status_code == 302
    call.refresh_from_db()
    assert call.assigned_to == colleague
    assert f"Given to {colleague} by {boss}." in [row.body.get("text") for row in call.events.filter(kind="note")]


def test_harm_opens_a_closed_call_and_waits_for_a_supervisor(boss):
    call = settled()
    assert not call.is_open
    assert decide(boss, call, "harm", harm="injury", text="The ward rang.").status_code == 302
    call.refresh_from_db()
    assert call.is_open
    assert call.escalated


def test_tries_to_ring_back_end_only_after_one(boss):
    handler = make_user("call-handler")
    call = add(handler, opened(handler, {}), h.Lost(Loss.DROPPED))
    assert decide(boss, call, "end", reason="A unit knocked.").status_code == 422
    call = add(handler, call, h.CallbackDone(reached=False))
    assert decide(boss, call, "end", reason="A unit knocked and spoke to her.").status_code == 302
    call.refresh_from_db()
    assert not call.callback_owed


def test_a_call_handler_decides_nothing():
    handler = make_user("call-handler")
    call = opened(handler, UNSURE)
    before = last_entry()
    assert decide(handler, call, outcome="police-own", reason="Sure of it.").status_code == 403
    assert [row for row in entries_since(before) if row.entry.operation is Operation.REFUSAL]
