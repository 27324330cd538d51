"""What a command-and-control system can do: open calls, state facts, say what happened, read what it came to."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone
from station_django import entries_since, fresh, last_entry
from triage_http import made_system

from backbeat.ledger import Operation
from backbeat.station.desk_triage.api.models import SentRequest
from backbeat.station.desk_triage.api.once import KEPT, forget_old
from backbeat.station.desk_triage.models import Call, CallEvent
from backbeat.triage.model import Outcome

CALM = {
    "strand": "welfare", "crime": "no", "crime_live": "no", "risk_life_now": "no", "serious_harm_now": "no",
    "medical": "no", "police_need": "no", "attendance_promised": "no", "risk_created": "no", "officers_on_scene": "no",
    "s136_custody": "no", "contact_number": 1, "child": "no", "planned": "no", "capacity": "yes", "detained": "no",
    "location_known": "yes", "enquiries_done": "yes", "partner_available": "yes", "partner_eta_minutes": 20,
    "risk_window_minutes": 60,
}  # fmt: skip
"""Every fact of a call that a partner leads."""


@pytest.fixture(scope="module")
def system():
    return made_system()[0]


def kinds(call: str) -> list[str]:
    return list(CallEvent.objects.filter(call=call).order_by("sequence").values_list("kind", flat=True))


# --- opening ----------------------------------------------------------------------------------------------------------


def test_a_call_is_opened_with_what_is_known(system):
    reference = fresh("CAD")
    reply = system.post(
        "/calls",
        {
            "reference": reference, "strand": "welfare", "person": "Zelda Quark", "place": "12 Mill Lane",
            "number": "07700 900123", "caller": "family", "notes": "Not seen since Friday.", "facts": {"crime": "no"},
        },
    )  # fmt: skip
    assert (reply.status, reply.body["reference"], reply.body["state"]) == (201, reference, "open")
    assert reply.body["outcome"] == "ask-more"
    assert reply.headers["Location"].endswith(f"/calls/{reply.body['id']}")
    call = Call.objects.get(pk=reply.body["id"])
    assert (call.person, call.place, call.opened_by, call.facts["crime"]) == ("Zelda Quark", "12 Mill Lane", None, "no")
    assert kinds(reply.body["id"]) == ["opened", "fact", "assessed"]


def test_a_call_can_be_opened_with_nothing_and_gets_a_reference(system):
    reply = system.post("/calls", {})
    assert reply.status == 201
    assert reply.body["reference"].startswith("C-")


def test_a_reference_is_given_to_one_call_only(system):
    reference = fresh("CAD")
    system.opened(reference=reference)
    again = system.post("/calls", {"reference": reference})
    assert (again.status, again.body["code"]) == (409, "triage.reference-taken")
    assert Call.objects.filter(reference=reference).count() == 1


# --- facts and outcome ------------------------------------------------------------------------------------------------


def test_facts_lead_to_an_outcome_and_a_changed_fact_to_another(system):
    call = system.opened()
    calm = system.state(call, **CALM)
    assert (calm.status, calm.body["outcome"], calm.body["assessment"]["questions"]) == (200, "partner-leads", [])
    assert calm.body["assessment"]["statement"]
    assert calm.body["assessment"]["lead"]["agency"]
    assert "owner" in {one["kind"] for one in calm.body["owed"]}
    worse = system.state(call, risk_life_now="yes", police_need="yes")
    assert Outcome(worse.body["outcome"]).attends
    assert system.get(f"/calls/{call}/outcome").body == worse.body


def test_what_nobody_could_say_never_counts_as_no(system):
    call = system.opened(facts={**CALM, "risk_life_now": "unknown"})
    assert system.get(f"/calls/{call}/outcome").body["outcome"] not in ("partner-leads", "police-own")


def test_questions_come_with_the_facts_each_answer_gives(system):
    call = system.opened(strand="welfare")
    question = system.get(f"/calls/{call}/outcome").body["assessment"]["questions"][0]
    answer = next(one for one in question["choices"] if one["sets"])
    assert system.state(call, **answer["sets"]).status == 200


REFUSED_FACTS = [
    ({"facts": {"crime": "perhaps"}}, "triage.facts-refused"),
    ({"facts": {"no_such_fact": "yes"}}, "triage.facts-refused"),
    ({"facts": {"risk_window_minutes": -1}}, "triage.facts-refused"),
    ({"facts": {"crime": "no", "crime_live": "yes"}}, "triage.facts-refused"),
    ({"facts": {}}, "triage.request-refused"),
    ({"facts": []}, "triage.request-refused"),
    ({}, "triage.request-refused"),
    ({"facts": {"crime": "no"}, "by": "me"}, "triage.request-refused"),
]


@pytest.mark.parametrize(("body", "code"), REFUSED_FACTS)
def test_facts_that_are_none_are_refused_whole(system, body, code):
    call = system.opened()
    reply = system.post(f"/calls/{call}/facts", body)
    assert (reply.status, reply.body["code"]) == (422, code)
    assert set(reply.body) == {"code", "what", "where", "do"}
    assert kinds(call) == ["opened", "assessed"]


def test_only_a_supervisor_agrees_a_handover(system):
    reply = system.state(system.opened(), handover_agreed="yes")
    assert (reply.status, reply.body["code"]) == (409, "triage.step-refused")


# --- what happened ----------------------------------------------------------------------------------------------------

HAPPENED = [
    ("eta", {"service": "ambulance", "minutes": 12}),
    ("eta", {"service": "ambulance", "minutes": None}),
    ("deployed", {"unit": "A12"}),
    ("arrived", {"service": "police"}),
    ("lost", {"loss": "dropped"}),
    ("recontact", {"caller": "family", "text": "Rang again."}),
    ("promised", {"text": "Told that police are coming."}),
    ("note", {"text": "Door ajar."}),
    ("described", {"place": "14 Mill Lane"}),
    ("escalated", {"reason": "The caller does not agree."}),
    ("harm_reported", {"harm": "injury"}),
    ("reopened", {"reason": "Wrong call closed."}),
]


@pytest.mark.parametrize(("kind", "fields"), HAPPENED)
def test_what_happened_is_kept_in_the_systems_name(system, kind, fields):
    call = system.opened()
    assert system.happened(call, kind, **fields).status == 200
    (event,) = CallEvent.objects.filter(call=call, kind=kind)
    assert event.role == "system"
    assert {name: event.body[name] for name in fields} == fields


def test_what_is_described_is_what_the_board_shows_and_the_search_finds(system):
    call = system.opened(person="Zelda Quark", place="12 Mill Lane")
    system.happened(call, "described", place="14 Weir Street", caller="public")
    row = Call.objects.get(pk=call)
    assert (row.person, row.place, row.caller_kind) == ("Zelda Quark", "14 Weir Street", "public")
    assert set(row.words.filter(field="place").values_list("word", flat=True)) == {"14", "weir", "street"}


def test_police_come_and_go(system):
    call = system.opened()
    assert system.happened(call, "cleared").status == 409
    assert system.happened(call, "deployed").body["deployed"]
    assert system.happened(call, "arrived", service="police").status == 200
    assert system.happened(call, "cleared").status == 200
    assert system.happened(call, "stood_down", reason="Not needed").status == 409


def test_a_lost_caller_is_owed_a_call(system):
    lost = system.happened(system.opened(), "lost", loss="dropped")
    assert lost.body["callback_owed"]
    assert lost.body["next_due_at"] is not None


def test_an_arrival_time_that_slips_past_the_window_changes_who_owns_the_call(system):
    call = system.opened(facts=CALM)
    before = system.get(f"/calls/{call}/outcome").body["outcome"]
    after = system.happened(call, "eta", service="partner", minutes=240).body["outcome"]
    assert before == "partner-leads"
    assert Outcome(after).response > Outcome(before).response


@pytest.mark.parametrize("kind", ["accepted", "closed", "supervisor_decided", "statement_read", "told", "timer_fired"])
def test_a_system_never_accepts_tells_decides_or_closes(system, kind):
    call = system.opened()
    reply = system.happened(call, kind)
    assert (reply.status, reply.body["code"]) == (422, "triage.request-refused")
    assert kinds(call) == ["opened", "assessed"]


# --- sending again ----------------------------------------------------------------------------------------------------


def test_the_same_key_and_body_give_the_same_answer_and_one_effect(system):
    call = system.opened()
    first = system.state(call, crime="no")
    key = system.last_key
    system.state(call, crime="yes")
    again = system.post(f"/calls/{call}/facts", {"facts": {"crime": "no"}}, key=key)
    assert again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert Call.objects.get(pk=call).facts["crime"] == "yes"


def test_a_key_counts_for_one_body_and_one_address(system):
    one, two = system.opened(), system.opened()
    system.state(one, crime="no")
    key = system.last_key
    for path, facts in ((f"/calls/{one}/facts", {"crime": "yes"}), (f"/calls/{two}/facts", {"crime": "no"})):
        reply = system.post(path, {"facts": facts}, key=key)
        assert (reply.status, reply.body["code"]) == (409, "triage.key-reused")
    assert "crime" not in Call.objects.get(pk=two).facts


def test_two_systems_may_use_the_same_key(system):
    other = made_system()[0]
    key = fresh("key")
    ids = {one.post("/calls", {}, key=key).body["id"] for one in (system, other)}
    assert len(ids) == 2


def test_how_the_body_is_written_does_not_matter(system):
    key = fresh("key")
    first = system.post("/calls", {"strand": "awol", "person": "Siân"}, key=key)
    again = system.post("/calls", '{"person" : "Siân",\n "strand": "awol"}'.encode(), key=key)
    assert again.body == first.body


def test_a_refused_request_leaves_its_key_free(system):
    call, key = system.opened(), fresh("key")
    assert system.post(f"/calls/{call}/events", {"kind": "cleared"}, key=key).status == 409
    system.happened(call, "arrived", service="police")
    assert system.post(f"/calls/{call}/events", {"kind": "cleared"}, key=key).status == 200


def test_an_answer_that_was_never_given_is_made_up_for_without_a_second_event(system):
    """As if the process had died between recording and answering."""
    call = system.opened()
    first = system.state(call, crime="no")
    SentRequest.objects.filter(key=system.last_key).delete()
    again = system.post(f"/calls/{call}/facts", {"facts": {"crime": "no"}}, key=system.last_key)
    assert again.body == first.body
    assert kinds(call).count("fact") == 1


def test_sent_many_times_at_once_it_happens_once(system):
    call, key, replies = system.opened(), fresh("key"), []

    def send() -> None:
        replies.append(system.post(f"/calls/{call}/facts", {"facts": {"crime": "no"}}, key=key))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {reply.status for reply in replies} == {200}
    assert all(reply.body == replies[0].body for reply in replies)
    assert kinds(call).count("fact") == 1


def test_old_answers_are_forgotten_and_their_events_stay(system):
    call = system.opened()
    system.state(call, crime="no")
    key = system.last_key
    SentRequest.objects.filter(key=key).update(at=timezone.now() - KEPT - timedelta(minutes=1))
    assert forget_old() >= 1
    assert system.post(f"/calls/{call}/facts", {"facts": {"crime": "no"}}, key=key).status == 200
    assert kinds(call).count("fact") == 1


# --- lists and logs ---------------------------------------------------------------------------------------------------


def test_lists_are_paged_oldest_first():
    system = made_system()[0]
    opened = [system.opened() for _ in range(5)]
    seen, after = [], ""
    while True:
        page = system.get(f"/calls?limit=2{after}").body
        seen += [call["id"] for call in page["calls"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == opened
    assert system.get("/calls?state=closed").body == {"calls": [], "next": None}
    reference = system.get(f"/calls/{opened[3]}").body["reference"]
    assert [call["id"] for call in system.get(f"/calls?reference={reference}").body["calls"]] == [opened[3]]


def test_a_history_says_what_happened_without_what_was_said(system):
    call = system.opened(person="Zelda Quark", notes="Quark is on the roof")
    system.happened(call, "note", text="Quark came down")
    reply = system.get(f"/calls/{call}")
    assert [event["kind"] for event in reply.body["events"]] == ["opened", "assessed", "note"]
    assert "Quark" not in str(reply.body)


def test_reading_and_writing_stand_in_the_access_log(system):
    call = system.opened()
    before = last_entry()
    system.state(call, crime="no")
    system.get(f"/calls/{call}/outcome")
    system.get("/calls")
    rows = [(row.entry.operation, row.entry.purpose, row.entry.role) for row in entries_since(before)]
    assert rows == [
        (Operation.ALTERATION, "connected-system", "control-system"),
        (Operation.CONSULTATION, "outcome", "control-system"),
        (Operation.CONSULTATION, "list", "control-system"),
    ]
