"""What spreads, against a regular expression for each value."""

import re

from hypothesis import given
from hypothesis import strategies as st

from backbeat.redaction.model import Action, Decision, Kind
from backbeat.redaction.propagation import LEAST_ALPHANUMERICS, occurrences

WORDS = st.sampled_from(["Ann", "ANN", "ann", "Lee", "Annlee", "07", "123", "AB1", "x"])
GAPS = st.sampled_from([" ", "\n", "  ", ", ", "-", "; "])


@st.composite
def texts(draw):
    words = draw(st.lists(WORDS, min_size=2, max_size=25))
    return "".join(word + draw(GAPS) for word in words)


@given(texts(), st.data())
def test_names_are_found_like_a_regular_expression_finds_them(text, data):
    spans = [match.span() for match in re.finditer(r"\w+", text)]
    first = data.draw(st.integers(0, len(spans) - 1))
    last = data.draw(st.integers(first, min(first + 2, len(spans) - 1)))
    start, end = spans[first][0], spans[last][1]
    value = text[start:end]
    decision = Decision(Action.REDACT, Kind.PERSON, "r", "a", "individual", start, end)
    found = {(a, b) for a, b, _ in occurrences(text, [decision])}
    if sum(map(str.isalnum, value)) < LEAST_ALPHANUMERICS:
        assert found == set()
        return
    words = value.split()
    if len(words) == 1 and value.isalpha():
        forms = {value, value.upper(), value.capitalize()} if value[0].isupper() else {value}
        pattern = "|".join(rf"\b{form}\b" for form in forms)
    else:
        body = r"\s+".join(map(re.escape, words))
        pattern = rf"(?i:(?=(?<!\w)({body})(?!\w)))"
    expected = {match.span(1) if match.lastindex else match.span() for match in re.finditer(pattern, text)}
    assert found == expected
