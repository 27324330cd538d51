"""Events of a call: what is refused, by which field, and what comes back from JSON."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from backbeat.canonical import canonical_json
from backbeat.rulebook import NO, UNKNOWN, YES
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.digests import facts_digest
from backbeat.triage.calls.errors import EventRefused, StepRefused
from backbeat.triage.calls.events import Event, read_event, read_happening
from backbeat.triage.calls.words import Harm, Role, Service, Thrive, Timer
from backbeat.triage.model import Outcome, Strand, Urgency

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
DUE = "2026-05-01T09:00:00+00:00"
REASON = "said so on the call"
GOOD: dict[str, h.Happening] = {
    one.kind: one
    for one in (
        h.Opened(Strand.AWOL, "Robin Vale", "14 Mill Road", "07700 900123", notes="two\nlines"),
        h.Described(place="12 Mill Road"),
        h.FactStated("crime", UNKNOWN),
        h.FactWithdrawn("crime"),
        h.Noted("é"),
        h.ThriveNoted(Thrive.HARM, "fell"),
        h.Assessed(Outcome.JOINT, "p", "0" * 64, "1" * 64, "ambulance", Urgency.EMERGENCY, "2" * 16, None, ("child",)),
        h.Escalated(REASON),
        h.SupervisorDecided(Outcome.POLICE_OWN, REASON),
        h.RationaleWritten("nothing that only police can do"),
        h.DutyDone("child"),
        h.Closed(),
        h.Reopened(REASON),
        h.HarmReported(Harm.INJURY),
        h.Promised(REASON),
        h.StatementRead("2" * 16),
        h.Told("caller", REASON),  # a word is as good as its member
        h.Lost("bounced"),
        h.CallbackDue(AT),
        h.CallbackDone(False),
        h.CallbackEnded(REASON),
        h.Recontacted("family"),
        h.Linked("c-17", 2, True),
        h.Offered("hospital"),
        h.Accepted("hospital", "A. Okafor", "nurse in charge"),
        h.Declined("hospital", REASON),
        h.EtaGiven(Service.AMBULANCE, None),
        h.HandoverAgreed("hospital", "A. Okafor", REASON),
        h.ReviewSet(AT.astimezone(timezone(timedelta(hours=1)))),
        h.Reviewed(True, REASON),
        h.Deployed("AB12"),
        h.StoodDown(REASON),
        h.Arrived(Service.POLICE),
        h.Cleared(),
        h.TimerFired(Timer.ETA, AT, "ambulance"),
    )
}


def event(what: h.Happening, **changed: Any) -> Event:
    role = sorted(what.roles, key=list(Role).index)[0]
    return Event(**{"sequence": 1, "key": "k", "at": AT, "by": "h.shaw", "role": role, "what": what} | changed)


def test_every_kind_is_tried() -> None:
    assert set(GOOD) == set(h.KINDS)


@pytest.mark.parametrize("kind", GOOD)
def test_every_kind_comes_back_from_json(kind: str) -> None:
    sent = event(GOOD[kind])
    written = canonical_json(sent.to_json())
    assert read_event(json.loads(written)) == sent
    assert canonical_json(read_event(json.loads(written)).to_json()) == written


BAD = [
    # kind, data, the fields at fault
    ("opened", {"strand": "burglary"}, ["strand"]),
    ("opened", {"strand": YES}, ["strand"]),
    ("opened", {"person": None}, ["person"]),
    ("opened", {"person": "x" * 201, "caller": "neighbour"}, ["person", "caller"]),  # every fault at once
    ("described", {"number": 7700900123}, ["number"]),
    ("fact", {"name": "crime"}, ["value"]),
    ("fact", {"name": "Crime!", "value": "yes"}, ["name"]),
    ("fact", {"name": "crime", "value": True}, ["value"]),  # a bool is how an unknown becomes a no
    ("fact", {"name": "crime", "value": None}, ["value"]),
    ("fact", {"name": "crime", "value": 1.5}, ["value"]),
    ("fact", {"name": "risk_window_minutes", "value": -1}, ["value"]),
    ("fact", {"name": "risk_window_minutes", "value": 20_161}, ["value"]),
    ("fact_withdrawn", {"name": ""}, ["name"]),
    ("note", {"text": " \n "}, ["text"]),
    ("note", {"text": "a\x00b"}, ["text"]),
    ("note", {"text": "\ud800"}, ["text"]),  # half a character has no bytes
    ("thrive", {"field": "threats", "text": "x"}, ["field"]),
    ("assessed", {"outcome": "none", "policy": "", "policy_hash": "0", "facts": "1"}, ["outcome", "policy"]),
    ("assessed", {"outcome": "joint", "policy": "p", "policy_hash": "0", "facts": "1", "duties": "child"}, ["duties"]),
    ("assessed", {"outcome": "joint", "policy": "p", "policy_hash": "0", "facts": "1", "duties": [1]}, ["duties"]),
    ("escalated", {"reason": "?"}, ["reason"]),
    ("supervisor_decided", {"outcome": "supervisor", "reason": REASON}, ["outcome"]),  # they are the supervisor
    ("supervisor_decided", {"outcome": "ask-more", "reason": REASON}, ["outcome"]),
    ("supervisor_decided", {"outcome": "joint", "reason": ""}, ["reason"]),
    ("rationale", {"text": "ok"}, ["text"]),
    ("duty_done", {"duty": "Record the crime"}, ["duty"]),
    ("reopened", {"reason": ""}, ["reason"]),
    ("harm_reported", {"harm": "none"}, ["harm"]),
    ("promised", {"text": ""}, ["text"]),
    ("statement_read", {"statement": ""}, ["statement"]),
    ("told", {"audience": "everybody", "text": REASON}, ["audience"]),
    ("lost", {"loss": "hung-up"}, ["loss"]),
    ("callback_due", {"due": "tomorrow"}, ["due"]),
    ("callback_done", {"reached": "no"}, ["reached"]),  # a word that is true of itself
    ("callback_ended", {"reason": ""}, ["reason"]),
    ("recontact", {"caller": ""}, ["caller"]),
    ("linked", {"call": "", "contacts": 0}, ["call", "contacts"]),
    ("linked", {"call": "c", "contacts": True}, ["contacts"]),
    ("offered", {"agency": ""}, ["agency"]),
    ("accepted", {"agency": "hospital", "name": "", "position": "nurse"}, ["name"]),
    ("accepted", {"agency": "hospital", "name": "Unknown", "position": "nurse"}, ["name"]),
    ("accepted", {"agency": "hospital", "name": "n/a", "position": "nurse"}, ["name"]),
    ("accepted", {"agency": "hospital", "name": "---", "position": "nurse"}, ["name"]),
    ("accepted", {"agency": "hospital", "name": "A. Okafor", "position": ""}, ["position"]),
    ("declined", {"agency": "hospital", "reason": ""}, ["reason"]),
    ("eta", {"service": "fire", "minutes": 1}, ["service"]),
    ("eta", {"service": "ambulance", "minutes": "10"}, ["minutes"]),
    ("handover_agreed", {"agency": "hospital", "name": "TBC", "reason": REASON}, ["name"]),
    ("review_set", {"due": "2026-05-01T09:00:00"}, ["due"]),  # without an offset
    ("review_set", {"due": 1_777_626_000}, ["due"]),
    ("reviewed", {"in_hand": 1, "text": REASON}, ["in_hand"]),
    ("deployed", {"unit": "x" * 61}, ["unit"]),
    ("stood_down", {"reason": ""}, ["reason"]),
    ("arrived", {"service": ""}, ["service"]),
    ("timer_fired", {"timer": "lunch", "due": DUE}, ["timer"]),
]


@pytest.mark.parametrize(("kind", "data", "fields"), BAD)
def test_a_bad_event_is_refused_by_its_fields(kind: str, data: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(EventRefused) as caught:
        read_happening(kind, data)
    assert [line.partition(":")[0] for line in caught.value.what.splitlines()] == fields
    assert kind in caught.value.where
    assert caught.value.do


def test_no_value_is_quoted() -> None:
    with pytest.raises(EventRefused) as caught:
        read_happening("opened", {"person": "Robin Vale\x07", "caller": "Robin Vale", "secret Robin": 1})
    assert "Robin" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"agency": "hospital"}, "reason: is missing"),
        ({"agency": "hospital", "reason": REASON, "mood": "bad"}, "a field that this event has not"),
        ([], "must be a map of fields"),
    ],
)
def test_fields_are_those_of_the_kind(data: object, words: str) -> None:
    with pytest.raises(EventRefused, match=words):
        read_happening("declined", data)


@pytest.mark.parametrize("kind", ["", "Opened", "delete", None, 3, [], {}])
def test_a_kind_that_is_none_is_refused(kind: object) -> None:
    with pytest.raises(EventRefused, match="kind"):
        read_happening(kind, {})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"sequence": 0}, "sequence"),
        ({"sequence": "1"}, "sequence"),
        ({"key": ""}, "key"),
        ({"key": "k" * 101}, "key"),
        ({"at": "2026-05-01 09:00"}, "at"),
        ({"by": " "}, "by"),  # nobody is an actor
        ({"role": "chief"}, "role"),
    ],
)
def test_a_bad_envelope_is_refused(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(EventRefused, match=f"^{field}: "):
        read_event(event(h.Noted("x")).to_json() | changed)


def test_an_envelope_has_all_its_fields_and_no_others() -> None:
    written = event(h.Noted("x")).to_json()
    with pytest.raises(EventRefused, match="key: is missing"):
        read_event({name: value for name, value in written.items() if name != "key"})
    with pytest.raises(EventRefused, match="has not"):
        read_event(written | {"extra": 1})
    with pytest.raises(EventRefused, match="map"):
        read_event("event")
    with pytest.raises(EventRefused, match="kinds of event"):
        Event(1, "k", AT, "h.shaw", Role.HANDLER, h.Happening())


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("closed", Role.SYSTEM),
        ("closed", Role.PARTNER),
        ("supervisor_decided", Role.HANDLER),
        ("handover_agreed", Role.HANDLER),
        ("callback_ended", Role.HANDLER),
        ("accepted", Role.SYSTEM),
        ("statement_read", Role.SYSTEM),
        ("told", Role.PARTNER),
        ("fact", Role.PARTNER),
        ("timer_fired", Role.HANDLER),
    ],
)
def test_not_everybody_may_say_everything(kind: str, role: Role) -> None:
    with pytest.raises(StepRefused, match="may not record this") as caught:
        event(GOOD[kind], role=role)
    assert "role" in caught.value.where


def test_text_has_one_form() -> None:
    assert h.Noted("  e\u0301\r\nx ").text == "é\nx"
    assert h.FactStated("crime", "no").value is NO
    assert h.FactStated("strand", "walk-out").value == "walk-out"


def test_an_event_sent_again_has_the_same_content() -> None:
    first, again = event(h.Noted("x")), event(h.Noted("x"), sequence=4, at=AT + timedelta(minutes=1))
    assert first.content == again.content
    assert first.content != event(h.Noted("x"), by="somebody.else").content


def test_facts_are_named_alike_by_call_and_assessment() -> None:
    held = {"risk_window_minutes": 30, "crime": NO, "strand": "welfare"}
    listed = (("strand", "welfare"), ("crime", "no"), ("risk_window_minutes", "30"))
    assert facts_digest(held) == facts_digest(listed)
    assert facts_digest(held) != facts_digest({**held, "crime": UNKNOWN})
