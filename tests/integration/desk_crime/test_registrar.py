"""What the rules leave open: who may rule, what a ruling needs, and what stands afterwards."""

import pytest
from crime_desk import ORDINARY, CrimeDesk, faults_in
from django.urls import reverse
from station_django import make_user, signed_in

from backbeat.station.desk_crime import recording, ruling
from backbeat.station.desk_crime.models import CrimeReport

CONFLICT = {**ORDINARY, "theft_from_person": "no", "theft_place": "shop"}
"""Assault with injury and theft from a shop: the tests of page 13 disagree, and no table ranks the theft."""


@pytest.fixture
def desk():
    return CrimeDesk.entered().recorded(CONFLICT)


def ruling_of(client, desk, **given):
    referral = ruling.unruled(desk.refresh())[0]
    sent = {
        "key": referral["key"],
        "candidate": referral["candidates"][1]["label"],
        "rationale": "Violence first, p13.",
    }
    return client.post(desk.url("rule"), {**sent, **given})


def test_what_the_rules_leave_open_goes_to_the_registrar_with_both_pages(desk):
    assert desk.report.state == CrimeReport.State.REFERRED
    assert not desk.report.current.crimes.exists()
    client = signed_in(make_user("force-crime-registrar"))
    assert desk.report.reference in client.get(reverse("desk_crime:registrar")).content.decode()
    page = client.get(desk.url("rule")).content.decode()
    for candidate in desk.report.current.referrals[0]["candidates"]:
        assert candidate["label"] in page
        link = reverse("desk_crime:source", args=["hocr-2026-27", candidate["document"], candidate["page"]])
        assert link in page


def test_a_ruling_is_a_version_of_its_own_and_its_crime_stands(desk):
    user = make_user("force-crime-registrar")
    proposed = bytes(desk.report.current.proposal)
    assert ruling_of(signed_in(user), desk).status_code == 302
    report = desk.refresh()
    assert (report.state, report.current.number, report.current.decided_by) == (CrimeReport.State.DECIDED, 2, user)
    assert bytes(report.current.proposal) == proposed  # proposal and person stand side by side
    [kept] = report.current.rulings
    assert (kept["by"], kept["rationale"]) == (str(user), "Violence first, p13.")
    crime = report.current.crimes.get()
    assert (f"{crime.class_name} {crime.code}", crime.ruled, crime.stands) == (kept["candidate"], True, True)
    assert [victim[0] for victim in crime.victims] == ["v1"]
    page = signed_in(user).get(desk.url("report")).content.decode()
    assert "Violence first, p13." in page
    assert "by ruling of the registrar" in page


def test_a_ruling_says_what_is_missing_at_its_field_and_keeps_what_was_typed(desk):
    client = signed_in(make_user("force-crime-registrar"))
    without = ruling_of(client, desk, rationale="  ")
    assert without.status_code == 422
    assert "rationale is missing" in faults_in(without.content.decode())[0]
    unchosen = ruling_of(client, desk, candidate="", rationale="Because of page 13")
    assert "No candidate was chosen" in faults_in(unchosen.content.decode())[0]
    assert "Because of page 13</textarea>" in unchosen.content.decode()
    assert ruling_of(client, desk, candidate="8N 999/99").status_code == 422
    assert desk.refresh().state == CrimeReport.State.REFERRED


def test_who_recorded_a_report_never_rules_on_it():
    both = make_user("crime-recorder", "force-crime-registrar")
    desk = CrimeDesk.entered(user=both).recorded(CONFLICT)
    assert "a colleague rules on it" in desk.client.get(desk.url("rule")).content.decode()
    refused = ruling_of(desk.client, desk)
    assert refused.status_code == 400
    assert "crime.not-independent" in refused.content.decode()
    assert not desk.report.rulings.exists()


def test_one_answer_is_enough_to_lose_independence(desk):
    helper = make_user("crime-recorder", "force-crime-registrar")
    assert ruling.is_independent(helper, desk.report)
    desk.post("reopen")
    desk.client = signed_in(helper)
    desk.post("change-answer", {"about": "allegation:a1", "fact": "injury"})
    assert not ruling.is_independent(helper, desk.report)


def test_two_registrars_do_not_rule_on_one_referral_twice(desk):
    referral = ruling.unruled(desk.report)[0]
    assert ruling_of(signed_in(make_user("force-crime-registrar")), desk).status_code == 302
    late = signed_in(make_user("force-crime-registrar")).post(
        desk.url("rule"), {"key": referral["key"], "candidate": referral["candidates"][0]["label"], "rationale": "No"}
    )
    assert late.status_code == 400
    assert "crime.changed-meanwhile" in late.content.decode()
    assert desk.report.rulings.count() == 1


def test_a_ruling_stands_when_the_same_referral_comes_up_again(desk):
    ruling_of(signed_in(make_user("force-crime-registrar")), desk)
    desk.post("reopen")
    desk.post("change-answer", {"about": "allegation:a2", "fact": "damage_5000_or_more"})
    desk.answer_all(CONFLICT)
    desk.post("record", {"reason": "The cost is known now"})
    report = desk.refresh()
    assert report.state == CrimeReport.State.DECIDED
    assert len(report.current.rulings) == 1
    assert report.current.crimes.get().ruled


def test_the_key_of_a_referral_does_not_depend_on_order():
    one = {"about": ["allegation:a1", "allegation:a2"], "candidates": [{"label": "8N 008/06"}, {"label": "46 046/00"}]}
    other = {"about": one["about"][::-1], "candidates": one["candidates"][::-1]}
    assert recording.referral_key(one) == recording.referral_key(other)


def disputed() -> CrimeDesk:
    """The recorder does not agree with what the rules propose."""
    desk = CrimeDesk.entered(["assault"])
    desk.answer_all()
    desk.post("record", {"disputed": "yes", "dispute": "The bruise is older than the incident."})
    desk.refresh()
    return desk


def test_who_does_not_agree_asks_the_registrar_and_nothing_stands_until_then():
    desk = disputed()
    assert desk.report.state == CrimeReport.State.REFERRED
    assert not desk.report.crimes.filter(stands=True).exists()
    assert desk.report.current.ledger_row is None
    page = signed_in(make_user("force-crime-registrar")).get(desk.url("rule")).content.decode()
    assert "The bruise is older than the incident." in page


@pytest.mark.parametrize(
    ("candidate", "state", "standing"),
    [
        (recording.AS_PROPOSED, CrimeReport.State.DECIDED, 1),
        (recording.AGAIN, CrimeReport.State.OPEN, 0),  # back to the recorder, with the rationale
    ],
)
def test_the_registrar_upholds_the_proposal_or_has_it_decided_again(candidate, state, standing):
    desk = disputed()
    user = make_user("force-crime-registrar")
    assert ruling_of(signed_in(user), desk, candidate=candidate, rationale="Seen the photographs.").status_code == 302
    assert desk.refresh().state == state
    assert desk.report.crimes.filter(stands=True).count() == standing
    assert "Seen the photographs." in desk.client.get(desk.url("report")).content.decode()


def test_not_agreeing_needs_a_reason():
    desk = CrimeDesk.entered(["assault"])
    desk.answer_all()
    answer = desk.client.post(desk.url("record"), {"revision": desk.refresh().revision, "disputed": "yes"}, follow=True)
    assert "Say why you do not agree" in answer.content.decode()
    assert desk.refresh().current is None
