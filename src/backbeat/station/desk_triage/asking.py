"""Questions as the call handler sees them, answers out of a form, and the answers given so far in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from backbeat.errors import UserError
from backbeat.rulebook import NO, UNKNOWN, Answer, Fact
from backbeat.rulebook.values import Shape
from backbeat.triage.model import Choice, Question
from backbeat.triage.policies import Group, Policy

__all__ = ["AnswerMissing", "Asked", "Field", "Given", "Pick", "answers_given", "ask", "read_answer"]

NOBODY_KNOWS = "unknown"
MOST_MINUTES = 1440
_SUPERVISORS = "handover"
"""The group whose *yes* only a supervisor gives."""


class AnswerMissing(UserError):
    """A form holds no answer to the question it is for. The page shows it beside the question."""

    code = "triage.answer-missing"


@dataclass(frozen=True, slots=True)
class Pick:
    """One choice, and the key that picks it."""

    id: str
    words: str
    key: str


@dataclass(frozen=True, slots=True)
class Field:
    """One fact of a question that asks for several, each by itself."""

    name: str
    text: str
    number: bool
    """Whole minutes, or a count; else yes, no or nobody can tell."""
    unit: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that is asked now."""

    group: str
    text: str
    help: str
    kind: str
    """`one`, `many` or `fields`."""
    picks: tuple[Pick, ...]
    fields: tuple[Field, ...]
    document: str
    page: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that stands."""

    group: str
    text: str
    words: str


def ask(questions: tuple[Question, ...], policy: Policy, *, supervises: bool = False) -> Asked | None:
    """The first question, or None where nothing can change the answer any more."""
    if not questions:
        return None
    first = questions[0]
    group = policy.groups[first.group]
    return Asked(
        group.id,
        first.text,
        first.help,
        first.kind,
        _picks(group, supervises=supervises) if first.kind != "fields" else (),
        tuple(_field(policy, fact) for fact in first.facts) if first.kind == "fields" else (),
        policy.edition.documents[first.source.document].title,
        first.source.page,
    )


def _field(policy: Policy, fact: str) -> Field:
    texts = {row["fact"]: row["text"] for row in policy.edition.lists["questions"].rows}
    number = policy.types[fact].shape is Shape.INT
    return Field(fact, texts[fact] or fact.replace("_", " "), number, "minutes" if fact.endswith("_minutes") else "")


def _picks(group: Group, *, supervises: bool) -> tuple[Pick, ...]:
    """Digits in order for what is known; U, the same everywhere, for what nobody can tell."""
    offered = [one for one in group.choices if supervises or group.id != _SUPERVISORS or one.id != "yes"]
    known = [one for one in offered if one.id != NOBODY_KNOWS]
    picks = [Pick(one.id, one.words, str(n)) for n, one in enumerate(known, 1)]
    return (*picks, Pick(NOBODY_KNOWS, "Cannot tell", "u"))


def read_answer(post: QueryDict, policy: Policy) -> dict[str, Fact]:
    """The facts in a form: `group`, and `choice` (several for a list to tick) or `field-<fact>` for each.

    What is not ticked of a list is then `no`; with *cannot tell* it is `unknown`, for not known never counts as no.

    Raises:
        AnswerMissing: no such question, or no answer; the words are for the page.
    """
    group = policy.groups.get(post.get("group", ""))
    if group is None:
        raise _missing("This question is not asked any more")
    if group.kind == "fields":
        names = [fact for fact in group.facts if f"field-{fact}" in post] or group.facts
        unsure = post.get("choice") == NOBODY_KNOWS
        if not unsure and not any(post.get(f"field-{fact}", "").strip() for fact in names):
            raise _missing("Answer what is known, or say that nobody can tell")
        return {fact: UNKNOWN if unsure else _value(policy, fact, post.get(f"field-{fact}", "")) for fact in names}
    if post.get("choice") == NOBODY_KNOWS and group.kind == "one":
        return dict.fromkeys(group.facts, UNKNOWN)
    chosen = [one for one in group.choices if one.id in post.getlist("choice")]
    if group.kind == "many":
        rest: Fact = UNKNOWN if "unsure" in post or NOBODY_KNOWS in post.getlist("choice") else NO
        return {**dict.fromkeys(group.facts, rest), **_sets([one for one in chosen if one.id != NOBODY_KNOWS])}
    if len(chosen) != 1:
        raise _missing("Choose one answer, or say that nobody can tell")
    return _sets(chosen)


def _missing(words: str) -> AnswerMissing:
    return AnswerMissing(words, where="the question on the page", do="answer it as it is shown now")


def _sets(choices: list[Choice]) -> dict[str, Fact]:
    return {fact: _fact(word) for one in choices for fact, word in one.sets}


def _fact(word: str) -> Fact:
    return Answer(word) if word in {one.value for one in Answer} else word


def _value(policy: Policy, fact: str, text: str) -> Fact:
    """One field; left empty, nobody can tell."""
    text = text.strip()
    if not text:
        return UNKNOWN
    if policy.types[fact].shape is not Shape.INT:
        if text not in {one.value for one in Answer}:
            raise _missing("Choose yes, no or cannot tell")
        return Answer(text)
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and int(text) <= MOST_MINUTES):
        raise _missing(f"Give a whole number up to {MOST_MINUTES}, or leave it empty where nobody can tell")
    return int(text)


def answers_given(facts: Mapping[str, Fact], policy: Policy) -> list[Given]:
    """Every group of which something is known, in the order it is asked, in words."""
    return [
        Given(group.id, group.text, _in_words(group, facts))
        for group in policy.groups.values()
        if any(fact in facts for fact in group.facts)
    ]


def _in_words(group: Group, facts: Mapping[str, Fact]) -> str:
    known = {fact: facts[fact] for fact in group.facts if fact in facts}
    if set(known.values()) == {UNKNOWN}:
        return "Cannot tell"
    if group.kind == "fields":
        words = [_field_words(fact, value) for fact, value in known.items()]
        return words[0].partition(": ")[2] if len(group.facts) == 1 else "; ".join(words)
    if group.kind == "many":
        picked = [one.words for one in group.choices if one.id != NOBODY_KNOWS and _fits(one, known)]
        rest = "; the rest cannot be told" if UNKNOWN in known.values() else ""
        return ("; ".join(picked) or "None of these") + rest
    fitting = [one.words for one in group.choices if _fits(one, known)]
    return fitting[0] if fitting else "; ".join(f"{fact.replace('_', ' ')}: {value}" for fact, value in known.items())


def _field_words(fact: str, value: Fact) -> str:
    said = {"yes": "yes", "no": "no", "unknown": "cannot tell"}.get(str(getattr(value, "value", value)), str(value))
    unit = " minutes" if fact.endswith("_minutes") and isinstance(value, int) else ""
    return f"{fact.removesuffix('_minutes').replace('_', ' ')}: {said}{unit}"


def _fits(choice: Choice, known: Mapping[str, Fact]) -> bool:
    return all(known.get(fact) == _fact(word) for fact, word in choice.sets)
