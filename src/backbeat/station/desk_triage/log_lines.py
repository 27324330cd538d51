"""The events of a call in words, for its log and for the history that a returning call shows first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from backbeat.station.desk_triage.models import Call
from backbeat.station.desk_triage.words import outcome_words
from backbeat.triage.model import Outcome

__all__ = ["Line", "lines_of"]

_QUIET = frozenset({"fact", "fact_withdrawn", "thrive", "described", "timer_fired", "review_set", "linked"})
"""Kinds left out of the history of an earlier call."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event."""

    at: datetime
    who: str
    words: str
    matters: bool
    """Whether it belongs into a short history."""


def lines_of(call: Call) -> list[Line]:
    """Every event of a call, oldest first."""
    return [
        Line(
            one.at,
            str(one.by) if one.by is not None else "the station",
            _words(one.kind, one.body),
            one.kind not in _QUIET and one.body.get("outcome") != Outcome.ASK_MORE,
        )
        for one in call.events.select_related("by").order_by("sequence")
    ]


def _words(kind: str, body: dict[str, Any]) -> str:
    match kind:
        case "opened":
            return "Call opened" + (f": {body['notes']}" if body.get("notes") else "")
        case "fact":
            return f"{_fact(body['name'])}: {body['value']}"
        case "fact_withdrawn":
            return f"{_fact(body['name'])}: taken back"
        case "assessed":
            return f"Assessed: {outcome_words(body['outcome']).lower()}"
        case "supervisor_decided":
            return f"Supervisor decided: {outcome_words(body['outcome']).lower()}. {body['reason']}"
        case "promised":
            return f"Promise: {body['text']}"
        case "accepted":
            return f"Accepted by {body['name']}, {body['position']}, at {_agency(body)}"
        case "declined":
            return f"Declined by {_agency(body)}: {body['reason']}"
        case "offered":
            return f"Offered to {_agency(body)}"
        case "review_set" | "callback_due":
            return f"{'Review' if kind == 'review_set' else 'Call back'} due {_time(body['due'])}"
        case "timer_fired":
            return f"Clock ran out: {str(body['timer']).replace('-', ' ')}, due {_time(body['due'])}"
        case "lost":
            return "Line lost" if body["loss"] == "dropped" else "Passed on, and came back"
        case "callback_done":
            return f"Called back: {'reached' if body['reached'] else 'not reached'}. {body.get('text', '')}".strip()
        case "eta":
            minutes = body["minutes"]
            said = "cannot say when" if minutes is None else f"{minutes} minutes"
            return f"{str(body['service']).capitalize()}: {said}"
        case "linked":
            return f"Same matter as another call ({body['contacts']} contact{'' if body['contacts'] == 1 else 's'})"
        case "reviewed":
            return f"Reviewed, {'in hand' if body['in_hand'] else 'not in hand'}: {body['text']}"
        case "statement_read":
            return "Told the caller what happens next, word for word"
        case "described":
            said = (body.get(name) for name in ("person", "place", "number"))
            return f"About: {', '.join(one for one in said if one) or 'nothing known'}"
    said = str(body.get("text") or body.get("reason") or "")
    what = kind.replace("_", " ").capitalize()
    about = next((str(body[name]) for name in ("audience", "service", "harm", "duty", "field") if name in body), "")
    return ": ".join(filter(None, (f"{what} ({about})" if about else what, said)))


def _fact(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _agency(body: dict[str, Any]) -> str:
    return str(body["agency"]).replace("-", " ")


def _time(text: str) -> str:
    at = parse_datetime(text)
    return timezone.localtime(at).strftime("%H:%M") if at is not None else text
