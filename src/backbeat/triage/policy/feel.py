"""What cells of the rulebook match, written as FEEL unary tests (DMN 1.3, 7.3 and 10.3).

Yes, no and unknown are the strings "yes", "no", "unknown"; a fact not asked yet is null. FEEL's own three-valued logic
is kept out of the cells: no cell compares values of two types under a `not`, so each is true or not true, never null
where it should be true.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from backbeat.rulebook.conditions import Condition, Span
from backbeat.rulebook.table import Input
from backbeat.rulebook.values import Answer, Shape, Value, ValueType

__all__ = ["Matches", "type_ref", "write_feel"]

ANY = "-"
_UNKNOWN = '"unknown"'


def write_feel(value: Value) -> str:
    """A value as a FEEL literal; None is null."""
    match value:
        case None:
            return "null"
        case Answer():
            return f'"{value.value}"'
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            return f'"{escaped}"'
        case int():
            return str(value)
        case timedelta():
            return f'duration("PT{value // timedelta(seconds=1)}S")'
        case date():
            return f'date("{value.isoformat()}")'
        case tuple():
            return f"[{', '.join(write_feel(one) for one in value)}]"


def type_ref(type_: ValueType, *, or_unknown: bool = False) -> str:
    """The built-in FEEL type of a value; `Any` where it may be a number or the string "unknown"."""
    if type_.ordered and or_unknown:
        return "Any"
    return {Shape.INT: "number", Shape.DATE: "date", Shape.DURATION: "days and time duration"}.get(
        type_.shape, "string"
    )


@dataclass(frozen=True, slots=True)
class Matches:
    """The values of one input that a cell matches."""

    input: Input
    words: tuple[str, ...] = ()
    """Of an unordered type: those that match, or with `others` those that do not."""
    others: bool = False
    """Any text but `words` matches. Only of text."""
    spans: tuple[Span, ...] = ()
    """Of an ordered type: disjoint, rising, both ends included, None for no bound."""
    unknown: bool = False

    @classmethod
    def of(cls, input_: Input, cell: Condition) -> "Matches":
        """What a cell of the rulebook matches."""
        type_, unknown = input_.type, input_.unknown_answers and (cell.anything or cell.unknown)
        nothing_known = cell.unknown and not cell.words and not cell.spans
        if type_.ordered:
            spans: tuple[Span, ...] = ((type_.low, type_.high),) if cell.anything else _joined(cell.spans, type_)
            if cell.negated:
                spans = _gaps(spans, type_)
            return cls(input_, spans=() if nothing_known else spans, unknown=unknown)
        if type_.choices:
            return cls(input_, tuple(word for word in type_.choices if cell.holds_word(word)), unknown=unknown)
        return cls(input_, tuple(sorted(cell.words)), others=cell.anything or cell.negated)

    @property
    def everything(self) -> bool:
        """Whether the cell asks nothing."""
        type_ = self.input.type
        if self.unknown != self.input.unknown_answers:
            return False
        if type_.ordered:
            return self.spans == ((type_.low, type_.high),)
        return self.words == type_.choices if type_.choices else self.others and not self.words

    @property
    def nothing(self) -> bool:
        """Whether no value matches."""
        return not (self.words or self.others or self.spans or self.unknown)

    def complement(self) -> "Matches":
        """Every other value."""
        input_, type_ = self.input, self.input.type
        unknown = input_.unknown_answers and not self.unknown
        if type_.ordered:
            return Matches(input_, spans=_gaps(self.spans, type_), unknown=unknown)
        if type_.choices:
            return Matches(input_, tuple(w for w in type_.choices if w not in self.words), unknown=unknown)
        return Matches(input_, self.words, others=not self.others)

    def meet(self, other: "Matches") -> "Matches":
        """The values that match both."""
        unknown = self.unknown and other.unknown
        if self.input.type.ordered:
            return Matches(self.input, spans=_met(self.spans, other.spans), unknown=unknown)
        if self.others and other.others:
            return Matches(self.input, tuple(sorted({*self.words, *other.words})), others=True)
        listed, rest = (other, self) if self.others else (self, other)
        held = tuple(word for word in listed.words if (word in rest.words) != rest.others)
        return Matches(self.input, held, unknown=unknown)

    def feel(self) -> str:
        """As unary tests. Null matches only `-`."""
        if self.everything:
            return ANY
        if self.others:
            return f"not({', '.join([*map(write_feel, self.words), 'null'])})"
        return ", ".join(self._tests())

    def feel_or_open(self) -> str:
        """As unary tests that the fact also meets while it is open."""
        if self.everything:
            return ANY
        if self.others:
            return f"not({', '.join(map(write_feel, self.words))})"
        return ", ".join([*self._tests(), *open_tests(self.input)])

    def _tests(self) -> list[str]:
        unknown = [_UNKNOWN] if self.unknown else []
        if not self.input.type.ordered:
            return [*map(write_feel, self.words), *unknown]
        return [test for span in self.spans for test in _span_tests(span, self.input.type)] + unknown


def open_tests(input_: Input) -> list[str]:
    """Tests that a fact meets while it is open: not asked, or unknown where that is no answer of its own."""
    own_word = input_.unknown_answers or input_.type.shape is Shape.TEXT
    return ["null"] if own_word else [_UNKNOWN, "null"]


def _span_tests(span: Span, type_: ValueType) -> list[str]:
    low, high = span
    if low is not None and low == high:
        return [_ordinal(low, type_)]
    if low is None and high is None:
        return [f"<= {_ordinal(0, type_)}", f"> {_ordinal(0, type_)}"]
    if low is None or high is None:
        return [f">= {_ordinal(low, type_)}" if low is not None else f"<= {_ordinal(high or 0, type_)}"]
    if high == type_.high:
        return [f">= {_ordinal(low, type_)}"]
    return [f"[{_ordinal(low, type_)}..{_ordinal(high, type_)}]"]


def _ordinal(number: int, type_: ValueType) -> str:
    match type_.shape:
        case Shape.DATE:
            return write_feel(date.fromordinal(number))
        case Shape.DURATION:
            return write_feel(timedelta(seconds=number))
    return str(number)


def _joined(spans: Iterable[Span], type_: ValueType) -> tuple[Span, ...]:
    """The same values as disjoint spans in order, those that touch made one, within the bounds of the type."""
    made: list[Span] = []
    kept = _met(tuple(spans), ((type_.low, type_.high),))
    for low, high in sorted(kept, key=lambda span: (span[0] is not None, span[0] or 0)):
        if made and (made[-1][1] is None or (low is not None and low <= made[-1][1] + 1)):
            before = made[-1][1]
            made[-1] = (made[-1][0], None if before is None or high is None else max(before, high))
        else:
            made.append((low, high))
    return tuple(made)


def _gaps(spans: tuple[Span, ...], type_: ValueType) -> tuple[Span, ...]:
    """The values of the type between disjoint rising spans."""
    made: list[Span] = []
    start: int | None = type_.low
    for low, high in spans:
        if low is not None and (start is None or start <= low - 1):
            made.append((start, low - 1))
        if high is None:
            return tuple(made)
        start = high + 1
    if type_.high is None or start is None or start <= type_.high:
        made.append((start, type_.high))
    return tuple(made)


def _met(ones: tuple[Span, ...], others: tuple[Span, ...]) -> tuple[Span, ...]:
    made: list[Span] = []
    for a, b in ones:
        for c, d in others:
            low = max((x for x in (a, c) if x is not None), default=None)
            high = min((x for x in (b, d) if x is not None), default=None)
            if low is None or high is None or low <= high:
                made.append((low, high))
    return tuple(made)
