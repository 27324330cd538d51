"""Which timers of a call run out when. Pure: the moment is handed in, and whoever watches records `timer_fired`.

Nothing is remembered between: what is due follows from the events, so a timer survives any crash of whoever watches.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from backbeat.errors import Bug
from backbeat.triage.calls.state import Callback, CallState
from backbeat.triage.calls.words import AMBULANCE, Audience, Service, Timer
from backbeat.triage.model import Outcome, Urgency

__all__ = ["Ageing", "Due", "Timers", "ageing", "due", "next_due", "pending"]

_NAMES: Final = ("acceptance", "call_back", "ageing_amber", "ageing_red")


class Ageing(StrEnum):
    """How long a call has been open."""

    NONE = "none"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Timers:
    """Minutes, from the policy.

    Raises:
        Bug: one is below 1, an urgency has none, or red comes before amber.
    """

    review: Mapping[Urgency, int]
    """When a call that a partner leads is looked at again."""
    acceptance: int
    """How long an agency has to accept or decline an offer."""
    call_back: int
    """By when a caller who was lost is rung back, and again after each try."""
    ageing_amber: int
    ageing_red: int
    eta_check: int = 0
    """How long after an arrival was due it is asked whether they came; may be 0."""

    def __post_init__(self) -> None:
        """A timer that cannot run is a fault of the policy's own checks."""
        minutes = [*self.review.values(), *(getattr(self, name) for name in _NAMES)]
        if set(self.review) != set(Urgency) or min(minutes) < 1 or self.eta_check < 0:
            raise Bug("a timer of the policy has no minutes")
        if self.ageing_red <= self.ageing_amber:
            raise Bug("the red mark of ageing must come after the amber one")

    @classmethod
    def of(cls, minutes: Callable[[str], int]) -> "Timers":
        """From a policy's table of timers: `Timers.of(policy.minutes)`."""
        return cls(
            {urgency: minutes(f"review-{urgency}") for urgency in Urgency},
            *(minutes(name.replace("_", "-")) for name in _NAMES),
        )


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One moment by which somebody must have looked."""

    at: datetime
    timer: Timer
    about: str = ""
    """Which agency, service or audience."""


def pending(state: CallState, timers: Timers) -> tuple[Due, ...]:
    """Every timer that runs or has run out without having been recorded as fired, the earliest first."""
    running = (*_always(state, timers), *(_while_open(state, timers) if state.is_open else ()))
    return tuple(sorted({one for one in running if (one.timer, one.at, one.about) not in state.fired}))


def due(state: CallState, timers: Timers, now: datetime) -> tuple[Due, ...]:
    """Those that have run out by `now` (zone-aware, the moment itself included)."""
    return tuple(one for one in pending(state, timers) if one.at <= now)


def next_due(state: CallState, timers: Timers) -> Due | None:
    """The next to run out, which may lie in the past; keep it beside the call and nothing else need be watched."""
    return next(iter(pending(state, timers)), None)


def ageing(state: CallState, timers: Timers, now: datetime) -> Ageing:
    """How long the call has been open; a closed call does not age, and one that opened again ages from then."""
    if not state.is_open:
        return Ageing.NONE
    age = now - state.open_since
    if age >= timedelta(minutes=timers.ageing_red):
        return Ageing.RED
    return Ageing.AMBER if age >= timedelta(minutes=timers.ageing_amber) else Ageing.NONE


def _always(state: CallState, timers: Timers) -> Iterator[Due]:
    """Timers that run on after the close: whether somebody came, and how the person is."""
    if state.review is not None:
        yield Due(state.review, Timer.REVIEW)
    if not state.outcome.attends or state.outcome is Outcome.JOINT:
        yield from _arrivals(state, timers)


def _arrivals(state: CallState, timers: Timers) -> Iterator[Due]:
    for service, eta in state.etas.items():
        if eta.due is not None and not state.came_since(service, eta.mark.sequence):
            yield Due(eta.due + timedelta(minutes=timers.eta_check), Timer.ETA, service.value)
    # Where nobody has given a time, the end of the risk window is the last moment at which somebody can ask.
    awaited = Service.AMBULANCE if state.lead == AMBULANCE else Service.PARTNER
    if state.window_end is not None and state.window is not None and state.owner_counts and awaited not in state.etas:
        if not state.came_since(awaited, state.fresh_from):
            yield Due(state.window_end, Timer.ETA, awaited.value)


def _while_open(state: CallState, timers: Timers) -> Iterator[Due]:
    if state.review is None and state.assessed_mark is not None and not state.outcome.attends:
        minutes = _review_minutes(state, timers)
        if minutes is not None:
            yield Due(state.assessed_mark.at + timedelta(minutes=minutes), Timer.REVIEW)
    for agency, asked in state.offers.items():
        yield Due(asked + timedelta(minutes=timers.acceptance), Timer.ACCEPTANCE, agency)
    if state.callback is not None:
        yield Due(_ring_back(state.callback, timers), Timer.CALL_BACK)
    if state.reversed is not None:
        for audience in (Audience.CALLER, Audience.AMBULANCE):
            if not state.was_told(audience, state.reversed.sequence):
                yield Due(state.reversed.at, Timer.TELL, audience.value)
    yield Due(state.open_since + timedelta(minutes=timers.ageing_amber), Timer.AGEING_AMBER)
    yield Due(state.open_since + timedelta(minutes=timers.ageing_red), Timer.AGEING_RED)


def _ring_back(callback: Callback, timers: Timers) -> datetime:
    """When to try again. A time somebody set puts off a later try, never the first."""
    usual = callback.since.at + timedelta(minutes=timers.call_back)
    if callback.due is None:
        return usual
    return callback.due if callback.tries else min(callback.due, usual)


def _review_minutes(state: CallState, timers: Timers) -> int | None:
    """Minutes until the first review, where nobody has set one yet."""
    assessed = state.assessed
    if assessed is None:
        return None
    if assessed.review_minutes is not None:
        return assessed.review_minutes
    return timers.review[assessed.urgency] if assessed.urgency else None
