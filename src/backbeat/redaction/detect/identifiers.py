"""The engine that reads the pattern table: shape, words near, checksum, confidence."""

import re
from collections.abc import Iterator
from functools import cache

from backbeat.redaction.detect.checks import CHECKS
from backbeat.redaction.detect.patterns import PATTERNS, Pattern
from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Mention

__all__ = ["DETECTOR", "find_identifiers"]

DETECTOR = "identifiers"
_BEFORE = 45
"""Characters before a value in which a word speaks for it; 15 behind."""
_BEHIND = 15


@cache
def _compiled() -> tuple[tuple[Pattern, re.Pattern[str], re.Pattern[str] | None], ...]:
    return tuple(
        (
            pattern,
            re.compile(pattern.regex, re.IGNORECASE if pattern.any_case else 0),
            re.compile("|".join(pattern.near)) if pattern.near else None,
        )
        for pattern in PATTERNS
    )


def find_identifiers(view: View) -> Iterator[Mention]:
    """Proposals of every row of the table, in table order; they may overlap."""
    for pattern, regex, near in _compiled():
        for match in regex.finditer(view.text):
            start, end = match.span("v") if "v" in regex.groupindex else match.span()
            beside = pattern.beside > 0 and near is None
            if near is not None:
                beside = near.search(view.lower, max(0, start - _BEFORE), start) is not None or (
                    near.search(view.lower, end, end + _BEHIND) is not None
                )
            confidence, why = _judge(pattern, view.text[start:end], beside=beside)
            if confidence > 0:
                first, last = view.origin(start, end)
                yield Mention(pattern.kind, view.original[first:last], first, last, confidence, DETECTOR, why)


def _judge(pattern: Pattern, value: str, *, beside: bool) -> tuple[float, str]:
    holds = CHECKS[pattern.check](value) if pattern.check else True
    if holds:
        confidence = pattern.beside if beside else pattern.alone
    else:
        confidence = pattern.failed if beside else pattern.failed_alone
    words = [pattern.what[0].upper() + pattern.what[1:]]
    if pattern.check:
        words.append("its check holds" if holds else "its check does not hold, it may be mistyped")
    if pattern.near:
        words.append("words for it stand near" if beside else "no words for it stand near")
    return confidence, "; ".join(words) + "."
