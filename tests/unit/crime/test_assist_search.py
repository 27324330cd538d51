"""Finding acts and offences by code, by everyday words, by the words of the list, and with slips of the keyboard."""

from dataclasses import replace
from pathlib import Path

import pytest

from backbeat.crime.assist import By, Kind, facts_from, search
from backbeat.crime.assist.spelling import Spelling
from backbeat.crime.assist.words import MAX_CHARACTERS, stem, words_of
from backbeat.crime.rules import Rules, open_rules
from backbeat.errors import InputRejected


@pytest.fixture(scope="module")
def rules() -> Rules:
    found = open_rules().named("hocr-2026-27")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "first"),
    [
        # codes, with and without noughts; a class alone gives its offences in the order of the list
        ("008/06", "8N 008/06"),
        ("8/6", "8N 008/06"),
        ("8S 8/6", "8S 008/06"),
        ("8N", "8N 008/01"),
        ("8n", "8N 008/01"),
        ("4/1", "4/1 004/01"),  # class and code at once
        ("36", "36 036/01"),  # a class; in the middle of other words a number
        # officers' own words give the act
        ("glassed", "assault"),
        ("mugged", "robbery"),
        ("bilking", "making-off"),
        ("revenge porn", "images"),
        ("twocced", "vehicle"),
        ("sextortion", "blackmail"),
        ("doxxing", "communication"),
        # words of the list
        ("actual bodily harm", "8N 008/06"),
        ("perjury", "67 067/01"),
        # slips and unfinished words
        ("assualt", "assault"),
        ("burglery", "burglary"),
        ("shoplif", "shop"),
    ],
)
def test_a_look_up_finds(rules: Rules, text: str, first: str) -> None:
    assert search(rules, text)[0].id == first


@pytest.mark.parametrize("text", ["", "   ", "the and of", "12 34 5678", "🚓", "' OR 1=1 --", '" NEAR( *', "zzzzzz"])
def test_nothing_that_says_nothing_finds_anything(rules: Rules, text: str) -> None:
    assert search(rules, text) == ()


def test_half_a_bottle_in_a_narrative_is_no_code(rules: Rules) -> None:
    found = search(rules, "He had drunk 1/2 a bottle of vodka on 01/02 and then punched the doorman twice in the face.")
    assert found[0].id == "assault"
    assert all(proposal.score < 1000 for proposal in found)


def test_a_proposal_says_which_words_it_rests_on(rules: Rules) -> None:
    text = "Unknown male GLASSED him; the kebab shop next door was closed."
    first = search(rules, text, by=By.WORDS)[0]
    assert first.id == "assault"
    assert "glassed" in [match.term for match in first.why]
    assert next(text[match.start : match.end] for match in first.why) == "GLASSED"


def test_every_proposal_has_a_reason_and_a_source(rules: Rules) -> None:
    for text in ("stabbed in the leg by his brother with a screwdriver", "8N", "affray"):
        for proposal in search(rules, text, limit=50):
            assert proposal.why
            assert proposal.source.page


def test_points_to_prove_come_with_the_offence_and_its_act(rules: Rules) -> None:
    found = {proposal.id: proposal for proposal in search(rules, "non-fatal strangulation")}
    offence = found["8N 008/77"]
    assert [point.source.page for point in offence.points] == ["42", "43"]
    assert set(offence.points) <= set(found["assault"].points)


def test_only_acts_or_only_offences_can_be_asked_for(rules: Rules) -> None:
    assert all(p.act for p in search(rules, "theft of a bicycle", only=Kind.ACT))
    assert all(p.offence for p in search(rules, "theft of a bicycle", only=Kind.OFFENCE))


@pytest.mark.parametrize(
    ("text", "label"), [("bilking", "49A 053/25"), ("glassed", "5D 005/01"), ("dipping", "39 039/00")]
)
def test_everyday_words_lead_to_offences_where_only_those_are_asked_for(rules: Rules, text: str, label: str) -> None:
    found = search(rules, text, limit=50, only=Kind.OFFENCE)
    assert label in [proposal.id for proposal in found]
    assert all(proposal.why for proposal in found)


def test_repealed_offences_are_not_proposed(rules: Rules) -> None:
    repealed = {offence.label for offence in rules.offences.listed if not offence.current}
    repealed -= {offence.label for offence in rules.offences.listed if offence.current}
    assert repealed
    for label in sorted(repealed):
        class_, _, code = label.partition(" ")
        assert label not in {proposal.id for proposal in search(rules, f"{class_} {code}", limit=50)}


def test_the_limit_holds_and_the_same_text_gives_the_same_answer(rules: Rules) -> None:
    assert len(search(rules, "theft", limit=3)) == 3
    assert search(rules, "theft", limit=3) == search(rules, "theft", limit=3)


def test_a_text_too_long_is_refused_without_quoting_it(rules: Rules) -> None:
    text = "Zebedee " * MAX_CHARACTERS
    with pytest.raises(InputRejected) as refused:
        search(rules, text)
    assert "Zebedee" not in str(refused.value)
    assert search(rules, ("stabbed " * MAX_CHARACTERS)[:MAX_CHARACTERS])


def test_an_edition_without_the_helping_lists_is_searched_by_its_own_words(rules: Rules) -> None:
    helping = {"everyday_words", "points_to_prove", "fact_words"}
    lists = {name: rows for name, rows in rules.edition.lists.items() if name not in helping}
    bare = Rules(replace(rules.edition, lists=lists))
    assert search(bare, "actual bodily harm")[0].id == "8N 008/06"
    assert not search(bare, "actual bodily harm")[0].points
    assert facts_from(bare, "She has bruising.") == ()


def test_a_search_leaves_nothing_behind(
    rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    search(rules, "Zebedee was robbed at knifepoint")
    assert list(tmp_path.iterdir()) == []
    assert caplog.records == []


@pytest.mark.parametrize(
    "forms",
    ["stab stabs stabbed stabbing", "stolen stole steals stealing", "knife knives", "harass harassed harassment"],
)
def test_forms_of_a_word_share_a_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


def test_words_know_their_place() -> None:
    text = "She said “he’s punched me”."
    assert [text[word.start : word.end] for word in words_of(text)] == ["She", "said", "he’s", "punched", "me"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("burglery", "burglary"),  # changed
        ("burglry", "burglary"),  # left out
        ("burgglary", "burglary"),  # put in
        ("bruglary", "burglary"),  # swapped
        ("purglary", None),  # the first letter is taken as meant
        ("brugalry", None),  # two slips
        ("theff", "theft"),
        ("knif", None),  # too short to tell
    ],
)
def test_a_slip_is_put_right(typed: str, meant: str | None) -> None:
    assert Spelling(["burglary", "theft", "knife", "knit"]).nearest(typed) == meant
