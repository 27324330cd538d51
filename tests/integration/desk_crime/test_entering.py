"""From the first form to a recorded decision: what is asked, what is refused, what can be undone."""

from datetime import timedelta

import pytest
from crime_desk import ORDINARY, CrimeDesk, faults_in, form_of
from django.urls import reverse
from django.utils import timezone
from station_django import entries_since, last_entry, make_user, signed_in

from backbeat.crime.replaying import replay
from backbeat.crime.rules import open_rules
from backbeat.ledger import Operation
from backbeat.ledger.errors import LedgerBusy
from backbeat.station.desk_crime.entering import put_fact
from backbeat.station.desk_crime.models import CrimeReport, DecisionVersion


def test_assault_damage_and_theft_are_recorded_as_one_crime_under_the_name_of_a_person():
    desk = CrimeDesk.entered().recorded()
    report, version = desk.report, desk.report.current
    assert report.state == CrimeReport.State.DECIDED
    assert version.decided_by == desk.user
    # Rules p14: assault with injury ranks before theft from the person and damage.
    assert [(one.class_name, one.code, one.count) for one in version.crimes.all()] == [("8N", "008/06", 1)]
    assert (version.recorded_count, version.separate_count) == (1, 3)
    assert replay(bytes(version.proposal), open_rules())
    assert version.ledger_row is not None
    page = desk.client.get(desk.url("report")).content.decode()
    for words in ("8N 008/06", "1 crime recorded", str(desk.user), "made 3 instead of 1", version.edition):
        assert words in page


def test_each_question_says_where_it_comes_from_and_leads_to_the_page():
    desk = CrimeDesk.entered(["assault"])
    question = desk.work().to_ask[0]
    page = desk.client.get(desk.url("form")).content.decode()
    assert question.text in page
    link = reverse("desk_crime:source", args=["hocr-2026-27", question.source.document, question.source.page])
    assert f'href="{link}"' in page
    assert "takes from this page" in desk.client.get(link).content.decode()


def test_not_known_is_an_answer_that_stays_open_and_never_a_no():
    desk = CrimeDesk.entered(["assault"])
    desk.answer_all({**ORDINARY, "injury": "unknown"})
    work = desk.work()
    assert [one.fact for one in work.not_known] == ["injury"]
    assert not work.to_ask
    desk.post("record")
    # What is certain may be recorded; what is not known keeps the report in the queue.
    assert desk.refresh().state in (CrimeReport.State.OPEN, CrimeReport.State.DRAFT)
    desk.answer(work.not_known[0].key, "minor")
    desk.answer_all()
    desk.post("record", {"reason": "The doctor has called"})
    assert desk.refresh().state == CrimeReport.State.DECIDED


def test_an_age_not_known_is_not_asked_for_again():
    desk = CrimeDesk.entered(["sexual-touching"], parties=({"label": "v1"}, {"label": "o1", "role": "offender"}))
    key = next(one.key for one in desk.work().to_ask if one.fact == "age")
    assert desk.answer(key, "unknown").status_code == 302
    assert key not in [one.key for one in desk.work().to_ask]
    assert key in [one.key for one in desk.work().not_known]
    assert desk.answer(key, "12").status_code == 302
    assert desk.refresh().facts["parties"][0]["age"] == 12
    assert desk.report.asked == []


def test_an_open_question_is_asked_before_anything_is_recorded():
    desk = CrimeDesk.entered(["assault"])
    page = desk.client.post(desk.url("record"), {"revision": 0}, follow=True).content.decode()
    assert "could still change this decision" in page
    assert desk.refresh().current is None


@pytest.mark.parametrize(("value", "fault"), [("", "Give an answer"), ("perhaps", "must be yes, no or unknown")])
def test_a_bad_answer_comes_back_at_its_question_and_changes_nothing(value, fault):
    desk = CrimeDesk.entered(["assault"])
    question = desk.work().to_ask[0]
    before = desk.report.facts
    answer = desk.answer(question.key, value)
    assert answer.status_code == 422
    assert fault in faults_in(answer.content.decode())[0]
    assert desk.refresh().facts == before


def test_all_at_once_keeps_every_answer_or_none():
    desk = CrimeDesk.entered(["assault"])
    assert "Keep these answers" in desk.client.get(desk.url("form") + "?questions=all").content.decode()
    yes_no = ["yes", "no", "unknown"]
    asked = [one for one in desk.work().to_ask if [choice.value for choice in one.choices] == yes_no]
    first, second = [one for one in asked if one.about == "allegation:a1"][:2]
    bad = desk.post("answer", {f"answer-{first.key}": "no", f"answer-{second.key}": "maybe"})
    assert bad.status_code == 422
    page = bad.content.decode()
    assert f'name="answer-{first.key}" value="no" checked' in page  # what was typed is still there
    assert desk.refresh().facts["allegations"][0]["facts"] == {}
    assert desk.post("answer", {f"answer-{first.key}": "no", f"answer-{second.key}": "unknown"}).status_code == 302
    assert len(desk.refresh().facts["allegations"][0]["facts"]) == 2


def test_htmx_gets_the_part_that_changes_and_focus_goes_to_what_is_wrong():
    desk = CrimeDesk.entered(["assault"])
    question = desk.work().to_ask[0]
    part = desk.post("answer", {f"answer-{question.key}": "no", "only": "yes"}, **{"HX-Request": "true"})
    text = part.content.decode()
    assert part.status_code == 200
    assert text.lstrip().startswith('<div id="crime-work"')
    assert "Kept: " in text


def test_answers_are_undone_one_by_one_down_to_nothing():
    desk = CrimeDesk.entered(["assault"])
    start = desk.report.facts
    said = [desk.work().to_ask[0].key for _ in range(3) if desk.answer(desk.work().to_ask[0].key, "no").status_code]
    assert len(said) == 3
    for _ in range(3):
        desk.post("undo")
    assert desk.refresh().facts == start
    assert (
        "nothing to undo"
        in desk.client.post(desk.url("undo"), {"revision": desk.report.revision}, follow=True).content.decode()
    )


def test_an_answer_taken_back_is_asked_again():
    desk = CrimeDesk.entered(["assault"])
    question = desk.work().to_ask[0]
    desk.answer(question.key, "no")
    assert question.key not in [one.key for one in desk.work().to_ask]
    desk.post("change-answer", {"about": question.about, "fact": question.fact})
    assert question.key in [one.key for one in desk.work().to_ask]


def test_an_answer_from_an_older_page_changes_nothing_and_is_not_lost():
    desk = CrimeDesk.entered(["assault"])
    question = desk.work().to_ask[0]
    old = desk.report.revision
    desk.answer(question.key, "no")
    now = desk.work().to_ask[0]
    late = desk.client.post(desk.url("answer"), {"revision": old, f"answer-{now.key}": "unknown", "only": "yes"})
    assert late.status_code == 409
    assert "changed while this page was open" in late.content.decode()
    assert now.key in [one.key for one in desk.work().to_ask]


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"reference": ""}, "Give the reference"),
        ({"reference": "two words"}, "without spaces"),
        ({"received_at": "yesterday"}, "a day and a time that exist"),
        ({"received_at": "2099-01-01T10:00"}, "later than now"),
        ({"force": ""}, "Name the force"),
        ({"act": []}, "Say what happened"),
        ({"on": "2026-02-30"}, "a day that exists"),
        ({"on": "2030-01-01"}, "after the report came in"),
        ({"p0-age": "old"}, "whole number from 0 to 120"),
        ({"p1-label": "v1"}, "stands here twice"),
        ({"p0-label": "Zoë!"}, "never a name"),
        ({"named": "999/99|8N|"}, "offence"),
    ],
)  # fmt: skip
def test_a_wrong_form_comes_back_as_typed_with_the_fault_at_its_field(wrong, fault):
    client = signed_in(make_user("crime-recorder"))
    sent = {**form_of(["assault"]), **wrong, "place": "kitchen"}
    answer = client.post(reverse("desk_crime:new"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert any(fault in one for one in faults_in(page)), faults_in(page)
    assert 'value="kitchen"' in page
    assert not CrimeReport.objects.filter(reference=sent["reference"] or "-").exists()


def test_a_reference_is_given_once():
    desk = CrimeDesk.entered(["assault"])
    again = desk.client.post(reverse("desk_crime:new"), form_of(["assault"], reference=desk.report.reference))
    assert "Another report has this reference" in faults_in(again.content.decode())[0]


def test_an_offence_is_found_by_words_and_by_code_and_what_was_typed_stays():
    client = signed_in(make_user("crime-recorder"))
    sent = {**form_of(["damage"]), "words": "8N 008/77", "search": "yes", "place": "kitchen"}
    page = client.post(reverse("desk_crime:new"), sent).content.decode()
    assert "<strong>8N 008/77</strong>" in page
    assert 'value="kitchen"' in page
    assert 'id="act-damage" name="act" value="damage" checked' in page
    assert not CrimeReport.objects.filter(reference=sent["reference"]).exists()


def test_words_propose_what_happened_and_a_person_picks_it():
    client = signed_in(make_user("crime-recorder"))
    sent = {**form_of([]), "words": "he strangled her", "search": "yes"}
    page = client.post(reverse("desk_crime:new"), sent).content.decode()
    assert 'id="found-act-assault" name="act" value="assault"' in page
    assert 'value="assault" checked' not in page
    # Picked in the list and among what was found: it happened once.
    sent.pop("search")
    made = client.post(reverse("desk_crime:new"), {**sent, "act": ["assault", "assault"]})
    report = CrimeReport.objects.get(pk=made["Location"].split("/")[2])
    assert [one["act"] for one in report.facts["allegations"]] == ["assault"]


def test_people_and_happenings_change_and_answers_of_what_stays_are_kept():
    desk = CrimeDesk.entered(["assault"])
    question = next(one for one in desk.work().to_ask if one.about == "allegation:a1")
    desk.answer(question.key, "no")
    sent = form_of(
        ["damage"], parties=({"label": "v1", "age": "31"}, {"label": "o1", "role": "offender"}, {"label": "v2"})
    )
    sent |= {
        "a-a1-victims": ["v1", "v2"],
        "a-a1-offenders": ["o1"],
        "a-a1-on": sent["on"],
        "revision": desk.refresh().revision,
    }
    assert desk.client.post(desk.url("details"), sent).status_code == 302
    facts = desk.refresh().facts
    assert [(one["id"], one["act"], one["victims"]) for one in facts["allegations"]] == [
        ("a1", "assault", ["v1", "v2"]),
        ("a2", "damage", ["v1", "v2"]),
    ]
    assert facts["allegations"][0]["facts"] == {question.fact: "no"}
    assert facts["parties"][0]["age"] == 31


def test_taking_a_person_out_takes_them_out_of_what_happened():
    desk = CrimeDesk.entered(
        ["assault"], parties=({"label": "v1"}, {"label": "v2"}, {"label": "o1", "role": "offender"})
    )
    sent = form_of([], parties=({"label": "v1"}, {"label": "v2"}, {"label": "o1", "role": "offender"}))
    sent |= {
        "p1-remove": "yes",
        "a-a1-victims": ["v1", "v2"],
        "a-a1-offenders": ["o1"],
        "revision": desk.report.revision,
    }
    assert desk.client.post(desk.url("details"), sent).status_code == 302
    assert desk.refresh().facts["allegations"][0]["victims"] == ["v1"]
    assert [one["id"] for one in desk.report.facts["parties"]] == ["v1", "o1"]


def test_deciding_again_needs_a_reason_keeps_the_old_version_and_replaces_its_crimes():
    desk = CrimeDesk.entered().recorded()
    first = desk.report.current
    desk.post("reopen")
    desk.post("change-answer", {"about": "allegation:a1", "fact": "injury"})
    desk.answer("allegation:a1|injury", "serious")
    desk.answer_all()
    desk.post("record")
    assert desk.refresh().current_id == first.pk
    desk.post("record", {"reason": "X-ray shows a fracture"})
    second = desk.refresh().current
    assert (second.number, second.reason) == (2, "X-ray shows a fracture")
    assert not first.crimes.filter(stands=True).exists()
    assert second.crimes.get().code == "008/01"  # wounding or inflicting grievous bodily harm, p42
    old = desk.client.get(desk.url("version", 1)).content.decode()
    assert "no longer stands" in old
    assert "8N 008/06" in old


def test_versions_are_never_the_same_number():
    desk = CrimeDesk.entered().recorded()
    assert list(DecisionVersion.objects.filter(report=desk.report).values_list("number", flat=True)) == [1]
    again = desk.post("record")
    assert again.status_code == 400  # decided already: the facts do not change, and nothing is recorded twice
    assert DecisionVersion.objects.filter(report=desk.report).count() == 1


def test_words_are_kept_apart_and_erased_for_good():
    desk = CrimeDesk.entered(narrative="She said it was the man from number 9.")
    desk.recorded()
    assert "number 9" not in bytes(desk.report.current.proposal).decode()
    assert "number 9" not in str(desk.report.facts)
    before = last_entry()
    desk.post("narrative", {"erase": "yes"})
    assert desk.refresh().narrative == ""
    assert Operation.ERASURE in [row.entry.operation for row in entries_since(before)]
    assert "was erased on" in desk.client.get(desk.url("report")).content.decode()


def test_duties_are_ticked_by_name_and_the_tick_can_be_taken_away():
    desk = CrimeDesk.entered(["damage"]).recorded({**ORDINARY, "damage_owner": "own"})
    page = desk.client.get(desk.url("report")).content.decode()
    key = page.split('name="duty" value="')[1].split('"')[0]
    desk.post("duty", {"duty": key})
    assert desk.report.current.duties_done.get().by == desk.user
    desk.post("duty", {"duty": key, "done": "no"})
    assert not desk.report.current.duties_done.exists()
    assert desk.post("duty", {"duty": "made-up"}).status_code == 404


def test_a_report_from_before_any_edition_is_refused_at_its_field():
    client = signed_in(make_user("crime-recorder"))
    answer = client.post(
        reverse("desk_crime:new"), {**form_of(["assault"]), "received_at": "2019-05-01T10:00", "on": ""}
    )
    assert answer.status_code == 422
    assert "received_at" in answer.content.decode()


def test_time_at_work_is_counted_with_long_pauses_cut_short():
    desk = CrimeDesk.entered(["assault"])
    CrimeReport.objects.filter(pk=desk.report.pk).update(active_ms=0, touched_at=timezone.now() - timedelta(hours=9))
    desk.client.get(desk.url("form"))
    assert desk.refresh().active_ms == 5 * 60 * 1000
    before = desk.report.active_ms
    desk.client.get(desk.url("form"))
    assert before <= desk.refresh().active_ms < before + 60_000


def test_every_look_and_change_is_in_the_access_log_by_the_id_of_the_report():
    before = last_entry()
    desk = CrimeDesk.entered(["assault"])
    desk.client.get(desk.url("form"))
    desk.answer(desk.work().to_ask[0].key, "no")
    desk.client.get(desk.url("report"))
    rows = [row.entry for row in entries_since(before) if row.entry.operation is not Operation.SIGN_IN]
    assert {row.object_ref for row in rows} == {f"crimereport/{desk.report.pk}"}
    assert [row.operation for row in rows] == [
        Operation.COLLECTION, Operation.CONSULTATION, Operation.ALTERATION, Operation.CONSULTATION,
    ]  # fmt: skip


def test_a_report_left_in_the_queue_belongs_to_nobody_until_somebody_takes_it():
    desk = CrimeDesk.entered(["assault"])
    desk.post("put-back")
    assert (desk.refresh().assigned_to, desk.report.state) == (None, CrimeReport.State.OPEN)
    other = make_user("crime-recorder")
    assert signed_in(other).post(desk.url("assign")).status_code == 302
    assert desk.refresh().assigned_to == other


def test_the_same_answer_for_everything_that_happened_is_one_press():
    desk = CrimeDesk.entered()
    for _ in range(30):
        question = desk.work().to_ask[0]
        if question.others:
            break
        desk.answer(question.key, ORDINARY.get(question.fact, "no"))
    page = desk.client.get(desk.url("form")).content.decode()
    assert "The same for the" in page
    alike = [one.key for one in desk.work().to_ask if one.fact == question.fact]
    value = ORDINARY.get(question.fact, "no")
    desk.post("answer", {f"answer-{question.key}": value, "only": "yes", "same": "yes"})
    assert not {one.key for one in desk.work().to_ask} & set(alike)
    facts = {one["id"]: one["facts"] for one in desk.refresh().facts["allegations"]}
    for key in alike:
        about, _, fact = key.partition("|")
        assert facts[about.removeprefix("allegation:")][fact] == value
    desk.post("undo")  # one press, one step back
    assert set(alike) <= {one.key for one in desk.work().to_ask}


def test_facts_that_contradict_are_refused_where_they_were_given_and_nothing_changes():
    desk = CrimeDesk.entered(["conduct"])
    facts = put_fact(desk.report.facts, "allegation:a1", "personally_connected", "no")
    CrimeReport.objects.filter(pk=desk.report.pk).update(facts=facts)
    desk.answer("allegation:a1|course_of_conduct", "yes")
    key = "relationship:v1/o1|former_partner"
    while key not in [one.key for one in desk.work().to_ask]:
        desk.answer(desk.work().to_ask[0].key, "no")
    before = desk.refresh().facts
    answer = desk.answer(key, "yes")
    assert answer.status_code == 422
    [fault] = faults_in(answer.content.decode())
    assert "contradict" in fault
    assert "rules p54" in fault
    assert desk.refresh().facts == before


def test_only_the_first_decision_on_a_report_gives_hours_back():
    desk = CrimeDesk.entered().recorded()
    first = desk.report.current
    desk.post("reopen")
    desk.post("change-answer", {"about": "allegation:a1", "fact": "injury"})
    desk.answer("allegation:a1|injury", "wound")
    desk.answer_all()
    desk.post("record", {"reason": "The skin was broken"})
    assert first.ledger_row is not None
    assert desk.refresh().current.number == 2
    assert desk.report.current.ledger_row is None


def test_a_busy_ledger_never_costs_a_decision(monkeypatch):
    def busy(*_args, **_named):
        raise LedgerBusy("The ledger is busy.", where="here", do="try again")

    monkeypatch.setattr("backbeat.station.desk_crime.engine.write_ledger", busy)
    desk = CrimeDesk.entered(["assault"]).recorded()
    assert desk.report.state == CrimeReport.State.DECIDED
    assert desk.report.current.ledger_row is None
