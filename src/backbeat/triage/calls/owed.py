"""Everything between a call and its close. Nothing here can be switched off; a close that is not earned is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from backbeat.triage.calls.digests import facts_digest
from backbeat.triage.calls.state import NON_ATTENDING, CallState, Want
from backbeat.triage.calls.words import POLICE, Audience, Service
from backbeat.triage.model import Assessment, Outcome

__all__ = ["Debt", "Owed", "owed", "speaks_against_close"]

_BY_STRUCTURE: Final = frozenset({"promise", "afresh"})
"""Duties of an assessment that cannot be ticked off: a promise and a fresh assessment are read off the events."""
_AMBULANCE_DUTY: Final = "ambulance"
"""Duty that telling the ambulance service discharges."""


class Debt(StrEnum):
    """Kinds of thing owed, in the order in which they are best done."""

    CALL_BACK = "call-back"
    TELL = "tell"
    ASSESS = "assess"
    ASK = "ask"
    SUPERVISOR = "supervisor"
    PROMISE = "promise"
    OWNER = "owner"
    DEPLOY = "deploy"
    ARRIVE = "arrive"
    STATEMENT = "statement"
    REVIEW = "review"
    DUTY = "duty"
    RATIONALE = "rationale"


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing owed."""

    debt: Debt
    text: str
    """What to do, in words for whoever has the call."""
    about: str = ""
    """Which duty, agency or audience, where there are several."""


def owed(state: CallState, now: datetime, assessment: Assessment | None = None) -> tuple[Owed, ...]:
    """All that must be done before the call may be closed, first things first; empty where it may be, or is.

    `assessment` is of `state.facts` now. With it the call is also held to what the engine says this minute, where the
    event on record may be of an older version of the policy. `now` is zone-aware.
    """
    return tuple(_owed(state, now, assessment)) if state.is_open else ()


def speaks_against_close(state: CallState, now: datetime) -> tuple[Owed, ...]:
    """What would now be owed on a call that is closed, but for looking again, for which its timers run on."""
    later = (Debt.ASSESS, Debt.REVIEW)
    return tuple(one for one in _owed(state, now, None) if one.debt not in later)


def _owed(state: CallState, now: datetime, assessment: Assessment | None) -> Iterator[Owed]:
    yield from _to_the_caller(state)
    yield from _to_assess(state, assessment)
    outcome = state.outcome
    if outcome is Outcome.ASK_MORE:
        yield Owed(Debt.ASK, "Ask what is still open; who owns the call is not decided.")
    if outcome is Outcome.SUPERVISOR or state.wants:
        yield Owed(Debt.SUPERVISOR, _why_supervisor(state))
    if outcome in NON_ATTENDING:
        yield from _to_own(state, now)
    if outcome.attends:
        yield from _to_attend(state)
    yield from _statement(state)
    yield from _duties(state)
    if state.rationale is None:
        yield Owed(Debt.RATIONALE, "Write why, in your own words.")


def _to_the_caller(state: CallState) -> Iterator[Owed]:
    if state.callback is not None:
        yield Owed(Debt.CALL_BACK, "Ring the caller back and tell them who is helping.")
    if state.reversed is not None:
        for audience in (Audience.CALLER, Audience.AMBULANCE):
            if not state.was_told(audience, state.reversed.sequence):
                whom = "caller" if audience is Audience.CALLER else "ambulance service"
                yield Owed(
                    Debt.TELL,
                    f"Tell the {whom} at once that police are not coming, though it was said.",
                    audience.value,
                )


def _to_assess(state: CallState, assessment: Assessment | None) -> Iterator[Owed]:
    current = state.is_assessed
    if current and assessment is not None and state.assessed is not None:
        on_record = (state.assessed.outcome, state.assessed.policy_hash, state.assessed.facts)
        current = on_record == (assessment.outcome, assessment.policy_hash, facts_digest(assessment.facts))
    if not current or state.assessed is None:
        yield Owed(Debt.ASSESS, "Assess the call again: something has changed since.")
    elif state.assessed.outcome is Outcome.ASK_MORE and state.outcome in NON_ATTENDING:
        yield Owed(Debt.ASK, "Ask what is still open before a call that nobody from the police attends is closed.")


def _why_supervisor(state: CallState) -> str:
    if Want.HARM in state.wants:
        return "A supervisor looks at the harm reported and decides."
    if Want.UNACCEPTED in state.wants:
        return "A supervisor decides: nobody has accepted the handover in time."
    return "A supervisor decides who owns the call."


def _to_own(state: CallState, now: datetime) -> Iterator[Owed]:
    """A call nobody attends: promise, owner, review."""
    kept = state.outcome is Outcome.POLICE_OWN and _police_came(state)
    if state.promise_binds and not kept:
        yield Owed(
            Debt.PROMISE,
            "Police were promised. Attend, or have a supervisor agree a named handover and tell caller, ambulance and"
            " agency.",
        )
    yield from _owner(state, POLICE if state.outcome is Outcome.POLICE_OWN else state.lead)
    minutes = state.assessed.review_minutes if state.assessed else None
    if state.review is None or state.review_set is None:
        looked = state.in_hand > max(state.changed, state.fresh_from)
        if not (looked and state.closed):  # a review of a call that was closed; before that one is always set
            yield Owed(Debt.REVIEW, "Set when somebody looks at it again.")
    elif state.review <= now:
        yield Owed(Debt.REVIEW, "The review is due: find out how the person is and record it.")
    elif minutes is not None and state.review > state.review_set.at + timedelta(minutes=minutes):
        yield Owed(Debt.REVIEW, f"Set the review to within {minutes} minutes.")


def _owner(state: CallState, agency: str) -> Iterator[Owed]:
    whose = f"at {agency}" if agency else "at the agency that leads"
    if not state.owner_counts or state.owner is None:
        again = " again, for what has been said since" if state.owner is not None else ""
        yield Owed(Debt.OWNER, f"Have a named person {whose} accept the call{again}.", agency)
    elif agency and state.owner.agency != agency:
        yield Owed(Debt.OWNER, f"Have a named person {whose} accept the call; another agency has it.", agency)
    elif not agency and state.owner.agency == POLICE:
        yield Owed(Debt.OWNER, "Have a named person at a partner agency accept the call; police have it.")


def _police_came(state: CallState) -> bool:
    return state.came_since(Service.POLICE, max((promise.mark.sequence for promise in state.promises), default=0))


def _to_attend(state: CallState) -> Iterator[Owed]:
    if state.deployed is None:
        yield Owed(Debt.DEPLOY, "Send police.")
    elif state.needed_again:
        text = "Send police again: more came up after they left. Or write down what they found, and assess."
        yield Owed(Debt.DEPLOY, text)
    needed = max(state.fresh_from, state.deployed.sequence if state.deployed else 0)
    if not state.on_scene and not state.came_since(Service.POLICE, needed):
        yield Owed(Debt.ARRIVE, "Record when police are with the person.")
    if state.outcome is Outcome.JOINT:
        yield from _owner(state, state.lead)


def _statement(state: CallState) -> Iterator[Owed]:
    if state.outcome in (Outcome.ASK_MORE, Outcome.SUPERVISOR) or state.unreachable is not None:
        return
    decided = state.decision if state.decision_stands else None
    assessed = state.assessed
    wanted, after = "", state.fresh_from
    if decided is not None and (assessed is None or decided.outcome is not assessed.outcome):
        wanted, after = decided.statement, max(after, decided.mark.sequence)
    elif assessed is not None and assessed.outcome is state.outcome:
        wanted = assessed.statement
    elif state.deployed is not None:
        after = max(after, state.deployed.sequence)
    read = state.statement
    if read is None or read.mark.sequence <= after or (wanted and read.text != wanted):
        yield Owed(Debt.STATEMENT, "Tell the caller what happens next, in the words shown.", wanted)


def _duties(state: CallState) -> Iterator[Owed]:
    for duty in state.assessed.duties if state.assessed else ():
        if duty in _BY_STRUCTURE or duty in state.duties_done:
            continue
        if duty == _AMBULANCE_DUTY and Audience.AMBULANCE in state.told:
            continue
        yield Owed(Debt.DUTY, "Do what is owed besides, and record it.", duty)
