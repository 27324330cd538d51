"""A ruling that names several candidates, or an offence that is none of them."""

import pytest
from crime_desk import ORDINARY, CrimeDesk, faults_in
from station_django import make_user, signed_in

from backbeat.station.desk_crime import choosing, ruling
from backbeat.station.desk_crime.models import CrimeReport

CONFLICT = {**ORDINARY, "theft_from_person": "no", "theft_place": "shop"}
"""Assault with injury and theft from a shop: the tests of page 13 disagree, and no table ranks the theft."""


@pytest.fixture
def desk():
    return CrimeDesk.entered().recorded(CONFLICT)


def send(desk, client=None, **given):
    referral = ruling.unruled(desk.refresh())[0]
    sent = {"key": referral["key"], "rationale": "Two separate things.", **given}
    return (client or signed_in(make_user("force-crime-registrar"))).post(desk.url("rule"), sent)


def candidates(desk) -> list[str]:
    return [one["label"] for one in ruling.unruled(desk.refresh())[0]["candidates"]]


def stand(desk) -> list[tuple[str, int, bool]]:
    lines = desk.refresh().crimes.filter(stands=True)
    return [(f"{one.class_name} {one.code}", one.count, one.ruled) for one in lines]


def page(desk) -> str:
    return " ".join(desk.client.get(desk.url("report")).content.decode().split())


def test_several_candidates_are_each_recorded_and_shown_in_the_decision(desk):
    labels = candidates(desk)
    assert send(desk, candidate=labels).status_code == 302
    report = desk.refresh()
    assert report.state == CrimeReport.State.DECIDED
    assert stand(desk) == [(label, 1, True) for label in labels]
    assert report.current.recorded_count == len(labels)
    [kept] = report.current.rulings
    assert kept["labels"] == labels
    assert page(desk).count('govuk-tag--green">Ruled') == len(labels)
    assert report.current.ledger_row is not None
    made = f"instead of {len(labels)}"
    assert (made in page(desk)) is (report.current.separate_count > len(labels))
    assert "instead of 1." not in page(desk)


def test_the_registrar_says_how_many_of_each(desk):
    label = candidates(desk)[0]
    assert send(desk, candidate=[label], **{f"count-{label}": "2"}).status_code == 302
    assert stand(desk) == [(label, 2, True)]
    assert f"<strong>2 × {label}</strong>" in page(desk)
    assert page(desk).count('govuk-tag--green">Ruled') == 1


def test_another_offence_is_found_by_the_search_and_recorded_with_the_reason(desk):
    client = signed_in(make_user("force-crime-registrar"))
    found = send(desk, client, search="yes", words="008/01").content.decode()
    assert 'name="other" value="008/01|8N|' in found
    assert "Two separate things.</textarea>" in found  # nothing typed is lost
    assert desk.refresh().state == CrimeReport.State.REFERRED
    value = found.split('name="other" value="')[1].split('"')[0].replace("&#x27;", "'").replace("&amp;", "&")
    assert send(desk, client, other=[value]).status_code == 302
    assert [name for name, _count, _ruled in stand(desk)] == ["8N 008/01"]
    assert "none of the candidates" in page(desk)
    assert "Two separate things." in page(desk)


def test_words_that_find_nothing_are_said_to(desk):
    assert "Nothing was found" in send(desk, search="yes", words="zzzzzz").content.decode()


def test_it_stands_when_the_same_referral_comes_up_again(desk):
    labels = candidates(desk)
    send(desk, candidate=labels)
    desk.post("reopen")
    desk.post("change-answer", {"about": "allegation:a2", "fact": "damage_5000_or_more"})
    desk.answer_all(CONFLICT)
    desk.post("record", {"reason": "The cost is known now"})
    assert stand(desk) == [(label, 1, True) for label in labels]


def test_a_ruling_made_before_it_could_name_several_still_stands(desk):
    label = candidates(desk)[0]
    send(desk, candidate=[label])
    desk.report.rulings.update(labels=[], offences=[])
    desk.post("reopen")
    desk.post("record", {"reason": "Once more"})
    assert stand(desk) == [(label, 1, True)]
    assert page(desk).count('govuk-tag--green">Ruled') == 1


def test_what_is_refused_is_said_at_its_field_and_nothing_is_ruled(desk):
    label = candidates(desk)[0]
    for given, words in (
        ({"candidate": [label], f"count-{label}": "0"}, "not a number of crimes"),
        ({"candidate": [choosing.OTHER]}, "search for the other offence"),
        ({"candidate": [label], "rationale": " "}, "rationale is missing"),
    ):
        answer = send(desk, **given)
        assert answer.status_code == 422
        assert words.casefold() in faults_in(answer.content.decode())[0].casefold()
    assert not desk.report.rulings.exists()
