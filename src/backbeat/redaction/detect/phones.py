"""Telephone numbers: British and international, in any spacing, over a line break, read badly, or spelt in words."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Kind, Mention

__all__ = ["DETECTOR", "find_phones", "national_digits", "spelt_digits"]

DETECTOR = "identifiers"

_GAP = r"[ \t().\-]{0,3}(?:\r?\n[ \t]{0,4})?"
_EXTENSION = r"(?:[ ,]{0,3}(?:ext(?:ension|n)?\.?|x)[ .:]{0,2}\d{1,6})?"
_END = r"(?!(?!(?:x|ext)\d{1,6}(?!\w))\w)"
"""No letter or digit follows, unless an extension written without a blank: 01632 960123x12."""
_NATIONAL = re.compile(rf"(?<![\w+.])(?<!\d[\-/])\(?0(?:{_GAP}\d){{9,10}}{_END}(?![\-/]\d){_EXTENSION}")
_INTERNATIONAL = re.compile(
    rf"(?<![\w+])(?:\+{_GAP}|00[ ]?(?=[1-9]))(?:\(0\))?\d(?:{_GAP}\d){{7,14}}{_END}{_EXTENSION}"
)
_COUNTRY_44 = re.compile(rf"(?<![\w+.])44[ ]?(?:\(0\))?(?:{_GAP}\d){{10}}(?!\w){_EXTENSION}")
_AMERICAN = re.compile(
    r"(?<![\w.])(?:\+?1[ .\-])?(?:\(\d{3}\)[ ]?\d{3}[ .\-]\d{4}|\d{3}([.\-])\d{3}\1\d{4})(?![\w]|[.\-]\d)" + _EXTENSION
)
_SPACED_TEN = re.compile(r"(?<![\w.])\d{3} \d{3} \d{4}(?!\w)")
_MISREAD = re.compile(r"(?<!\w)[0Oo](?:[ .\-]{0,2}[\dOoIl]){9,10}(?!\w)")
_ANY = re.compile(r"(?<![\w/.])\(?\d(?:[ ().\-]{0,2}\d){5,14}(?![\w/])")
_WORDS_NEAR = re.compile(
    r"\b(?:tele?phone|phone|tel|mob|mobile|cell|call(?:ed|ing)?|rang|ring|text(?:ed)?|fax|contact|"
    r"whatsapp|dial(?:led)?|landline)\b"
    r"(?! log)"
)
_OTHER_NUMBER = re.compile(
    r"\b(?:nhs|account|order|invoice|card|imei|reference|ref|passport|parcel|urn|serial|custody|crime|incident|log)\b"
)
_BEFORE = 30

_DIGIT_WORDS: Final[dict[str, str]] = {
    "oh": "0", "o": "0", "zero": "0", "nought": "0", "naught": "0", "nil": "0", "one": "1", "two": "2", "three": "3",
    "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "hundred": "00", "thousand": "000",
}  # fmt: skip
_WORD = rf"(?:(?:double|treble|triple)[ \-]{{1,2}})?(?:{'|'.join(_DIGIT_WORDS)}|\d{{1,5}})"
_SPELT = re.compile(
    rf"(?<!\w)(?:plus )?{_WORD}(?:[ ,\-]{{1,3}}\r?\n?[ \t]{{0,3}}{_WORD}|\r?\n[ \t]{{0,3}}{_WORD}){{4,20}}(?!\w)"
)


@cache
def _library() -> Any:
    import phonenumbers

    return phonenumbers


def national_digits(value: str) -> str:
    """Digits of a number as dialled inside the country: +44 (0)7700 900123 and 07700 900123 are the same number.

    >>> national_digits("+44 (0)7700 900123"), national_digits("07700-900 123")
    ('07700900123', '07700900123')
    """
    digits = "".join(c for c in value if c.isdigit())
    for prefix in ("0044", "44"):
        if digits.startswith(prefix) and len(digits) - len(prefix) in {9, 10, 11}:
            return "0" + digits[len(prefix) :].removeprefix("0")
    return digits


def spelt_digits(words: str) -> str:
    """Digits a run of spoken words stands for; `double seven` is 77.

    >>> spelt_digits("oh seven double seven oh")
    '07770'
    """
    digits, times = "", 1
    for word in re.findall(r"[a-z]+|\d+", words.lower()):
        if word in {"double", "treble", "triple"}:
            times = 2 if word == "double" else 3
            continue
        digits += _DIGIT_WORDS.get(word, word if word.isdigit() else "") * times
        times = 1
    return digits


def find_phones(view: View) -> Iterator[Mention]:
    """Proposals for telephone numbers; they may overlap."""
    for match in _NATIONAL.finditer(view.text):
        yield _mention(view, match, _belief(view, match), "A British telephone number")
    for match in _INTERNATIONAL.finditer(view.text):
        yield _mention(
            view, match, 0.95 if _possible(match.group(), None) else 0.7, "An international telephone number"
        )
    for match in _COUNTRY_44.finditer(view.text):
        yield _mention(view, match, 0.85, "A British telephone number with its country code")
    for match in _AMERICAN.finditer(view.text):
        yield _mention(view, match, 0.7, "A telephone number in North American layout")
    for regex, confidence, what in (
        (_SPACED_TEN, 0.6, "Ten digits in a telephone layout near words for a telephone"),
        (_MISREAD, 0.75, "A telephone number read badly, near words for a telephone"),
        (_ANY, 0.7, "Digits near words for a telephone"),
    ):
        for match in regex.finditer(view.text):
            if _spoken_of(view, match.start()) and sum(c.isdigit() for c in match.group()) >= 6:
                yield _mention(view, match, confidence, what)
    for match in _MISREAD.finditer(view.text):
        value = match.group()
        if value[:2].lower() == "o7" and sum(c.isdigit() for c in value) >= 8:
            yield _mention(view, match, 0.7, "A telephone number read badly")
    for match in _SPELT.finditer(view.lower):
        digits, spelt = spelt_digits(match.group()), len(re.findall(r"[a-z]+", match.group()))
        if (
            spelt >= 3
            and 7 <= len(digits) <= 15
            and (digits[0] == "0" or digits[:2] == "44" or _spoken_of(view, match.start()))
        ):
            yield _mention(view, match, 0.9 if digits[0] == "0" else 0.7, "A telephone number spelt in words")


def _belief(view: View, match: "re.Match[str]") -> float:
    if _is_other(view, match.start()):
        return 0.4  # eleven digits with a nought in front, but called something else
    return 0.95 if _possible(match.group(), "GB") else 0.7


def _is_other(view: View, start: int) -> bool:
    """Do the words just before call it another sort of number?"""
    return _OTHER_NUMBER.search(view.lower, max(0, start - 20), start) is not None and not _spoken_of(view, start)


def _spoken_of(view: View, start: int) -> bool:
    before = view.lower[max(0, start - _BEFORE) : start]
    words = list(_WORDS_NEAR.finditer(before))
    if not words:
        return False
    other = list(_OTHER_NUMBER.finditer(before))
    return not other or other[-1].start() < words[-1].start()


def _possible(value: str, region: str | None) -> bool:
    """Does the numbering-plan library think this could be dialled?"""
    library = _library()
    digits = re.sub(r"(?i)[ ,]*(?:ext\w*\.?|x)[ .:]*\d+$", "", value).replace("(0)", "")
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    try:
        return bool(library.is_possible_number(library.parse(digits, region)))
    except library.NumberParseException:
        return False


def _mention(view: View, match: "re.Match[str]", confidence: float, why: str) -> Mention:
    first, last = view.origin(*match.span())
    return Mention(Kind.PHONE, view.original[first:last], first, last, confidence, DETECTOR, why + ".")
