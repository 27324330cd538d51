"""A decision in plain text, for a person at a terminal: what to record, how many, by when, who decides."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from backbeat.crime.clock import SAME_DAY
from backbeat.crime.decision import FORMAT, Answer, Decision, Reclassification, State
from backbeat.crime.errors import DecisionUnreadable
from backbeat.crime.model import Crime, NotCounted, Question, Referral, Source
from backbeat.rulebook.node import cite_page

__all__ = ["by_when", "cite", "tell", "tell_why"]

MOST_ASKED = 5
"""Questions shown at a time; the whole list is in the decision."""

_STATES = {
    State.SETTLED: "settled",
    State.OPEN: "open: facts are missing, and what stands here may change",
    State.REFERRED: "referred: a point is the registrar's to decide",
}


def cite(source: Source) -> str:
    """`rules p14`."""
    return f"{source.document} {cite_page(source.page)}"


def by_when(what: str, at: datetime | None) -> str:
    """A deadline in words: `by the end of 21 November 2026`, `22 November 2026 14:30`, `no fixed time`.

    The end of a day is kept as the midnight after it, the first instant too late, which reads as the day after.
    """
    if at is None:
        return "no fixed time"
    if what == SAME_DAY:
        last = at - timedelta(minutes=1)
        return f"by the end of {last.day} {last:%B %Y}"
    return f"{at.day} {at:%B %Y %H:%M}"


def tell(decision: Decision) -> list[str]:
    """The answer as lines of text. Everything it says is in the decision; the explanation is left out."""
    lines = [f"Report {decision.report.reference}: {_STATES[decision.state]}"]
    for title, under in _parts(decision):
        if under:
            lines += ["", title, *(f"  {line}" for line in under)]
    return lines


def tell_why(data: bytes) -> list[str]:
    """The reasons in a decision's bytes as indented lines, one sentence each, with document and page.

    Raises:
        DecisionUnreadable: the bytes are not a decision of the crime desk.
    """
    try:
        value = json.loads(data)
        if value["format"] == FORMAT:
            return list(_tree(value["explanation"], 0))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unreadable() from error
    raise _unreadable()


def _unreadable() -> DecisionUnreadable:
    return DecisionUnreadable(
        "The file is not a decision of the crime desk.",
        where="decision file",
        do="take the file as `backbeat crime decide --json` wrote it",
    )


def _tree(node: Any, depth: int) -> Iterator[str]:
    """A stored explanation as indented lines."""
    source = f" ({node['document']} {cite_page(node['page'])})" if node["document"] else ""
    yield f"{'  ' * depth}{node['text']}{source}"
    for child in node["children"]:
        yield from _tree(child, depth + 1)


def _parts(decision: Decision) -> Iterator[tuple[str, list[str]]]:
    """Headings and what stands under them, what must be done first."""
    yield "Record", [line for one in decision.crimes for line in _crime(one)]
    yield "Incident", [_because(f"{one.code} for {_list(one.allegations)}", one) for one in decision.incidents]
    yield "Reclassify", [_because(_becomes(one), one) for one in decision.reclassifications]
    yield "For the registrar", [line for one in decision.referrals for line in _referral(one)]
    yield "Requests", [line for one in decision.answers for line in _answer(one)]
    yield "Ask next", _questions(decision.questions)
    yield "By when", [_because(f"{one.what}: {by_when(one.what, one.at)}", one) for one in decision.deadlines]
    yield "Who decides", [_role(decision.decider)]
    yield "Flags", [f"{one.title} on {_list(one.allegations)} ({cite(one.source)})" for one in decision.flags]
    yield "May add a flag", [f"{one.fact} ({_list(one.allegations)})" for one in decision.flags_open]
    yield "Not counted", [_because(_under(one), one) for one in decision.not_counted]
    yield "Also", [f"{one.what} ({_role(one.who)}; {cite(one.source)})" for one in decision.duties]
    yield "Note", list(decision.notes)
    recorded, separate = decision.recorded_count, decision.separate_count
    yield "Count", [f"crime records: {recorded}; recording every offence separately would have made {separate}"]


class _Sourced(Protocol):
    """What has a reason and a page."""

    @property
    def why(self) -> str: ...

    @property
    def source(self) -> Source: ...


def _because(said: str, one: _Sourced) -> str:
    return f"{said}. {one.why.rstrip('.')} ({cite(one.source)})"


def _becomes(one: Reclassification) -> str:
    return f"{one.allegation}: {one.stands_as} becomes {one.becomes}, by the {_role(one.who)}"


def _under(one: NotCounted) -> str:
    return f"{one.allegation} {one.offence.label} stands under {one.under}"


def _crime(crime: Crime) -> Iterator[str]:
    extra = ", in addition" if crime.additional else ""
    unit = crime.unit.replace("-", " ")
    yield f"{crime.count} × {crime.offence.label} {crime.offence.text}, one for each {unit}{extra}"
    yield f"    {_because(_list(crime.allegations), crime)}"


def _referral(referral: Referral) -> Iterator[str]:
    yield f"{_list(referral.about)}, to the {_role(referral.to)}: {referral.reason}"
    for one in referral.candidates:
        yield f"    {one.label}: {one.why} ({cite(one.source)})"


def _answer(answer: Answer) -> Iterator[str]:
    who = f", decided by {' or '.join(_role(one) for one in answer.deciders)}" if answer.deciders else ""
    yield f"{answer.request}: {answer.verdict}{who}"
    for words, source in answer.reasons:
        yield f"    {words} ({cite(source)})"
    for words in answer.conditions:
        yield f"    {words}"


def _questions(questions: Sequence[Question]) -> list[str]:
    """The most useful first; answers often make the rest needless."""
    more = len(questions) - MOST_ASKED
    return [
        *map(_question, questions[:MOST_ASKED]),
        *([f"and {more} more, of which fewer may be left then"] * (more > 0)),
    ]


def _question(question: Question) -> str:
    source = f" ({cite(question.source)})" if question.source else ""
    return f"{question.about}, {question.fact}: {question.text} [{question.type}]{source}"


def _list(words: Sequence[str]) -> str:
    return ", ".join(words)


def _role(word: str) -> str:
    return word.replace("-", " ")
