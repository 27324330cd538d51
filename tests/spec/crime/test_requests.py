"""Outcomes, cancellations and reclassification: each case of `cases_requests.yaml` against the rules of the edition."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from backbeat.crime.fact_types import fact_types
from backbeat.crime.model import NamedOffence, Report, Request, RequestKind
from backbeat.crime.requests import RequestAnswer, RequestVerdict, decide_request
from backbeat.crime.rules import Rules, open_rules

DOCUMENT = yaml.safe_load((Path(__file__).parent / "cases_requests.yaml").read_text(encoding="utf-8"))
BASES, CASES = DOCUMENT["bases"], DOCUMENT["cases"]
RECEIVED = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return open_rules().on(RECEIVED.date())


def answer(rules: Rules, kind: str, offence: str, wanted: str, facts: dict[str, Any]) -> RequestAnswer:
    code, class_ = offence.split(" ")
    types = fact_types(rules)
    given = {name: types[name].read(value) for name, value in facts.items() if value != "-"}
    request = Request("r1", RequestKind(kind), NamedOffence(code, class_), wanted, given)
    return decide_request(rules, Report("REF-1", RECEIVED, "northshire", {}, {}, (), (), (request,)), request)


def answer_case(rules: Rules, case: dict[str, Any]) -> RequestAnswer:
    base = BASES[case["base"]]
    return answer(
        rules,
        base["kind"],
        case.get("offence", base["offence"]),
        case.get("wanted", base["wanted"]),
        {**base["facts"], **case["change"]},
    )


def cited(sources: Any) -> set[str]:
    return {f"{source.document} {source.page}" for source in sources}


@pytest.mark.parametrize("name", BASES)
def test_nothing_stands_against_a_base(rules: Rules, name: str) -> None:
    got = answer(rules, **BASES[name])

    assert (got.verdict, got.questions) == (RequestVerdict.ALLOWED, ()), got.why.lines()


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_request_is_answered_as_the_rules_say(rules: Rules, case: dict[str, Any]) -> None:
    got = answer_case(rules, case)

    said = got.why.lines()
    assert got.verdict == case["verdict"], said
    assert set(case.get("cites", ())) <= cited(reason.source for reason in got.reasons), said
    assert set(case.get("duties", ())) <= cited(duty.source for duty in got.duties), said
    if "deciders" in case:
        assert list(got.deciders) == case["deciders"], said
    if "asks" in case:
        assert [question.fact for question in got.questions] == case["asks"], said
    if "effect" in case:
        assert {str(reason.effect) for reason in got.reasons} == {case["effect"]}, said
    if "candidates" in case:
        assert got.referral is not None
        assert cited(candidate.source for candidate in got.referral.candidates) == set(case["candidates"]), said


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_case_names_a_page_it_rests_on(case: dict[str, Any]) -> None:
    assert case.get("page") or case.get("cites")


@pytest.mark.parametrize("name", BASES)
def test_an_unknown_fact_asks_and_never_refuses_or_allows_more(rules: Rules, name: str) -> None:
    base = BASES[name]
    for fact in base["facts"]:
        if fact.startswith("force_choice_"):
            continue
        left_out = answer(rules, **{**base, "facts": {**base["facts"], fact: "-"}})
        unknown = answer(rules, **{**base, "facts": {**base["facts"], fact: "unknown"}})

        assert left_out.verdict in (RequestVerdict.OPEN, RequestVerdict.ALLOWED), (fact, left_out.why.lines())
        assert unknown.verdict == left_out.verdict
        assert unknown.questions == left_out.questions


@pytest.mark.parametrize("name", BASES)
def test_without_any_fact_nothing_is_allowed_or_refused(rules: Rules, name: str) -> None:
    got = answer(rules, **{**BASES[name], "facts": {}})

    assert got.verdict is RequestVerdict.OPEN, got.why.lines()
    assert {question.about for question in got.questions} == {"request:r1"}


def test_every_outcome_and_cancellation_of_the_lists_can_be_asked_for(rules: Rules) -> None:
    outcomes = {row["outcome"] for row in rules.rows("outcomes")}
    cancellations = {row["cancellation"] for row in rules.rows("cancellations")}

    assert outcomes == set(rules.edition.tables["outcome_guards"].inputs[0].type.choices)
    assert cancellations == set(rules.edition.tables["cancellation_guards"].inputs[0].type.choices)
    assert outcomes - {"1A", "2A", "3A", "19"} <= {base["wanted"] for base in BASES.values()}
