"""Events into a call, one after another. What cannot happen is refused before it is stored, so what is stored folds."""

from collections.abc import Iterable
from dataclasses import replace

from backbeat.triage.calls.errors import EventsMissing, KeyReused, StepRefused
from backbeat.triage.calls.events import Event
from backbeat.triage.calls.happenings import Opened
from backbeat.triage.calls.owed import speaks_against_close
from backbeat.triage.calls.state import CallState, Mark
from backbeat.triage.calls.steps import STEPS, open_call, reopen

__all__ = ["apply", "fold", "is_repeat"]


def apply(state: CallState | None, event: Event) -> CallState:
    """The call after one more event. `state` is None before the opening.

    An event whose key is known with the same content was sent again: it takes its place and changes nothing.

    Raises:
        StepRefused: this cannot happen to the call now.
        CloseRefused: a close while something is owed; lists all of it.
        KeyReused: the key is known with other content.
        EventsMissing: its sequence is not the next one.
        EventRefused: a number was wanted in a fact and something else given.
    """
    expected = 1 if state is None else state.sequence + 1
    if event.sequence != expected:
        raise EventsMissing(
            "The events of this call are not all there, or not in order.",
            where=f"event {event.sequence}, where {expected} was to come",
            do="read all events of the call again, in order",
        )
    if state is None:
        if not isinstance(event.what, Opened):
            raise StepRefused("The call has not been opened.", where=f"event {event.what.kind}", do="open it first")
        return open_call(event, event.what)
    if is_repeat(state, event):
        return replace(state, sequence=event.sequence)
    if isinstance(event.what, Opened):
        raise StepRefused("The call is open already.", where="event opened", do="open another call, and link the two")
    mark = Mark(event.sequence, event.at)
    after = STEPS[type(event.what)](state, event.what, mark, event.by)
    if not after.is_open and speaks_against_close(after, event.at):
        after = reopen(after, mark, "what the close rested on no longer holds")
    return replace(after, sequence=event.sequence, keys={**state.keys, event.key: event.content})


def is_repeat(state: CallState, event: Event) -> bool:
    """Whether the event was taken in before and is only being sent again; such a one need not be stored.

    Raises:
        KeyReused: the key was used for something else.
    """
    known = state.keys.get(event.key)
    if known is not None and known != event.content:
        raise KeyReused(
            "This idempotency key was used on this call for something else.",
            where=f"event {event.what.kind}, field key",
            do="send it under a key of its own",
        )
    return known is not None


def fold(events: Iterable[Event]) -> CallState:
    """How a call stands after all its events, in whatever order they are handed over.

    Raises:
        EventsMissing: there is none, one is missing, or two have one place.
        StepRefused, CloseRefused, KeyReused, EventRefused: see `apply`; never for events that were stored through it.
    """
    state: CallState | None = None
    for event in sorted(events, key=lambda one: one.sequence):
        state = apply(state, event)
    if state is None:
        raise EventsMissing("A call without events.", where="events of the call", do="open the call first")
    return state
