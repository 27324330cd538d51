"""A value that was removed once is removed everywhere: the other whole-word occurrences of what a person decided on.

Detection propagates what it finds; this does the same for what a person marked by hand. What counts as the same value:

* letters count as the detectors read them (`detect.view`): composed or not, with or without accents or look-alikes;
* any run of white space counts as one space, so a value broken over two lines is found again;
* case does not count, except in a single plain word: "Brown" is also "BROWN", but not "brown";
* in values with digits (numbers, references, registrations) blanks, dashes, dots, slashes and brackets between the
  words do not count: 01632 960123 is 01632-960-123.

An ordinary word in small letters that nobody classified stays a matter of the one place.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Action, Decision, Kind

__all__ = ["LEAST_ALPHANUMERICS", "occurrences"]

LEAST_ALPHANUMERICS = 3
"""Values with fewer letters and digits (an initial, a house number) stay a matter of the one place."""

_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_LOOSE = re.compile(r"[\s\-./()]{0,3}")
_STRICT_KINDS = frozenset({Kind.PERSON, Kind.ADDRESS, Kind.EMAIL, Kind.IP_ADDRESS, Kind.URL})
"""Kinds whose punctuation is part of the value even where it has digits."""

Words = tuple[str, ...]


@dataclass
class _Values:
    """Removed values by what they are compared on."""

    exact: dict[int, dict[Words, dict[Words, Decision]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )
    """By number of words, folded words, and what stands between them."""
    single: dict[str, Decision] = field(default_factory=dict)
    """Plain words, in the letters they may have."""
    loose: dict[str, Decision] = field(default_factory=dict)
    """Letters and digits alone, folded."""


def occurrences(text: str, removed: Iterable[Decision]) -> Iterator[tuple[int, int, Decision]]:
    """Places of the removed values, their own included, as (start, end, the decision they follow from).

    One pass over the words of the text for each number of words a value can have, so the cost does not grow with the
    number of values: a table of 350,000 cells may have as many. Places may overlap and come in no order.
    """
    values = _Values()
    for decision in removed:
        if decision.start is not None and decision.end is not None and decision.action is not Action.KEEP:
            _add(values, View.of(text[decision.start : decision.end]).text, decision)
    if not (values.exact or values.single or values.loose):
        return
    view = View.of(text)
    for start, end, origin in _places(view.text, values):
        yield *view.origin(start, end), origin


def _places(text: str, values: "_Values") -> Iterator[tuple[int, int, Decision]]:
    """The places in the text as the detectors read it."""
    spans = [match.span() for match in _WORD.finditer(text)]
    written = [text[start:end] for start, end in spans]
    for index, word in enumerate(written):
        if (origin := values.single.get(word)) is not None:
            yield *spans[index], origin
    folded = [word.casefold() for word in written]
    for length, by_words in values.exact.items():
        yield from _exact(text, spans, folded, length, by_words)
    if values.loose:
        yield from _loose(text, spans, folded, values.loose)


def _add(values: _Values, value: str, decision: Decision) -> None:
    spans = [match.span() for match in _WORD.finditer(value)]
    words = tuple(value[start:end].casefold() for start, end in spans)
    compact = "".join(words)
    if len(compact) < LEAST_ALPHANUMERICS:
        return
    if len(words) == 1 and compact.isalpha():
        word = value[spans[0][0] : spans[0][1]]
        if word[0].isupper():
            for form in (word, word.upper(), word.capitalize()):
                values.single.setdefault(form, decision)
        elif decision.kind is not Kind.OTHER:
            values.single.setdefault(word, decision)
        return
    values.exact[len(words)][words].setdefault(_gaps(value, spans), decision)
    if decision.kind not in _STRICT_KINDS and any(character.isdigit() for character in compact):
        values.loose.setdefault(compact, decision)


def _gaps(text: str, spans: Sequence[tuple[int, int]]) -> Words:
    """What stands between words, white space made one space."""
    return tuple(_SPACE.sub(" ", text[a[1] : b[0]]) for a, b in pairwise(spans))


def _exact(
    text: str,
    spans: Sequence[tuple[int, int]],
    folded: Sequence[str],
    length: int,
    by_words: Mapping[Words, Mapping[Words, Decision]],
) -> Iterator[tuple[int, int, Decision]]:
    first_words = {words[0] for words in by_words}
    for index in range(len(spans) - length + 1):
        if folded[index] not in first_words:
            continue
        by_gaps = by_words.get(tuple(folded[index : index + length]))
        if by_gaps is not None and (origin := by_gaps.get(_gaps(text, spans[index : index + length]))) is not None:
            yield spans[index][0], spans[index + length - 1][1], origin


def _loose(
    text: str, spans: Sequence[tuple[int, int]], folded: Sequence[str], values: Mapping[str, Decision]
) -> Iterator[tuple[int, int, Decision]]:
    """Runs of words that make up a value once what stands between them is left out."""
    longest = max(map(len, values))
    beginnings = {value[:size] for value in values for size in range(1, len(value) + 1)}
    for index, word in enumerate(folded):
        joined, last = word, index
        while joined in beginnings:
            if (origin := values.get(joined)) is not None:
                yield spans[index][0], spans[last][1], origin
            last += 1
            if last == len(spans) or len(joined) + len(folded[last]) > longest:
                break
            if _LOOSE.fullmatch(text, spans[last - 1][1], spans[last][0]) is None:
                break
            joined += folded[last]
