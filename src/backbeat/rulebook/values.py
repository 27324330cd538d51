"""Typed values: what a fact, a condition or an output can be, and its one spelling in JSON.

`unknown` belongs to no type: it is the absence of a value, and `Answer.UNKNOWN` says so for every type alike.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TypeAlias

from backbeat.canonical import Json

__all__ = [
    "NO",
    "UNKNOWN",
    "YES",
    "Answer",
    "Fact",
    "Facts",
    "Outcome",
    "Scalar",
    "Shape",
    "Value",
    "ValueType",
    "is_whole",
    "write_value",
]


class Answer(Enum):
    """Three-valued answer. Not text, not bool: `False` is how an unknown quietly becomes a no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    # Members are single, so identity hashes them; Enum's own hash is Python code, and facts are keys everywhere.
    __hash__ = object.__hash__

    @classmethod
    def of(cls, known: bool | None) -> "Answer":
        """`None` is unknown."""
        if known is None:
            return cls.UNKNOWN
        return cls.YES if known else cls.NO


YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN

Scalar: TypeAlias = Answer | str | int | date | timedelta
Fact: TypeAlias = Scalar
Value: TypeAlias = Scalar | tuple["Value", ...] | None
"""An output. A tuple where the table collects; None where an optional output is left empty."""
Facts: TypeAlias = Mapping[str, Fact]
Outcome: TypeAlias = Mapping[str, Value]


class Shape(StrEnum):
    """The kinds of type."""

    TRI = "tri"
    ENUM = "enum"
    TEXT = "text"
    INT = "int"
    DATE = "date"
    DURATION = "duration-hours"


ORDERED = frozenset({Shape.INT, Shape.DATE, Shape.DURATION})
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _./()+-]*")
# Digits are 0 to 9: other scripts have their own, and a table that looks like another must not be another.
_INT = re.compile(r"[+-]?[0-9]{1,18}")
_LARGEST = 10**18 - 1
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"([0-9]{1,6}):([0-5][0-9])(?::([0-5][0-9]))?")
_HOURS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_BOUNDS = re.compile(r"int\[\s*([+-]?\d+)?\s*\.\.\s*([+-]?\d+)?\s*\]")
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ValueType:
    """One declared type. Reading raises ValueError with a message that names what is allowed, never what was given."""

    shape: Shape
    choices: tuple[str, ...] = ()
    low: int | None = None
    """Smallest ordinal allowed: an integer, a proleptic day number, or seconds."""
    high: int | None = None

    @classmethod
    def parse(cls, text: str) -> "ValueType":
        """`tri` · `enum[a, b]` · `text` · `int` · `int[0..120]` · `int[0..]` · `date` · `duration-hours`."""
        text = text.strip()
        if text.startswith("enum[") and text.endswith("]"):
            return cls(Shape.ENUM, _choices(text[5:-1]))
        if bounds := _BOUNDS.fullmatch(text):
            low, high = (int(b) if b is not None else None for b in bounds.groups())
            if low is not None and high is not None and low > high:
                raise ValueError("the bounds of the int type are the wrong way round")
            return cls(Shape.INT, low=low, high=high)
        match text:
            case "tri":
                return cls(Shape.TRI, ("yes", "no"))
            case "text":
                return cls(Shape.TEXT)
            case "int":
                return cls(Shape.INT)
            case "date":
                return cls(Shape.DATE, low=1, high=date.max.toordinal())
            case "duration-hours":
                return cls(Shape.DURATION, low=0)
        raise ValueError("the type is not one of tri, enum[a, b], text, int, int[0..9], date, duration-hours")

    def __str__(self) -> str:
        """As it is declared."""
        match self.shape:
            case Shape.ENUM:
                return f"enum[{', '.join(self.choices)}]"
            case Shape.INT if (self.low, self.high) != (None, None):
                return f"int[{_edge(self.low)}..{_edge(self.high)}]"
        return str(self.shape)

    @property
    def ordered(self) -> bool:
        """Whether comparisons and ranges make sense."""
        return self.shape in ORDERED

    @property
    def wanted(self) -> str:
        """What a value of this type looks like, for messages."""
        match self.shape:
            case Shape.TRI:
                return "yes, no or unknown"
            case Shape.ENUM:
                return "one of " + ", ".join(self.choices)
            case Shape.TEXT:
                return "text that is not empty"
            case Shape.INT:
                bounds = f" in {_edge(self.low)}..{_edge(self.high)}" if (self.low, self.high) != (None, None) else ""
                return f"a whole number{bounds}"
            case Shape.DATE:
                return "a date written YYYY-MM-DD"
            case Shape.DURATION:
                return "hours, such as 24, 0.5 or 24:30"

    def accept(self, fact: object) -> Fact:
        """A fact from Python, checked and made plain (StrEnum members become text, text becomes NFC).

        Raises:
            ValueError: not of this type. A bool is never accepted: it cannot say unknown.
        """
        if fact is UNKNOWN or (isinstance(fact, str) and fact == "unknown" and self.choices):
            return UNKNOWN
        match self.shape:
            case Shape.TRI if isinstance(fact, Answer):
                return fact
            case Shape.TRI | Shape.ENUM | Shape.TEXT if isinstance(fact, str):
                return self._word(str(fact))
            case Shape.INT if isinstance(fact, int) and not isinstance(fact, bool):
                return self._bounded(int(fact))
            case Shape.DATE if isinstance(fact, date) and not isinstance(fact, datetime):
                return fact
            case Shape.DURATION if isinstance(fact, timedelta):
                if fact % _SECOND or fact < timedelta(0):
                    raise ValueError("must be a duration of whole seconds, not negative")
                return fact
        raise ValueError(f"must be {self.wanted}")

    def read(self, text: str) -> Scalar:
        """A value from the text of a cell or of a JSON document (never `unknown`).

        Raises:
            ValueError: the text is not a value of this type.
        """
        text = text.strip()
        match self.shape:
            case Shape.TRI | Shape.ENUM | Shape.TEXT:
                return self._word(text)
            case Shape.INT if _INT.fullmatch(text):
                return self._bounded(int(text))
            case Shape.DATE if _DAY.fullmatch(text):
                try:
                    return date.fromisoformat(text)
                except ValueError:
                    raise ValueError("must be a day that exists, written YYYY-MM-DD") from None
            case Shape.DURATION if (duration := _duration(text)) is not None:
                return duration
        raise ValueError(f"must be {self.wanted}")

    def read_json(self, value: object) -> Fact:
        """A fact as `write_value` spells it; `unknown` is read as such for every type but text.

        Raises:
            ValueError: not of this type.
        """
        if value == "unknown" and self.shape is not Shape.TEXT:
            return UNKNOWN
        if self.shape is Shape.INT:
            return self.accept(value)
        if not isinstance(value, str):
            raise ValueError(f"must be {self.wanted}")
        return self.read(value)

    def ordinal(self, value: Scalar) -> int:
        """Where a value of an ordered type stands: the integer, the day number, or whole seconds."""
        match value:
            case timedelta():
                return value // _SECOND
            case date():
                return value.toordinal()
            case int():
                return value
        raise TypeError(f"{self.shape} has no order")

    def _word(self, text: str) -> Scalar:
        text = unicodedata.normalize("NFC", text)
        if not text or not is_whole(text) or (self.choices and text not in self.choices):
            raise ValueError(f"must be {self.wanted}")
        return Answer(text) if self.shape is Shape.TRI else text

    def _bounded(self, value: int) -> int:
        too_long = not -_LARGEST <= value <= _LARGEST  # as no cell may be: it has no spelling to be replayed from
        if too_long or (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            raise ValueError(f"must be {self.wanted}")
        return value


def is_whole(text: str) -> bool:
    """Whether text can be written down: half of a surrogate pair (JSON and YAML can spell one) has no bytes."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def write_value(value: Value) -> Json:
    """The one JSON spelling: answers and words as text, dates as YYYY-MM-DD, durations as H:MM or H:MM:SS."""
    match value:
        case None | str() | int():
            return value
        case Answer():
            return value.value
        case timedelta():
            minutes, seconds = divmod(value // _SECOND, 60)
            hours, minutes = divmod(minutes, 60)
            return f"{hours}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
        case date():
            return value.isoformat()
        case tuple():
            return [write_value(item) for item in value]


def _choices(text: str) -> tuple[str, ...]:
    choices = tuple(unicodedata.normalize("NFC", choice.strip()) for choice in text.split(","))
    if not all(_WORD.fullmatch(choice) for choice in choices):
        raise ValueError("an enum needs words of letters, digits and _./()+- between commas")
    if len(set(choices)) != len(choices):
        raise ValueError("an enum names one choice twice")
    if "unknown" in choices:
        raise ValueError("`unknown` is never a choice of an enum; declare the input with `unknown: answer` instead")
    return choices


def _duration(text: str) -> timedelta | None:
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not _HOURS.fullmatch(text):
        return None
    seconds_exact = Decimal(text) * 3600
    return timedelta(seconds=int(seconds_exact)) if seconds_exact == int(seconds_exact) else None


def _edge(bound: int | None) -> str:
    return "" if bound is None else str(bound)
