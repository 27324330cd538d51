"""What a field of an event may hold: checked when the event is made, written to JSON and read back one way only.

A field says its rule in its type, `Annotated[str, WORD]`. Faults never quote the value, because what
is typed on a call is about a person.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, get_type_hints

from backbeat.canonical import Json
from backbeat.handed_json import is_writable
from backbeat.rulebook import Answer
from backbeat.triage.calls.errors import EventRefused

__all__ = [
    "FACT",
    "FLAG",
    "HOW",
    "MINUTES",
    "MOMENT",
    "NOTES",
    "PERSON",
    "REASON",
    "WORD",
    "ChoiceRule",
    "Fault",
    "ListRule",
    "MaybeRule",
    "NumberRule",
    "Rule",
    "TextRule",
    "rules_of",
    "settle",
]

HOW: Final = "correct the fields named and send the event again; nothing was recorded"
"""What a refused event asks for."""
MOST_MINUTES = 14 * 24 * 60
_WORD = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_NOBODY = frozenset(
    "unknown none nobody n/a na tbc tba nil anon anonymous not known no name not given x xx xxx".split()
) | {"not known", "no name", "not given", "no one", "duty", "operator", "call taker"}
"""What is typed where a name is missing. An owner must be somebody who can be rung."""


class Fault(ValueError):
    """A value is not what its field may hold. Never leaves this package: events turn it into `EventRefused`."""


class Rule(ABC):
    """What one field may hold."""

    @abstractmethod
    def check(self, value: object) -> object:
        """The value in its one form; raises `Fault` where it is none."""

    def write(self, value: Any) -> Json:
        """The JSON of a checked value."""
        plain: Json = value
        return plain

    def read(self, value: object) -> object:
        """What `check` is handed for a JSON value."""
        return value


@dataclass(frozen=True, slots=True)
class TextRule(Rule):
    """Text of a length. Blanks at either end go; a line break only where `lines`."""

    most: int
    least: int = 1
    lines: bool = False

    def check(self, value: object) -> object:
        if not isinstance(value, str):
            raise Fault("must be text")
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").strip())
        if not is_writable(text) or any(ord(c) < 32 and not (self.lines and c in "\n\t") for c in text):
            raise Fault("must be plain text without control characters")
        if len(text) < self.least:
            raise Fault("must not be empty" if self.least == 1 else f"must have at least {self.least} characters")
        if len(text) > self.most:
            raise Fault(f"must have at most {self.most:,} characters")
        return text


class PersonRule(TextRule):
    """The name of somebody: not a blank, and not a word for a name that is missing."""

    def check(self, value: object) -> object:
        name = str(TextRule.check(self, value))
        if name.casefold().strip(" .?-") in _NOBODY or sum(c.isalpha() for c in name) < 2:
            raise Fault("must name a person; ask who is speaking")
        return name


class WordRule(Rule):
    """A word of the rules: the id of an agency, a fact, a call."""

    def check(self, value: object) -> object:
        if not isinstance(value, str) or len(value) > 60 or not _WORD.fullmatch(value):
            raise Fault("must be a word of small letters, digits and hyphens, at most 60 long")
        return value


@dataclass(frozen=True, slots=True)
class NumberRule(Rule):
    """A whole number, ends included."""

    least: int
    most: int
    unit: str = ""

    def check(self, value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            raise Fault(f"must be a whole number{self.unit and ' of ' + self.unit} from {self.least} to {self.most:,}")
        return value


class MomentRule(Rule):
    """An instant with its offset, kept as UTC."""

    def check(self, value: object) -> object:
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise Fault("must be a date and time with its offset from UTC, such as 2026-05-01T09:00:00+01:00")
        return value.astimezone(UTC)

    def write(self, value: Any) -> Json:
        return str(value.isoformat())

    def read(self, value: object) -> object:
        try:
            return datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            return value


class FlagRule(Rule):
    """True or false; nothing that merely counts as one."""

    def check(self, value: object) -> object:
        if not isinstance(value, bool):
            raise Fault("must be true or false")
        return value


@dataclass(frozen=True, slots=True)
class ChoiceRule(Rule):
    """A member of an enum, or its word."""

    kind: type[Enum]
    but: tuple[Enum, ...] = ()
    """Members that make no sense here."""

    def check(self, value: object) -> object:
        allowed = [one for one in self.kind if one not in self.but]
        for one in allowed:
            if value is one or value == one.value:
                return one
        raise Fault(f"must be one of {', '.join(str(one.value) for one in allowed)}")

    def write(self, value: Any) -> Json:
        return str(value.value)


class FactRule(Rule):
    """`yes`, `no`, `unknown`, a whole number, or a word of a list. Which of them a fact takes, the policy says."""

    def check(self, value: object) -> object:
        if isinstance(value, Answer):
            return value
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_MINUTES:
            return value
        if isinstance(value, str) and value in {one.value for one in Answer}:
            return Answer(value)
        if isinstance(value, str) and len(value) <= 60 and _WORD.fullmatch(value):
            return value
        raise Fault(f"must be yes, no, unknown, a word of the rules, or a whole number from 0 to {MOST_MINUTES:,}")

    def write(self, value: Any) -> Json:
        plain: Json = value.value if isinstance(value, Answer) else value
        return plain


@dataclass(frozen=True, slots=True)
class MaybeRule(Rule):
    """What another rule allows, or nothing."""

    rule: Rule

    def check(self, value: object) -> object:
        return None if value is None else self.rule.check(value)

    def write(self, value: Any) -> Json:
        return None if value is None else self.rule.write(value)

    def read(self, value: object) -> object:
        return None if value is None else self.rule.read(value)


@dataclass(frozen=True, slots=True)
class ListRule(Rule):
    """At most `most` of what another rule allows, each once, in the order given."""

    rule: Rule
    most: int = 100

    def check(self, value: object) -> object:
        if not isinstance(value, list | tuple) or len(value) > self.most:
            raise Fault(f"must be a list of at most {self.most}")
        return tuple(dict.fromkeys(self.rule.check(one) for one in value))

    def write(self, value: Any) -> Json:
        return [self.rule.write(one) for one in value]


WORD: Final = WordRule()
PERSON: Final = PersonRule(120)
NOTES: Final = TextRule(8_000, lines=True)
REASON: Final = TextRule(2_000, least=3, lines=True)
MINUTES: Final = NumberRule(0, MOST_MINUTES, "minutes")
MOMENT: Final = MomentRule()
FLAG: Final = FlagRule()
FACT: Final = FactRule()


_RULES: Final[dict[type, Mapping[str, Rule]]] = {}


def rules_of(kind: type) -> Mapping[str, Rule]:
    """The rule of each field of a dataclass whose fields are all `Annotated` with one, in order."""
    if kind not in _RULES:  # reading type hints is slow, and every event of every call comes by here
        hints = get_type_hints(kind, include_extras=True)
        _RULES[kind] = {
            one.name: next(m for m in hints[one.name].__metadata__ if isinstance(m, Rule)) for one in fields(kind)
        }
    return _RULES[kind]


def settle(made: Any, what: str) -> None:
    """Put every field of a frozen value that is being made into its one form.

    Raises:
        EventRefused: every field at fault, by its name; `what` says in which event.
    """
    faults = []
    for name, rule in rules_of(type(made)).items():
        try:
            object.__setattr__(made, name, rule.check(getattr(made, name)))
        except Fault as fault:
            faults.append(f"{name}: {fault}")
    if faults:
        raise EventRefused.of(faults, where=f"event {what}", do=HOW)
