"""The supervisor's page of one call: its history first, then what is known, and what they decide with a reason."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from backbeat.errors import UserError
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import Refused
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_triage import calls, engine
from backbeat.station.desk_triage.access import find_call
from backbeat.station.desk_triage.boarding import rows_of
from backbeat.station.desk_triage.handlers import give_to, handlers
from backbeat.station.desk_triage.models import Call
from backbeat.station.desk_triage.owing import agencies
from backbeat.station.desk_triage.showing import work_context
from backbeat.station.desk_triage.views.common import tabs, user_of, whole
from backbeat.station.desk_triage.words import outcome_words, show_outcome
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.errors import StepRefused
from backbeat.triage.calls.words import POLICE, Audience, Harm
from backbeat.triage.model import Outcome

__all__ = ["STEPS", "decide", "supervise"]

CHOICES = (
    (Outcome.POLICE_DEPLOY, "Send police", "Officers attend."),
    (Outcome.JOINT, "Send police, and an agency with them", "The agency you name leads on care."),
    (Outcome.POLICE_OWN, "Police keep it", "A named person in the police keeps it; nobody is sent at once."),
    (Outcome.PARTNER_LEADS, "A partner leads", "The agency you name, once a named person there has accepted it."),
)
"""Most response first."""
HARMS = ((Harm.INJURY, "Injury"), (Harm.DEATH, "Death"), (Harm.OTHER, "Other harm"))
AUDIENCES = (
    (Audience.CALLER, "What the caller was told"),
    (Audience.AMBULANCE, "What the ambulance service was told"),
    (Audience.PARTNER, "What the agency was told"),
)


@require_GET
def supervise(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a supervisor needs to decide: earlier calls, facts, reasons, what is owed, everything that happened."""
    user = user_of(request)
    found = find_call(user, "triage.supervise", pk)
    record(user, Operation.CONSULTATION, found, purpose="supervise")
    return _page(request, found)


def _page(request: HttpRequest, found: Call, *, status: int = 200, **more: object) -> HttpResponse:
    user = user_of(request)
    policy = engine.policy_of(found)
    state = engine.fold_call(found)
    least = Outcome(found.if_unknown) if found.if_unknown not in ("", Outcome.SUPERVISOR) else None
    context = {
        **tabs(request, "waiting" if found.escalated else "board"),
        **work_context(user, found),
        "row": rows_of([found], timezone.now())[0],
        "choices": [(one.value, show_outcome(one).shape, words, help_) for one, words, help_ in CHOICES],
        "agencies": [one for one in agencies(policy) if one[0] != POLICE],
        "least": outcome_words(least).lower() if least is not None else "",
        "promise": state.promises[-1] if state.promise_binds else None,
        "audiences": AUDIENCES,
        "harms": HARMS,
        "handlers": handlers(),
        "ringing": state.callback is not None and state.callback.tries > 0,
        "typed": request.POST,
        "offers": found.handovers.all(),
    }
    return render(request, "desk_triage/board_call.html", {**context, **more}, status=status)


def _text(post: QueryDict, name: str) -> str:
    return post.get(name, "").strip()[:2000]


def _said(what: str, field: str, do: str) -> UserError:
    return UserError(what, where=f"field {field}", do=do)


def _decide(user: User, call: Call, post: QueryDict, key: str) -> None:
    outcome = post.get("outcome", "")
    if outcome not in {one.value for one, _words, _help in CHOICES}:
        raise _said("Say who owns the call.", "outcome", "Pick one of the four")
    reason = _text(post, "reason")
    if len(reason) < 3:
        raise _said("Say why: your reason stands in the record.", "reason", "Write it in your own words")
    agency = _agency(call, post) if outcome in (Outcome.PARTNER_LEADS, Outcome.JOINT) else ""
    calls.record(user, call, h.SupervisorDecided(Outcome(outcome), reason, agency), key=key, purpose="decide")


def _agency(call: Call, post: QueryDict) -> str:
    agency = post.get("agency", "")
    if agency not in dict(agencies(engine.policy_of(call))):
        raise _said("Say which agency leads.", "agency", "Pick it from the list")
    return agency


def _agree(user: User, call: Call, post: QueryDict, key: str) -> None:
    """A named handover; whoever was told already is recorded in the same step, whoever was not stays owed."""
    if len(_text(post, "name")) < 3:
        raise _said("Name the person who takes it on.", "name", "Give first name or initial, and family name")
    agreed = h.HandoverAgreed(_agency(call, post), _text(post, "name"), _text(post, "reason"))
    told = [h.Told(one, text) for one, _ in AUDIENCES if (text := _text(post, f"told-{one.value}"))]
    calls.record(user, call, agreed, *told, key=key, purpose="agree-handover")


def _give(user: User, call: Call, post: QueryDict, key: str) -> None:
    handler = next((one for one in handlers() if str(one.pk) == post.get("handler")), None)
    if handler is None:
        raise _said("Say to whom the call is given.", "handler", "Pick somebody from the list")
    give_to(user, call, handler, key=key)


def _harm(user: User, call: Call, post: QueryDict, key: str) -> None:
    if post.get("harm") not in {one.value for one, _ in HARMS}:
        raise _said("Say what is known to have happened.", "harm", "Pick one of the list")
    calls.record(user, call, h.HarmReported(Harm(post["harm"]), _text(post, "text")), key=key, purpose="harm")


def _end(user: User, call: Call, post: QueryDict, key: str) -> None:
    calls.record(user, call, h.CallbackEnded(_text(post, "reason")), key=key, purpose="end-call-back")


STEPS: dict[str, Callable[[User, Call, QueryDict, str], None]] = {
    "decide": _decide,
    "agree": _agree,
    "give": _give,
    "harm": _harm,
    "end": _end,
}


@require_POST
def decide(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One step of a supervisor. What cannot be done changes nothing, and the page says why and keeps what was typed."""
    user = user_of(request)
    found = find_call(user, "triage.supervise", pk)
    if name not in STEPS:
        raise Http404
    key = request.POST.get("key", "")[:80]
    try:
        if not calls.is_recorded(key):
            _require_unchanged(found, whole(request.POST.get("revision", "")))
            STEPS[name](user, found, request.POST, key)
    except Refused:
        raise
    except UserError as refused:
        fresh = get_object_or_404(Call.objects.select_related("assigned_to", "matter"), pk=pk)
        problem = {"lines": [*refused.what.splitlines(), f"{refused.do}."], "step": name}
        return _page(request, fresh, status=422, problem=problem)
    return redirect("desk_triage:supervise", pk=pk)


def _require_unchanged(call: Call, seen: int) -> None:
    """Raises:
    StepRefused: something happened since the page was drawn, and a decision may rest on it.
    """
    if seen != call.revision:
        raise StepRefused(
            "Something happened on this call while you were reading it. Nothing was recorded.",
            where=f"call {call.pk}",
            do="Read what is new below, then decide",
        )
