"""Whether calls are about the same matter."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from triage_calls import closed, partner_leads

from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.repeats import (
    Afresh,
    Likeness,
    afresh,
    compare,
    contact_number,
    fold_name,
    fold_number,
    fold_place,
    link_to,
    search_keys,
    who,
)

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("07700 900123", "07700900123"),
        ("+44 (0)7700-900123", "07700900123"),
        ("0044 7700 900123", "07700900123"),
        ("447700900123", "07700900123"),
        ("(01632) 960 123 ext. 45", "01632960123"),
        ("01632 960123x45", "01632960123"),
        ("+1 202 555 0143", "12025550143"),  # not of this country: kept as it is
        ("withheld", ""),
        ("999", ""),
        ("", ""),
    ],
)
def test_numbers_fold(text, digits):
    assert fold_number(text) == digits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("VALE, Robin", "robin vale"),
        ("Mr Robin Vale", "Robin Vale"),
        ("Siân O’Neill", "Sian ONeill"),
        ("Anna Hart-Moss", "anna hart moss"),
    ],
)
def test_names_fold(one, other):
    assert fold_name(one) == fold_name(other) != frozenset()


@pytest.mark.parametrize("text", ["", "Unknown male", "N.K.", "the caller?", "J."])
def test_a_name_that_names_nobody_is_none(text):
    assert fold_name(text) - {"the"} == frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Flat 2, 14 Mill Rd, ex12ab", "14 mill road, flat 2, EX1 2AB"),
        ("Mill St", "the Mill Street"),
    ],
)
def test_places_fold(one, other):
    assert fold_place(one) == fold_place(other)


SAME, RELATED, NONE = Likeness.SAME, Likeness.RELATED, Likeness.NONE
VALE = ("Robin Vale", "14 Mill Road, Exampleton EX1 2AB", "07700 900123")


@pytest.mark.parametrize(
    ("other", "likeness"),
    [
        (VALE, SAME),
        (("Vale, R", "", "07700 900123"), SAME),
        (("Robyn Vale", "", ""), SAME),  # heard and spelt another way
        (("Robin James Vale", "", ""), SAME),
        (("", "14 mill rd ex1 2ab", ""), SAME),  # nobody named: nothing speaks against it
        (("", "mill road, EX1 2AB", ""), SAME),  # no house number: the same
        (("", "14 Mill Rd, Exampleton", ""), SAME),
        (("", "", "+447700900123"), SAME),
        (("Ana Duarte", "14 Mill Road, EX1 2AB", ""), RELATED),  # another person behind the same door
        (("Ana Duarte", "", "07700 900123"), RELATED),  # a ward rings about somebody else
        (("Robin", "", ""), RELATED),  # a first name alone
        (("Jo Vale", "", "07700 900123"), SAME),  # a shared family name contradicts nothing
        (("Jo Vale", "", ""), NONE),
        (("Ana Duarte", "16 Mill Road, EX1 2AB", ""), NONE),
        (("", "14 Mill Road, Exampleton EX9 9ZZ", ""), NONE),
        (("", "", ""), NONE),
    ],
)
def test_calls_compare(other, likeness):
    one, another = who(*VALE, AT), who(*other, AT + timedelta(hours=5))
    assert compare(one, another).likeness is likeness
    assert compare(another, one) == compare(one, another)


def test_what_agrees_is_said_and_a_matter_does_not_last_for_ever():
    one, another = who(*VALE, AT), who(*VALE, AT + timedelta(days=8))
    assert compare(one, another).by == ("person", "place", "number")
    assert compare(one, another).likeness is RELATED


PEOPLE = st.sampled_from(
    ("", "Robin Vale", "Robyn Vale", "R Vale", "Ana Duarte", "Vale", "Siân O'Neill", "J", "Łucja Żak")
)
PLACES = st.sampled_from(
    ("", "14 Mill Rd", "14 Mill Road, EX1 2AB", "EX1 2AB", "Exampleton Hospital ward 3", "16 Mill St")
)
PHONES = st.sampled_from(("", "07700 900123", "+44 7700 900123", "01632 960123"))


@given(PEOPLE, PLACES, PHONES, PEOPLE, PLACES, PHONES)
def test_calls_that_are_alike_are_found_by_their_keys(person, place, phone, person_2, place_2, phone_2):
    one, other = who(person, place, phone, AT), who(person_2, place_2, phone_2, AT)
    assert compare(one, other).likeness is NONE or search_keys(one) & search_keys(other)


def test_the_second_contact_is_fresh_and_the_third_goes_to_a_supervisor():
    assert contact_number([]) == 1
    assert [afresh(number) for number in (1, contact_number([1]), contact_number([1, 1]), 9)] == [
        Afresh.FIRST, Afresh.AGAIN, Afresh.SUPERVISOR, Afresh.SUPERVISOR,
    ]  # fmt: skip


def test_a_link_carries_contacts_and_promise():
    other = closed()
    other.put(h.Recontacted())
    other.put(h.Promised("told that police are coming"))
    call = partner_leads()
    call.put(link_to("c-1", other.state))
    assert call.state.contact_number == 3
    assert call.state.promise_binds
    call.put(link_to("c-1", other.state))  # linked again: counted once
    assert call.state.contact_number == 3
