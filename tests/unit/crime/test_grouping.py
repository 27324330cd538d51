"""Pieces, groups and units before anything is compared."""

from dataclasses import replace

from counting_cases import alleged, counting_rules, offence, report_of

from backbeat.crime.grouping import Piece, groups_of, pieces_of
from backbeat.crime.model import Allegation, Report
from backbeat.crime.supposing import Suppositions


def taken_apart(*allegations: Allegation, **homes: str) -> tuple[Report, tuple[Piece, ...], Suppositions]:
    report, suppose = report_of(*allegations, parties=homes), Suppositions({})
    named = {one.id: offence(f"{one.named.class_} {one.named.code}") for one in allegations if one.named}
    return report, pieces_of(report, named, counting_rules().units, suppose), suppose


def test_every_offence_of_the_list_has_a_unit() -> None:
    rules = counting_rules()
    assert {rules.units.of(one).word for one in rules.offences.listed}


def test_an_allegation_is_one_piece_for_each_victim() -> None:
    _, pieces, _ = taken_apart(alleged("a1", "8N 008/06", "v2 v1 v2"))
    assert [piece.id for piece in pieces] == [("a1", "v1"), ("a1", "v2")]


def test_an_offence_against_the_state_is_one_piece_whomever_it_names() -> None:
    _, pieces, _ = taken_apart(alleged("a1", "66 066/39", "v1 v2"))
    assert [(piece.victim, piece.victims) for piece in pieces] == [(None, ("v1", "v2"))]


def test_one_victim_stands_for_a_household_over_several_allegations() -> None:
    burglary, cycles = alleged("a1", "28I 028/03", "v2 v3"), alleged("a2", "44 044/00", "v1")
    _, pieces, suppose = taken_apart(burglary, cycles, v1="h", v2="h", v3="h")
    assert [piece.id for piece in pieces] == [("a1", "v1"), ("a2", "v1")]
    assert suppose.made == {}


def test_households_are_asked_for_in_one_order_however_the_allegations_are_given() -> None:
    given = (alleged("a1", "28I 028/03", "v1 v2", "o1"), alleged("a2", "28I 028/03", "v3 v4", "o2"))
    report = report_of(*given)
    named = {one.id: offence("28I 028/03") for one in given}
    asked = []
    for allegations in (given, given[::-1]):
        suppose = Suppositions({})
        pieces_of(replace(report, allegations=allegations), named, counting_rules().units, suppose)
        asked.append([key.about for key in suppose.made])
    assert asked == [["party:v2", "party:v4"]] * 2


def test_firms_never_share_a_household() -> None:
    _, pieces, suppose = taken_apart(alleged("a1", "40 040/00", "b1 b2"), b1="organisation", b2="organisation")
    assert [piece.victim for piece in pieces] == ["b1", "b2"]
    assert suppose.made == {}


def test_nobody_known_is_one_offender() -> None:
    report, pieces, suppose = taken_apart(alleged("a1", "8N 008/06", "v1", ""), alleged("a2", "8N 008/06", "v1", ""))
    assert [len(group.pieces) for group in groups_of(pieces, report, suppose)] == [2]
    assert suppose.made == {}


def test_offenders_nobody_knows_may_be_those_who_are_known() -> None:
    report, pieces, suppose = taken_apart(alleged("a1", "8N 008/06", "v1", "o1"), alleged("a2", "8N 008/06", "v1", ""))
    assert [group.offenders for group in groups_of(pieces, report, suppose)] == [(), ("o1",)]
    assert [key.fact for key in suppose.made] == ["offenders_acted_together"]


def test_an_allegation_that_is_not_to_be_recorded_is_no_piece() -> None:
    report = report_of(alleged("a1", "8N 008/06"), alleged("a2", "8N 008/06"))
    named = {"a2": offence("8N 008/06")}
    assert [piece.id for piece in pieces_of(report, named, counting_rules().units, Suppositions({}))] == [("a2", "v1")]
