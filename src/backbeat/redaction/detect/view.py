"""The text as detectors read it: look-alike characters made alike, with the way back to the original offsets.

Accents and combining marks go (NFC and NFD meet), dashes, quotes and spaces become ASCII, invisible characters vanish,
Greek and Cyrillic letters that look Latin become Latin. Nothing is decided here: the document keeps its own text.
"""

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import cached_property, lru_cache

__all__ = ["View"]

_WORD = re.compile(r"[^\W_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_ESCAPED = re.compile(r"%(?:0[9ADad]|2[0-9A-Fa-f]|3[A-Fa-f]|40|5[B-Fb-f]|60|7[B-Eb-e])")
"""Blanks and signs as web addresses write them: the 20 of %20 would stick to the word behind it."""
_SPELT = {
    "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "Æ": "AE",
    "œ": "oe", "Œ": "OE", "ı": "i", "ʼ": "'", "ʹ": "'", "…": "...",
}  # fmt: skip
_LOOKALIKE = dict(
    zip(
        "АВЕКМНОРСТХЅІЈҮаеорсухіјѕһԁԛԝѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι",
        "ABEKMHOPCTXSIJYaeopcyxijshdqwvABEZHIKMNOPTYXovi",
        strict=True,
    )
)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """What stands for one non-ASCII character; empty for marks and invisible characters."""
    special = _SPELT.get(character) or _LOOKALIKE.get(character)
    if special is not None:
        return special
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf"}:
        return ""
    if category == "Pd" or character == "−":
        return "-"
    if category == "Zs":
        return " "
    if category in {"Zl", "Zp"}:
        return "\n"
    if character in "‘’‚‛′`´":
        return "'"
    if category in {"Pi", "Pf"}:
        return '"'
    base = unicodedata.normalize("NFKD", character)
    return "".join(c for c in base if unicodedata.category(c) not in {"Mn", "Me"}) or character


@dataclass(frozen=True)
class View:
    """`text` to search in; `origin` turns a span of it into a span of the document's text."""

    text: str
    original: str
    _starts: "array[int] | None" = None
    """For each character of `text`, the offset it came from; None where they are the same."""

    @classmethod
    def of(cls, original: str) -> "View":
        """The view of a document's text. ASCII text is its own view, but for escaped blanks and signs."""
        written = _ESCAPED.sub("+++", original)  # as long as before, and no blank: an address of a page stays whole
        if original.isascii():
            return cls(written, original)
        parts: list[str] = []
        starts = array("q")
        done = 0
        for run in _NOT_ASCII.finditer(written):
            parts.append(written[done : run.start()])
            starts.extend(range(done, run.start()))
            for offset in range(run.start(), run.end()):
                plain = _plain(original[offset])
                parts.append(plain)
                starts.extend([offset] * len(plain))
            done = run.end()
        parts.append(written[done:])
        starts.extend(range(done, len(original)))
        return cls("".join(parts), original, starts)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span [start, end) of `text` as a span of the original; trailing accents belong to it."""
        if self._starts is None:
            return start, end
        first, last = self._starts[start], self._starts[end - 1] + 1
        while last < len(self.original) and unicodedata.combining(self.original[last]):
            last += 1
        return first, last

    @cached_property
    def lower(self) -> str:
        """`text` in lower case, character for character."""
        lowered = self.text.lower()
        if len(lowered) == len(self.text):
            return lowered
        return "".join(c.lower() if len(c.lower()) == 1 else c for c in self.text)

    @cached_property
    def words(self) -> "Words":
        """Runs of letters and digits."""
        starts, ends, values = array("q"), array("q"), []
        for match in _WORD.finditer(self.lower):
            starts.append(match.start())
            ends.append(match.end())
            values.append(match.group())
        return Words(values, starts, ends)


@dataclass(frozen=True)
class Words:
    """The words of a view, lower case, with their offsets into it."""

    values: list[str]
    starts: "array[int]"
    ends: "array[int]"
