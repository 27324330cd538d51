"""Assist from free text on made-up narratives, its lists against the rules, and its stillness: it proposes, no more."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from backbeat.crime.assist import By, Proposal, facts_from, search, words_only_because
from backbeat.crime.assist.corpus import offences_by_act
from backbeat.crime.rules import Rules, open_rules

FOLDER = Path(__file__).parent
CASES = yaml.safe_load((FOLDER / "cases_assist.yaml").read_text(encoding="utf-8"))


FRESH = yaml.safe_load((FOLDER / "cases_assist_fresh.yaml").read_text(encoding="utf-8"))
"""Written after the list of everyday words: what can be expected of words nobody has listed."""
FRESH_IN_TWO_VOICES = yaml.safe_load((FOLDER / "cases_assist_fresh2.yaml").read_text(encoding="utf-8"))
"""Written before the sentence encoder was built in: what it is worth."""
WORDS = sorted({word for case in CASES for word in case["text"].split()})


@pytest.fixture(scope="module")
def rules() -> Rules:
    found = open_rules().named("hocr-2026-27")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def with_encoder(rules: Rules) -> Rules:
    if because := words_only_because(rules):
        pytest.skip(because)
    return rules


def name(proposal: Proposal) -> str:
    offence = proposal.offence
    return proposal.id if offence is None else f"{offence.code} {offence.class_}"


def among_five(rules: Rules, cases: list[dict[str, Any]], by: By | None) -> int:
    """How many narratives have one that a recorder looks for among the first five."""
    found = [{name(proposal) for proposal in search(rules, case["text"], limit=5, by=by)} for case in cases]
    return sum(bool(names & set(case["expect"])) for names, case in zip(found, cases, strict=True))


def test_every_expectation_exists(rules: Rules) -> None:
    pairs = {f"{offence.code} {offence.class_}" for offence in rules.offences.listed if offence.current}
    for case in (*CASES, *FRESH, *FRESH_IN_TWO_VOICES):
        assert set(case["expect"]) <= {*rules.acts, *pairs}, case["text"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_what_a_recorder_looks_for_is_among_the_first_five(rules: Rules, case: dict[str, list[str]]) -> None:
    proposed = [name(proposal) for proposal in search(rules, str(case["text"]), limit=5, by=By.WORDS)]
    assert set(proposed) & set(case["expect"]), proposed


def test_nine_of_ten_narratives_have_it_first(rules: Rules) -> None:
    first = [name(search(rules, case["text"], limit=1, by=By.WORDS)[0]) in case["expect"] for case in CASES]
    assert sum(first) >= 0.9 * len(CASES)


def test_unlisted_words_do_no_worse_than_when_they_were_measured(rules: Rules) -> None:
    """A floor, not a claim of quality."""
    assert among_five(rules, FRESH, By.WORDS) >= 20
    assert among_five(rules, FRESH_IN_TWO_VOICES, By.WORDS) >= 26


def test_with_the_encoder_narratives_do_no_worse_than_when_they_were_measured(with_encoder: Rules) -> None:
    """Floors again: of 44, of 40, and of the 84 that the words alone find all of."""
    assert among_five(with_encoder, FRESH, None) >= 28
    assert among_five(with_encoder, FRESH_IN_TWO_VOICES, None) >= 32
    assert among_five(with_encoder, CASES, None) >= 83


def test_every_act_can_be_found_by_its_own_title(rules: Rules) -> None:
    for act in rules.acts.values():
        assert act.id in [proposal.id for proposal in search(rules, act.title, limit=3)], act.id


def test_everyday_words_lead_to_something_that_exists(rules: Rules) -> None:
    current = {(offence.code, offence.class_) for offence in rules.offences.listed if offence.current}
    for row in rules.rows("everyday_words"):
        assert (row["act"] in rules.acts) != ((row["code"], row["class"]) in current), row["words"]
        assert all(phrase.strip() for phrase in row["words"].split("|"))


def test_points_to_prove_belong_to_offences_in_force(rules: Rules) -> None:
    current = {(offence.code, offence.class_) for offence in rules.offences.listed if offence.current}
    pairs = {(row["code"], row["class"]) for row in rules.rows("points_to_prove")}
    assert pairs <= current
    assert len(pairs) >= 40


def test_pages_cited_for_points_name_the_law(rules: Rules, shared_data: Path) -> None:
    """The year of the Act that a point names stands on its page, or on the page before."""
    text = next((shared_data / "crime" / "rules_2026_27").glob("crime-recording-rules*.txt")).read_text(
        encoding="utf-8"
    )
    pages = dict(re.findall(r"=== p(\d+) ===\n(.*?)(?=\n=== p|\Z)", text, re.DOTALL))
    for row in rules.rows("points_to_prove"):
        assert row["page"] in pages
        here = pages[row["page"]] + pages.get(str(int(row["page"]) - 1), "")
        # `section 16A` of the law; the rules write `Section`, `Sec`, `s` or leave the Act to a heading.
        for number in re.findall(r"section (\d+)", row["law"]):
            assert re.search(rf"(?<!\d){number}(?!\d)", here), row


def test_an_act_gives_the_points_of_what_it_may_turn_out_to_be(rules: Rules) -> None:
    within = offences_by_act(rules)
    found = {
        proposal.id: proposal for proposal in search(rules, "assault stalking robbery rape arson", 50, by=By.WORDS)
    }
    for act in ("assault", "conduct", "robbery", "rape", "arson"):
        assert found[act].points
        assert {(point.code, point.class_) for point in found[act].points} <= set(within[act])


def test_threads_share_one_index(rules: Rules) -> None:
    texts = [case["text"] for case in CASES[:20]] * 4
    alone = [search(rules, text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: search(rules, text), texts)) == alone


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_any_text_is_read_and_every_reason_lies_within_it(text: str) -> None:
    rules = open_rules().named("hocr-2026-27")
    assert rules is not None
    for proposal in (*search(rules, text), *facts_from(rules, text)):
        assert proposal.why
        assert all(0 <= match.start < match.end <= len(text) for match in proposal.why)
    scores = [proposal.score for proposal in search(rules, text)]
    assert scores == sorted(scores, reverse=True)
