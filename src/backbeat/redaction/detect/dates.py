"""Dates as people write them, and dates of birth by the words beside them."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Kind, Mention

__all__ = ["DETECTOR", "find_births", "find_dates", "read_date"]

DETECTOR = "identifiers"

_MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                  "november", "december")  # fmt: skip
_UNITS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
                 "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS: Final = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_ORDINALS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_NUMBERS: Final = {word: n for n, word in enumerate(_UNITS, 1)} | _TENS
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)(?:[a-z]{1,6})?\.?"
_SPELT_YEAR = rf"(?:nineteen|twenty|two thousand)(?:[ \-]{{1,2}}(?:hundred|and|oh|{'|'.join(_NUMBERS)})){{0,4}}"
_SPELT_DAY = rf"(?:(?:twenty|thirty)[ \-])?(?:{'|'.join(_ORDINALS)})"
_GAP = r"[ ,]{0,2}\n?[ ]{0,3}"
_DATE = re.compile(
    r"(?<![\w/.\-])(?:"
    r"(?P<iso>(?:19|20)\d{2}([\-/.])\d{1,2}\2\d{1,2})"
    r"|(?P<dmy>\d{1,2}[ ]?([/.\-])[ ]?\d{1,2}[ ]?\4[ ]?(?:(?:19|20)\d{2}|\d{2}))"
    rf"|(?P<text>\d{{1,2}}(?:st|nd|rd|th)?[ \-]?(?:of )?{_GAP}{_MONTH}"
    r"[ ,\-]{0,2}\n?[ ]{0,3}(?:(?:19|20)\d{2}|'?\d{2}))"
    rf"|(?P<american>{_MONTH}[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ](?:19|20)\d{{2}})"
    rf"|(?P<spelt>{_SPELT_DAY}(?: day)?(?: of)? {_MONTH},? {_SPELT_YEAR})"
    r")(?![\w/])"
)
_COMPACT = re.compile(r"(?<!\w)(?:\d{2} ?\d{2} ?(?:19|20)\d{2}|\d{6})(?![\w/])")
_BORN = re.compile(
    r"\b(?:d\.? ?o\.? ?b\b\.?|date of birth|birth ?dates?|born(?: on(?: the)?)?|birthday(?: is| was)?|b\.)"
    r"[^\w\n]{0,8}\n?[^\w\n]{0,4}"
    r"(?:is |was |the |on |as |given )*$"
)
_BEFORE = 40


def _year(text: str) -> int:
    value = int(text)
    if len(text) > 2:
        return value
    return 1900 + value if value > date.today().year % 100 else 2000 + value


def _spelt_number(words: list[str]) -> int:
    return sum(_NUMBERS.get(w, 0) or _ORDINALS.get(w, 0) for w in words)


def _spelt_date(value: str) -> date | None:
    words = re.findall(r"[a-z]+", value)
    at = next(
        i for i, word in enumerate(words) if any(m.startswith(word[:3]) for m in _MONTHS) and word not in _ORDINALS
    )
    day, month = _spelt_number(words[:at]), _month(words[at])
    years = [w for w in words[at + 1 :] if w not in {"and", "oh", "hundred"}]
    if years[:2] == ["two", "thousand"]:
        year = 2000 + _spelt_number(years[2:])
    else:
        year = (1900 if years[0] == "nineteen" else 2000) + _spelt_number(years[1:])
    return _date(year, month, day)


def _month(word: str) -> int:
    return next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(word[:3].lower())), 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_date(text: str) -> date | None:
    """The day a written date means, day before month as in Britain; None where it is no date.

    A two-digit year lies in the past.

    >>> read_date("3rd of March 1984"), read_date("03.03.84"), read_date("1984-03-03")
    (datetime.date(1984, 3, 3), datetime.date(1984, 3, 3), datetime.date(1984, 3, 3))
    """
    value = text.strip().lower()
    numbers = re.findall(r"\d+", value)
    if re.fullmatch(r"\d{6}|\d{8}", value.replace(" ", "")):
        squeezed = value.replace(" ", "")
        return _date(_year(squeezed[4:]), int(squeezed[2:4]), int(squeezed[:2]))
    if word := re.search(r"[a-z]{3,}", re.sub(r"\bof\b|(?<=\d)(?:st|nd|rd|th)", " ", value)):
        if not numbers:
            return _spelt_date(value) if re.search(rf"\b{_MONTH}", value) else None
        if len(numbers) != 2:
            return None
        return _date(_year(numbers[1]), _month(word.group()), int(numbers[0]))
    if len(numbers) != 3:
        return None
    if len(numbers[0]) == 4:
        return _date(int(numbers[0]), int(numbers[1]), int(numbers[2]))
    return _date(_year(numbers[2]), int(numbers[1]), int(numbers[0]))


def find_dates(view: View) -> Iterator[tuple[int, int]]:
    """Spans of the view that are written dates with a year."""
    for match in _DATE.finditer(view.lower):
        yield match.span()


def find_births(view: View) -> Iterator[Mention]:
    """Dates that the words before them call a date of birth."""
    spans = list(find_dates(view)) + [match.span() for match in _COMPACT.finditer(view.lower)]
    for start, end in spans:
        if _BORN.search(view.lower[max(0, start - _BEFORE) : start]):
            first, last = view.origin(start, end)
            sure = read_date(view.text[start:end]) is not None
            why = (
                "A date after words for birth." if sure else "After words for birth, though it is no date as it stands."
            )
            yield Mention(
                Kind.DATE_OF_BIRTH, view.original[first:last], first, last, 0.97 if sure else 0.7, DETECTOR, why
            )
