"""Reports in from a file, whole or not at all; recorded crimes out to one."""

import csv
import json
from datetime import timedelta

import pytest
from crime_desk import CrimeDesk, reference
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from station_django import entries_since, fresh, last_entry, make_user, signed_in

from backbeat.crime.importing import template
from backbeat.ledger import Operation
from backbeat.station.accounts.models import Unit
from backbeat.station.desk_crime.exchange import take_in
from backbeat.station.desk_crime.models import CrimeReport

URL = "/crime/import/"


def document(name: str, **more: object) -> dict[str, object]:
    at = (timezone.now() - timedelta(hours=2)).isoformat(timespec="seconds")
    head = {"reference": name, "received_at": at, "force": "exampleshire"}
    allegation = {"id": "a1", "act": "assault", "victims": ["v1"], "offenders": []}
    return {
        "format": "backbeat.crime.facts/1",
        "report": head,
        "parties": [{"id": "v1"}],
        "allegations": [allegation],
        **more,
    }


def send(client, content: bytes | str, name: str = "reports.json", **more: object):
    content = content.encode() if isinstance(content, str) else content
    return client.post(URL, {"file": SimpleUploadedFile(name, content), **more})


@pytest.fixture
def client():
    return signed_in(make_user("crime-recorder", unit=fresh("unit")))


def test_a_file_of_reports_waits_in_the_queue_with_clocks_running(client):
    unit = Unit.objects.create(name=fresh("unit"))
    names = [reference(), reference()]
    before = last_entry()
    sent = [document(names[0], unit=unit.name, narrative="Told in words."), document(names[1])]
    answer = client.post(URL, {"file": SimpleUploadedFile("reports.json", json.dumps(sent).encode())}, follow=True)
    assert "2 reports taken in" in answer.content.decode()
    first = CrimeReport.objects.get(reference=names[0])
    assert (first.state, first.unit, first.narrative) == (CrimeReport.State.OPEN, unit, "Told in words.")
    assert first.deadline == first.received_at + timedelta(hours=24)
    assert first.questions_open > 0
    assert first.assigned_to is None
    assert [row.entry.object_ref for row in entries_since(before)][-2:].count("crime-import") == 1
    desk = CrimeDesk(first.created_by, client, first)
    assert desk.client.get(desk.url("form")).status_code == 200


def test_the_template_is_a_file_that_is_taken_in(client):
    text = client.get(reverse("desk_crime:template")).content.decode()
    assert text == template()
    name = reference()
    text = text.replace("INC/2026/0001", name).replace("North", "")
    assert send(client, text, "filled.csv").status_code == 302
    facts = CrimeReport.objects.get(reference=name).facts
    assert [one["act"] for one in facts["allegations"]] == ["assault", "damage"]


def test_one_fault_keeps_the_whole_file_out_and_every_fault_is_named(client):
    good, bad = document(reference()), document(reference())
    bad["allegations"][0] |= {"act": "flying", "victims": ["v9"], "facts": {"shoe_size": 9}}
    page = send(client, json.dumps([good, bad])).content.decode()
    for words in ("Nothing was taken in", "names v9, who is not among the parties", "no rule asks for it", "flying"):
        assert (words in page) is (words != "flying")  # what was given is not repeated
    assert not CrimeReport.objects.filter(
        reference__in=[good["report"]["reference"], bad["report"]["reference"]]
    ).exists()


def test_a_reference_that_is_here_is_refused_or_skipped_as_asked(client):
    old, new = reference(), reference()
    send(client, json.dumps(document(old)))
    both = json.dumps([document(old), document(new)])
    refused = send(client, both)
    assert refused.status_code == 422
    assert "is the reference of a report that is here already" in refused.content.decode()
    assert not CrimeReport.objects.filter(reference=new).exists()
    skipped = client.post(URL, {"file": SimpleUploadedFile("r.json", both.encode()), "known": "skip"}, follow=True)
    page = skipped.content.decode()
    assert "1 report taken in" in page
    assert f"here before: {old}" in page
    assert CrimeReport.objects.filter(reference=old).count() == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("reports.xlsx", b"PK", "Only CSV, JSON and JSON lines"),
        ("reports.csv", b"\xff\xfe", "not UTF-8"),
        ("reports.json", b"x" * ((10 << 20) + 1), "Choose a file of at most 10 MiB"),
        ("reports.json", json.dumps(document("R-unit", unit="Nowhere")).encode(), "is no unit of this station"),
        ("reports.json", b"[]", "the file holds no report"),
    ],
)
def test_what_cannot_be_read_is_said(client, name, content, words):
    answer = send(client, content, name)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_no_file_is_asked_for(client):
    assert "Choose a file" in client.post(URL, {}).content.decode()


def test_what_is_refused_writes_no_file_of_a_report_and_no_half_of_one():
    user = make_user("crime-recorder")
    before = CrimeReport.objects.count()
    fate = take_in(user, b'{"report": 3}', kind="json", skip_known=False)
    assert fate.faults
    assert CrimeReport.objects.count() == before


def test_recorded_crimes_go_out_a_row_each_and_the_recipient_is_logged():
    desk = CrimeDesk.entered().recorded()
    before = last_entry()
    today = timezone.localdate().isoformat()
    answer = desk.client.post(
        reverse("desk_crime:export"), {"first_day": today, "last_day": today, "recipient": "Home Office"}
    )
    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))
    [row] = [row for row in rows if row["incident_reference"] == desk.report.reference]
    assert (row["home_office_class"], row["home_office_code"], row["victim"], row["victim_age"]) == (
        "8N",
        "008/06",
        "v1",
        "30",
    )
    assert row["edition"] == "hocr-2026-27"
    [entry] = [one.entry for one in entries_since(before) if one.entry.operation is Operation.DISCLOSURE]
    assert entry.purpose == "export"


def test_an_export_needs_days_in_order_and_a_recipient():
    client = signed_in(make_user("force-crime-registrar"))
    sent = {"first_day": "2026-05-02", "last_day": "2026-05-01", "recipient": ""}
    page = client.post(reverse("desk_crime:export"), sent).content.decode()
    assert "The last day is before the first" in page
    assert "Say who will receive it" in page
