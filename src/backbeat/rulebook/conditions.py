"""The cells of a decision table, and the finite classes they cut a domain into.

A cell can only ask whether a value lies in some set, and a table has finitely many cells. So every domain, also an
infinite one, falls into finitely many classes that no cell of the table can tell apart. Deciding by class is exact.

    -              any, also unknown where unknown is an answer
    yes   a|b      this; one of these
    !a   !a|b      any known value but these (never unknown)
    >= 10  < 5     comparison (int, date, duration-hours)
    10..20         range, both ends included
    unknown        the answer is that it cannot be known (only for inputs declared `unknown: answer`)
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from backbeat.rulebook.values import UNKNOWN, Answer, Fact, Shape, ValueType

__all__ = ["Condition", "Partition"]

Span = tuple[int | None, int | None]
_COMPARISON = re.compile(r"(>=|<=|>|<)\s*(.+)")
_RANGE = re.compile(r"(.+?)\s*\.\.\s*(.+)")


@dataclass(frozen=True, slots=True)
class Condition:
    """What one cell asks of one fact."""

    text: str
    """As written, without outer spaces."""
    anything: bool = False
    unknown: bool = False
    negated: bool = False
    words: frozenset[str] = frozenset()
    spans: tuple[Span, ...] = ()
    """Ordinals, both ends included; None is no bound."""

    @classmethod
    def parse(cls, text: str, type_: ValueType, *, unknown_answers: bool) -> "Condition":
        """Read a cell.

        Raises:
            ValueError: what is wrong, without quoting the cell.
        """
        text = text.strip()
        if text == "-":
            return cls(text, anything=True)
        if not text:
            raise ValueError("is empty; write - where any value will do")
        negated, unknown = text.startswith("!"), False
        words: set[str] = set()
        spans: list[Span] = []
        for part in (text[1:] if negated else text).split("|"):
            part = part.strip()
            if part == "unknown":
                if negated or not unknown_answers:
                    raise ValueError(
                        "cannot ask for the negation of unknown"
                        if negated
                        else "asks for unknown, but the input is not declared `unknown: answer`"
                    )
                unknown = True
            elif type_.ordered:
                spans.append(_span(part, type_))
            else:
                value = type_.read(part)
                words.add(value.value if isinstance(value, Answer) else str(value))
        return cls(text, unknown=unknown, negated=negated, words=frozenset(words), spans=tuple(spans))

    def holds_word(self, word: str | None) -> bool:
        """Whether a known value of an unordered type matches; None is any word that no cell mentions."""
        return self.anything or (not self._only_unknown and (word in self.words) != self.negated)

    def holds_ordinal(self, ordinal: int) -> bool:
        """Whether a known value of an ordered type matches."""
        inside = any((a is None or a <= ordinal) and (b is None or ordinal <= b) for a, b in self.spans)
        return self.anything or (not self._only_unknown and inside != self.negated)

    @property
    def _only_unknown(self) -> bool:
        return self.unknown and not self.words and not self.spans


class Partition:
    """The classes of one input: no cell of the table can tell two values of one class apart."""

    def __init__(self, type_: ValueType, conditions: Iterable[Condition], *, unknown_answers: bool) -> None:
        conditions = tuple(conditions)
        self.type = type_
        self._words: tuple[str, ...] = ()
        self._cuts: tuple[int, ...] = ()
        if type_.ordered:
            starts = {a for c in conditions for a, _ in c.spans if a is not None}
            starts |= {b + 1 for c in conditions for _, b in c.spans if b is not None}
            # A cut at or below the smallest value, or above the largest, would leave an empty class.
            self._cuts = tuple(
                cut
                for cut in sorted(starts)
                if (type_.low is None or cut > type_.low) and (type_.high is None or cut <= type_.high)
            )
            known = len(self._cuts) + 1
        elif type_.choices:
            self._words = type_.choices
            known = len(self._words)
        else:
            self._words = tuple(sorted({word for c in conditions for word in c.words}))
            known = len(self._words) + 1
        self._known = known
        self._index = {word: index for index, word in enumerate(self._words)}
        self.size = known + unknown_answers
        """Number of classes; where unknown is an answer it is the last of them."""
        self.everything = (1 << self.size) - 1

    def classify(self, fact: Fact) -> int:
        """The class of an accepted fact."""
        if fact is UNKNOWN:
            return self._known
        if self.type.ordered:
            return bisect_right(self._cuts, self.type.ordinal(fact))
        return self._index.get(fact.value if isinstance(fact, Answer) else str(fact), len(self._words))

    def representatives(self) -> tuple[Fact, ...]:
        """One fact of each class, in order, for whoever tries a table on everything. Not for dates and durations."""
        known: list[Fact]
        if self.type.ordered:
            known = [self._representative(index) for index in range(self._known)]
        elif self.type.shape is Shape.TRI:
            known = [Answer(word) for word in self._words]
        elif self.type.choices:
            known = list(self._words)
        else:
            known = [*self._words, "-".join(("none", "of", *self._words))]
        return (*known, UNKNOWN) if self.size > self._known else tuple(known)

    def mask(self, condition: Condition) -> int:
        """Bit i is set where class i matches the condition."""
        if condition.anything:
            return self.everything
        if self.type.ordered:
            held = [condition.holds_ordinal(self._representative(i)) for i in range(self._known)]
        else:
            words: list[str | None] = [*self._words, None]
            held = [condition.holds_word(word) for word in words[: self._known]]
        held += [condition.unknown] * (self.size - self._known)
        return sum(1 << i for i, holds in enumerate(held) if holds)

    def _representative(self, index: int) -> int:
        if index:
            return self._cuts[index - 1]
        if self.type.low is not None:
            return self.type.low
        if self._cuts:
            return self._cuts[0] - 1
        return self.type.high if self.type.high is not None else 0


def _span(part: str, type_: ValueType) -> Span:
    if comparison := _COMPARISON.fullmatch(part):
        sign, bound = comparison[1], type_.ordinal(type_.read(comparison[2]))
        match sign:
            case ">=":
                return bound, None
            case ">":
                return bound + 1, None
            case "<=":
                return None, bound
            case _:
                return None, bound - 1
    if ends := _RANGE.fullmatch(part):
        low, high = (type_.ordinal(type_.read(end)) for end in ends.groups())
        if low > high:
            raise ValueError("has a range whose ends are the wrong way round")
        return low, high
    value = type_.ordinal(type_.read(part))
    return value, value
