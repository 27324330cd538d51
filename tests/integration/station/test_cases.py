"""Cases and people through the real web path, on both databases."""

import re

import pytest
from station_fixtures import STAFF
from station_server import running_station


def test_a_supervisor_decides_who_belongs_to_a_case(station):
    amy, sue, olly = (station.signed_in(name) for name in ("amy", "sue", "olly"))
    case = station.open_case(amy, "42/CS/1")
    assert olly.get(f"/cases/{case}/").status_code == 403
    page = sue.get(f"/cases/{case}/members/").text
    user = re.search(r'<option value="([0-9a-f-]{36})">PC 77 Brandt', page)[1]
    assert sue.submit(f"/cases/{case}/members/", {"user": user}).status_code == 302
    assert olly.get(f"/cases/{case}/").status_code == 200
    removal = f"/cases/{case}/members/{user}/remove/"
    assert sue.submit(removal, page=f"/cases/{case}/members/").status_code == 302
    assert olly.get(f"/cases/{case}/").status_code == 403


def test_people_are_entered_changed_and_taken_off(station):
    amy = station.signed_in("amy")
    case = station.open_case(amy, "42/CS/2")
    people = f"/cases/{case}/people/"
    data = {"name": "Ivor Penhallow", "role": "suspect", "aliases": "Ive\n\n Penny ", "detail_phone": "07700 900111"}
    assert amy.submit(f"{people}add/", data).status_code == 302
    assert amy.submit(f"{people}add/", {"name": "", "role": "witness"}).status_code == 200
    page = amy.get(people).text
    assert "Ive, Penny" in page
    person = re.search(rf"{people}([0-9a-f-]{{36}})/", page)[1]
    assert "07700 900111" in amy.get(f"{people}{person}/").text
    assert amy.submit(f"{people}{person}/", {**data, "role": "witness"}).status_code == 302
    assert "Witness" in amy.get(people).text
    assert amy.submit(f"{people}{person}/remove/").status_code == 302
    assert "Penhallow" not in amy.get(people).text


def test_register_ids_count_up_and_are_not_given_twice(station):
    printed = station.shell(
        "from backbeat.station.accounts.models import User\n"
        "from backbeat.station.cases import services\n"
        "amy = User.objects.get(username='amy')\n"
        "case = services.open_case(amy, reference='42/CS/3', title='x')\n"
        "ids = [services.add_person(amy, case, names=['A B'], role='witness').register_id for _ in range(2)]\n"
        "ids.append(services.add_person(amy, case, names=['C D'], role='child', register_id='P9').register_id)\n"
        "ids.append(services.add_person(amy, case, names=['E F'], role='officer').register_id)\n"
        "print(ids, case.people.first().as_register_entry().role)\n"
        "from backbeat.errors import UserError\n"
        "try: services.add_person(amy, case, names=['G H'], role='witness', register_id='P9')\n"
        "except UserError as error: print(error.where)\n"
    )
    assert printed.splitlines() == ["['P1', 'P2', 'P9', 'P10'] witness", "the case's register"]


def test_a_search_looks_at_references_titles_people_and_file_names(station):
    amy = station.signed_in("amy")
    case = station.open_case(amy, "42/CS/4", "Missing accordion")
    amy.submit(f"/cases/{case}/people/add/", {"name": "Oda Tremaine", "role": "victim", "aliases": "Odd"})
    station.upload(amy, case, ("interview notes.txt", b"words"))
    for words in ("cs/4", "ACCORDION", "tremaine", "odd", "interview"):
        assert "42/CS/4" in amy.submit("/cases/search/", {"words": words}, page="/cases/").text, words
    assert "No case of yours matches" in amy.submit("/cases/search/", {"words": "zzz"}, page="/cases/").text
    assert "at least 2 characters" in amy.submit("/cases/search/", {"words": "z"}, page="/cases/").text


def test_hours_are_shown_only_with_their_grade(station):
    station.shell(
        "from django.conf import settings\n"
        "from backbeat.ledger import Ledger, Measured, TaskRecord, baselines, pseudonymous_actor\n"
        "base = next(b for b in baselines().values() if b.desk == 'redaction')\n"
        "Ledger.open(settings.INSTALLATION).append([TaskRecord(\n"
        "  desk=base.desk, kind=base.kind, unit=base.unit, units=30, active_ms=600000, review_ms=60000, rework_ms=0,\n"
        "  machine_ms=1000, measured=Measured.INSTRUMENTED, baseline=base.id, software='0.1.0',\n"
        "  actor=pseudonymous_actor(settings.INSTALLATION, 'amy'))])\n"
    )
    amy = station.signed_in("amy")
    for url in ("/", "/hours/"):
        page = amy.get(url).text
        assert re.search(r"<dd>\s*-?\d+ h \d\d min</dd>", page)
        assert re.search(r"<dd>(Low|Moderate|High)</dd>", page)
        assert "Not yet estimated" in page


@pytest.mark.parametrize("database", ["postgresql"])
def test_the_same_pages_on_postgresql(database, tmp_path, postgres_url):
    with running_station(tmp_path, database_url=postgres_url) as station:
        station.add_users(STAFF)
        amy = station.signed_in("amy")
        case = station.open_case(amy, "42/PG/1")
        assert station.upload(amy, case, ("a.txt", b"some words")).status_code == 302
        again = station.upload(amy, case, ("b.txt", b"some words"))
        assert again.status_code == 422
        assert amy.submit(f"/cases/{case}/people/add/", {"name": "A Name", "role": "witness"}).status_code == 302
        assert "42/PG/1" in amy.submit("/cases/search/", {"words": "a name"}, page="/cases/").text
        for url in ("/", "/cases/", f"/cases/{case}/", f"/cases/{case}/evidence/", "/hours/"):
            assert amy.get(url).status_code == 200, station.logs()
        auditor = station.signed_in("audrey")
        assert "Whole" in auditor.submit("/access-log/verify/", page="/access-log/").text
