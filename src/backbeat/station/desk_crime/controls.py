"""A question of the engine as a form control: what kind, which choices, which key picks each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backbeat.crime.model import Question, Source

__all__ = ["Choice", "Control", "control_of", "heading_of", "key_of", "short"]

_ENUM = re.compile(r"enum\[(.*)\]")
_BOUNDS = re.compile(r"int\[\s*(\d*)\s*\.\.\s*(\d*)\s*\]")
_WORDS = {"yes": "Yes", "no": "No", "unknown": "Not known"}
_KEYS = {"yes": "y", "no": "n", "unknown": "u"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be picked."""

    value: str
    words: str
    key: str
    """Key on the keyboard that picks it; empty for those beyond nine."""
    hint: str = ""
    """What it means, where the question says so."""


@dataclass(frozen=True, slots=True)
class Control:
    """One question, ready to be shown."""

    key: str
    """`allegation:a1|injury`; the name of its field is `answer-` and this."""
    about: str
    about_words: str
    fact: str
    text: str
    """The question itself."""
    help: str
    """What the question says beside."""
    choices: tuple[Choice, ...]
    """To pick from, *not known* last; where `kind` is no choice only *not known*."""
    kind: str
    """`choice`, `number`, `date`, `hours` or `text`."""
    low: str
    high: str
    source: Source | None
    given: str = ""
    """What was answered so far."""
    error: str = ""
    others: int = 0
    """Of how many other happenings the same is still to be asked."""

    @property
    def id(self) -> str:
        """For the page."""
        return "q-" + re.sub(r"[^a-z0-9]+", "-", self.key.lower())


def key_of(question: Question) -> str:
    """What a form says to mean this question."""
    return f"{question.about}|{question.fact}"


def short(text: str) -> str:
    """A question up to its question mark; what follows explains it."""
    return text[: text.index("?") + 1] if "?" in text else text


def _explained(text: str, values: Sequence[str]) -> tuple[str, dict[str, str]]:
    """What stands after the question, and what it says of single choices: `minor: bruise, redness. shock: only …`."""
    rest = text[len(short(text)) :].strip()
    parts = re.split(rf"(?:^|(?<=\. ))({'|'.join(map(re.escape, values))}): ", rest) if values and rest else [rest]
    hints = {name: said.strip().rstrip(".") for name, said in zip(parts[1::2], parts[2::2], strict=True)}
    return parts[0].strip(), hints


def _words(value: str) -> str:
    return _WORDS.get(value) or (value[:1].upper() + value[1:]).replace("-", " ").replace("_", " ")


def heading_of(about: str, document: Mapping[str, Any], acts: Mapping[str, str]) -> str:
    """Whom or what a question is about, in words: `Assault, or threat of it (a1)`."""
    kind, _, label = about.partition(":")
    match kind:
        case "party":
            return f"About {label}"
        case "relationship":
            victim, _, offender = label.partition("/")
            return f"About {victim} and {offender}"
        case "allegation":
            for one in document.get("allegations", []):
                if one["id"] == label:
                    return f"About {acts.get(one['act'], one['act'])} ({label})"
            return f"About {label}"
        case "request":
            return f"About request {label}"
        case "recorded":
            return f"About crime {label}, already on record"
    return "About the whole report"


def control_of(
    question: Question, document: Mapping[str, Any], acts: Mapping[str, str], *, given: str = "", error: str = ""
) -> Control:
    """How to ask it."""
    kind, low, high, values = "text", "", "", []
    if question.type == "tri":
        kind, values = "choice", ["yes", "no"]
    elif enum := _ENUM.fullmatch(question.type):
        kind, values = "choice", [value.strip() for value in enum[1].split(",")]
    elif question.type.startswith("int"):
        kind = "number"
        if bounds := _BOUNDS.fullmatch(question.type):
            low, high = bounds[1], bounds[2]
    elif question.type == "date":
        kind = "date"
    elif question.type == "duration-hours":
        kind = "hours"
    help_, hints = _explained(question.text, values)
    choices = [
        Choice(value, _words(value), _KEYS.get(value) or (str(number) if number <= 9 else ""), hints.get(value, ""))
        for number, value in enumerate(values, 1)
    ]
    choices.append(Choice("unknown", _WORDS["unknown"], "u"))
    return Control(
        key_of(question),
        question.about,
        heading_of(question.about, document, acts),
        question.fact,
        short(question.text),
        help_,
        tuple(choices),
        kind,
        low,
        high,
        question.source,
        given,
        error,
    )
