"""A request as its page shows it: verdict and reasons, what to ask, what was answered, what would change it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from backbeat.crime.errors import FactsRefused
from backbeat.crime.fact_types import fact_types
from backbeat.crime.requests import Effect, RequestAnswer, RequestVerdict
from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.asking import Work
from backbeat.station.desk_crime.controls import control_of, key_of, short
from backbeat.station.desk_crime.entering import put_fact
from backbeat.station.desk_crime.models import CrimeRequest
from backbeat.station.desk_crime.requests import about_of, deciders_of, propose_request, unanswered_of

__all__ = ["Change", "Given", "shown_request", "work_of_request"]

_WORDS = {"yes": "Yes", "no": "No", "unknown": "Not known"}


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that stands."""

    fact: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Change:
    """One other answer with which the rules would not refuse."""

    text: str
    """The question."""
    value: str
    """The other answer, in words."""


def _value(value: object) -> str:
    text = str(value).replace("-", " ")
    return _WORDS.get(text, text[:1].upper() + text[1:])


def work_of_request(request: CrimeRequest) -> tuple[Work, RequestAnswer]:
    """Its questions as controls, like those of a report, and what the rules say so far."""
    proposal, answer = propose_request(request.facts)
    to_ask, not_known = unanswered_of(request.facts, answer)
    asked = [replace(control_of(one, request.facts, {}), about_words="") for one in to_ask]
    unknown = [replace(control_of(one, request.facts, {}, given="unknown"), about_words="") for one in not_known]
    work = Work(proposal, {key_of(one): one for one in (*to_ask, *not_known)}, tuple(asked), tuple(unknown), (), ())
    return work, answer


def shown_request(request: CrimeRequest, answer: RequestAnswer | None) -> dict[str, object]:
    """Context of the page: from `answer` while it is open, from the bytes kept once it is decided."""
    if answer is None or request.decision is not None:
        return _kept(request)
    return {
        "verdict": answer.verdict.value,
        "deciders": deciders_of(answer),
        "reasons": [
            {"text": one.text, "why": one.why, "first": one.effect is Effect.FIRST, "source": one.source}
            for one in answer.reasons
        ],
        "duties": [{"what": one.what, "source": one.source} for one in answer.duties],
        "referral": answer.referral,
        "given": list(_given(request)),
        "changes": list(_changes(request)) if answer.verdict is RequestVerdict.REFUSED else [],
    }


def _kept(request: CrimeRequest) -> dict[str, object]:
    """What the rules said when it was decided; a request taken back kept nothing but its facts."""
    if request.decision is None:
        return {"verdict": request.verdict, "deciders": request.deciders, "given": list(_given(request))}
    plain: dict[str, Any] = json.loads(bytes(request.decision))
    said = plain["requests"][0]
    return {
        "verdict": said["verdict"],
        "deciders": request.deciders,
        "reasons": [{"text": one["why"], "why": "", "first": False, "source": one} for one in said["reasons"]],
        "duties": [{"what": one["what"], "source": one} for one in plain["duties"]],
        "given": list(_given(request)),
        "explanation": plain["explanation"],
    }


def _given(request: CrimeRequest) -> Iterator[Given]:
    askings = engine.rules_on(engine.day_of(request.report.received_at)).askings
    for fact, value in sorted(request.facts["requests"][0]["facts"].items()):
        text = askings[fact].text if fact in askings else fact.replace("_", " ").capitalize()
        yield Given(fact, short(text), _value(value))


def _changes(request: CrimeRequest) -> Iterator[Change]:
    """Every single other answer with which the rules would no longer refuse."""
    types = fact_types(engine.rules_on(engine.day_of(request.report.received_at)))
    for fact, value in sorted(request.facts["requests"][0]["facts"].items()):
        kind = types[fact].type
        others = ("yes", "no") if str(kind) == "tri" else kind.choices
        for other in others:
            if other != value and _lets_through(request, fact, other):
                yield Change(short(types[fact].text), _value(other))


def _lets_through(request: CrimeRequest, fact: str, value: str) -> bool:
    try:
        _proposal, answer = propose_request(put_fact(request.facts, about_of(request), fact, value))
    except FactsRefused:
        return False
    return answer.verdict is not RequestVerdict.REFUSED
