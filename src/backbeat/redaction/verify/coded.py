"""Rule 3 (`search`) for kept text that is written in a coding: hex, base64, entities, percent signs, escapes.

A message kept in a file of exports may say the removed name once more in a coding that nobody reading the page would
notice. Spans that somebody decided to keep are left out before anything is decoded.
"""

import base64
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backbeat.redaction.model import Finding
from backbeat.redaction.verify.expectation import GONE, Expectation
from backbeat.redaction.verify.forms import compact, decoded_words, undisguised
from backbeat.redaction.verify.present import Present

__all__ = ["Sought", "undecided_codings"]

_QUOTED = re.compile(r"=(?:[0-9A-F]{2}|\r?\n)")
_ESCAPE = re.compile(
    r"\\u\{([0-9A-Fa-f]{1,6})\}|[\\%]u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\[x']([0-9A-Fa-f]{2})|\\([0-3][0-7]{2})"
)
_OCTAL = 5
"""The group of `_ESCAPE` that is octal; the others are hex."""
_BEYOND = 0x110000
_SHORT_CODE = 9
"""Bytes below which a word in hex or base64 is too short to be told from other words; it is searched as it is."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A removed value, and the pattern it is found by where it stands as words of its own."""

    text: str
    pattern: str


def undecided_codings(expectation: Expectation, sought: Sequence[Sought]) -> Iterator[Finding]:
    """Removed values that the kept text holds in a coding, one finding a page."""
    patterns: dict[str, set[str]] = {}
    codes: dict[str, str] = {}
    for value in sought:
        patterns.setdefault(compact(value.text), set()).add(value.pattern)
        codes |= dict.fromkeys(_short_codes(value.text), compact(value.text))
    if not patterns:
        return
    needles, tokens = Present(patterns), Present(codes)
    undecided = _undecided_text(expectation)
    for region in expectation.regions:
        plain = undecided[region.start : region.start + len(region.kept)]
        hits = {codes[code] for code in tokens.within(plain) if _stands_alone(code, plain)}
        for view in _views(plain):
            hits |= {
                form
                for form in needles.within(compact(view)) - hits
                if any(_count(pattern, view) > _count(pattern, plain) for pattern in patterns[form])
            }
        if hits:
            message = (
                f"{len(hits)} removed values stand here in a coding, such as hex, base64 or entities, and nobody "
                "decided on it. Redact the coded text as well, or keep it with a reason."
            )
            yield Finding("text.undecided-coding", message, region.page)


def _count(pattern: str, text: str) -> int:
    return sum(1 for _ in re.finditer(pattern, text))


def _undecided_text(expectation: Expectation) -> str:
    """The kept text without the spans that somebody decided to keep, as long as before."""
    pieces: list[str] = []
    edge = 0
    for start, end in expectation.keeps:
        if end > edge:
            start = max(start, edge)
            pieces += (expectation.kept[edge:start], GONE * (end - start))
            edge = end
    return "".join([*pieces, expectation.kept[edge:]])


def _short_codes(value: str) -> Iterator[str]:
    for text in {value, value.lower(), value.upper(), value.title()}:
        data = text.encode("utf-8", "replace")
        if len(data) < _SHORT_CODE:
            yield from (data.hex(), data.hex().upper(), base64.b64encode(data).decode("ascii").rstrip("="))


def _stands_alone(code: str, text: str) -> bool:
    return re.search(rf"(?<![0-9A-Za-z+/]){re.escape(code)}(?![0-9A-Za-z+/])", text) is not None


def _views(text: str) -> Iterator[str]:
    """What a text says once it is decoded, in every coding it seems to hold."""
    for words in decoded_words(text.encode("utf-8", "replace")):
        yield from _read(words)
    plain = undisguised(text)
    if plain is not None:
        yield plain
    if "+" in text:
        yield (plain or text).replace("+", " ")  # as forms on the web write a blank
    if _QUOTED.search(text):
        for view in _read(quopri.decodestring(text.encode("utf-8", "replace"))):
            yield view
            if "=?" in text:
                yield view.replace("_", " ")  # as headers of e-mails write a blank
    if _ESCAPE.search(text):
        view = _ESCAPE.sub(_character, text)
        yield view
        # The bytes of a letter may have been escaped one by one.
        yield view.encode("latin-1", "replace").decode("utf-8", "replace")


def _read(data: bytes) -> Iterator[str]:
    yield data.decode("utf-8", "replace")
    if not data.isascii():
        yield data.decode("cp1252", "replace")


def _character(match: re.Match[str]) -> str:
    group = match.lastindex or 0
    code = int(match[group], 8 if group == _OCTAL else 16)
    return chr(code) if code < _BEYOND else match[0]
