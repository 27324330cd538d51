"""Requests about crimes on record: what is asked, who may grant, and what keeps somebody from it."""

import json
import re

import pytest
from crime_desk import CrimeDesk, faults_in
from django.urls import reverse
from station_django import entries_since, fresh, last_entry, make_user, signed_in

from backbeat.crime.replaying import replay
from backbeat.crime.rules import open_rules
from backbeat.ledger import Operation
from backbeat.station.desk_crime import requests
from backbeat.station.desk_crime.models import CrimeReport, CrimeRequest
from backbeat.station.desk_crime.requests_showing import work_of_request

INFORMATION = {
    "independent_decider": "yes", "victim_withdrew": "no", "avi_additional": "yes", "avi_verifiable": "yes",
    "avi_no_crime": "yes", "victim_told": "yes",
}  # fmt: skip
"""Additional verifiable information that convinces, and the victim has been told."""
NO_ANSWER = {"victim_position": "no-answer", "victim_told": "yes"}
UNABLE = {
    "suspect_identity_established": "yes", "victim_position": "unable", "high_risk_domestic": "no", "victim_told": "yes"
}  # fmt: skip
RAPE, ASSAULT, DEATH = "019/08|19C|", "008/06|8N|", "300/01|N300|"


def named(offence: str = ASSAULT, user=None) -> CrimeDesk:
    """A report of one offence, named outright, recorded."""
    return CrimeDesk.entered([], named=offence, user=user).recorded()


def colleague(desk: CrimeDesk, *roles: str):
    """Somebody else of the report's unit, signed in."""
    user = make_user(*roles)
    user.unit = desk.report.unit
    user.save()
    return signed_in(user)


def ask(desk: CrimeDesk, kind: str, wanted: str) -> CrimeRequest:
    subject = requests.subjects_of(desk.refresh())[0]
    answer = desk.client.post(desk.url("request-new", kind), {"subject": subject.key, "wanted": wanted})
    assert answer.status_code == 302, faults_in(answer.content.decode())
    return desk.report.requests.first()


def asked(desk: CrimeDesk, kind: str, wanted: str, answers: dict[str, str]) -> CrimeRequest:
    """Asked, and every question answered: as `answers` says, else no."""
    made = ask(desk, kind, wanted)
    for _ in range(40):
        made.refresh_from_db()
        work, _answer = work_of_request(made)
        if not work.to_ask:
            return made
        question = work.to_ask[0]
        sent = {f"answer-{question.key}": answers.get(question.fact, "no"), "only": "yes", "revision": made.revision}
        answer = desk.client.post(desk.url("request-answer", made.number), sent)
        assert answer.status_code == 302, (question.fact, faults_in(answer.content.decode()))
    raise AssertionError("the questions never end")


def decide(client, desk: CrimeDesk, made: CrimeRequest, decision: str = "grant", **more: str):
    made.refresh_from_db()
    sent = {"decision": decision, "reason": "Read the report.", "revision": made.revision, **more}
    return client.post(desk.url("request-decide", made.number), sent)


def state(made: CrimeRequest) -> str:
    made.refresh_from_db()
    return made.state


def told(client, desk: CrimeDesk, made: CrimeRequest) -> str:
    page = client.get(desk.url("request", made.number)).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_rape_is_cancelled_by_a_registrar_on_the_register_and_nobody_else():
    desk = named(RAPE)
    made = asked(desk, "cancel", "C2", INFORMATION)
    assert (made.state, made.verdict, made.to_registrar) == ("answered", "allowed", True)
    assert made.deciders == ["registered-force-crime-registrar"]
    before = last_entry()
    refused = decide(desk.client, desk, made)
    assert refused.status_code == 403
    assert "crime.not-the-decider" in refused.content.decode()
    assert [row for row in entries_since(before) if row.entry.operation is Operation.REFUSAL]
    assert decide(colleague(desk, "supervisor"), desk, made, registered="yes").status_code == 403

    registrar = signed_in(make_user("force-crime-registrar"))
    waiting = registrar.get(reverse("desk_crime:registrar")).content.decode()
    assert f"{desk.report.reference}, request 1" in waiting
    unsure = decide(registrar, desk, made)
    assert unsure.status_code == 422
    assert "College of Policing’s register" in faults_in(unsure.content.decode())[0]
    assert decide(registrar, desk, made, registered="yes").status_code == 302
    assert state(made) == "granted"
    assert requests.subjects_of(desk.refresh()) == []  # it stands no more
    assert desk.report.crimes.filter(stands=True).count() == 1  # what was recorded is never rewritten
    page = desk.client.get(desk.url("report")).content.decode()
    assert "Granted" in page
    assert "Cancel a crime" not in page
    assert f"{desk.report.reference}, request 1" not in registrar.get(reverse("desk_crime:registrar")).content.decode()
    assert replay(bytes(made.decision), open_rules())
    assert json.loads(bytes(made.decision))["requests"][0]["verdict"] == "allowed"


def test_a_victim_who_only_does_not_answer_is_no_outcome_16():
    desk = named()
    made = asked(desk, "outcome", "16", NO_ANSWER)
    assert made.verdict == "refused"
    text = told(desk.client, desk, made)
    assert "outcomes p19" in text
    assert "They would not, if one of these were otherwise" in text
    assert "does the victim only not answer? Unable" in text
    assert decide(desk.client, desk, made).status_code == 422  # nobody grants what the rules refuse
    assert state(made) == "answered"
    assert decide(desk.client, desk, made, "refuse", reason=" ").status_code == 422
    assert decide(desk.client, desk, made, "refuse").status_code == 302
    assert state(made) == "refused"
    assert "outcomes p19" in told(desk.client, desk, made)


def test_what_must_come_first_is_said_and_lets_it_through_once_done():
    desk = named()
    made = asked(desk, "outcome", "16", {**UNABLE, "victim_told": "no"})
    assert "Not until this is done:" in told(desk.client, desk, made)
    desk.client.post(desk.url("request-answer", 1), {"again": "victim_told", "revision": made.revision})
    made.refresh_from_db()
    assert made.state == "draft"
    sent = {"answer-request:r1|victim_told": "yes", "only": "yes", "revision": made.revision}
    desk.client.post(desk.url("request-answer", 1), sent)
    made.refresh_from_db()
    assert (made.state, made.verdict) == ("answered", "allowed")


@pytest.mark.parametrize(
    ("roles", "status"),
    [(["supervisor"], 302), (["force-crime-registrar"], 302), (["officer"], 403), (["auditor"], 403)],
)
def test_a_crime_is_cancelled_by_a_designated_decision_maker_or_the_registrar(roles, status):
    desk = named()
    made = asked(desk, "cancel", "C4", {"independent_decider": "yes", "recorded_by_mistake": "yes"})
    assert made.deciders == ["designated-decision-maker", "force-crime-registrar"]
    assert decide(colleague(desk, *roles), desk, made).status_code == status


def test_whoever_recorded_or_asked_does_not_cancel_it():
    boss = make_user("supervisor", unit=fresh("unit"))
    desk = named(user=boss)
    made = asked(desk, "cancel", "C4", {"independent_decider": "yes", "recorded_by_mistake": "yes"})
    refused = decide(desk.client, desk, made)
    assert refused.status_code == 400
    assert "crime.not-independent" in refused.content.decode()
    assert "rules p25" in told(desk.client, desk, made)

    recorder = named(user=make_user("crime-recorder", unit=boss.unit))
    recorder.client = signed_in(boss)  # had no hand in the report, but asks
    made = asked(recorder, "cancel", "C3", {"independent_decider": "yes", "duplicate_of_live_record": "yes"})
    assert decide(recorder.client, recorder, made).status_code == 400
    assert decide(colleague(recorder, "supervisor"), recorder, made).status_code == 302


def test_an_outcome_that_nobody_is_named_for_is_the_forces_own_procedure():
    desk = named()
    made = asked(desk, "outcome", "16", UNABLE)
    assert "procedure" in told(desk.client, desk, made)
    assert decide(desk.client, desk, made).status_code == 302
    [subject] = requests.subjects_of(desk.refresh())
    assert subject.outcome == "16"


def test_a_reclassified_crime_is_what_the_next_request_is_about():
    desk = named()
    found = desk.client.post(desk.url("request-new", "reclassify"), {"search": "yes", "words": "005/01"})
    assert 'value="005/01 5D"' in found.content.decode()
    made = asked(desk, "reclassify", "005/01 5D", {"reclassify_ground": "further-information"})
    assert decide(colleague(desk, "supervisor"), desk, made).status_code == 302
    [subject] = requests.subjects_of(desk.refresh())
    assert (subject.class_, subject.code) == ("5D", "005/01")
    assert ask(desk, "outcome", "16").facts["requests"][0]["offence"] == {"code": "005/01", "class": "5D"}


def test_what_the_rules_leave_open_needs_the_candidate_that_holds():
    desk = named("001/01|1|")
    answers = {"charged": "yes", "charged_for_death": "4/1", "cps_confirms_murder": "yes", "related_to_death": "yes",
               "cps_public_interest": "yes", "force_choice_murder_1a": "unknown", "victim_told": "yes",
               "suspect_told": "yes"}  # fmt: skip
    made = asked(desk, "outcome", "1A", answers)
    assert (made.verdict, made.to_registrar) == ("refer", True)
    registrar = signed_in(make_user("force-crime-registrar"))
    page = told(registrar, desk, made)
    assert "rules p19" in page
    assert "outcomes p6" in page
    assert "No candidate was chosen" in faults_in(decide(registrar, desk, made).content.decode())[0]
    _work, answer = work_of_request(made)
    label = answer.referral.candidates[0].label
    assert decide(registrar, desk, made, candidate=label).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.candidate) == ("granted", label)


def test_not_known_is_never_granted():
    desk = named()
    made = asked(desk, "outcome", "16", {**UNABLE, "victim_position": "unknown"})
    assert (made.state, made.verdict, made.to_registrar) == ("answered", "open", False)
    assert "Asked, and not known" in told(desk.client, desk, made)
    assert "not known" in faults_in(decide(desk.client, desk, made).content.decode())[0]
    assert state(made) == "answered"


def test_an_open_question_keeps_it_from_being_decided():
    desk = named()
    made = ask(desk, "cancel", "C2")
    assert decide(colleague(desk, "supervisor"), desk, made).status_code == 422
    assert state(made) == "draft"


def test_a_page_drawn_before_somebody_else_changed_it_changes_nothing():
    desk = named()
    made = asked(desk, "outcome", "16", UNABLE)
    assert decide(desk.client, desk, made, revision="0").status_code == 400
    assert decide(desk.client, desk, made).status_code == 302
    late = decide(colleague(desk, "officer"), desk, made)
    assert late.status_code == 400
    assert "crime.changed-meanwhile" in late.content.decode()
    for name in ("request-answer", "request-withdraw"):
        assert desk.client.post(desk.url(name, 1), {"revision": made.revision}).status_code == 400


def test_a_request_taken_back_waits_for_nobody():
    desk = named(RAPE)
    made = asked(desk, "cancel", "C2", INFORMATION)
    assert desk.client.post(desk.url("request-withdraw", 1)).status_code == 302
    assert state(made) == "withdrawn"
    registrar = signed_in(make_user("force-crime-registrar"))
    assert f"{desk.report.reference}, request 1" not in registrar.get(reverse("desk_crime:registrar")).content.decode()
    assert "Withdrawn" in told(desk.client, desk, made)
    assert decide(registrar, desk, made, registered="yes").status_code == 400


def test_a_crime_that_stands_no_more_is_not_granted_anything():
    desk = named()
    made = asked(desk, "outcome", "16", UNABLE)
    desk.report.crimes.update(stands=False)
    assert decide(desk.client, desk, made).status_code == 400
    assert state(made) == "answered"


@pytest.mark.parametrize(
    ("sent", "words"),
    [({"wanted": "16"}, "No crime was picked"), ({"subject": "real"}, "Nothing was picked"),
     ({"subject": "real", "wanted": "99"}, "Nothing was picked")],
)  # fmt: skip
def test_what_is_missing_is_said_at_its_field(sent, words):
    desk = named()
    if "subject" in sent:
        sent = {**sent, "subject": requests.subjects_of(desk.report)[0].key}
    answer = desk.client.post(desk.url("request-new", "outcome"), sent)
    assert answer.status_code == 422
    assert words in faults_in(answer.content.decode())[0]


def test_the_same_is_not_asked_twice_and_only_of_a_decided_report():
    desk = named()
    ask(desk, "outcome", "16")
    subject = requests.subjects_of(desk.report)[0].key
    twice = desk.client.post(desk.url("request-new", "outcome"), {"subject": subject, "wanted": "16"})
    assert "asked already" in faults_in(twice.content.decode())[0]
    desk.post("reopen")
    assert desk.refresh().state == CrimeReport.State.OPEN
    early = desk.client.post(desk.url("request-new", "outcome"), {"subject": subject, "wanted": "15"})
    assert "not decided" in faults_in(early.content.decode())[0]
    assert desk.client.get(desk.url("request-new", "nothing")).status_code == 404
    assert desk.client.get(desk.url("request", 9)).status_code == 404


def test_each_crime_of_a_line_is_a_subject_of_its_own():
    people = ({"label": "v1"}, {"label": "v2"}, {"label": "o1", "role": "offender"})
    desk = CrimeDesk.entered([], named=ASSAULT, parties=people).recorded()
    assert [one.whose for one in requests.subjects_of(desk.report)] == ["crime 1 of 2 (v1)", "crime 2 of 2 (v2)"]
    asked(desk, "cancel", "C4", {"independent_decider": "yes", "recorded_by_mistake": "yes"})
    assert decide(colleague(desk, "supervisor"), desk, desk.report.requests.first()).status_code == 302
    assert [one.whose for one in requests.subjects_of(desk.refresh())] == ["crime 2 of 2 (v2)"]


def test_a_reported_death_takes_another_code():
    desk = CrimeDesk.entered(["death"])
    desk.answer_all()
    desk.post("record")
    [subject] = requests.subjects_of(desk.refresh())
    assert subject.class_ == "N300"


def test_a_stranger_to_the_unit_sees_no_request():
    desk = named(user=make_user("officer", unit=fresh("unit")))
    made = ask(desk, "outcome", "16")
    stranger = signed_in(make_user("officer", unit=fresh("unit")))
    assert stranger.get(desk.url("request", made.number)).status_code == 403
    assert desk.report.reference not in stranger.get(reverse("desk_crime:requests")).content.decode()
    assert desk.report.reference in desk.client.get(reverse("desk_crime:requests")).content.decode()
