"""What a text denies raises no proposal; what was left undone, not seen or refused is told because it matters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbeat.crime.assist import By, search
from backbeat.crime.assist.denied import without_denied
from backbeat.crime.rules import Rules, open_rules


@pytest.fixture(scope="module")
def rules() -> Rules:
    found = open_rules().named("hocr-2026-27")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("He was not hit.", "He was not."),
        ("He wasn’t hit with the bottle", "He wasn’t"),
        ("She was not punched or kicked, he spat at her.", "She was not , he spat at her."),
        ("No knife, bat or gun was seen, but she was pushed.", "No , was seen, but she was pushed."),
        ("Nothing was stolen, the lock was broken.", "Nothing , the lock was broken."),
        ("Nobody was hurt but the window was smashed.", "Nobody but the window was smashed."),
        ("No one was stabbed.", "No one ."),
        ("A knife was not used; he punched her.", "was not ; he punched her."),
        ("No injuries, phone stolen.", "No , phone stolen."),
        # a comma without `or` begins something else
        ("no weapon, punched twice", "no , punched twice"),
    ],
)
def test_what_is_denied_is_left_out(text: str, left: str) -> None:
    assert " ".join(without_denied(text).split()) == " ".join(left.split()).replace("not.", "not .")


@pytest.mark.parametrize(
    "text",
    [
        "Nobody saw him steal it",
        "She did not see him take it",
        "He did not pay the fare and ran off.",
        "punched him for no reason in the face",
        "could not breathe",
        "would not let her leave the house",
        "has not returned his daughter",
        "nothing but a severed cable",
        "climbing out of no 14 with a pillowcase",
        "not only hit her but kicked her",
        "said no but he carried on",
        "The burglary was reported at noon.",
    ],
)
def test_what_only_looks_like_a_denial_stays(text: str) -> None:
    assert without_denied(text) == text


def test_an_expression_of_the_list_keeps_its_own_denial() -> None:
    text = "There is a no contact order"
    assert without_denied(text) != text
    assert without_denied(text, [(text.index("no"), len(text))]) == text
    said = text.index("contact")
    assert without_denied(text, [(said, len(text))]) != text  # one without a denial is denied like any word


@given(st.text(alphabet="no twasie,.!'\n", max_size=60), st.lists(st.sampled_from(["no", "not", "hit", "or", ","])))
def test_nothing_moves_and_nothing_is_put_in(text: str, words: list[str]) -> None:
    whole = text + " ".join(words)
    left = without_denied(whole)
    assert len(left) == len(whole)
    assert all(kept in (was, " ") for kept, was in zip(left, whole, strict=True))


@pytest.mark.parametrize(
    ("told", "denied", "act"),
    [
        (
            "Man threatened the clerk with a knife by the till",
            "Man shouted at the clerk, no knife by the till",
            "knife",
        ),
        ("Caller was punched outside the bank", "Caller was not punched outside the bank", "punched"),
        ("Purse was stolen while on the train to town", "Nothing was stolen while on the train to town", "stolen"),
    ],
)
@pytest.mark.parametrize("by", [By.WORDS, None])
def test_no_proposal_rests_on_a_denied_word(rules: Rules, told: str, denied: str, act: str, by: By | None) -> None:
    def words(text: str) -> set[str]:
        found = search(rules, text, by=by)
        return {text[m.start : m.end].casefold() for one in found for m in one.why if m.by is By.WORDS}

    assert act in words(told)
    assert act not in words(denied)


def test_a_look_up_of_nothing_but_a_denial_finds_nothing(rules: Rules) -> None:
    assert search(rules, "no knife") == ()
    assert search(rules, "knife")
    assert search(rules, "no contact order")
