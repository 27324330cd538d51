"""Audit: what is drawn, who may check it, and what comes out."""

from datetime import timedelta

import pytest
from crime_desk import CrimeDesk, faults_in
from django.urls import reverse
from django.utils import timezone
from station_django import make_user, signed_in

from backbeat.station.desk_crime import auditing
from backbeat.station.desk_crime.models import AuditSample


@pytest.fixture(scope="module")
def decided():
    """Three decided reports: two of assault, one of theft from the person."""
    return [CrimeDesk.entered(acts).recorded() for acts in (["assault"], ["assault", "damage"], ["theft"])]


def draw(user, **given):
    wanted = {
        "title": "A check",
        "size": 500,
        "first_day": timezone.localdate() - timedelta(days=1),
        "last_day": timezone.localdate(),
        "by_class": False,
        "class_name": "",
        "blind": False,
        **given,
    }
    return auditing.draw_sample(user, **wanted)


def test_a_sample_holds_decisions_that_stand_and_the_seed_draws_it_again(decided):
    user = make_user("force-crime-registrar")
    first = draw(user, size=2, seed="abc")
    again = draw(user, size=2, seed="abc")
    assert [item.version_id for item in first.items.all()] == [item.version_id for item in again.items.all()]
    whole = draw(user)
    drawn = {item.version_id for item in whole.items.all()}
    assert {desk.report.current_id for desk in decided} <= drawn
    assert whole.population == whole.size == len(drawn)


def test_a_class_and_strata_draw_only_what_has_them(decided):
    user = make_user("force-crime-registrar")
    assaults = {item.version_id for item in draw(user, class_name="8N").items.all()}
    assert decided[0].report.current_id in assaults
    assert decided[2].report.current_id not in assaults
    strata = {(item.version_id, item.stratum) for item in draw(user, by_class=True).items.all()}
    assert (decided[2].report.current_id, "39") in strata


def test_there_is_nothing_to_draw_from_an_empty_period():
    client = signed_in(make_user("auditor"))
    sent = {"title": "None", "size": 5, "first_day": "2020-01-01", "last_day": "2020-01-31"}
    answer = client.post(reverse("desk_crime:audits"), sent)
    assert answer.status_code == 422
    assert "nothing to draw" in answer.content.decode()
    assert (
        "before the first"
        in client.post(reverse("desk_crime:audits"), {**sent, "last_day": "2019-01-01"}).content.decode()
    )


def item_of(sample: AuditSample, desk: CrimeDesk):
    return sample.items.get(version=desk.report.current)


def test_a_blind_reviewer_sees_the_record_only_after_deciding(decided):
    user = make_user("auditor")
    client = signed_in(user)
    item = item_of(draw(user, blind=True), decided[0])
    url = reverse("desk_crime:item", args=[item.sample_id, item.number])
    before = client.get(url).content.decode()
    assert "What is the worst injury" in before
    assert "008/06" not in before.replace("such as 8N 008/06", "")
    wrong = client.post(url, {"lines": "nonsense"})
    assert wrong.status_code == 422
    assert "Line 1 is not written" in faults_in(wrong.content.decode())[0]
    unexplained = client.post(url, {"lines": "8N 008/06 x 2"})
    assert "Say what is wrong" in faults_in(unexplained.content.decode())[0]
    assert "8N 008/06 x 2</textarea>" in unexplained.content.decode()
    assert client.post(url, {"lines": "8N 008/06"}).status_code == 302
    item.refresh_from_db()
    assert (item.should, item.class_right, item.reviewer) == (1, True, user)
    assert "Right" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("lines", "should", "class_right"),
    [
        ([("8N", "008/06", 1)], 1, True),
        ([("8N", "008/06", 2)], 2, True),  # one too few is not a wrong class too
        ([("8N", "008/06", 1), ("58D", "149/00", 1)], 2, True),
        ([], 0, True),
        ([("105A", "105/01", 1)], 1, False),
    ],
)
def test_what_a_reviewer_would_record_is_held_against_the_record(decided, lines, should, class_right):
    user = make_user("auditor")
    item = auditing.review(user, item_of(draw(user, blind=True), decided[1]), lines=lines, note="page 14")
    assert (item.should, item.class_right) == (should, class_right)


def test_marks_make_an_error_rate_with_its_interval(decided):
    user = make_user("auditor")
    client = signed_in(user)
    sample = draw(user, class_name="")
    marks = (
        (decided[0], 1, "yes", ""),
        (decided[1], 3, "yes", "two missing, p14"),
        (decided[2], 0, "yes", "no crime, p7"),
    )
    for desk, should, right, note in marks:
        item = item_of(sample, desk)
        url = reverse("desk_crime:item", args=[sample.pk, item.number])
        assert client.post(url, {"should": should, "class_right": right, "note": note}).status_code == 302
    whole, parts = auditing.results(sample)
    assert (whole.items, whole.errors, whole.under_crimes, whole.over_crimes) == (3, 2, 2, 1)
    assert parts == []
    page = client.get(reverse("desk_crime:sample", args=[sample.pk])).content.decode()
    for words in ("66.7 %", "20.8 % to 93.9 % (Wilson)", "9.4 % to 99.2 % (exact)", "2 too few", "1 too many"):
        assert words in page
    assert "Say how many crimes" in client.post(url, {"should": "x", "class_right": "yes"}).content.decode()
    assert "Say whether every class" in client.post(url, {"should": "1"}).content.decode()


def test_who_recorded_a_report_does_not_audit_it():
    both = make_user("crime-recorder", "force-crime-registrar")
    desk = CrimeDesk.entered(["assault"], user=both).recorded()
    item = item_of(draw(both), desk)
    url = reverse("desk_crime:item", args=[item.sample_id, item.number])
    assert "a colleague checks it" in desk.client.get(url).content.decode()
    assert "crime.not-independent" in desk.client.post(url, {"should": 1, "class_right": "yes"}).content.decode()
