"""Reading documents: what is found, refused, kept when read again, and what happens when the work stops."""

import pytest
from desk_cases import NOTE, DeskCase, work
from django.conf import settings
from station_django import entries_since, last_entry

from backbeat.runner import JobQueue, JobState, Worker
from backbeat.station.cases.models import Person
from backbeat.station.desk_redaction import jobs
from backbeat.station.desk_redaction.models import Preparation

PHONE = "07700 900417"


def quarantine(desk: DeskCase, kind: str) -> int:
    """Have the waiting job of the preparation fail until it is given up."""

    def fails(_context):
        raise ZeroDivisionError

    queue = JobQueue.open(settings.INSTALLATION)
    desk.refresh()
    job = int(desk.preparation.job)
    worker = Worker(queue, {kind: fails}, poll_s=0.01)
    for _ in range(200):
        if queue.get(job).state is JobState.QUARANTINED:
            return job
        with queue.engine.begin() as connection:  # failed attempts wait before the next; not in a test
            connection.exec_driver_sql("UPDATE jobs SET due_ms = 0 WHERE state = 'waiting'")
        worker.step()
    raise AssertionError("the job was never given up")


def test_documents_are_read_and_counted():
    desk = DeskCase.read()
    document = desk.document()
    assert (desk.preparation.state, document.state, document.pages) == ("review", "read", 1)
    assert desk.mention(PHONE).before.endswith("Amara Okonjo on ")
    assert desk.preparation.edition.startswith("redaction-")


def test_a_document_that_cannot_be_read_says_why_and_the_others_go_on():
    desk = DeskCase.read({"note.txt": NOTE, "broken.pdf": b"%PDF-1.7\nnothing that follows is a PDF"})
    refused = desk.document("broken.pdf")
    assert refused.state == "refused"
    overview = desk.client.get(desk.url("overview")).content.decode()
    assert refused.refusal["what"] in overview
    assert f"Next: {refused.refusal['do']}." in overview
    assert desk.client.get(desk.url("page", refused.pk, 1)).status_code == 404
    desk.decide_all()
    desk.release()
    assert desk.preparation.state == "released"
    assert [name for name in desk.bundle() if name.endswith(".pdf")] == []


def test_nothing_is_released_when_no_document_could_be_read():
    desk = DeskCase.read({"broken.pdf": b"%PDF-1.7\nnothing that follows is a PDF"})
    response = desk.post("release")
    assert response.status_code == 400
    assert "No document of this preparation could be read" in response.content.decode()


def test_decisions_and_marks_survive_a_second_reading_and_can_still_be_undone():
    desk = DeskCase.read()
    phone, document = desk.mention(PHONE), desk.document()
    desk.post("decide", {"mention": str(phone.pk), "action": "keep", "reason": "Not personal data"})
    desk.post("draw", {"words": "canal"}, document.pk, 1)
    person = Person.objects.get(case=desk.case, names__icontains="Dorian")
    response = desk.post("people", {f"role-{person.pk}": "victim"})
    assert response.status_code == 302
    work()
    desk.refresh()
    assert desk.preparation.state == "review"
    again = desk.mention(PHONE)
    assert (again.pk, again.decided, again.decided_reason, again.decided_by) == (
        phone.pk,
        "keep",
        "Not personal data",
        desk.user,
    )
    assert desk.mention("canal").decided == "redact"
    desk.post("undo")
    desk.post("undo")
    assert desk.mention("canal") is None
    assert desk.mention(PHONE).decided == ""


def test_an_unknown_person_is_added_and_what_is_theirs_becomes_theirs():
    desk = DeskCase.read({"note.txt": b"The neighbour, Mr Tobias Fenwick, can be reached on 07700 900582.\r\n"})
    page = desk.client.get(desk.url("people")).content.decode()
    assert "Tobias Fenwick" in page
    assert desk.mentions.get(kind="person").person == ""
    desk.post("people", {"name": ["Tobias Fenwick"], "new-role": ["witness"]})
    work()
    added = Person.objects.get(case=desk.case, names__icontains="Tobias")
    assert added.role == "witness"
    assert desk.mentions.get(kind="person").person == added.register_id


@pytest.mark.parametrize(
    "data", [{"name": ["Somebody"], "new-role": ["emperor"]}, {"name": [""], "new-role": ["victim"]}]
)
def test_no_role_that_is_none_and_no_person_without_a_name(data):
    desk = DeskCase.read()
    person = Person.objects.filter(case=desk.case).first()
    desk.post("people", {**data, f"role-{person.pk}": "emperor"})
    person.refresh_from_db()
    assert person.role == "witness"
    assert Person.objects.filter(case=desk.case).count() == 2
    desk.refresh()
    assert desk.preparation.scan == 0


def test_roles_do_not_change_under_a_release():
    desk = DeskCase.read()
    Preparation.objects.filter(pk=desk.preparation.pk).update(state="applying")
    person = Person.objects.filter(case=desk.case).first()
    assert desk.post("people", {f"role-{person.pk}": "victim"}).status_code == 400
    person.refresh_from_db()
    assert person.role == "witness"


def test_polling_stops_when_the_work_is_done():
    desk = DeskCase.started()
    htmx = {"HX-Request": "true"}
    waiting = desk.client.get(desk.url("status"), headers=htmx)
    assert "HX-Refresh" not in waiting.headers
    assert "hx-get" in desk.client.get(desk.url("overview")).content.decode()
    work()
    assert desk.client.get(desk.url("status"), headers=htmx).headers["HX-Refresh"] == "true"
    assert "hx-get" not in desk.client.get(desk.url("overview")).content.decode()


def test_work_that_was_given_up_says_so_and_can_be_tried_again():
    desk = DeskCase.started()
    job = quarantine(desk, "redaction.suggest")
    page = desk.client.get(desk.url("overview")).content.decode()
    assert "needs a person" in page
    assert "hx-get" not in page
    assert desk.client.get(desk.url("status"), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    before = last_entry()
    assert desk.post("try-again").status_code == 302
    queue = JobQueue.open(settings.INSTALLATION)
    assert queue.get(job).state is JobState.WAITING
    assert "try-again" in {row.entry.purpose for row in entries_since(before)}
    requeued = next(event for event in queue.history(job) if event.what == "requeued")
    assert desk.user.username not in str(requeued)
    work()
    desk.refresh()
    assert desk.preparation.state == "review"
    assert desk.post("try-again").status_code == 302  # nothing is stuck: nothing happens
    desk.refresh()
    assert (desk.preparation.state, desk.preparation.scan) == ("review", 0)


def test_a_start_cut_short_before_its_job_was_written_can_be_tried_again():
    """The web process died between the preparation and its job."""
    desk = DeskCase.read()
    Preparation.objects.filter(pk=desk.preparation.pk).update(state="reading", scan=2)
    assert "needs a person" in desk.client.get(desk.url("overview")).content.decode()
    desk.post("try-again")
    work()
    desk.refresh()
    assert desk.preparation.state == "review"


def test_an_older_reading_changes_nothing_of_a_newer_one():
    desk = DeskCase.started()
    Preparation.objects.filter(pk=desk.preparation.pk).update(scan=5)
    work()
    desk.refresh()
    assert desk.preparation.state == "reading"
    assert not desk.mentions.exists()
    assert jobs.HANDLERS
