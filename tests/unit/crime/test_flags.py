"""The crime flags: what is sure, what is open, and what can never be lost by an open fact."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbeat.crime.flags import Flags, flags
from backbeat.crime.rules import open_rules
from backbeat.rulebook import NO, UNKNOWN, YES, Edition, Fact, FactsRejected

QUIET: Mapping[str, Fact] = {
    **dict.fromkeys(
        (
            "hate_disability hate_transgender hate_race hate_religion hate_sexual_orientation metal_theft "
            "personally_connected abusive_behaviour online child_sexual_abuse child_sexual_exploitation alcohol "
            "corrosive honour_based spiking is_violence is_robbery is_sexual"
        ).split(),
        NO,
    ),
    "offence_code": "046/00",
    "offence_class": "46",
    "has_victim": YES,
    "victim_kind": "organisation",
}
COUPLE: Mapping[str, Fact] = {
    "victim_kind": "person",
    "personally_connected": YES,
    "abusive_behaviour": YES,
    "victim_age": 16,
    "offender_age": 16,
}
CABLE: Mapping[str, Fact] = {"offence_class": "49", "offence_code": "049/10", "metal_theft": YES}


@pytest.fixture(scope="module")
def edition() -> Edition:
    return open_rules().on(date(2026, 5, 1)).edition


def ids(found: Flags) -> list[str]:
    return [flag.id for flag in found.sure]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"hate_disability": YES}, ["hate", "hate-disability"]),
        ({"hate_transgender": YES, "hate_race": YES}, ["hate", "hate-transgender", "hate-race"]),
        ({"hate_sexual_orientation": YES}, ["hate", "hate-sexual-orientation"]),
        ({"hate_religion": YES, "hate_religion_of": "muslim"}, ["hate", "hate-religion", "religion-muslim"]),
        # p27: Unknown is one of the flags for the religion.
        ({"hate_religion": YES, "hate_religion_of": UNKNOWN}, ["hate", "hate-religion", "religion-unknown"]),
        ({"hate_religion": YES, "hate_religion_of": "no-religion"}, ["hate", "hate-religion", "religion-none"]),
        # A religion without the strand marks nothing.
        ({"hate_religion_of": "sikh"}, []),
        ({**CABLE, "metal_kind": "non-infrastructure"}, ["metal-theft", "metal-non-infrastructure"]),
        ({**CABLE, "metal_kind": "infrastructure"}, ["metal-theft", "metal-infrastructure"]),
        # p27: infrastructure is the default where it is challenging to say; never both.
        ({**CABLE, "metal_kind": UNKNOWN}, ["metal-theft", "metal-infrastructure"]),
        (COUPLE, ["domestic-abuse"]),
        ({**COUPLE, "victim_age": 15}, []),
        ({**COUPLE, "offender_age": 15}, []),
        ({**COUPLE, "personally_connected": NO}, []),
        ({"online": YES}, ["online"]),
        ({"child_sexual_abuse": YES}, ["csa"]),
        # p29: exploitation is a subset of abuse.
        ({"child_sexual_exploitation": YES}, ["csa", "cse"]),
        ({"child_sexual_exploitation": YES, "child_sexual_abuse": YES}, ["csa", "cse"]),
        ({"alcohol": YES}, ["alcohol"]),
        # p30: violence against the person and robbery only.
        ({"corrosive": YES}, []),
        ({"corrosive": YES, "is_sexual": YES}, []),
        ({"corrosive": YES, "is_violence": YES}, ["corrosive"]),
        ({"corrosive": YES, "is_robbery": YES}, ["corrosive"]),
        # p31: violent, robbery and sexual offences.
        ({"spiking": YES}, []),
        ({"spiking": YES, "is_violence": YES}, ["spiking"]),
        ({"spiking": YES, "is_robbery": YES}, ["spiking"]),
        ({"spiking": YES, "is_sexual": YES}, ["spiking"]),
        ({"honour_based": YES}, ["hba"]),
        # p39: forced marriage carries both, whatever was asked; p31: female genital mutilation carries the first.
        ({"offence_code": "036/05", "offence_class": "36"}, ["domestic-abuse", "hba"]),
        ({"offence_code": "036/15", "offence_class": "36"}, ["domestic-abuse", "hba"]),
        ({"offence_code": "008/52", "offence_class": "8N"}, ["hba"]),
        ({"offence_code": "008/68", "offence_class": "8N"}, ["hba"]),
    ],
)
def test_settled_facts_give_exactly_these_flags(
    edition: Edition, change: Mapping[str, Fact], expected: list[str]
) -> None:
    found = flags(edition, {**QUIET, **change})
    assert ids(found) == expected
    assert found.open == ()


@pytest.mark.parametrize(
    ("change", "left_out", "sure", "still_open"),
    [
        ({"hate_religion": YES}, (), ["hate", "hate-religion"], ("hate_religion_of",)),
        (CABLE, (), ["metal-theft"], ("metal_kind",)),
        ({}, ("alcohol", "online"), [], ("online", "alcohol")),
        (COUPLE, ("offender_age",), [], ("offender_age",)),
        # Not connected: no age is worth a question.
        ({**COUPLE, "personally_connected": NO}, ("offender_age", "victim_age"), [], ()),
        # Sure already: whether abuse was named as well adds nothing.
        ({"child_sexual_exploitation": YES}, ("child_sexual_abuse",), ["csa", "cse"], ()),
        ({"offence_code": "036/05"}, ("honour_based",), ["domestic-abuse", "hba"], ()),
        # A person who says they do not know has not said no.
        ({"alcohol": UNKNOWN}, (), [], ("alcohol",)),
        # No violence, robbery or sexual offence: nobody is asked about spiking or corrosives.
        ({}, ("spiking", "corrosive"), [], ()),
        ({"offence_class": "8N"}, ("metal_theft",), [], ()),
    ],
)
def test_open_facts_leave_only_their_own_flags_open(
    edition: Edition,
    change: Mapping[str, Fact],
    left_out: tuple[str, ...],
    sure: list[str],
    still_open: tuple[str, ...],
) -> None:
    facts = {name: fact for name, fact in {**QUIET, **change}.items() if name not in left_out}
    found = flags(edition, facts)
    assert ids(found) == sure
    assert found.open == still_open


def test_nothing_known_leaves_every_flag_open_and_none_sure(edition: Edition) -> None:
    found = flags(edition, {})
    assert found.sure == ()
    assert {"hate_race", "metal_theft", "online", "spiking", "is_violence", "victim_age"} <= set(found.open)


def test_facts_of_other_rules_are_passed_over(edition: Edition) -> None:
    assert flags(edition, {**QUIET, "injury": "wound"}) == flags(edition, QUIET)


def test_a_fact_of_the_wrong_type_is_refused(edition: Edition) -> None:
    with pytest.raises(FactsRejected, match="alcohol"):
        flags(edition, {"alcohol": 3})


def test_every_flag_of_the_table_is_one_of_the_list_and_every_flag_of_the_list_can_come_out(edition: Edition) -> None:
    listed = {row["flag"] for row in edition.lists["flags"].rows}
    assert {str(row.outputs[0]) for row in edition.tables["flags"].rows} == listed


def test_each_flag_says_where_it_comes_from(edition: Edition) -> None:
    (flag,) = flags(edition, {**QUIET, "online": YES}).sure
    assert (flag.source.document, flag.source.page) == ("rules", "29")
    assert "online" in flag.why


@given(st.data())
def test_an_answer_more_never_takes_a_sure_flag_away(data: st.DataObject) -> None:
    edition = open_rules().on(date(2026, 5, 1)).edition
    full = {**QUIET, **COUPLE, **CABLE, "metal_kind": UNKNOWN, "is_violence": YES}
    for name in ("hate_religion", "online", "child_sexual_exploitation", "corrosive", "spiking", "honour_based"):
        full[name] = data.draw(st.sampled_from([YES, NO]), label=name)
    kept = data.draw(st.sets(st.sampled_from(sorted(full))))
    before = flags(edition, {name: full[name] for name in kept})
    after = flags(edition, full)
    assert set(ids(before)) <= set(ids(after))
