"""What is asked on the recorder's page: the questions as controls, answers out of a form, answers given so far."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import QueryDict

from backbeat.crime.model import Question
from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.controls import Control, control_of, heading_of, key_of, short
from backbeat.station.desk_crime.details import title_of
from backbeat.station.desk_crime.entering import is_field, put_fact, value_of
from backbeat.station.desk_crime.models import CrimeReport
from backbeat.station.desk_crime.reports import unanswered

__all__ = ["Answers", "Given", "Happening", "Work", "read_answers", "read_questions", "work_of"]

_WORDS = {"yes": "Yes", "no": "No", "unknown": "Not known"}


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that stands."""

    about: str
    about_words: str
    fact: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Happening:
    """An allegation in words."""

    label: str
    title: str
    victims: tuple[str, ...]
    offenders: tuple[str, ...]
    days: str
    place: str


@dataclass(frozen=True)
class Work:
    """Everything the page shows beside the decision."""

    proposal: engine.Proposal | None
    questions: dict[str, Question]
    """By key, also those not known."""
    to_ask: tuple[Control, ...]
    not_known: tuple[Control, ...]
    given: tuple[Given, ...]
    happenings: tuple[Happening, ...]
    faults: tuple[engine.Fault, ...] = ()
    """Not to be put at any field of the page."""

    def with_answers(self, answers: "Answers") -> "Work":
        """The same with what was typed, and what is wrong with it."""

        def filled(controls: tuple[Control, ...]) -> tuple[Control, ...]:
            return tuple(
                replace(
                    one,
                    given=answers.typed.get(one.key, one.given),
                    error=answers.errors.get(one.key, ""),
                )
                for one in controls
            )

        first = sorted(filled(self.to_ask), key=lambda one: one.key not in answers.typed)
        return replace(self, to_ask=tuple(first), not_known=filled(self.not_known), faults=answers.faults)


@dataclass(frozen=True)
class Answers:
    """What a form said."""

    typed: dict[str, str] = field(default_factory=dict)
    """By key of the question, as typed."""
    given: tuple[tuple[Question, str | int], ...] = ()
    errors: dict[str, str] = field(default_factory=dict)
    faults: tuple[engine.Fault, ...] = ()

    def facts(self, report: CrimeReport) -> dict[str, Any]:
        """The document with the answers in it."""
        document: dict[str, Any] = report.facts
        for question, value in self.given:
            if not _is_attribute(question, value):
                document = put_fact(document, question.about, question.fact, value)
        return document

    def asked(self, report: CrimeReport) -> list[list[str]]:
        """What was asked without an answer, with these: an attribute has no spelling of *not known*."""
        answered = [[question.about, question.fact] for question, _value in self.given]
        kept = [pair for pair in report.asked if pair not in answered]
        return kept + [
            [question.about, question.fact] for question, value in self.given if _is_attribute(question, value)
        ]

    @property
    def summary(self) -> str:
        """For the list of changes."""
        facts = {question.fact for question, _value in self.given}
        if len(facts) == 1:
            question, value = self.given[0]
            everywhere = f" (for {len(self.given)} things that happened)" if len(self.given) > 1 else ""
            return f"{short(question.text)} {_WORDS.get(str(value), str(value).replace('-', ' '))}{everywhere}"
        return f"{len(self.given)} answers"

    def refused(self, faults: Iterable[engine.Fault]) -> "Answers":
        """With what the rules say against them, each at its question where it names one."""
        errors, rest = dict(self.errors), []
        by_place = {(_about_of(key), key.partition("|")[2]): key for key in self.typed}
        for fault in faults:
            named = fault.place.rpartition("fact ")[2] if "fact " in fault.place else ""
            key = by_place.get((fault.about or "report", named))
            if key is None and len(self.typed) == 1:
                key = next(iter(self.typed))
            if key is None:
                rest.append(fault)
            else:
                errors[key] = "; ".join(filter(None, (errors.get(key, ""), f"{fault.place}: {fault.what}".strip(": "))))
        return replace(self, errors=errors, faults=tuple(rest))


def _about_of(key: str) -> str:
    return key.partition("|")[0]


def _is_attribute(question: Question, value: str | int) -> bool:
    return value == "unknown" and is_field(question.about, question.fact)


def read_answers(post: QueryDict, work: Work) -> Answers:
    """The answers in a form: `answer-<key>`; an empty one is an error only where it is the only one asked for."""
    answers = read_questions(post, work.questions, empty="only" in post)
    if "same" in post:
        alike = [(one, value) for question, value in answers.given for one in _same(question, work)]
        answers = replace(answers, given=(*answers.given, *alike))
    if not answers.typed and "only" in post and work.to_ask:
        key = work.to_ask[0].key
        return Answers({key: ""}, errors={key: "Give an answer, or say that it is not known"})
    return answers


def read_questions(post: QueryDict, questions: Mapping[str, Question], *, empty: bool = False) -> Answers:
    """The answers to these questions in a form, by key; one left empty is passed over unless `empty` is a fault."""
    typed = {
        name.removeprefix("answer-"): text
        for name in post
        if name.startswith("answer-") and name.removeprefix("answer-") in questions
        if (text := _chosen(post, name)) or empty
    }
    given: list[tuple[Question, str | int]] = []
    errors: dict[str, str] = {}
    for key, text in typed.items():
        try:
            given.append((questions[key], value_of(questions[key].type, text)))
        except ValueError as error:
            errors[key] = str(error)
    return Answers(typed, tuple(given), errors)


def _same(question: Question, work: Work) -> list[Question]:
    """The same question about the other happenings of the report, where it is still to be asked."""
    if not question.about.startswith("allegation:"):
        return []
    asked = {control.key for control in work.to_ask}
    return [
        one
        for key, one in work.questions.items()
        if key in asked and one.fact == question.fact and one.about != question.about
        if one.about.startswith("allegation:")
    ]


def _chosen(post: QueryDict, name: str) -> str:
    """The last value that is not empty: a button *Not known* beside an empty field means what the button says."""
    values = [value.strip() for value in post.getlist(name) if value.strip()]
    return "unknown" if "unknown" in values else values[-1] if values else ""


def work_of(report: CrimeReport) -> Work:
    """The page of a report as it stands."""
    day = engine.day_of(report.received_at)
    titles = engine.act_titles(day)
    proposal = engine.propose(report.facts)
    to_ask, not_known = unanswered(report, proposal)
    return Work(
        proposal,
        {key_of(question): question for question in (*to_ask, *not_known)},
        tuple(replace(control_of(one, report.facts, titles), others=_others(one, to_ask)) for one in to_ask),
        tuple(control_of(one, report.facts, titles, given="unknown") for one in not_known),
        tuple(_given(report, titles)),
        tuple(
            Happening(
                one["id"],
                title_of(one, titles),
                tuple(one.get("victims", ())),
                tuple(one.get("offenders", ())),
                " to ".join(_day(one[name]) for name in ("on", "until") if one.get(name)),
                one.get("place", ""),
            )
            for one in report.facts.get("allegations", [])
        ),
    )


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def _others(question: Question, to_ask: Sequence[Question]) -> int:
    if not question.about.startswith("allegation:"):
        return 0
    return sum(one.fact == question.fact and one.about.startswith("allegation:") for one in to_ask) - 1


def _given(report: CrimeReport, titles: dict[str, str]) -> Iterable[Given]:
    document = report.facts
    askings = engine.rules_on(engine.day_of(report.received_at)).askings
    places: list[tuple[str, dict[str, Any]]] = [("report", document["report"])]
    places += [(f"party:{one['id']}", one) for one in document.get("parties", [])]
    places += [(f"relationship:{r['victim']}/{r['offender']}", r) for r in document.get("relationships", [])]
    places += [(f"allegation:{one['id']}", one) for one in document.get("allegations", [])]
    places += [(f"request:{one['id']}", one) for one in document.get("requests", [])]
    places += [(f"recorded:{one['reference']}", one) for one in document.get("recorded", [])]
    for about, entry in places:
        words = heading_of(about, document, titles)
        for fact, value in sorted(entry.get("facts", {}).items()):
            text = askings[fact].text if fact in askings else fact.replace("_", " ").capitalize()
            yield Given(about, words, fact, short(text), _WORDS.get(str(value), str(value).replace("-", " ")))
