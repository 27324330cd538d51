"""The queue: order, filters, clocks in words, and the same number of queries however many reports there are."""

import time
from datetime import timedelta

import pytest
from crime_desk import CrimeDesk, reference
from django.urls import reverse
from django.utils import timezone
from station_django import fresh, make_user, signed_in

from backbeat.station.accounts.models import Unit
from backbeat.station.desk_crime.clocks import clock_of
from backbeat.station.desk_crime.models import CrimeReport
from backbeat.station.desk_crime.work import work_for

MANY = 10_000
NOW = timezone.now()


def reports(count: int, user, unit=None, **fields):
    def received(number: int):
        return NOW - timedelta(minutes=number % 3000)

    return CrimeReport.objects.bulk_create(
        [
            CrimeReport(
                **{
                    "reference": reference(),
                    "received_at": received(number),
                    "deadline": received(number) + timedelta(hours=24),
                    "force": "exampleshire",
                    "unit": unit,
                    "state": CrimeReport.State.OPEN,
                    "created_by": user,
                    **fields,
                }
            )
            for number in range(count)
        ],
        batch_size=500,
    )


@pytest.mark.parametrize(
    ("hours", "state", "level", "words"),
    [
        (1, "open", "green", "23 h 00 min left"),
        (17.99, "draft", "green", "6 h 00 min left"),
        (18, "open", "amber", "Due soon: 6 h 00 min left"),
        (23.99, "referred", "amber", "Due soon: 0 h 00 min left"),
        (24, "open", "red", "Overdue by 0 h 00 min"),
        (24.5, "referred", "red", "Overdue by 0 h 30 min"),
        (100, "open", "red", "Overdue by 3 d 4 h"),
        (100, "decided", "done", "Recorded"),
    ],
)
def test_the_clock_says_in_words_how_long_is_left(hours, state, level, words):
    received = NOW - timedelta(hours=hours)
    clock = clock_of(CrimeReport(state=state, received_at=received, deadline=received + timedelta(hours=24)), NOW)
    assert (clock.level, clock.words) == (level, words)
    assert clock.icon


def test_what_stands_outside_the_clock_is_never_overdue():
    clock = clock_of(CrimeReport(state="open", received_at=NOW - timedelta(days=9), deadline=None), NOW)
    assert (clock.level, clock.words) == ("none", "Outside the 24 hours")


def test_ten_thousand_reports_are_as_many_queries_as_ten_and_quick(django_queries):
    user = make_user("crime-recorder", unit=fresh("unit"))
    client = signed_in(user)
    unit = Unit.objects.get(pk=user.unit_id)
    reports(10, user, unit)
    client.get(reverse("desk_crime:queue"))
    with django_queries() as few:
        client.get(reverse("desk_crime:queue"))
    reports(MANY, user, unit, assigned_to=user)
    counts, spent = set(), []
    for query in ("", "?whose=mine", "?whose=unit&state=overdue", "?state=soon", "?state=referred", "?page=150"):
        with django_queries() as many:
            began = time.perf_counter()
            answer = client.get(reverse("desk_crime:queue") + query)
            spent.append(time.perf_counter() - began)
        assert answer.status_code == 200
        counts.add(len(many))
    assert max(counts) <= len(few)
    assert sorted(spent)[len(spent) // 2] < 0.5
    began = time.perf_counter()
    items = list(work_for(user))
    assert time.perf_counter() - began < 0.5
    dues = [item.due for item in items]
    assert dues == sorted(dues)
    assert len(items) == 20


def test_the_nearest_deadline_comes_first_and_what_has_none_last():
    user = make_user("call-handler", unit=fresh("unit"))
    late, soon = (
        reports(1, user, deadline=NOW + timedelta(hours=9)),
        reports(1, user, deadline=NOW + timedelta(hours=1)),
    )
    never = reports(1, user, deadline=None)
    page = signed_in(user).get(reverse("desk_crime:queue")).content.decode()
    places = [page.index(made[0].reference) for made in (soon, late, never)]
    assert places == sorted(places)


def test_filters_show_what_they_say():
    user = make_user("call-handler", unit=fresh("unit"))
    client = signed_in(user)
    [mine] = reports(1, user, assigned_to=user)
    [free] = reports(1, user)
    [referred] = reports(1, user, state="referred")
    [overdue] = reports(1, user, deadline=NOW - timedelta(hours=1))
    [decided] = reports(1, user, state="decided")

    def shown(**query: str) -> set[str]:
        page = client.get(reverse("desk_crime:queue"), query).content.decode()
        return {one.reference for one in (mine, free, referred, overdue, decided) if one.reference in page}

    assert shown() == {mine.reference, free.reference, referred.reference, overdue.reference}
    assert shown(whose="mine") == {mine.reference}
    assert shown(whose="free", state="overdue") == {overdue.reference}
    assert shown(state="referred") == {referred.reference}
    assert shown(state="decided") == {decided.reference}
    assert shown(whose="unit") == set()  # they were entered without a unit
    assert shown(whose="nonsense", state="nonsense") == shown()


def test_a_reference_is_looked_up_without_standing_in_an_address():
    desk = CrimeDesk.entered(["assault"])
    find = reverse("desk_crime:find")
    answer = desk.client.post(find, {"reference": desk.report.reference.lower()})
    assert (answer.status_code, answer["Location"]) == (302, desk.url("report"))
    assert "No report you may see" in desk.client.post(find, {"reference": "no such thing"}).content.decode()
    outsider = signed_in(make_user("call-handler"))
    assert desk.report.reference not in outsider.post(find, {"reference": "INC"}).content.decode()


def test_the_home_page_lists_what_is_mine_with_its_deadline():
    desk = CrimeDesk.entered(["assault"])
    page = desk.client.get("/").content.decode()
    assert desk.report.reference in page
    assert desk.url("form") in page
    assert "due " in page
