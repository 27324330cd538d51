"""Recording after the 24 hours: a rationale, kept with the version, and the registrar's oversight (rules p10)."""

from datetime import timedelta

import pytest
from crime_desk import CrimeDesk, faults_in
from django.urls import reverse
from django.utils import timezone
from station_django import make_user, signed_in

from backbeat.station.desk_crime import ruling

WHY = "The victim was in surgery; the call was found in the morning."


def entered(hours: float) -> CrimeDesk:
    desk = CrimeDesk.entered(["assault"], at=timezone.now() - timedelta(hours=hours))
    desk.answer_all()
    return desk


@pytest.fixture
def late():
    desk = entered(30)
    desk.post("record", {"rationale": WHY})
    desk.refresh()
    return desk


def queue_of(user) -> str:
    return " ".join(signed_in(user).get(reverse("desk_crime:registrar")).content.decode().split())


def test_in_time_nobody_is_asked_for_a_rationale_and_none_is_kept():
    desk = entered(23)
    assert 'name="rationale"' not in desk.client.get(desk.url("form")).content.decode()
    desk.post("record", {"rationale": "Not late at all"})
    assert desk.refresh().current.late_rationale == ""
    assert ruling.late_version(desk.report) is None


def test_late_recording_needs_a_rationale_and_keeps_what_was_typed():
    desk = entered(30)
    page = desk.client.get(desk.url("form")).content.decode()
    assert "Why is it recorded late?" in page
    assert "Oversee the delayed recording" in page
    refused = desk.post("record", {"rationale": "  ", "disputed": "yes", "dispute": "The bruise is older."})
    assert refused.status_code == 422
    assert "Say why it is recorded late" in faults_in(refused.content.decode())[0]
    assert "The bruise is older.</textarea>" in refused.content.decode()
    assert desk.refresh().current is None


def test_the_rationale_stays_with_the_version_and_its_duties_appear(late):
    assert late.report.current.late_rationale == WHY
    page = late.client.get(late.url("report")).content.decode()
    for words in ("Recorded late", WHY, "Write down a rationale", "Waits for the registrar", "rules p10"):
        assert words in page


def test_the_registrar_oversees_it_once_and_independently(late):
    registrar = make_user("force-crime-registrar")
    row = queue_of(registrar)
    assert late.report.reference in row
    assert WHY in row
    assert "I have overseen" in signed_in(registrar).get(late.url("report")).content.decode()
    assert late.post("oversee").status_code == 403
    for _ in range(2):
        assert signed_in(registrar).post(late.url("oversee")).status_code == 302
    assert late.report.current.duties_done.get(key=ruling.OVERSIGHT).by == registrar
    assert late.report.reference not in queue_of(registrar)
    assert f"Overseen by {registrar}" in late.client.get(late.url("report")).content.decode()


def test_who_recorded_it_does_not_oversee_it():
    both = make_user("crime-recorder", "force-crime-registrar")
    desk = CrimeDesk.entered(["assault"], user=both, at=timezone.now() - timedelta(hours=30))
    desk.answer_all()
    desk.post("record", {"rationale": WHY})
    refused = desk.post("oversee")
    assert refused.status_code == 400
    assert "crime.not-independent" in refused.content.decode()


def test_a_report_in_time_has_nothing_to_oversee():
    desk = entered(1)
    desk.post("record")
    answer = signed_in(make_user("force-crime-registrar")).post(desk.url("oversee"))
    assert answer.status_code == 400
    assert "was not recorded late" in answer.content.decode()


def test_deciding_again_is_not_late_recording(late):
    late.post("reopen")
    assert 'name="rationale"' not in late.client.get(late.url("form")).content.decode()
    late.post("record", {"reason": "The doctor has called"})
    report = late.refresh()
    assert (report.current.number, report.current.late_rationale) == (2, "")
    # Oversight of the first version is still due.
    assert report.reference in queue_of(make_user("force-crime-registrar"))


def test_a_report_outside_the_clock_is_never_late():
    desk = CrimeDesk.entered(["assault"], at=timezone.now() - timedelta(hours=80))
    desk.answer_all({"police_on_duty_complaint": "yes", "authority_decided": "not-yet"})
    assert desk.refresh().deadline is None
    assert 'name="rationale"' not in desk.client.get(desk.url("form")).content.decode()
