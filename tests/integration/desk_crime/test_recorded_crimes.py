"""Crimes already on record, put in by the form: what goes on joins them, and what is asked of them is answered."""

from crime_desk import ORDINARY, CrimeDesk, faults_in

STALKING = "195/94|8L|"
RECORD = {
    "rec-reference": "CR/26/1", "rec-offence": "008/67|8U|", "rec-victim": "v1", "rec-offenders": ["o1"],
    "rec-recorded_on": "2026-10-01", "rec-last_incident_on": "2026-10-01",
}  # fmt: skip


def sent(desk: CrimeDesk, **more: object):
    people = {
        "p0-label": "v1", "p0-role": "victim", "p0-age": "30", "p0-sex": "female", "p1-label": "o1",
        "p1-role": "offender", "p1-age": "40", "a-a1-victims": ["v1"],
        "a-a1-offenders": ["o1"], "a-a1-on": "2026-11-01",
    }  # fmt: skip
    return desk.post("details", {**people, **more})


def test_an_offence_is_found_by_search_and_nothing_typed_is_lost():
    desk = CrimeDesk.entered(["conduct"])
    answer = sent(desk, **{"search": "recorded", "rec-words": "8U", "rec-reference": "CR/26/1"})
    page = answer.content.decode()
    assert 'name="rec-offence" value="' in page
    assert 'value="CR/26/1"' in page


def test_what_is_missing_is_said_at_its_field():
    desk = CrimeDesk.entered(["conduct"])
    answer = sent(desk, **{"rec-reference": "CR/26/1"})
    assert answer.status_code == 422
    told = " ".join(faults_in(answer.content.decode()))
    assert "pick it" in told
    assert "a day that exists" in told


def test_a_course_of_conduct_that_goes_on_joins_the_crime_on_record_and_its_questions_are_answered():
    desk = CrimeDesk.entered(["conduct"])
    assert sent(desk, **RECORD).status_code == 302
    said = desk.answer_all({**ORDINARY, "course_of_conduct": "yes", "former_partner": "yes"})
    about_record = [key for key, _value in said if key.startswith("recorded:CR/26/1|")]
    assert about_record
    joined = [one for one in desk.work().proposal.plain["not_counted"] if one["under"].endswith("CR/26/1")]
    assert joined, desk.work().proposal.plain["not_counted"]
    assert sent(desk, **{"rec-remove": "CR/26/1"}).status_code == 302
    assert desk.refresh().facts["recorded"] == []
