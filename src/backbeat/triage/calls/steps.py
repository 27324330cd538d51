"""What each kind of event changes in a call. A step never takes back harm, a promise, or a word that was recorded."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from backbeat.rulebook import NO, UNKNOWN, YES, Answer, Fact
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.errors import CloseRefused, EventRefused, StepRefused
from backbeat.triage.calls.events import Event
from backbeat.triage.calls.fields import HOW
from backbeat.triage.calls.owed import owed
from backbeat.triage.calls.state import (
    ASKED_AFRESH,
    CONTACT,
    ETA_FACTS,
    HANDOVER,
    NON_ATTENDING,
    PROMISED,
    WINDOW,
    Callback,
    CallState,
    Decision,
    Eta,
    Handover,
    HarmRecord,
    Link,
    Mark,
    Owner,
    Promise,
    Want,
    Written,
)
from backbeat.triage.calls.words import AMBULANCE, POLICE, Service, Timer
from backbeat.triage.model import Outcome

__all__ = ["STEPS", "open_call", "reopen"]

_MAY_BIND: Final = frozenset({PROMISED, "risk_created", "officers_on_scene", "s136_custody"})
"""Facts that are a duty taken on, or may be one where nobody can say; a handover agreed before does not cover them."""
_LIVE: Final = "the call is closed"
_SERVICES: Final = {name: service for service, name in ETA_FACTS.items()}


def open_call(event: Event, opened: h.Opened) -> CallState:
    """The call as its opening leaves it."""
    given: dict[str, Fact] = {} if opened.strand is None else {"strand": opened.strand.value}
    return CallState(
        opened=opened,
        opened_at=event.at,
        open_since=event.at,
        sequence=event.sequence,
        keys={event.key: event.content},
        given=given,
        contacts=(event.at,),
        notes=(Written(opened.notes, Mark(event.sequence, event.at)),) if opened.notes else (),
    )


def reopen(state: CallState, mark: Mark, why: str) -> CallState:
    """A closed call opens again; one that is open stays as it is."""
    if state.is_open:
        return state
    return replace(
        state, is_open=True, open_since=mark.at, reopened=(*state.reopened, Written(why, mark)), rationale=None
    )


def _must_be_open(state: CallState, kind: str) -> None:
    if not state.is_open:
        raise StepRefused(_LIVE.capitalize() + ".", where=f"event {kind}", do="reopen it first, and say why")


def _must_be_partner(agency: str, kind: str) -> None:
    if agency == POLICE:
        raise StepRefused(
            "Police are no partner to hand a call to.",
            where=f"event {kind}, field agency",
            do="name the agency that takes it on, or decide that police keep it",
        )


def _changed(state: CallState, mark: Mark, why: str) -> CallState:
    """Something that may raise the response: a decision made before does not stand, and a closed call opens again."""
    return replace(reopen(state, mark, why), changed=mark.sequence)


def _wants(state: CallState, want: Want, mark: Mark) -> CallState:
    return replace(state, wants={**state.wants, want: mark.sequence})


# --- facts ------------------------------------------------------------------------------------------------------------


def _described(state: CallState, what: h.Described, mark: Mark, by: str) -> CallState:
    names = ("person", "place", "number", "caller")
    said = {name: getattr(what, name) for name in names if getattr(what, name) is not None}
    return replace(state, opened=replace(state.opened, **said))


def _fact(state: CallState, what: h.FactStated, mark: Mark, by: str) -> CallState:
    if what.name == HANDOVER:
        return _handover_stated(state, what.value)
    if state.given.get(what.name) == what.value:
        return state  # said again: nothing is new, and a risk window keeps the moment from which it runs
    if what.name in _SERVICES:
        return _eta_given(state, _SERVICES[what.name], Eta(_minutes(what), mark))
    state = replace(state, given={**state.given, what.name: what.value})
    if what.name == WINDOW:
        state = replace(state, window=Eta(_minutes(what), mark))
    if what.name == PROMISED and what.value is YES:
        state = _promise(state, Promise("stated on the call", by, mark))
    if what.name in _MAY_BIND and what.value is not NO:
        state = replace(state, duty_from=mark.sequence)
    return _changed(state, mark, "a fact changed")


def _handover_stated(state: CallState, value: Fact) -> CallState:
    if value is YES:
        raise StepRefused(
            "A handover is not a fact that can be stated.",
            where="event fact, field name",
            do="have a supervisor record handover_agreed, and record whom you told",
        )
    return state  # the record itself says that none was agreed


def _minutes(what: h.FactStated) -> int | None:
    if what.value is UNKNOWN:
        return None
    if not isinstance(what.value, int) or isinstance(what.value, Answer):
        raise EventRefused.of(["value: must be minutes or unknown"], where="event fact", do=HOW)
    return what.value


def _withdrawn(state: CallState, what: h.FactWithdrawn, mark: Mark, by: str) -> CallState:
    if what.name not in state.given and _SERVICES.get(what.name) not in state.etas:
        return state
    given = {name: value for name, value in state.given.items() if name != what.name}
    etas = {service: eta for service, eta in state.etas.items() if ETA_FACTS[service] != what.name}
    window = None if what.name == WINDOW else state.window
    return _changed(replace(state, given=given, etas=etas, window=window), mark, "an answer was taken back")


def _eta(state: CallState, what: h.EtaGiven, mark: Mark, by: str) -> CallState:
    if what.service is Service.POLICE:
        return state  # kept in the record; no rule asks for it
    return _eta_given(state, what.service, Eta(what.minutes, mark))


def _eta_given(state: CallState, service: Service, eta: Eta) -> CallState:
    late = eta.due is None or (state.window_end is not None and eta.due > state.window_end)
    state = replace(state, etas={**state.etas, service: eta})
    return _changed(state, eta.mark, "the arrival time no longer fits") if late else state


def _recontact(state: CallState, what: h.Recontacted, mark: Mark, by: str) -> CallState:
    kept = {name: value for name, value in state.given.items() if name not in ASKED_AFRESH}
    stated = kept.get(CONTACT)
    if isinstance(stated, int):
        kept[CONTACT] = stated + 1
    state = replace(
        _changed(state, mark, "rung about again"),
        given=kept,
        earlier=(*state.earlier, state.facts),
        etas={},
        window=None,
        contacts=(*state.contacts, mark.at),
        fresh_from=mark.sequence,
        rationale=None,
        unreachable=None,
        deployed=None if state.visit_over else state.deployed,
        on_scene=state.on_scene and not state.visit_over,
        cleared=None,
    )
    return replace(state, notes=(*state.notes, Written(what.text, mark))) if what.text else state


def _linked(state: CallState, what: h.Linked, mark: Mark, by: str) -> CallState:
    before = state.links.get(what.call, Link(0, False))
    link = Link(max(before.contacts, what.contacts), before.promised or what.promised)
    if link == before:
        return state
    state = _changed(replace(state, links={**state.links, what.call: link}), mark, "another call is about this")
    if link.promised and not before.promised:
        state = _promise(state, Promise("promised on a linked call", by, mark))
    return state


# --- words ------------------------------------------------------------------------------------------------------------


def _noted(state: CallState, what: h.Noted, mark: Mark, by: str) -> CallState:
    return replace(state, notes=(*state.notes, Written(what.text, mark)))


def _thrive(state: CallState, what: h.ThriveNoted, mark: Mark, by: str) -> CallState:
    return replace(state, thrive={**state.thrive, what.field.value: what.text})


def _rationale(state: CallState, what: h.RationaleWritten, mark: Mark, by: str) -> CallState:
    return replace(state, rationale=Written(what.text, mark))


def _promised(state: CallState, what: h.Promised, mark: Mark, by: str) -> CallState:
    return _changed(_promise(state, Promise(what.text, by, mark)), mark, "attendance was promised")


def _promise(state: CallState, promise: Promise) -> CallState:
    return replace(state, promises=(*state.promises, promise), duty_from=promise.mark.sequence, reversed=None)


def _statement(state: CallState, what: h.StatementRead, mark: Mark, by: str) -> CallState:
    shown = state.assessed is not None and state.assessed.statement == what.statement
    comes = state.outcome.attends or (what.statement in state.attending_words and not shown)
    state = replace(state, statement=Written(what.statement, mark))
    if state.callback is not None and state.callback.bounced:
        state = replace(state, callback=None)
    # Whoever is told that police are being sent has been promised it, whatever the rules say later.
    return _promise(state, Promise("told so in the statement", by, mark)) if comes else state


def _told(state: CallState, what: h.Told, mark: Mark, by: str) -> CallState:
    return replace(state, told={**state.told, what.audience: mark.sequence})


def _harm(state: CallState, what: h.HarmReported, mark: Mark, by: str) -> CallState:
    state = replace(
        _changed(state, mark, "harm was reported"), harms=(*state.harms, HarmRecord(what.harm, what.text, mark))
    )
    return _wants(state, Want.HARM, mark)


# --- deciding ---------------------------------------------------------------------------------------------------------


def _assessed(state: CallState, what: h.Assessed, mark: Mark, by: str) -> CallState:
    words = {what.statement} if what.outcome.attends and what.statement else set()
    return replace(state, assessed=what, assessed_mark=mark, attending_words=state.attending_words | words)


def _escalated(state: CallState, what: h.Escalated, mark: Mark, by: str) -> CallState:
    return _wants(reopen(state, mark, "a supervisor is wanted"), Want.ESCALATED, mark)


def _decided(state: CallState, what: h.SupervisorDecided, mark: Mark, by: str) -> CallState:
    _must_be_open(state, what.kind)
    if what.outcome in (Outcome.PARTNER_LEADS, Outcome.JOINT):
        _must_be_partner(what.agency, what.kind)
    decision = Decision(what.outcome, what.reason, by, what.agency, what.statement, mark)
    state = replace(state, decision=decision, wants={})
    return _reverse(state, mark) if what.outcome in NON_ATTENDING else state


def _reverse(state: CallState, mark: Mark) -> CallState:
    """Police who were promised do not come: everybody is told at once, unless they are there already."""
    return replace(state, reversed=mark) if state.promise_binds and not state.on_scene else state


def _handover(state: CallState, what: h.HandoverAgreed, mark: Mark, by: str) -> CallState:
    _must_be_open(state, what.kind)
    _must_be_partner(what.agency, what.kind)
    return _reverse(replace(state, handover=Handover(what.agency, what.name, mark)), mark)


def _duty_done(state: CallState, what: h.DutyDone, mark: Mark, by: str) -> CallState:
    return replace(state, duties_done=state.duties_done | {what.duty})


def _closed(state: CallState, what: h.Closed, mark: Mark, by: str) -> CallState:
    _must_be_open(state, what.kind)
    left = owed(state, mark.at)
    if left:
        raise CloseRefused.of(
            [one.text for one in left], where="event closed", do="do what is listed, then close; the call stays open"
        )
    return replace(state, is_open=False, closed=(*state.closed, mark), closed_as=state.outcome)


def _reopened(state: CallState, what: h.Reopened, mark: Mark, by: str) -> CallState:
    return _changed(state, mark, what.reason)


# --- caller, partner, police ------------------------------------------------------------------------------------------


def _lost(state: CallState, what: h.Lost, mark: Mark, by: str) -> CallState:
    return replace(reopen(state, mark, "the caller was lost"), callback=Callback(mark, bounced=False), unreachable=None)


def _callback_due(state: CallState, what: h.CallbackDue, mark: Mark, by: str) -> CallState:
    if what.due <= mark.at:
        raise StepRefused("The time lies in the past.", where="event callback_due, field due", do="name a later time")
    state = reopen(state, mark, "the caller is to be rung back")
    if state.callback is None:
        return replace(state, callback=Callback(mark, bounced=False, due=what.due))
    return replace(state, callback=replace(state.callback, due=what.due))


def _callback_done(state: CallState, what: h.CallbackDone, mark: Mark, by: str) -> CallState:
    if state.callback is None or what.reached:
        return replace(state, callback=None)
    return replace(state, callback=replace(state.callback, since=mark, due=None, tries=state.callback.tries + 1))


def _callback_ended(state: CallState, what: h.CallbackEnded, mark: Mark, by: str) -> CallState:
    if state.callback is None or not state.callback.tries:
        raise StepRefused(
            "Nobody has tried to ring back.", where="event callback_ended", do="ring back first, and record the try"
        )
    return replace(state, callback=None, unreachable=Written(what.reason, mark))


def _offered(state: CallState, what: h.Offered, mark: Mark, by: str) -> CallState:
    return replace(state, offers={**state.offers, what.agency: mark.at})


def _accepted(state: CallState, what: h.Accepted, mark: Mark, by: str) -> CallState:
    wants = dict(state.wants)
    wants.pop(Want.UNACCEPTED, None)
    owner = Owner(what.agency, what.name, what.position, mark)
    return replace(
        _answered(state, what.agency, YES), offers=_without(state.offers, what.agency), owner=owner, wants=wants
    )


def _declined(state: CallState, what: h.Declined, mark: Mark, by: str) -> CallState:
    state = replace(
        _changed(_answered(state, what.agency, NO), mark, "an agency will not take it"),
        offers=_without(state.offers, what.agency),
        declines=(*state.declines, Written(f"{what.agency}: {what.reason}", mark)),
    )
    if state.owner is not None and state.owner.agency == what.agency:
        state = replace(state, owner=None)
    return state if state.callback else replace(state, callback=Callback(mark, bounced=True))


def _answered(state: CallState, agency: str, answer: Answer) -> CallState:
    """What an agency's answer says about the facts of the call. That police keep it says nothing of any partner."""
    if agency == POLICE:
        return state
    said = {"ambulance_accepted" if agency == AMBULANCE else "partner_available": answer}
    if agency == state.lead and state.outcome is Outcome.PARTNER_LEADS:
        said["partner_available"] = answer  # the ambulance service is the partner where it leads
    return replace(state, given={**state.given, **said})


def _without(offers: Mapping[str, Any], agency: str) -> dict[str, Any]:
    return {name: at for name, at in offers.items() if name != agency}


def _review_set(state: CallState, what: h.ReviewSet, mark: Mark, by: str) -> CallState:
    if what.due <= mark.at:
        raise StepRefused("The review lies in the past.", where="event review_set, field due", do="name a later time")
    if not state.is_open and state.review is not None and what.due > state.review:
        raise StepRefused(
            "The call is closed, and its review may not be put off.",
            where="event review_set, field due",
            do="find out how the person is and record that, then set the next review",
        )
    return replace(state, review=what.due, review_set=mark)


def _reviewed(state: CallState, what: h.Reviewed, mark: Mark, by: str) -> CallState:
    state = replace(state, notes=(*state.notes, Written(what.text, mark)), review=None)
    if what.in_hand:
        return replace(state, in_hand=mark.sequence)
    return _changed(state, mark, "not in hand at the review")


def _deployed(state: CallState, what: h.Deployed, mark: Mark, by: str) -> CallState:
    after = not state.is_open and state.closed_as in NON_ATTENDING
    state = reopen(state, mark, "police were sent")
    return replace(
        state,
        deployed=mark,
        on_scene=state.on_scene and not state.visit_over,
        cleared=None,
        reversed=None,
        deployed_after_close=state.deployed_after_close or after,
    )


def _stood_down(state: CallState, what: h.StoodDown, mark: Mark, by: str) -> CallState:
    if state.deployed is None or state.came_since(Service.POLICE, state.deployed.sequence):
        raise StepRefused("Nobody is on the way.", where="event stood_down", do="record it on the call it belongs to")
    state = _changed(replace(state, deployed=None), mark, "police were stood down")
    return _reverse(state, mark)


def _arrived(state: CallState, what: h.Arrived, mark: Mark, by: str) -> CallState:
    state = replace(state, arrived={**state.arrived, what.service: mark})
    if what.service is Service.POLICE:
        deployed = state.deployed or mark
        return replace(state, on_scene=True, cleared=None, deployed=deployed, duty_from=mark.sequence, reversed=None)
    return replace(state, etas={**state.etas, what.service: Eta(0, mark)})


def _cleared(state: CallState, what: h.Cleared, mark: Mark, by: str) -> CallState:
    if not state.on_scene:
        raise StepRefused("No police were there.", where="event cleared", do="record their arrival first")
    return replace(state, on_scene=False, cleared=mark, given={**state.given, "officers_on_scene": NO})


def _timer_fired(state: CallState, what: h.TimerFired, mark: Mark, by: str) -> CallState:
    if what.due > mark.at:
        raise StepRefused("The timer has not run out.", where="event timer_fired, field due", do="wait until it has")
    state = replace(state, fired=state.fired | {(what.timer, what.due, what.about)})
    if what.timer is Timer.ETA:
        return _overdue(state, what, mark)
    if what.timer is Timer.REVIEW and state.review == what.due:
        return reopen(state, mark, "the review is due")
    return _wants(state, Want.UNACCEPTED, mark) if what.timer is Timer.ACCEPTANCE else state


def _overdue(state: CallState, what: h.TimerFired, mark: Mark) -> CallState:
    """Somebody should be there and is not: when they will be, nobody knows until they are asked."""
    said = [service for service in ETA_FACTS if service.value == what.about]
    awaited = said or [Service.AMBULANCE if state.lead == AMBULANCE else Service.PARTNER]
    gone = {service: Eta(None, mark) for service in awaited if not _is_there(state, service, what)}
    if not gone:
        return state
    return _changed(replace(state, etas={**state.etas, **gone}), mark, "nobody has arrived in time")


def _is_there(state: CallState, service: Service, what: h.TimerFired) -> bool:
    """Whether somebody came, or a later time was given since the timer was set."""
    eta = state.etas.get(service)
    if eta is None:
        return state.came_since(service, state.fresh_from)
    return state.came_since(service, eta.mark.sequence) or (eta.due is not None and eta.due > what.due)


STEPS: Final[Mapping[type[h.Happening], Callable[[CallState, Any, Mark, str], CallState]]] = {
    h.Described: _described,
    h.FactStated: _fact,
    h.FactWithdrawn: _withdrawn,
    h.Noted: _noted,
    h.ThriveNoted: _thrive,
    h.Assessed: _assessed,
    h.Escalated: _escalated,
    h.SupervisorDecided: _decided,
    h.RationaleWritten: _rationale,
    h.DutyDone: _duty_done,
    h.Closed: _closed,
    h.Reopened: _reopened,
    h.HarmReported: _harm,
    h.Promised: _promised,
    h.StatementRead: _statement,
    h.Told: _told,
    h.Lost: _lost,
    h.CallbackDue: _callback_due,
    h.CallbackDone: _callback_done,
    h.CallbackEnded: _callback_ended,
    h.Recontacted: _recontact,
    h.Linked: _linked,
    h.Offered: _offered,
    h.Accepted: _accepted,
    h.Declined: _declined,
    h.EtaGiven: _eta,
    h.HandoverAgreed: _handover,
    h.ReviewSet: _review_set,
    h.Reviewed: _reviewed,
    h.Deployed: _deployed,
    h.StoodDown: _stood_down,
    h.Arrived: _arrived,
    h.Cleared: _cleared,
    h.TimerFired: _timer_fired,
}
"""The step of every kind of event but the opening: state, what happened, where and when, by whom."""
