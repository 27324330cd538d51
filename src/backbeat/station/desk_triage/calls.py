"""The use cases on a call: whoever acts, on whichever page or interface, comes through here.

`open_call` begins a call and `record` adds to it: what happened (`backbeat.triage.calls.happenings`) under one
idempotency key, all of it or none, in one transaction. Then the call is folded afresh and assessed, and the columns the
board reads are set. The same key again changes nothing and gives the call as it stands. `save_draft` keeps what is
still being typed; it becomes part of the record with the next step.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from backbeat.rulebook import Fact
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import may, require
from backbeat.station.audit.records import Operation, recorded
from backbeat.station.desk_triage import engine, projecting
from backbeat.station.desk_triage.access import find_offered_call, require_own_agency
from backbeat.station.desk_triage.ledger_rows import leave_row
from backbeat.station.desk_triage.models import Call, CallEvent
from backbeat.station.desk_triage.searching import remember_words
from backbeat.triage.calls.errors import KeyReused
from backbeat.triage.calls.happenings import (
    Accepted,
    Closed,
    Declined,
    Described,
    FactStated,
    FactWithdrawn,
    Happening,
    Linked,
    Noted,
    Opened,
)
from backbeat.triage.calls.state import CallState
from backbeat.triage.calls.words import CallerKind, Role

__all__ = ["answer", "is_recorded", "last_answer", "link", "open_call", "record", "save_draft", "undo", "withdraw"]

_LETTERS = "ACDEFHJKLMNPQRTUVWXY34679"
"""Of references: none is taken for another when read aloud."""
DRAFTS = ("notes", "person", "place", "number", "caller_kind", "characteristics")


def role_of(actor: User | None, call: Call | None = None) -> Role:
    """As whom somebody acts on a call; None is the station's own clock.

    Raises:
        Refused: they may not act on calls, or are a partner to whom this one was not offered; the refusal is logged.
    """
    if actor is None or may(actor, "triage.connect"):
        return Role.SYSTEM
    if may(actor, "triage.supervise"):
        return Role.SUPERVISOR
    if call is not None and may(actor, "triage.partner") and not may(actor, "triage.handle"):
        find_offered_call(actor, call.pk)
        return Role.PARTNER
    require(actor, "triage.handle")
    return Role.HANDLER


def new_reference(at: datetime) -> str:
    """`C-1122-K7QP`: the day and four letters, short enough to be said."""
    return f"C-{timezone.localtime(at):%m%d}-{''.join(secrets.choice(_LETTERS) for _ in range(4))}"


def open_call(
    actor: User,
    opened: Opened | None = None,
    *,
    key: str,
    more: Sequence[Happening] = (),
    at: datetime | None = None,
    reference: str = "",
    force: str = "",
) -> Call:
    """Begin a call, in the actor's name where the actor is a person. The same key again gives the same call.

    Raises:
        Refused: they may neither handle calls nor connect a system.
        KeyReused: the key was used for something else.
        EventRefused, StepRefused: see `record`.
    """
    role = role_of(actor)
    opened = opened or Opened()
    if (known := _known(key)) is not None:
        _require_same(known, [opened, *more])
        return known.call
    at = at or timezone.now()
    person = actor if role is not Role.SYSTEM else None
    call = Call(
        reference=reference or new_reference(at),
        force=force,
        opened_at=at,
        opened_by=person,
        assigned_to=person,
        person=opened.person,
        place=opened.place[:300],
        number=opened.number[:40],
        caller_kind=opened.caller.value,
        notes=opened.notes,
    )
    try:
        with recorded(actor, Operation.COLLECTION, call), transaction.atomic():
            call.save(force_insert=True)
            remember_words(call)
            _append(actor, call, [opened, *more], key=key, role=role, at=at)
    except IntegrityError:
        # Sent twice at the same moment: the other was first.
        if (known := _known(key)) is None:
            raise
        return known.call
    return call


def record(
    actor: User | None,
    call: Call,
    *happenings: Happening,
    key: str,
    at: datetime | None = None,
    purpose: str = "call-step",
) -> Call:
    """Add what happened, in order, all or nothing; gives the call as it then stands.

    The actor's role decides what they may say (`Happening.roles`); None is the station's own clock.

    Raises:
        Refused: they may not act on this call.
        StepRefused: it cannot happen to this call now, or not by this person.
        CloseRefused: something is still owed.
        KeyReused: the key was used for something else.
    """
    role = role_of(actor, call)
    if role is Role.PARTNER and actor is not None:
        require_own_agency(actor, call, [one.agency for one in happenings if isinstance(one, Accepted | Declined)])
    if (known := _known(key)) is not None:
        _require_same(known, happenings, call)
        return Call.objects.get(pk=call.pk)
    try:
        if actor is None:
            fresh = _add(None, call, happenings, key=key, role=role, at=at)
        else:
            with recorded(actor, Operation.ALTERATION, call, purpose=purpose):
                fresh = _add(actor, call, happenings, key=key, role=role, at=at)
    except IntegrityError:
        if _known(key) is None:
            raise
        return Call.objects.get(pk=call.pk)
    if any(isinstance(one, Closed) for one in happenings) and actor is not None:
        leave_row(actor, fresh)
    return fresh


def is_recorded(key: str) -> bool:
    """Whether something was recorded under this key: what came was sent again."""
    return _known(key) is not None


def _known(key: str) -> CallEvent | None:
    return CallEvent.objects.select_related("call").filter(key=f"{key}/1").first()


def _require_same(known: CallEvent, whats: Sequence[Happening], call: Call | None = None) -> None:
    """Raises:
    KeyReused: what was recorded under the key is something else, or of another call.
    """
    stem = known.key.removesuffix("/1")
    said = [f"{stem}/{number}" for number in range(1, len(whats) + 2)]
    rows = CallEvent.objects.filter(key__in=said).order_by("sequence").values_list("kind", "body")
    same = list(rows) == [(what.kind, what.data()) for what in whats]
    if not same or (call is not None and known.call_id != call.pk):
        raise KeyReused(
            "This key was used for something else, so nothing was recorded.",
            where=f"call {known.call_id}, event {known.sequence}",
            do="look at the call as it stands, then do it again if it is still needed",
        )


def _add(
    actor: User | None, call: Call, happenings: Sequence[Happening], *, key: str, role: Role, at: datetime | None
) -> Call:
    with transaction.atomic():
        locked = Call.objects.select_for_update().get(pk=call.pk)
        _append(actor, locked, happenings, key=key, role=role, at=at or timezone.now())
    return locked


def _append(
    actor: User | None, call: Call, happenings: Sequence[Happening], *, key: str, role: Role, at: datetime
) -> None:
    """Inside a transaction: the events, the assessment they lead to, and the columns that follow."""
    rows = list(call.events.select_related("by").order_by("sequence"))
    state = engine.fold_rows(rows)
    made: list[CallEvent] = []

    def add(what: Happening, name: str, actor: User | None = actor, role: Role = role) -> CallState:
        by = actor.get_username() if actor is not None else "station"
        event = engine.new_event(what, sequence=len(rows) + len(made) + 1, key=name, at=at, by=by, role=role)
        after = engine.advance(state, event)
        made.append(
            CallEvent(
                call=call, sequence=event.sequence, kind=what.kind, body=what.data(), at=event.at,
                by=actor, role=role.value, key=name,
            )
        )  # fmt: skip
        return after

    if state is not None and role in (Role.HANDLER, Role.SUPERVISOR):
        for number, draft in enumerate(_drafts_noted(call, state), 1):
            state = add(draft, f"{key}/draft{number}")
    for number, what in enumerate(happenings, 1):
        state = add(what, f"{key}/{number}")
    assert state is not None  # noqa: S101 - a call has its opening
    assessment = engine.assess_state(call, state)
    if assessment.event is not None:
        state = add(assessment.event, f"{key}/assessed", None, Role.SYSTEM)
    CallEvent.objects.bulk_create(made)
    projecting.project(call, state, assessment.value, made, at=at, actor=actor, role=role)


# --- answers ----------------------------------------------------------------------------------------------------------


def answer(actor: User, call: Call, facts: Mapping[str, Fact], *, key: str) -> Call:
    """State facts: one answer of the caller. Raises as `record`."""
    return record(actor, call, *(FactStated(name, value) for name, value in facts.items()), key=key, purpose="answer")


def withdraw(actor: User, call: Call, facts: Sequence[str], *, key: str) -> Call:
    """Take answers back, so that they are asked again; those not given are passed over. Raises as `record`."""
    given = engine.fold_call(call).given
    standing = [FactWithdrawn(name) for name in facts if name in given]
    return record(actor, call, *standing, key=key, purpose="answer") if standing else call


def last_answer(call: Call) -> CallEvent | None:
    """The first event of the newest answer that stands and was not undone; None where there is none."""
    stack: list[CallEvent] = []
    kinds = (FactStated.kind, FactWithdrawn.kind)
    stem = ""
    for row in call.events.filter(kind__in=kinds).order_by("sequence"):
        if (now := row.key.rpartition("/")[0]) == stem:
            continue
        stem = now
        if row.key.startswith(_UNDO):
            if stack:
                stack.pop()
        else:
            stack.append(row)
    return stack[-1] if stack else None


_UNDO = "undo:"


def undo(actor: User, call: Call, sequence: int) -> Call:
    """Take back the answer whose first event has this number, if it is the newest that stands: what was said before
    stands again. Pressed twice, it takes back one. Raises as `record`.
    """
    last = last_answer(call)
    if last is None or last.sequence != sequence:
        return call
    stem = last.key.rpartition("/")[0]
    rows = list(call.events.order_by("sequence"))
    before = engine.fold_rows([row for row in rows if row.sequence < sequence])
    given = dict(before.given) if before is not None else {}
    names = [row.body["name"] for row in rows if row.key.rpartition("/")[0] == stem and "name" in row.body]
    taken = [FactStated(name, given[name]) if name in given else FactWithdrawn(name) for name in names]
    return record(actor, call, *taken, key=f"{_UNDO}{call.pk}:{sequence}", purpose="answer")


def link(actor: User, call: Call, other: Call, *, key: str) -> Call:
    """Say that another call is about the same matter: its contacts count here, and its promise binds here.

    Raises as `record`.
    """
    there = engine.fold_call(other)
    linked = Linked(str(other.pk), contacts=there.contact_number, promised=there.promise_binds)
    fresh = record(actor, call, linked, key=key, purpose="link")
    Call.objects.filter(pk=fresh.pk).update(matter=other.matter_id or other.pk)
    fresh.matter_id = other.matter_id or other.pk
    return fresh


# --- what is still being typed ----------------------------------------------------------------------------------------


def save_draft(actor: User, call: Call, **fields: object) -> None:
    """Keep what stands in the notes, in who and where, or about the person, as it is being typed.

    Kept at once; part of the record, as a note, with the next step of anybody in the control room.

    Raises:
        Refused: they may not handle calls.
    """
    require(actor, "triage.handle")
    with recorded(actor, Operation.ALTERATION, call, purpose="draft"), transaction.atomic():
        locked = Call.objects.select_for_update().get(pk=call.pk)
        for name, value in fields.items():
            if name not in DRAFTS:
                raise ValueError(name)
            setattr(locked, name, value)
        if {"person", "place", "number"} & fields.keys():
            remember_words(locked)
        projecting.touch(locked, timezone.now())
        locked.save()


def _drafts_noted(call: Call, state: CallState) -> list[Happening]:
    """The notes, and who and where, as events, where they have changed since they last were."""
    made: list[Happening] = []
    caller = CallerKind(call.caller_kind or "unknown")
    about = Described(person=call.person, place=call.place, number=call.number, caller=caller)
    opened = state.opened
    if about != Described(person=opened.person, place=opened.place, number=opened.number, caller=opened.caller):
        made.append(about)
    text = call.notes.strip()
    if text and all(one.text != text for one in state.notes):
        made.append(Noted(text))
    return made
