"""The engine that reads the table of patterns: shape, words near, checksum, confidence."""

from collections.abc import Iterator

from backbeat.redaction.detect.checks import CHECKS
from backbeat.redaction.detect.patterns import Pattern, patterns
from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Mention

__all__ = ["DETECTOR", "find_identifiers"]

DETECTOR = "identifiers"
_BEFORE = 45
"""Characters before a value in which a word speaks for it, and behind it."""
_BEHIND = 15


def find_identifiers(view: View) -> Iterator[Mention]:
    """Proposals of every row of the table, in table order; they may overlap."""
    for pattern in patterns():
        group = "v" if "v" in pattern.regex.groupindex else 0
        for match in pattern.regex.finditer(view.text):
            start, end = match.span(group)
            confidence, why = _judge(pattern, view.text[start:end], beside=_is_beside(pattern, view, start, end))
            if confidence > 0:
                first, last = view.origin(start, end)
                yield Mention(pattern.kind, view.original[first:last], first, last, confidence, DETECTOR, why)


def _is_beside(pattern: Pattern, view: View, start: int, end: int) -> bool:
    near = pattern.near
    if near is None:
        return pattern.confidence.beside > 0  # the words are part of the shape
    return (
        near.search(view.lower, max(0, start - _BEFORE), start) is not None
        or near.search(view.lower, end, end + _BEHIND) is not None
    )


def _judge(pattern: Pattern, value: str, *, beside: bool) -> tuple[float, str]:
    scores = pattern.confidence
    holds = CHECKS[pattern.check](value) if pattern.check else True
    if holds:
        confidence = scores.beside if beside else scores.alone
    else:
        confidence = scores.failed if beside else scores.failed_alone
    words = [pattern.what[0].upper() + pattern.what[1:]]
    if pattern.check:
        words.append("its check holds" if holds else "its check does not hold, it may be mistyped")
    if pattern.near:
        words.append("words for it stand near" if beside else "no words for it stand near")
    return confidence, "; ".join(words) + "."
