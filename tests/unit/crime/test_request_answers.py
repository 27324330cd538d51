"""What a request may want, what it is answered with where facts of the offence are open, and how deciders combine."""

from datetime import UTC, date, datetime

import pytest

from backbeat.crime.errors import FactsRefused, UnknownOffence
from backbeat.crime.model import Authority, NamedOffence, Report, Request, RequestKind
from backbeat.crime.request_scope import fault_of_wanted
from backbeat.crime.requests import RequestAnswer, RequestVerdict, decide_request
from backbeat.crime.rules import Rules, open_rules
from backbeat.rulebook import NO, YES, Fact


@pytest.fixture(scope="module")
def rules() -> Rules:
    return open_rules().on(date(2026, 5, 1))


def ask(rules: Rules, kind: str, code: str, class_: str, wanted: str, **facts: Fact) -> RequestAnswer:
    request = Request("r1", RequestKind(kind), NamedOffence(code, class_), wanted, facts)
    report = Report("REF-1", datetime(2026, 5, 1, tzinfo=UTC), "northshire", {}, {}, (), (), (request,))
    return decide_request(rules, report, request)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("outcome", "25"),
        ("outcome", "1B"),
        ("outcome", "C2"),
        ("outcome", ""),
        ("cancel", "C6"),
        ("cancel", "1"),
        ("reclassify", "004/04"),
        ("reclassify", "4/4 004/04"),
        ("reclassify", "999/99 8N"),
        ("reclassify", "N300"),
    ],
)
def test_a_request_for_what_no_rule_knows_is_refused_by_field(rules: Rules, kind: str, wanted: str) -> None:
    with pytest.raises(FactsRefused, match="request r1, wanted"):
        ask(rules, kind, "008/06", "8N", wanted)


def test_the_fault_of_a_good_request_is_none(rules: Rules) -> None:
    for kind, wanted in (("outcome", "1A"), ("cancel", "C5"), ("reclassify", "300/07 N300"), ("reclassify", "CRI")):
        request = Request("r1", RequestKind(kind), NamedOffence("008/06", "8N"), wanted)
        assert fault_of_wanted(rules, request) is None


def test_a_crime_recorded_under_no_offence_of_the_list_is_refused(rules: Rules) -> None:
    with pytest.raises(UnknownOffence):
        ask(rules, "outcome", "008/06", "5D", "1")


def test_a_record_already_so_classified_is_left_alone(rules: Rules) -> None:
    answer = ask(rules, "reclassify", "008/06", "8N", "008/06 8N")

    assert answer.verdict is RequestVerdict.REFUSED
    assert answer.questions == ()


def test_a_refusal_for_good_asks_nothing_more_but_one_that_can_be_cured_does(rules: Rules) -> None:
    for_good = ask(rules, "cancel", "005/01", "5D", "C5", victim_told=NO)
    for_now = ask(rules, "cancel", "008/06", "8N", "C5", victim_told=NO)

    assert (for_good.verdict, for_good.questions, for_good.deciders) == (RequestVerdict.REFUSED, (), ())
    assert for_now.verdict is RequestVerdict.REFUSED
    assert "self_defence_shown" in [question.fact for question in for_now.questions]


def test_the_most_demanding_decider_decides(rules: Rules) -> None:
    answer = ask(rules, "cancel", "008/52", "8N", "C2", fgm_not_suffered=YES)

    # The designated decision maker or the registrar for C2 in general, the registrar for female genital mutilation.
    assert answer.deciders == (Authority.FCR,)


def test_a_referral_comes_with_its_questions_while_facts_are_open(rules: Rules) -> None:
    answer = ask(rules, "outcome", "001/01", "1", "1A")

    assert answer.verdict is RequestVerdict.OPEN
    assert answer.referral is not None
    assert {candidate.source.page for candidate in answer.referral.candidates} == {"19", "6"}


def test_a_fact_of_the_report_answers_for_its_requests(rules: Rules) -> None:
    request = Request("r1", RequestKind.OUTCOME, NamedOffence("001/01", "1"), "1A")
    facts: dict[str, Fact] = {"force_choice_murder_1a": "fcr"}
    report = Report("R", datetime(2026, 5, 1, tzinfo=UTC), "northshire", {}, {}, (), (), (request,), facts)

    assert decide_request(rules, report, request).deciders == (Authority.FCR,)
