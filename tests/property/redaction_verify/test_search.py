"""The quick search against a naive one, and sound redactions of any text, which must never alarm."""

import re
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from backbeat.redaction import formats
from backbeat.redaction.model import Action, Decision, Kind
from backbeat.redaction.verify import check
from backbeat.redaction.verify.forms import compact
from backbeat.redaction.verify.present import Present
from backbeat.redaction.verify.search import Haystack

LETTERS = st.text("abc", min_size=4, max_size=14)


@given(st.lists(LETTERS, max_size=120), st.text("abc", max_size=300))
def test_present_finds_what_a_plain_search_finds(needles: list[str], haystack: str) -> None:
    assert Present(needles).within(haystack) == {needle for needle in needles if needle in haystack}


@given(st.lists(st.text("ab -'\u00ad\u200b", max_size=8), max_size=8), st.text("ab", min_size=1, max_size=6))
def test_counting_on_one_line_is_counting_overlaps(words: list[str], form: str) -> None:
    text = " ".join(words)
    plain = compact(text)
    naive = sum(plain.startswith(form, at) for at in range(len(plain)))
    assert Haystack(text).count(form) == naive


@given(st.text("ab \n", max_size=40))
def test_an_occurrence_over_a_line_end_counts_only_between_word_edges(text: str) -> None:
    pattern = r"(?=((?<!\w)a\s*a\s*b\s*b(?!\w)|aabb))"
    found = {match.start() for match in re.finditer(pattern, text)}
    spread = re.finditer(r"(?=a[^\S\n]*a[^\S\n]*b[^\S\n]*b)", text)
    found |= {match.start() for match in spread}
    assert Haystack(text).count("aabb") == len(found)


WORDS = st.sampled_from(
    ["Amina", "Khan", "Lee", "sleep", "07700 900123", "brown", "Élan", "ﬁne", "x", "12", "-", "a\u00adb"]
)
KINDS = st.sampled_from([Kind.OTHER, Kind.PLACE])
"""Kinds of which one place may be removed and another kept without a decision."""


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=30), st.data())
def test_a_sound_redaction_of_any_text_never_alarms(words: list[str], data: st.DataObject) -> None:
    separators = data.draw(st.lists(st.sampled_from([" ", "\n", ", "]), min_size=len(words), max_size=len(words)))
    text = "".join(word + separator for word, separator in zip(words, separators, strict=True))
    chosen = data.draw(st.sets(st.integers(0, len(words) - 1)))
    decisions, at = [], 0
    for number, (word, separator) in enumerate(zip(words, separators, strict=True)):
        if number in chosen:
            kind = data.draw(KINDS)
            decisions.append(Decision(Action.REDACT, kind, "r", "a", "individual", at, at + len(word)))
        at += len(word) + len(separator)
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder) / "in.txt", Path(folder) / "out.txt"
        source.write_bytes(text.encode())
        document = formats.read(source)
        applied = formats.apply(source, document, decisions, output)
        assert check(source, output, document, applied, decisions) == ()
        # The same file with one removed value put back at the end must never pass.
        if decisions:
            value = text[decisions[0].start : decisions[0].end]
            output.write_bytes(output.read_bytes() + f" {value}".encode())
            assert check(source, output, document, applied, decisions) != ()
