"""What is proposed, and the words it rests on."""

from dataclasses import dataclass
from enum import StrEnum

from backbeat.crime.model import Offence, Source
from backbeat.crime.rules import Act
from backbeat.errors import Bug
from backbeat.rulebook import Fact

__all__ = ["By", "FactProposal", "Match", "Point", "Proposal"]


class By(StrEnum):
    """How words of a text were matched with words of the rules."""

    WORDS = "words"
    """They are the same words, or a slip apart."""
    MEANING = "meaning"
    """The sentence encoder finds them alike."""


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """Words of the text that speak for a proposal: characters [start, end)."""

    start: int
    end: int
    term: str
    """What they were found under in the rules: `glassed`; another spelling than the text's where that was mistyped.
    By meaning: the words of the rules that the characters are most alike to."""
    by: By = By.WORDS


@dataclass(frozen=True, slots=True)
class Point:
    """One point to prove, as the rules print it, in plain words."""

    code: str
    class_: str
    text: str
    source: Source
    law: str
    """Act and section the page names."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An act to classify by questions, or a single offence; exactly one of the two."""

    act: Act | None
    offence: Offence | None
    score: float
    """Orders the proposals of one search; says nothing across searches and is no probability."""
    why: tuple[Match, ...]
    """Words in the order of the text, then what was found by meaning, a whole passage, if anything; never empty."""
    points: tuple[Point, ...]
    """Points to prove; for an act those of every offence it may turn out to be. Empty where the rules print none."""
    source: Source

    def __post_init__(self) -> None:
        if (self.act is None) == (self.offence is None):
            raise Bug("a proposal is an act or an offence")

    @property
    def id(self) -> str:
        """`assault` for an act, `8N 008/06` for an offence."""
        if self.act is not None:
            return self.act.id
        return self.offence.label if self.offence is not None else ""

    @property
    def title(self) -> str:
        """In a recorder's words for an act, in the list's for an offence."""
        if self.act is not None:
            return self.act.title
        return (self.offence.text or self.offence.category) if self.offence is not None else ""

    @property
    def law(self) -> str:
        """`Theft Act 1968, Sec 1`; empty for an act, whose points to prove name theirs."""
        return ", ".join(part for part in (self.offence.act, self.offence.section) if part) if self.offence else ""


@dataclass(frozen=True, slots=True)
class FactProposal:
    """A fact the text seems to give. It counts for nothing until a person has answered the question with it."""

    fact: str
    value: Fact
    """Of the fact's type in the edition."""
    about: str
    """`report`, `victim`, `offender`, `relationship` or `allegation`."""
    question: str
    why: tuple[Match, ...]
    """In the order of the text; never empty."""
    source: Source
