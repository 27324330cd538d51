"""What a granted request makes of a crime: on its page, in the counts, in the export and in the ledger."""

import csv
import json

import pytest
from crime_desk import CrimeDesk, faults_in
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from station_django import entries_since, last_entry, make_user, signed_in

from backbeat.ledger import Ledger, Operation
from backbeat.station.desk_crime import afterwards, requests
from backbeat.station.desk_crime.models import CrimeReport, CrimeRequest, GrantTakenBack
from backbeat.station.desk_crime.requests_deciding import leaves_nothing
from backbeat.station.desk_crime.requests_showing import work_of_request

MISTAKE = {"independent_decider": "yes", "recorded_by_mistake": "yes"}
UNABLE = {
    "suspect_identity_established": "yes", "victim_position": "unable", "high_risk_domestic": "no", "victim_told": "yes"
}  # fmt: skip
FOUND_OUT = {"reclassify_ground": "further-information"}
TWO = ({"label": "v1", "age": "30"}, {"label": "v2", "age": "31"}, {"label": "o1", "role": "offender"})


def named(offence: str = "008/06|8N|", **form: object) -> CrimeDesk:
    return CrimeDesk.entered([], named=offence, **form).recorded()


def granted(desk: CrimeDesk, kind: str, wanted: str, answers: dict[str, str], *, at: int = 0, by=None) -> CrimeRequest:
    """Asked about the crime at that place, answered as said, else no, and granted by a supervisor of the unit."""
    made = asked(desk, kind, wanted, answers, at=at)
    answer = decide(by or colleague(desk), desk, made)
    assert answer.status_code == 302, faults_in(answer.content.decode())
    made.refresh_from_db()
    desk.refresh()
    return made


def asked(desk: CrimeDesk, kind: str, wanted: str, answers: dict[str, str], *, at: int = 0) -> CrimeRequest:
    subject = requests.subjects_of(desk.refresh())[at]
    answer = desk.client.post(desk.url("request-new", kind), {"subject": subject.key, "wanted": wanted})
    assert answer.status_code == 302, faults_in(answer.content.decode())
    made = desk.report.requests.first()
    for _ in range(40):
        made.refresh_from_db()
        to_ask = work_of_request(made)[0].to_ask
        if not to_ask:
            return made
        said = answers.get(to_ask[0].fact, "no")
        sent = {f"answer-{to_ask[0].key}": said, "only": "yes", "revision": made.revision}
        assert desk.client.post(desk.url("request-answer", made.number), sent).status_code == 302
    raise AssertionError("the questions never end")


def decide(client, desk: CrimeDesk, made: CrimeRequest, **more: str):
    made.refresh_from_db()
    sent = {"decision": "grant", "reason": "Read it.", "revision": made.revision, **more}
    return client.post(desk.url("request-decide", made.number), sent)


def take_back(client, desk: CrimeDesk, made: CrimeRequest, reason: str = "The wrong report."):
    return client.post(desk.url("request-take-back", made.number), {"reason": reason})


def colleague(desk: CrimeDesk, role: str = "supervisor"):
    user = make_user(role)
    user.unit = desk.report.unit
    user.save()
    return signed_in(user)


def page(desk: CrimeDesk) -> str:
    return " ".join(desk.client.get(desk.url("report")).content.decode().split())


def exported(desk: CrimeDesk) -> list[dict[str, str]]:
    today = timezone.localdate().isoformat()
    sent = {"first_day": today, "last_day": today, "recipient": "Home Office"}
    answer = desk.client.post(reverse("desk_crime:export"), sent)
    rows = csv.DictReader(b"".join(answer.streaming_content).decode().splitlines())
    return [row for row in rows if row["incident_reference"] == desk.report.reference]


def tally(desk: CrimeDesk) -> afterwards.Tally:
    return afterwards.tally(afterwards.standing_of_report(desk.refresh()))


def test_a_cancelled_crime_is_shown_as_cancelled_with_who_and_when_and_stays_in_the_export():
    desk = named(parties=TWO)
    made = granted(desk, "cancel", "C4", MISTAKE, at=1)
    shown = page(desk)
    for words in ("Cancelled C4", "crime 2 of 2 (v2)", f"Granted by {made.decided_by}", "1 stands", "1 cancelled or"):
        assert words in shown
    assert "2 crimes recorded" in shown  # what was decided is never rewritten
    assert tally(desk) == afterwards.Tally(recorded=2, stand=1, cancelled=1, reclassified=0, closed=0)
    first, second = exported(desk)
    assert (first["record_status"], first["cancellation"]) == ("recorded", "")
    assert (second["record_status"], second["cancellation"]) == ("cancelled", "C4")
    assert (second["victim"], second["home_office_code"]) == ("v2", "008/06")
    assert second["cancelled_by"] == str(made.decided_by)
    assert second["cancelled_at"] == timezone.localtime(made.decided_at).isoformat(timespec="seconds")


def test_an_outcome_and_a_new_class_stand_with_who_granted_them_and_a_later_grant_supersedes():
    desk = named()
    first = granted(desk, "outcome", "16", UNABLE)
    row = exported(desk)[0]
    assert (row["record_status"], row["outcome"], row["outcome_by"]) == ("recorded", "16", str(first.decided_by))
    granted(desk, "reclassify", "005/01 5D", FOUND_OUT)
    shown = page(desk)
    assert "Outcome 16" in shown
    assert "Now 5D 005/01" in shown
    [row] = exported(desk)
    assert (row["home_office_class"], row["home_office_code"], row["outcome"]) == ("5D", "005/01", "16")
    assert (row["class_as_recorded"], row["code_as_recorded"]) == ("8N", "008/06")
    assert row["offence"]
    assert "008/06" not in row["offence"]
    granted(desk, "reclassify", "008/01 8N", FOUND_OUT)
    [subject] = afterwards.standing_of_report(desk.refresh())
    assert (subject.class_, subject.code, len(subject.changes)) == ("8N", "008/01", 3)
    assert tally(desk) == afterwards.Tally(recorded=1, stand=1, cancelled=0, reclassified=1, closed=1)


def test_a_grant_is_taken_back_by_whom_the_rules_name_and_the_crime_stands_as_before():
    desk = named()
    made = granted(desk, "cancel", "C4", MISTAKE)
    assert tally(desk).stand == 0
    before = last_entry()
    assert take_back(desk.client, desk, made).status_code == 403  # no designated decision maker
    assert [row for row in entries_since(before) if row.entry.operation is Operation.REFUSAL]
    boss = colleague(desk)
    assert "reason is missing" in faults_in(take_back(boss, desk, made, " ").content.decode())[0]
    assert not GrantTakenBack.objects.filter(request=made).exists()
    assert take_back(boss, desk, made).status_code == 302
    assert tally(desk) == afterwards.Tally(recorded=1, stand=1, cancelled=0, reclassified=0, closed=0)
    assert exported(desk)[0]["record_status"] == "recorded"
    assert "Granted, taken back" in page(desk)
    assert "The wrong report." in boss.get(desk.url("request", made.number)).content.decode()
    made.refresh_from_db()
    assert made.state == CrimeRequest.State.GRANTED  # the grant itself is never rewritten
    assert take_back(boss, desk, made).status_code == 400
    granted(desk, "outcome", "16", UNABLE)  # it can be asked about again


def test_whoever_asked_or_recorded_takes_no_cancellation_back():
    boss = make_user("supervisor")
    desk = CrimeDesk.entered([], named="008/06|8N|", user=boss).recorded()
    made = granted(desk, "cancel", "C4", MISTAKE, by=signed_in(make_user("force-crime-registrar")))
    refused = take_back(desk.client, desk, made)
    assert refused.status_code == 400
    assert "crime.not-independent" in refused.content.decode()


def test_what_was_granted_last_is_taken_back_first():
    desk = named()
    first = granted(desk, "reclassify", "005/01 5D", FOUND_OUT)
    second = granted(desk, "reclassify", "008/01 8N", FOUND_OUT)
    boss = colleague(desk)
    assert "taken back first" in boss.get(desk.url("request", first.number)).content.decode()
    assert take_back(boss, desk, first).status_code == 400
    assert take_back(boss, desk, second).status_code == 302
    [subject] = afterwards.standing_of_report(desk.refresh())
    assert (subject.class_, subject.code) == ("5D", "005/01")
    assert take_back(boss, desk, first).status_code == 302


def test_a_request_asked_of_another_class_is_not_granted_any_more():
    desk = named()
    waits = asked(desk, "outcome", "16", UNABLE)
    granted(desk, "reclassify", "005/01 5D", FOUND_OUT)
    late = decide(desk.client, desk, waits)
    assert late.status_code == 400
    assert "crime.changed-meanwhile" in late.content.decode()
    assert "5D 005/01" in late.content.decode()


def test_deciding_again_keeps_what_was_granted_about_the_same_crime():
    desk = named()
    granted(desk, "outcome", "16", UNABLE)
    desk.post("reopen")
    desk.post("record", {"reason": "Looked at once more"})
    assert desk.refresh().current.number == 2
    assert exported(desk)[0]["outcome"] == "16"


def test_a_grant_about_a_crime_that_another_decision_no_longer_records_is_said_to_change_nothing():
    desk = named()
    granted(desk, "cancel", "C4", MISTAKE)
    assert "No such crime now" not in page(desk)
    desk.post("reopen")
    facts = desk.refresh().facts
    facts["allegations"][0]["offence"] = {"code": "005/01", "class": "5D"}
    CrimeReport.objects.filter(pk=desk.report.pk).update(facts=facts)
    desk.answer_all()
    desk.post("record", {"reason": "The wound was meant"})
    assert tally(desk) == afterwards.Tally(recorded=1, stand=1, cancelled=0, reclassified=0, closed=0)
    assert "No such crime now" in page(desk)


def test_a_reported_death_that_becomes_a_crime_is_counted_and_exported_as_one():
    desk = CrimeDesk.entered(["death"])
    desk.answer_all()
    desk.post("record")
    assert exported(desk) == []
    answers = {**FOUND_OUT, "death_cause": "unlawful-killing"}
    made = granted(desk, "reclassify", "001/01 1", answers, by=desk.client)
    assert tally(desk) == afterwards.Tally(recorded=0, stand=1, cancelled=0, reclassified=1, closed=0)
    [row] = exported(desk)
    assert (row["home_office_class"], row["home_office_code"], row["record_status"]) == ("1", "001/01", "recorded")
    assert (row["class_as_recorded"], row["code_as_recorded"], row["victim"]) == ("N300", "300/01", "v1")
    assert row["decided_by"] == str(made.decided_by)
    assert "Now 1 001/01" in page(desk)


def test_an_older_version_shows_what_it_recorded_and_nothing_since():
    desk = named()
    desk.post("reopen")
    desk.post("record", {"reason": "Once more"})
    granted(desk, "cancel", "C4", MISTAKE)
    assert "Cancelled C4" in page(desk)
    assert "Cancelled C4</strong>" not in desk.client.get(desk.url("version", 1)).content.decode()


def test_each_decided_request_leaves_a_row_of_time_without_units_and_the_first_row_stays():
    desk = named(parties=TWO)
    before = desk.report.current.ledger_row
    rows = [granted(desk, "outcome", "16", UNABLE, at=at).ledger_row for at in (0, 1)]
    assert len(set(rows)) == 2  # the same answers about two victims are two pieces of work
    for number in rows:
        told = json.loads(Ledger.open(settings.INSTALLATION).entry(number))
        entry = told.get("body", told)
        assert '"units":0' in json.dumps(entry, separators=(",", ":"))
    assert desk.refresh().current.ledger_row == before


@pytest.mark.parametrize(
    ("kind", "candidate", "nothing"),
    [
        ("outcome", "no outcome yet, reach the victim first", True),
        ("outcome", "another outcome, caution for the related crime", True),
        ("outcome", "outcome 3", False),
        ("cancel", "wait for a crime reference", True),
        ("cancel", "cancel", False),
        ("cancel", "reclassify to the code that fits the cause", True),
        ("reclassify", "cancel as C2 on compelling information", True),
        ("reclassify", "reclassify to the N300 code that fits", False),
    ],
)
def test_a_candidate_that_speaks_for_something_else_leaves_nothing_to_grant(kind, candidate, nothing):
    assert leaves_nothing(kind, candidate) is nothing


def test_the_export_asks_for_the_requests_of_many_reports_at_once(django_queries):
    desks = [named() for _ in range(3)]
    for desk in desks:
        granted(desk, "outcome", "16", UNABLE)
    registrar = CrimeDesk(None, signed_in(make_user("force-crime-registrar")), desks[0].report)
    with django_queries() as one:
        exported(registrar)
    more = [named() for _ in range(3)]
    for desk in more:
        granted(desk, "outcome", "16", UNABLE)
    with django_queries() as two:
        exported(registrar)
    assert len(two) == len(one)


def test_each_of_two_deaths_is_told_apart_and_keeps_its_reference():
    """p35: one record for each death; taking one back never renumbers the other."""
    desk = CrimeDesk.entered(["death"], parties=({"label": "v1", "age": "30"}, {"label": "v2", "age": "31"}))
    desk.answer_all()
    desk.post("record")
    assert [one.whose for one in requests.subjects_of(desk.refresh())] == ["incident (v1)", "incident (v2)"]
    answers = {**FOUND_OUT, "death_cause": "unlawful-killing"}
    made = [granted(desk, "reclassify", "001/01 1", answers, at=at, by=desk.client) for at in (0, 1)]
    before = [(row["crime_reference"], row["victim"], row["victim_age"]) for row in exported(desk)]
    assert before == [(f"{desk.report.reference}#{n}", f"v{n}", str(29 + n)) for n in (1, 2)]
    assert take_back(desk.client, desk, made[0]).status_code == 302
    assert [(row["crime_reference"], row["victim"], row["victim_age"]) for row in exported(desk)] == before[1:]


def test_a_code_of_several_offences_is_told_with_all_of_them():
    """The list has 001/01 twice; what is asked for is the code and class, so none of the two is claimed."""
    desk = named()
    made = granted(desk, "reclassify", "001/01 1", FOUND_OUT)
    both = "Murder of persons aged 1 yr or over / Genocide or crime against humanity"
    assert made.wanted_words == f"1 001/01 {both}"
    assert exported(desk)[0]["offence"] == both
    assert [one.words for one in requests.search_wanted("001/01", timezone.localdate())] == [f"1 001/01 {both}"]
