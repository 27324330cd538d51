"""What an allegation is: named outright, by its table, or for the registrar."""

from typing import Any

from crime_facts import facts_of, offence_of

from backbeat.crime.classifying import OFFENCE_CHOICE, classify
from backbeat.crime.facts_json import read_facts
from backbeat.crime.model import Authority, Classified
from backbeat.crime.resolving import scope_of
from backbeat.crime.rules import open_rules


def classified(facts: dict[str, Any] | None = None, parties: tuple[dict[str, Any], ...] = (), **one: Any) -> Classified:
    allegation = {"id": "a1", "victims": ["v1"], "offenders": ["o1"], "facts": facts or {}, **one}
    report, rules = read_facts(facts_of([allegation], parties), open_rules())
    (told,) = report.allegations
    return classify(rules, told, scope_of(rules, report, told))


ASSAULT = {
    **{"intended_serious_harm": "no", "victim_role": "other", "strangled": "no"},
    **{"racially_or_religiously_aggravated": "no", "injury": "minor"},
}


def test_a_named_offence_is_what_it_is_named() -> None:
    found = classified(act="named", offence=offence_of("008/06 8N"))

    assert found.offence is not None
    assert (found.offence.label, found.class_, found.questions) == ("8N 008/06", "8N", ())


def test_lines_that_weigh_differently_are_asked_for_and_the_class_is_certain() -> None:
    found = classified(act="named", offence=offence_of("003/03 3A"))

    assert (found.offence, found.class_) == (None, "3A")
    assert [(one.fact, one.type) for one in found.questions] == [(OFFENCE_CHOICE, OFFENCE_CHOICE)]


def test_harassment_of_a_former_partner_is_stalking() -> None:
    parties = ({"id": "v1", "age": 30}, {"id": "o1", "age": 30})
    facts = {"former_partner": "yes", "registrar_satisfied_harassment_only": "unknown"}
    found = classified(facts, parties, act="named", offence=offence_of("195/94 8L"))

    assert found.offence is not None
    assert found.offence.class_ == "8Q"


def test_a_table_decides_from_the_facts() -> None:
    found = classified(ASSAULT, act="assault")

    assert found.offence is not None
    assert found.offence.label == "8N 008/06"


def test_an_open_table_asks_and_says_the_class_all_rows_share() -> None:
    parties = ({"id": "v1", "age": 30}, {"id": "o1", "age": 30})
    facts = {"course_of_conduct": "yes", "former_partner": "yes", "registrar_satisfied_harassment_only": "no"}
    still = {"controlling_or_coercive": "no", "racially_or_religiously_aggravated": "no"}
    found = classified({**facts, **still}, parties, act="conduct")

    assert (found.offence, found.class_) == (None, "8Q")
    assert found.questions


def test_a_flag_that_every_row_carries_is_certain_while_the_table_is_open() -> None:
    assert classified(act="spiking").flags == ("spiking",)


def test_candidates_go_to_the_registrar_with_both_pages() -> None:
    found = classified({**ASSAULT, "injury": "broken-finger-or-toe"}, act="assault")

    assert found.referral is not None
    assert found.referral.to is Authority.FCR
    candidates = {one.label: one.source.page for one in found.referral.candidates}
    assert candidates == {"8N 008/01": "42", "8N 008/06": "47"}
    assert found.class_ == "8N"


def test_what_is_no_crime_is_an_incident() -> None:
    assert classified({"easily_cleaned": "yes"}, act="damage").incident == "NSIR"
