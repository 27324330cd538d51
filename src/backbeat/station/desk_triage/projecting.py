"""The columns of a call that its events lead to, set in the same transaction, so that a board need read no event."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backbeat.station.accounts.models import User
from backbeat.station.desk_triage import engine
from backbeat.station.desk_triage.models import Call, CallEvent, CallTimer, Handover
from backbeat.station.desk_triage.searching import remember_words
from backbeat.triage.calls.happenings import Accepted, Closed, Declined, Described, EtaGiven, Offered
from backbeat.triage.calls.state import CallState
from backbeat.triage.calls.words import Role, Service
from backbeat.triage.model import Assessment, Outcome

__all__ = ["project", "touch"]

_OF_HANDOVERS = frozenset({Offered.kind, Accepted.kind, Declined.kind, EtaGiven.kind, Closed.kind})
PAUSE = timedelta(minutes=5)
"""A longer pause between two signs of work counts as this long: to count it as nothing would claim time not saved."""


def project(
    call: Call,
    state: CallState,
    assessment: Assessment,
    made: Sequence[CallEvent],
    *,
    at: datetime,
    actor: User | None,
    role: Role,
) -> None:
    """Set the columns and rows of a call to what its events say, and save it. Inside the transaction of the events."""
    outcome = state.outcome
    rated = assessment.if_unknown if outcome is Outcome.ASK_MORE else outcome
    call.facts = engine.plain_facts(state.facts)
    call.strand = str(call.facts.get("strand") or "")
    call.outcome, call.if_unknown = outcome.value, assessment.if_unknown.value
    call.decided = state.decision.outcome.value if state.decision is not None and state.decision_stands else ""
    call.risk = rated.response
    call.lead = state.lead
    call.owner = state.owner.agency if state.owner is not None and state.owner_counts else ""
    call.escalated = state.is_open and outcome is Outcome.SUPERVISOR
    call.callback_owed = state.callback is not None
    call.deployed = state.deployed is not None
    call.policy, call.policy_hash = assessment.policy, assessment.policy_hash
    call.assessment = engine.plain_assessment(assessment)
    call.owed = engine.plain_owed(state, assessment)
    call.thrive = dict(state.thrive)
    call.rationale = state.rationale.text if state.rationale is not None else ""
    stated = state.facts.get("contact_number")
    call.contact_number = stated if isinstance(stated, int) else max(1, state.contact_number)
    call.revision = state.sequence
    call.state = Call.State.OPEN if state.is_open else Call.State.CLOSED
    call.closed_at = None if state.is_open else state.closed[-1].at
    _describe(call, made)
    _hand_over(call, made, actor)
    _set_clocks(call, state, at)
    if role in (Role.HANDLER, Role.SUPERVISOR):
        touch(call, at)
    call.save()


def touch(call: Call, now: datetime) -> None:
    """Somebody in the control room works on the call now; the caller saves it."""
    since = min(now - call.touched_at, PAUSE) if call.touched_at else timedelta()
    call.active_ms += max(0, since // timedelta(milliseconds=1))
    call.touched_at = now


def _describe(call: Call, made: Sequence[CallEvent]) -> None:
    """Who and where, for board and search; what is null there stays as it stands."""
    described = [row.body for row in made if row.kind == Described.kind]
    for body in described:
        for column, name, most in (("person", "person", 200), ("place", "place", 300), ("number", "number", 40)):
            if body[name] is not None:
                setattr(call, column, body[name][:most])
        if body["caller"] is not None:
            call.caller_kind = body["caller"]
    if described:
        remember_words(call)


def _hand_over(call: Call, made: Sequence[CallEvent], actor: User | None) -> None:
    """The rows of offers and their answers."""
    for row in made:
        if row.kind not in _OF_HANDOVERS:
            continue
        agency = str(row.body.get("agency", ""))
        waiting = call.handovers.filter(agency=agency, answered_at=None, withdrawn_at=None).first()
        match row.kind:
            case Offered.kind:
                Handover.objects.create(call=call, agency=agency, offered_at=row.at, offered_by=actor)
            case Accepted.kind:
                answered = waiting or Handover(call=call, agency=agency, offered_at=row.at, offered_by=actor)
                answered.answered_at, answered.accepted = row.at, True
                answered.name, answered.role = row.body["name"], row.body["position"]
                answered.save()
                call.handovers.filter(answered_at=None, withdrawn_at=None).update(withdrawn_at=row.at)
            case Declined.kind:
                answered = waiting or call.handovers.filter(agency=agency, accepted=True).last()
                if answered is not None:
                    answered.answered_at, answered.accepted, answered.reason = row.at, False, row.body["reason"]
                    answered.save()
            case EtaGiven.kind if row.body["service"] == Service.PARTNER and row.body["minutes"] is not None:
                owner = call.handovers.filter(accepted=True).last()
                if owner is not None:
                    owner.eta_at = row.at + timedelta(minutes=row.body["minutes"])
                    owner.save()
            case Closed.kind:
                call.handovers.filter(answered_at=None, withdrawn_at=None).update(withdrawn_at=row.at)


def _set_clocks(call: Call, state: CallState, at: datetime) -> None:
    """Clocks the state asks for stand; those it asks for no more, because they fired or are not needed, are settled."""
    wanted = dict.fromkeys((one.timer.value, one.at, one.about) for one in engine.clocks_of(call, state))
    known = {(one.kind, one.due_at, one.about): one for one in call.timers.all()}
    for which, timer in known.items():
        if (which in wanted) is (timer.settled_at is not None):
            timer.settled_at = None if which in wanted else at
            timer.save(update_fields=["settled_at"])
    new = [
        CallTimer(call=call, kind=kind, due_at=due, about=about) for kind, due, about in wanted.keys() - known.keys()
    ]
    CallTimer.objects.bulk_create(sorted(new, key=lambda one: (one.due_at, one.kind, one.about)))
    call.next_due_at = min((due for _kind, due, _about in wanted), default=None)
