"""What a narrative seems to say, put before a person: acts, offences and answers, each with the words it rests on.

Nothing here is applied or kept. A person accepts one proposal at a time, and only what was accepted enters the facts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from backbeat.crime.assist import FactProposal, Match, Proposal, facts_from, search
from backbeat.crime.fact_types import fact_types
from backbeat.crime.model import Source
from backbeat.crime.rules import Rules
from backbeat.rulebook.values import write_value
from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.controls import heading_of, short
from backbeat.station.desk_crime.details import Details, Picked
from backbeat.station.desk_crime.entering import find_fact, put_fact

__all__ = ["ActProposed", "AnswerProposed", "Place", "Proposed", "accept", "proposed_from"]

MOST_ACTS = 8
MOST_TEXT = 20_000
"""Characters that are read."""
AROUND = 40
"""Characters shown on either side of the words that something rests on."""
MOST_WORDS = 160
"""Characters shown of a passage that was found by its meaning."""
MOST_SHOWN = 3
_WORDS = {"yes": "Yes", "no": "No", "unknown": "Not known"}
Snippet = tuple[str, str, str]
"""Before, the words themselves, after."""


@dataclass(frozen=True, slots=True)
class ActProposed:
    """Something that may have happened."""

    value: str
    """In the form: `act|assault`, `offence|008/06|8N|…`."""
    title: str
    source: Source
    snippets: tuple[Snippet, ...]
    there: bool
    """Whether the report names it already."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer may be put."""

    value: str
    """In the form: `fact|injury|minor|allegation:a1`."""
    about_words: str
    stands: str
    """What stands there already; nothing is written over."""


@dataclass(frozen=True, slots=True)
class AnswerProposed:
    """An answer the words seem to give to a question."""

    question: str
    answer: str
    source: Source
    snippets: tuple[Snippet, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """All of it."""

    acts: tuple[ActProposed, ...]
    answers: tuple[AnswerProposed, ...]


def proposed_from(facts: Mapping[str, Any], day: date, text: str) -> Proposed:
    """What the words may mean for this report, the likeliest first; `text` is kept nowhere.

    Raises:
        InputRejected: the text is longer than `MOST_TEXT`.
    """
    rules, titles = engine.rules_on(day), engine.act_titles(day)
    named = {one["act"] for one in facts.get("allegations", []) if one["act"] != "named"}
    codes = {(one["offence"]["code"], one["offence"]["class"]) for one in facts["allegations"] if one.get("offence")}
    found = search(rules, text, MOST_ACTS) if text.strip() else ()
    acts = [_act(one, text, named, codes) for one in found if _in_force(one, day)]
    answers = [_answer(one, rules, facts, titles, text) for one in facts_from(rules, text)]
    # What no step asks of anything in the report would only be noise.
    return Proposed(tuple(acts), tuple(one for one in answers if one.places))


def _in_force(one: Proposal, day: date) -> bool:
    return one.offence is None or engine.rules_on(day).offences.in_force(one.offence, day)


def _act(one: Proposal, text: str, named: set[str], codes: set[tuple[str, str]]) -> ActProposed:
    snippets = _snippets(text, one.why)
    if one.act is not None:
        return ActProposed(f"act|{one.act.id}", one.act.title, one.source, snippets, one.act.id in named)
    assert one.offence is not None  # noqa: S101 - a proposal is an act or an offence
    pair = (one.offence.code, one.offence.class_)
    value = f"offence|{Picked(*pair, one.offence.text).value}"
    return ActProposed(value, f"{one.offence.label} {one.title}", one.source, snippets, pair in codes)


def _answer(
    one: FactProposal, rules: Rules, facts: Mapping[str, Any], titles: Mapping[str, str], text: str
) -> AnswerProposed:
    value = write_value(one.value)
    places = [
        Place(
            f"fact|{one.fact}|{value}|{about}",
            heading_of(about, facts, titles),
            _said(find_fact(dict(facts), about, one.fact)),
        )
        for about in _abouts(rules, one, facts)
    ]
    return AnswerProposed(short(one.question), _said(value), one.source, _snippets(text, one.why), tuple(places))


def _said(value: object) -> str:
    return "" if value is None else _WORDS.get(str(value), str(value).replace("-", " ").capitalize())


def _abouts(rules: Rules, one: FactProposal, facts: Mapping[str, Any]) -> list[str]:
    """Everywhere in the report that the fact may stand and that a table asks for it."""
    alleged = facts.get("allegations", [])
    victims = dict.fromkeys(label for made in alleged for label in made.get("victims", []))
    offenders = dict.fromkeys(label for made in alleged for label in made.get("offenders", []))
    match one.about:
        case "victim":
            return [f"party:{label}" for label in victims]
        case "offender":
            return [f"party:{label}" for label in offenders]
        case "relationship":
            return [
                f"relationship:{victim}/{offender}"
                for victim, offender in dict.fromkeys(
                    (v, o) for made in alleged for v in made.get("victims", []) for o in made.get("offenders", [])
                )
            ]
        case "allegation":
            return [f"allegation:{made['id']}" for made in alleged if _asked_of(rules, one.fact, made["act"])]
    return ["report"]


def _asked_of(rules: Rules, fact: str, act: str) -> bool:
    """Whether the table of an act, or a step that every allegation goes through, asks for a fact."""
    tables = set(fact_types(rules)[fact].tables)
    return (act in rules.acts and rules.acts[act].table in tables) or not tables <= _tables_of_acts(rules)


@lru_cache(maxsize=8)
def _tables_of_acts(rules: Rules) -> frozenset[str]:
    return frozenset(act.table for act in rules.acts.values())


def _snippets(text: str, matches: Iterable[Match]) -> tuple[Snippet, ...]:
    """The words something rests on, each with a little of what stands around them."""
    shown = list(matches)[:MOST_SHOWN]
    return tuple(
        (
            ("…" if one.start > AROUND else "") + text[max(0, one.start - AROUND) : one.start],
            text[one.start : one.end] if one.end - one.start <= MOST_WORDS else f"{text[one.start :][:MOST_WORDS]}…",
            text[one.end : one.end + AROUND] + ("…" if one.end + AROUND < len(text) else ""),
        )
        for one in shown
    )


def accept(facts: dict[str, Any], day: date, proposed: Proposed, value: str) -> tuple[dict[str, Any], str] | None:
    """The facts with one proposal accepted, and what was done in words; None where it was not proposed for the text.

    An act is added with everybody the report names; an answer is put at the one place the person chose.
    """
    for act in proposed.acts:
        if act.value == value and not act.there:
            details = Details.of(facts, day)
            kind, _, rest = value.partition("|")
            if kind == "act":
                details.acts = [rest]
            else:
                details.named = [Picked(*rest.split("|", 2))]
            made = details.build()
            return None if made is None else (made, f"Added from the words: {act.title}")
    for answer in proposed.answers:
        for place in answer.places:
            if place.value == value and not place.stands:
                _kind, fact, said, about = value.split("|", 3)
                written = int(said) if said.isdecimal() else said
                return put_fact(facts, about, fact, written), f"{answer.question} {answer.answer} (from the words)"
    return None
