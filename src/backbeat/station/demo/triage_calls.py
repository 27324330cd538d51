"""Calls of the demonstration control room, minutes to hours old: each shows one thing the desk does.

Nobody in them exists; numbers are from the ranges Ofcom keeps for drama. They go through the use cases of the pages,
which are imported late: this module is read before Django is set up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from backbeat.rulebook import Answer, Fact

__all__ = ["AGENCY", "DemoCall", "calls", "load_calls"]

AGENCY = "hospital"
"""The agency of the demonstration's partner account."""


@dataclass(frozen=True, slots=True)
class DemoCall:
    """One call and how far it got."""

    minutes_ago: int
    person: str
    place: str
    number: str
    caller: str
    notes: str
    facts: dict[str, str | int]
    then: Sequence[str] = ()
    """`promised`, `offered`, `accepted`, `told`, `review`, `rationale`, `close`, `lost`, `deployed`, `again`."""
    thrive: dict[str, str] = field(default_factory=dict)


_SAFE: dict[str, str | int] = {
    "crime": "no",
    "crime_live": "no",
    "risk_life_now": "no",
    "serious_harm_now": "no",
    "attendance_promised": "no",
    "risk_created": "no",
    "officers_on_scene": "no",
    "s136_custody": "no",
}
_LEFT: dict[str, str | int] = {
    **_SAFE,
    "strand": "walk-out",
    "location_known": "yes",
    "capacity": "yes",
    "partner_available": "yes",
    "contact_number": 1,
}
_WORRIED: dict[str, str | int] = {
    **_SAFE,
    "strand": "welfare",
    "location_known": "yes",
    "child": "no",
    "partner_available": "yes",
}


def calls() -> tuple[DemoCall, ...]:
    """The calls; a second on the same person comes after the first."""
    return (
        DemoCall(
            42, "Dorothy Pell", "7 Quarry Row, Marlbridge", "07700 900411", "health",
            "Left A&E with a cannula in. Has capacity, no self-harm. The ward rang her; she will come back.",
            _LEFT, ("offered", "accepted", "told", "review", "rationale", "close"),
        ),
        DemoCall(
            95, "Callum Frith", "Flat 3, Saddler Court, Marlbridge", "07700 900118", "family",
            "Mother: not seen since Friday, did not come to the meeting with his key worker.",
            {**_WORRIED, "contact_number": 1}, ("offered", "accepted", "told", "review"),
        ),
        DemoCall(
            4, "Iris Holloway", "Heron Ward, Marlbridge Hospital", "01632 960044", "health",
            "Left the ward this evening without telling anybody, in slippers.",
            _LEFT, ("offered",), {"risk": "Cold night; not a risk to herself, says the ward."},
        ),
        DemoCall(
            5, "Name not given", "Bench by the boathouse, Weir Park", "07700 900602", "public",
            "Man asleep on a bench, cannot be woken, very cold. Passer-by stays.",
            {**_SAFE, "risk_life_now": "yes", "serious_harm_now": "yes", "medical": "yes", "police_need": "no",
             "ambulance_accepted": "yes", "ambulance_eta_minutes": 9, "risk_window_minutes": 15, "strand": "medical",
             "partner_available": "yes", "contact_number": 1},
            ("told",),
        ),
        DemoCall(
            21, "Neil Garrow", "14 Tinder Lane, Marlbridge", "07700 900733", "public",
            "Neighbours: in the garden with a machete, shouting at voices.",
            {"crime": "yes", "crime_live": "yes", "risk_life_now": "yes", "serious_harm_now": "yes", "medical": "no"},
            ("deployed", "told"),
        ),
        DemoCall(
            12, "Callum Frith", "Flat 3, Saddler Court, Marlbridge", "07700 900118", "social-care",
            "Key worker: still no answer, ambulance has not come. Third call today.",
            {**_SAFE, "risk_life_now": "unknown", "serious_harm_now": "unknown", "contact_number": 3}, ("again",),
        ),
        DemoCall(
            8, "Maya Torrin", "Somewhere near Gull Head", "07700 900256", "public",
            "Friend: goodbye post five minutes ago, cliffs in the picture.",
            {}, ("lost",),
        ),
        DemoCall(
            3, "", "", "07700 900871", "unknown",
            "School: pupil away for three days, parents do not answer.", {"crime": "no", "crime_live": "no"},
        ),
    )  # fmt: skip


def load_calls(handler: Any, now: datetime) -> None:
    """Take every call in, in the handler's name."""
    made: dict[str, Any] = {}
    for number, one in enumerate(calls()):
        made[one.person] = _load(handler, one, number, now - timedelta(minutes=one.minutes_ago), made.get(one.person))


def _load(handler: Any, one: DemoCall, number: int, at: datetime, before: Any) -> Any:
    from backbeat.station.desk_triage import calls as desk
    from backbeat.triage.calls.happenings import Opened, ThriveNoted
    from backbeat.triage.calls.words import CallerKind, Thrive

    opened = Opened(
        person=one.person, place=one.place, number=one.number, caller=CallerKind(one.caller), notes=one.notes
    )
    call = desk.open_call(handler, opened, key=f"demo:{number}", at=at)
    if "again" in one.then and before is not None:
        desk.link(handler, call, before, key=f"demo:{number}:same")
    if one.facts:
        facts: dict[str, Fact] = {name: _fact(value) for name, value in one.facts.items()}
        desk.record(handler, call, *_stated(facts), key=f"demo:{number}:facts", at=at + timedelta(seconds=70))
    for field_, text in one.thrive.items():
        desk.record(handler, call, ThriveNoted(Thrive(field_), text), key=f"demo:{number}:{field_}", at=at)
    for place, step in enumerate(one.then):
        for made in _STEPS.get(step, _nothing)(call, at):
            late = at + timedelta(seconds=100 + 20 * place)
            desk.record(handler, call, made, key=f"demo:{number}:{step}", at=late)
    return call


def _fact(value: str | int) -> Fact:
    return Answer(value) if value in {one.value for one in Answer} else value


def _stated(facts: dict[str, Fact]) -> list[Any]:
    from backbeat.triage.calls.happenings import FactStated

    return [FactStated(name, value) for name, value in facts.items()]


def _nothing(_call: Any, _at: datetime) -> list[Any]:
    return []


def _offered(call: Any, _at: datetime) -> list[Any]:
    from backbeat.triage.calls.happenings import Offered

    return [Offered(_fresh(call).lead)]


def _accepted(call: Any, _at: datetime) -> list[Any]:
    from backbeat.triage.calls.happenings import Accepted

    return [Accepted(_fresh(call).lead, "R. Adair", "duty lead")]


def _told(call: Any, _at: datetime) -> list[Any]:
    from backbeat.station.desk_triage import engine
    from backbeat.triage.calls.digests import statement_id
    from backbeat.triage.calls.happenings import StatementRead

    state = engine.fold_call(call)
    words = engine.statement_of(call, state, engine.assess_state(call, state).value)
    return [StatementRead(statement_id(words))]


def _review(_call: Any, at: datetime) -> list[Any]:
    from backbeat.triage.calls.happenings import ReviewSet

    return [ReviewSet(at + timedelta(minutes=58))]


def _rationale(call: Any, _at: datetime) -> list[Any]:
    from backbeat.station.desk_triage import engine
    from backbeat.station.desk_triage.owing import rationale_from_facts
    from backbeat.triage.calls.happenings import RationaleWritten

    state = engine.fold_call(call)
    made = engine.assess_state(call, state).value
    return [RationaleWritten(rationale_from_facts(state, made, engine.policy_of(call)))]


def _close(_call: Any, _at: datetime) -> list[Any]:
    from backbeat.triage.calls.happenings import Closed

    return [Closed()]


def _lost(_call: Any, _at: datetime) -> list[Any]:
    from backbeat.triage.calls.happenings import Lost
    from backbeat.triage.calls.words import Loss

    return [Lost(Loss.DROPPED)]


def _deployed(_call: Any, _at: datetime) -> list[Any]:
    from backbeat.triage.calls.happenings import Deployed

    return [Deployed("MB21")]


def _fresh(call: Any) -> Any:
    call.refresh_from_db()
    return call


_STEPS: dict[str, Callable[[Any, datetime], list[Any]]] = {
    "offered": _offered,
    "accepted": _accepted,
    "told": _told,
    "review": _review,
    "rationale": _rationale,
    "close": _close,
    "lost": _lost,
    "deployed": _deployed,
}
