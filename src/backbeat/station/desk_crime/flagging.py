"""The mandatory flags on the recorder's page: facts that could still add one, asked together; nothing waits for them.

Crime Recording Rules 2026/27, p26-31. An answer is put at every allegation it was open for, never at the report: what
is alleged later is asked anew, and nothing not asked ever counts as no.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.http import QueryDict

from backbeat.crime.fact_types import fact_types
from backbeat.crime.model import Question
from backbeat.crime.rules import Rules
from backbeat.station.desk_crime.asking import Answers, read_questions
from backbeat.station.desk_crime.controls import Control, control_of, key_of
from backbeat.station.desk_crime.entering import find_fact

__all__ = ["FlagAsked", "FlagBlock", "FlagNames", "flag_block", "flag_names"]

TABLE = "flags"
_AGES = {"victim_age": 0, "offender_age": 1}
"""Asked of the victim, of the offender of a pair."""
MOST_PAIRS = 12
"""Up to so many victims with offenders are asked about one by one; more, once for what happened to them."""
_OWN = ("mandatory", "strand")
"""Kinds of flags that have a name of their own; the others say which kind of one it is."""


@dataclass(frozen=True, slots=True)
class _Need:
    """A rule that asks for a fact: the flag it sets, and the plain yes-or-no facts it asks for besides."""

    flag: str
    besides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A fact of the table of flags."""

    title: str
    type: str
    unknown_answers: bool
    needs: tuple[_Need, ...]


@lru_cache(maxsize=8)
def _facts(rules: Rules) -> Mapping[str, _Asked]:
    """What a person can be asked about flags, in the order of the pages."""
    table, listed = rules.edition.tables[TABLE], {row["flag"]: row for row in rules.rows(TABLE)}
    given = {name for name in fact_types(rules) if name in rules.askings}
    at = next(index for index, output in enumerate(table.outputs) if output.name == "flag")
    needs: dict[str, list[_Need]] = {}
    for row, boxes in zip(table.rows, table.boxes, strict=True):
        names = [table.inputs[column].name for column, _ in boxes]
        plain = {name for name in names if name in given and str(table.inputs[table.by_name[name]].type) == "tri"}
        for name in names:
            needs.setdefault(name, []).append(_Need(str(row.outputs[at]), tuple(sorted(plain - {name}))))
    return {
        one.name: _Asked(_title(listed, needs[one.name]), str(one.type), one.unknown_answers, tuple(needs[one.name]))
        for one in table.inputs
        if one.name in needs and (one.name in given or one.name in _AGES)
    }


def _title(listed: Mapping[str, Mapping[str, str]], needs: Sequence[_Need]) -> str:
    """`Hate crime: disability`; `Metal theft, which kind` where the fact only says which kind of flag goes with one."""
    own = [listed[need.flag]["title"] for need in needs if listed[need.flag]["kind"] in _OWN]
    return own[-1] if own else f"{listed[listed[needs[0].flag]['with']]['title']}, which kind"


_Pair = tuple[str | None, str | None]


def _pairs(allegation: Mapping[str, Any]) -> list[_Pair]:
    """Each victim with each offender; None where there is nobody."""
    return [
        (one, other) for one in allegation.get("victims") or [None] for other in allegation.get("offenders") or [None]
    ]


def _known(facts: Mapping[str, Any], allegation: Mapping[str, Any], pair: _Pair, fact: str) -> object:
    """What is given for two people of an allegation, in the engine's order of places; None where nothing is."""
    victim, offender = pair
    bonds = [one for one in facts.get("relationships", []) if (one["victim"], one["offender"]) == pair]
    people = {one["id"]: one for one in facts.get("parties", [])}
    parties = [people[one] for one in (victim, offender) if one in people]
    for place in (allegation, *parties, *bonds, facts["report"]):
        if fact in place.get("facts", {}):
            found: object = place["facts"][fact]
            return found
    return None


@dataclass(frozen=True, slots=True)
class _Open:
    """A fact that could still add a flag, at one place."""

    fact: str
    about: str
    title: str
    known: bool
    """Whether it was asked and nobody could say."""


def _opened(
    rules: Rules, facts: Mapping[str, Any], flags_open: Iterable[Mapping[str, Any]], asked: Sequence[Sequence[str]]
) -> list[_Open]:
    """Every open fact that is worth asking now: which kind of a flag is asked once the flag itself applies."""
    alleged = {one["id"]: one for one in facts.get("allegations", [])}
    waiting = {one["fact"]: one["allegations"] for one in flags_open}
    found: dict[tuple[str, str], _Open] = {}
    for fact, meant in _facts(rules).items():
        # Of an allegation taken apart by its victims each part is named after it: `a1 (v2)`.
        for label in dict.fromkeys(name.partition(" (")[0] for name in waiting.get(fact, ())):
            allegation = alleged[label]
            pairs = [
                pair for pair in _pairs(allegation) if meant.type == "tri" or _applies(facts, allegation, pair, meant)
            ]
            for about, name, told in _places(rules, facts, allegation, pairs, fact, asked):
                found[about, name] = _Open(name, about, meant.title, told)
    return list(found.values())


def _applies(facts: Mapping[str, Any], allegation: Mapping[str, Any], pair: _Pair, meant: _Asked) -> bool:
    """Whether all the plain questions of a rule that asks for it are answered yes."""
    return any(all(_known(facts, allegation, pair, fact) == "yes" for fact in need.besides) for need in meant.needs)


def _places(
    rules: Rules,
    facts: Mapping[str, Any],
    allegation: Mapping[str, Any],
    pairs: Sequence[_Pair],
    fact: str,
    asked: Sequence[Sequence[str]],
) -> Iterable[tuple[str, str, bool]]:
    """Where a fact is still open: place, name there, and whether it was asked and nobody could say."""
    told = [list(pair) for pair in asked]
    if fact in _AGES:
        for about in (f"party:{pair[_AGES[fact]]}" for pair in pairs if pair[_AGES[fact]]):
            if find_fact(dict(facts), about, "age") is None:
                yield about, "age", [about, "age"] in told
    elif rules.askings[fact].about == "relationship" and len(pairs) <= MOST_PAIRS and all(map(all, pairs)):
        for pair in pairs:
            known = _known(facts, allegation, pair, fact)
            if known in (None, "unknown"):
                yield f"relationship:{pair[0]}/{pair[1]}", fact, known == "unknown"
    elif pairs:
        known = {_known(facts, allegation, pair, fact) == "unknown" for pair in pairs}
        yield f"allegation:{allegation['id']}", fact, known == {True}


@dataclass(frozen=True, slots=True)
class FlagNames:
    """Flags that a decision says nothing about, by name."""

    not_answered: tuple[str, ...]
    not_known: tuple[str, ...]


def flag_names(rules: Rules, plain: Mapping[str, Any], asked: Sequence[Sequence[str]]) -> FlagNames:
    """What a decision leaves open about flags: never asked, or asked and nobody could say."""
    opened = _opened(rules, plain["facts"], plain["flags_open"], asked)
    silent = dict.fromkeys(one.title for one in opened if not one.known)
    return FlagNames(tuple(silent), tuple(dict.fromkeys(one.title for one in opened if one.title not in silent)))


@dataclass(frozen=True, slots=True)
class FlagAsked:
    """One question of the block."""

    title: str
    control: Control
    abouts: tuple[str, ...]
    """Where the answer is put."""


@dataclass(frozen=True)
class FlagBlock:
    """*Flags: does any of these apply?*"""

    asked: tuple[FlagAsked, ...]
    questions: dict[str, Question]
    """By key of the control."""
    each: bool
    """Whether each thing that happened is asked for by itself."""
    can_split: bool
    """Whether that would make a difference."""

    @property
    def unanswered(self) -> int:
        """How many were not asked yet."""
        return sum(not one.control.given for one in self.asked)

    @property
    def wrong(self) -> bool:
        """Whether an answer has a fault."""
        return any(one.control.error for one in self.asked)

    def read(self, post: QueryDict) -> Answers:
        """What the form says, put at every place it holds for; what was left empty stays open."""
        answers = read_questions(post, self.questions)
        abouts = {one.control.key: one.abouts for one in self.asked}
        spread = tuple(
            (replace(question, about=about), value)
            for question, value in answers.given
            for about in abouts[key_of(question)]
        )
        return replace(answers, given=spread)

    def typed(self, answers: Answers) -> "FlagBlock":
        """The same, as it was filled in, with what is wrong."""
        filled = (
            replace(
                one,
                control=replace(
                    one.control,
                    given=answers.typed.get(one.control.key, one.control.given),
                    error=answers.errors.get(one.control.key, ""),
                ),
            )
            for one in self.asked
        )
        return replace(self, asked=tuple(filled))


def flag_block(
    rules: Rules,
    facts: Mapping[str, Any],
    flags_open: Iterable[Mapping[str, Any]],
    asked: Sequence[Sequence[str]],
    titles: Mapping[str, str],
    *,
    each: bool,
) -> FlagBlock:
    """The questions about flags of a report: each once for all of it, or with `each` for each thing that happened."""
    opened = _opened(rules, facts, flags_open, asked)
    groups: dict[tuple[str, str], list[_Open]] = {}
    for one in opened:
        # People are always asked about by themselves.
        whole = one.about.startswith("allegation:") and not each
        groups.setdefault(("report" if whole else one.about, one.fact), []).append(one)
    made, questions = [], {}
    for (about, fact), of in groups.items():
        question = _question(rules, about, fact)
        control = control_of(question, facts, titles, given="unknown" if all(one.known for one in of) else "")
        questions[control.key] = question
        made.append(FlagAsked(of[0].title, control, tuple(one.about for one in of)))
    split = len({one.about for one in opened if one.about.startswith("allegation:")}) > 1
    return FlagBlock(tuple(made), questions, each and split, split)


def _question(rules: Rules, about: str, fact: str) -> Question:
    if fact == "age":
        return Question(about, fact, f"How old is {about.partition(':')[2]}?", "int[0..120]", False)
    asking, meant = rules.askings[fact], _facts(rules)[fact]
    return Question(about, fact, asking.text, meant.type, meant.unknown_answers, asking.source)
