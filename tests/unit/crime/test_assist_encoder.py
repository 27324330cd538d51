"""The sentence encoder against PyTorch's result, long texts in windows, vectors kept and made anew, and search with it.

All but a few need the packages of `requirements/assist.txt` and skip without them.
"""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from backbeat.crime.assist import By, Kind, search, searching, words_only_because
from backbeat.crime.assist.corpus import Entry, entries_of
from backbeat.crime.assist.encoder import WINDOW_TOKENS, Encoder, missing_packages, packaged_encoder
from backbeat.crime.assist.fusing import fuse
from backbeat.crime.assist.meaning import KEPT, MOST_MISSING, Meaning, keep, missing_views, read_kept
from backbeat.crime.rules import Rules, open_rules
from backbeat.errors import CapabilityMissing

REFERENCE = json.loads(Path(__file__).with_name("assist_reference_vectors.json").read_text(encoding="utf-8"))
"""Made once with PyTorch 2.13 and transformers' BertModel from the same weights: mean of the tokens, length 1."""
NARRATIVE = "He held a blade to the cashier's throat and ran off with the contents of the till."


@pytest.fixture(scope="module")
def rules() -> Rules:
    found = open_rules().named("hocr-2026-27")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def entries(rules: Rules) -> tuple[Entry, ...]:
    return entries_of(rules)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    if missing := missing_packages():
        pytest.skip(f"not installed: {', '.join(missing)} (requirements/assist.txt)")
    return packaged_encoder()


@pytest.mark.parametrize("case", REFERENCE, ids=lambda case: case["text"][:20])
def test_a_text_has_the_vector_that_pytorch_gives_it(encoder: Encoder, case: dict[str, list[float]]) -> None:
    assert encoder.encode(str(case["text"])).tolist() == pytest.approx(case["vector"], abs=1e-4)


def test_a_long_text_is_read_in_four_windows_cut_at_sentences(encoder: Encoder) -> None:
    text = "The witness saw two men at the gate of the yard. They went in over the wall, and left by the lane. " * 40
    windows = encoder.windows(text)
    assert len(windows) == 4
    assert windows[0].start == 0
    for first, second in pairwise(windows):
        assert text[first.end - 1] == "."
        assert text[first.end : second.start].strip() == ""
    assert len(encoder.windows(text, most=2)) == 2


def test_words_without_a_sentence_end_are_cut_all_the_same(encoder: Encoder) -> None:
    windows = encoder.windows("man " * (WINDOW_TOKENS + 10))
    assert [window.end - window.start for window in windows] == [126 * 4 - 1, 12 * 4 - 1]


@pytest.mark.parametrize("text", ["", "   \n"])
def test_nothing_has_no_window(encoder: Encoder, text: str) -> None:
    assert encoder.windows(text) == []
    assert not encoder.encode(text).any()


def test_vectors_are_kept_for_every_word_of_the_newest_edition(encoder: Encoder, entries: tuple[Entry, ...]) -> None:
    """Where this fails the words have changed: run scripts/crime_vectors.py."""
    assert missing_views(entries, read_kept(KEPT, encoder)) == set()


def test_a_kept_vector_and_one_made_anew_are_the_same(
    encoder: Encoder, entries: tuple[Entry, ...], tmp_path: Path
) -> None:
    few = entries[:3]
    assert keep(tmp_path / "kept", few, encoder) == len(missing_views(few, {}))
    kept = Meaning(few, encoder, read_kept(tmp_path / "kept", encoder))
    assert kept.alike(NARRATIVE) == Meaning(few, encoder, {}).alike(NARRATIVE)


def test_changed_words_are_not_taken_for_those_kept(encoder: Encoder, entries: tuple[Entry, ...]) -> None:
    kept = read_kept(KEPT, encoder)
    changed = [replace(entries[0], title="A robbery at knife point", everyday=""), *entries[1:40]]
    assert missing_views(changed, kept) == {"A robbery at knife point"}
    assert Meaning(changed, encoder, kept).alike(NARRATIVE)[0].term == "A robbery at knife point"


def test_vectors_of_other_weights_are_not_read(encoder: Encoder, entries: tuple[Entry, ...], tmp_path: Path) -> None:
    other = SimpleNamespace(encode=encoder.encode, identity="0" * 64)
    keep(tmp_path / "kept", entries[:2], other)  # type: ignore[arg-type]
    assert read_kept(tmp_path / "kept", encoder) == {}


def test_an_edition_that_lacks_too_many_is_searched_by_words_and_says_so(
    encoder: Encoder, rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path / "kept", entries_of(rules)[:2], encoder)
    monkeypatch.setattr(searching, "KEPT", tmp_path / "kept")
    fresh = searching._Searcher(rules)
    assert isinstance(fresh.meaning, str)
    assert "have no vectors" in fresh.meaning
    assert int(fresh.meaning.split()[0].replace(",", "")) > MOST_MISSING
    assert fresh.search(NARRATIVE, 10, None, None) == search(rules, NARRATIVE, by=By.WORDS)


def test_without_the_packages_words_alone_are_searched_and_it_says_so(
    rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "missing_packages", lambda: ("tokenizers",))
    fresh = searching._Searcher(rules)
    assert fresh.meaning == "The sentence encoder is not installed: tokenizers."
    found = fresh.search(NARRATIVE, 10, None, None)
    assert found == search(rules, NARRATIVE, by=By.WORDS)
    assert {match.by for proposal in found for match in proposal.why} == {By.WORDS}
    with pytest.raises(CapabilityMissing, match=r"requirements/assist\.txt"):
        fresh.search(NARRATIVE, 10, None, By.MEANING)


def test_a_narrative_says_which_passage_is_like_which_words_of_the_rules(encoder: Encoder, rules: Rules) -> None:
    assert words_only_because(rules) is None
    found = search(rules, NARRATIVE)
    assert "robbery" in [proposal.id for proposal in found]
    passages = [match for proposal in found for match in proposal.why if match.by is By.MEANING]
    assert {(match.start, match.end) for match in passages} == {(0, len(NARRATIVE))}
    assert all(match.term for match in passages)
    assert search(rules, NARRATIVE) == found


@pytest.mark.parametrize("text", ["glassed", "8/6", "possession of cocaine", "the and of", "burglery"])
def test_a_look_up_is_by_words_with_or_without_the_encoder(rules: Rules, text: str) -> None:
    assert search(rules, text) == search(rules, text, by=By.WORDS)


def test_a_code_written_in_full_stays_first(encoder: Encoder, rules: Rules) -> None:
    assert search(rules, f"{NARRATIVE} Recorded as 053/25 by mistake.")[0].id == "49A 053/25"


@pytest.mark.parametrize("only", Kind)
def test_by_meaning_too_only_what_is_asked_for(encoder: Encoder, rules: Rules, only: Kind) -> None:
    for by in (None, By.MEANING):
        found = search(rules, NARRATIVE, only=only, by=by)
        assert len(found) == 10
        assert {proposal.act is None for proposal in found} == {only is Kind.OFFENCE}


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([["a", "b"], ["b", "c"]], {"a": 1 / 61, "b": 1 / 62 + 1 / 61, "c": 1 / 62}),
        ([["a"], []], {"a": 1 / 61}),
        ([], {}),
    ],
)
def test_two_orders_become_one(orders: list[list[str]], expected: dict[str, float]) -> None:
    assert fuse(orders) == pytest.approx(expected)
