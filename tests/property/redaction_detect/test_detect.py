"""What holds for every text."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from marked_text import document

from backbeat.redaction.case import parse_people
from backbeat.redaction.detect import detect
from backbeat.redaction.detect.checks import CHECKS, check_letter
from backbeat.redaction.detect.merge import merge
from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Kind, Mention

REGISTER = parse_people(
    [{"id": "P1", "names": ["Amina Khan"], "role": "victim", "attributes": {"phone": "07700 900123"}},
     {"id": "P2", "names": ["Omar Khan"], "role": "suspect", "aliases": ["O"]}]
)  # fmt: skip
PIECES = st.sampled_from(
    ["Amina", "Khan", "KHAN,", "07700", "900123", "+44", "(0)", "\n", " ", ", ", "LS9 9AA", "14 Nowhere Road", "a@b.uk",
     "NHS", "999 123 4560", "PC", "1234", "é", "e\u0301", "\u200b", "’s", "\f", "DOB", "3/4/84", ".", "oh seven seven"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=80), st.lists(PIECES, max_size=20).map("".join), st.lists(PIECES, max_size=20).map(" ".join)
)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_mentions_are_sorted_apart_true_to_the_text_and_the_same_each_time(text: str) -> None:
    mentions = detect(document(text), REGISTER, use_model=False)
    assert all(m.text == text[m.start : m.end] for m in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))
    assert all(0 < m.confidence <= 1 and m.why for m in mentions)
    assert mentions == detect(document(text), REGISTER, use_model=False)


@st.composite
def proposals(draw: st.DrawFn) -> tuple[str, list[Mention]]:
    text = draw(st.text(alphabet="ab ,\n", min_size=1, max_size=40))
    made = []
    for _ in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        kind = draw(st.sampled_from([Kind.PERSON, Kind.ADDRESS, Kind.PHONE, Kind.EMAIL, Kind.PLACE]))
        detector = draw(st.sampled_from(["register", "identifiers", "addresses", "entities x", "propagated"]))
        made.append(Mention(kind, text[start:end], start, end, draw(st.sampled_from([0.5, 0.9])), detector, "x."))
    return text, made


@given(proposals())
@settings(max_examples=400, deadline=None)
def test_merging_loses_no_letter_and_leaves_no_overlap(case: tuple[str, list[Mention]]) -> None:
    text, made = case
    merged = merge(text, made)
    assert all(a.end <= b.start for a, b in pairwise(merged))
    covered = {i for m in merged for i in range(m.start, m.end)}
    wanted = {i for m in made for i in range(m.start, m.end) if text[i].isalnum()}
    assert wanted <= covered
    assert {i for i in covered if text[i].isalnum()} == wanted
    assert merged == merge(text, list(reversed(made)))


@given(st.text(max_size=60))
@settings(deadline=None)
def test_a_view_leads_back_into_the_text(text: str) -> None:
    view = View.of(text)
    assert len(view.lower) == len(view.text)
    for at in range(len(view.text)):
        start, end = view.origin(at, at + 1)
        assert 0 <= start < end <= len(text)


@given(st.integers(0, 99), st.integers(0, 9_999_999), st.integers(1, 22))
def test_a_changed_letter_breaks_a_pnc_number(year: int, serial: int, other: int) -> None:
    number = int(f"{year:02}{serial:07}")
    assert CHECKS["pncid"](f"{year:02}/{serial:07}{check_letter(number)}")
    assert not CHECKS["pncid"](f"{year:02}/{serial:07}{check_letter(number + other)}")
