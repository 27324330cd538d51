"""Every step on a call, one address each: a form with a key comes in, the part of the page that changed goes out."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from backbeat.errors import UserError
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import Refused
from backbeat.station.desk_triage import calls, engine
from backbeat.station.desk_triage.access import find_call
from backbeat.station.desk_triage.asking import AnswerMissing, read_answer
from backbeat.station.desk_triage.models import Call
from backbeat.station.desk_triage.showing import work_context
from backbeat.station.desk_triage.views.call import call_page
from backbeat.station.desk_triage.views.common import user_of, whole
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.words import AMBULANCE, Audience, Loss, Service

__all__ = ["STEPS", "step"]

MOST_MINUTES = 24 * 60


def _text(post: QueryDict, name: str = "text") -> str:
    return post.get(name, "").strip()[:4000]


def _minutes(post: QueryDict) -> int:
    minutes = whole(post.get("minutes", ""))
    if not 0 <= minutes <= MOST_MINUTES:
        raise UserError(
            f"The time must be whole minutes, up to {MOST_MINUTES}.", where="field minutes", do="Give it in minutes"
        )
    return minutes


def _answer(user: User, call: Call, post: QueryDict, key: str) -> None:
    calls.answer(user, call, read_answer(post, engine.policy_of(call)), key=key)


def _change(user: User, call: Call, post: QueryDict, key: str) -> None:
    group = engine.policy_of(call).groups.get(post.get("group", ""))
    if group is None:
        raise Http404
    calls.withdraw(user, call, group.facts, key=key)


def _undo(user: User, call: Call, post: QueryDict, key: str) -> None:
    calls.undo(user, call, whole(post.get("event", "")))


def _same(user: User, call: Call, post: QueryDict, key: str) -> None:
    try:
        other = UUID(post.get("other", ""))
    except ValueError:
        raise Http404 from None
    calls.link(user, call, get_object_or_404(Call.objects.exclude(pk=call.pk), pk=other), key=key)


def _review(user: User, call: Call, post: QueryDict, key: str) -> None:
    """So many minutes from now, but never later than the policy allows, whose clock began with the assessment."""
    if calls.is_recorded(key):
        return  # sent again: the minutes would count from now and not from then
    due = timezone.now() + timedelta(minutes=_minutes(post))
    state = engine.fold_call(call)
    if state.assessed is not None and state.assessed_mark is not None and state.assessed.review_minutes is not None:
        latest = state.assessed_mark.at + timedelta(minutes=state.assessed.review_minutes)
        due = min(due, latest) if latest > timezone.now() else due
    calls.record(user, call, h.ReviewSet(due), key=key, purpose="call-review")


def _eta(post: QueryDict) -> h.Happening:
    service = Service.AMBULANCE if post.get("agency") == AMBULANCE else Service.PARTNER
    return h.EtaGiven(service, _minutes(post))


_SAID: dict[str, Callable[[QueryDict], h.Happening]] = {
    "promise": lambda post: h.Promised(_text(post)),
    "lost": lambda post: h.Lost(Loss.BOUNCED if post.get("loss") == "bounced" else Loss.DROPPED),
    "called-back": lambda post: h.CallbackDone(post.get("reached") == "yes"),
    "escalate": lambda post: h.Escalated(_text(post, "reason")),
    "told": lambda post: h.Told(Audience(post.get("audience", "")), _text(post)),
    "offer": lambda post: h.Offered(post.get("agency", "")),
    "accepted": lambda post: h.Accepted(post.get("agency", ""), post.get("name", ""), post.get("position", "")),
    "declined": lambda post: h.Declined(post.get("agency", ""), _text(post, "reason")),
    "eta": _eta,
    "deployed": lambda post: h.Deployed(_text(post, "unit")),
    "arrived": lambda _post: h.Arrived(Service.POLICE),
    "statement": lambda post: h.StatementRead(post.get("statement", "")),
    "reviewed": lambda post: h.Reviewed(post.get("in_hand") == "yes", _text(post)),
    "duty": lambda post: h.DutyDone(post.get("duty", "")),
    "rationale": lambda post: h.RationaleWritten(_text(post).replace("\r\n", "\n")),
    "close": lambda _post: h.Closed(),
    "reopen": lambda post: h.Reopened(_text(post, "reason")),
}
_DONE: dict[str, Callable[[User, Call, QueryDict, str], None]] = {
    "answer": _answer,
    "change": _change,
    "undo": _undo,
    "same": _same,
    "review": _review,
}
STEPS = frozenset(_SAID) | frozenset(_DONE)
_KEPT = {
    "answer": "Kept.",
    "undo": "The last answer is taken back.",
    "close": "The call is closed.",
    "statement": "Kept: the caller was told.",
    "lost": "Kept. The caller is to be called back.",
}


@require_POST
def step(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One step. What cannot be done changes nothing, and the page says why."""
    user = user_of(request)
    found = find_call(user, "triage.handle", pk)
    if name not in STEPS:
        raise Http404
    key = request.POST.get("key", "")[:80]
    error, problem = "", None
    try:
        if name in _DONE:
            _DONE[name](user, found, request.POST, key)
        else:
            calls.record(user, found, _SAID[name](request.POST), key=key, purpose=f"call-{name}")
    except Refused:
        raise
    except AnswerMissing as missing:
        error = missing.what
    except UserError as refused:
        problem = {"title": "This is not kept", "lines": [*refused.what.splitlines(), f"{refused.do}."]}
    fresh = Call.objects.select_related("assigned_to", "matter").get(pk=pk)
    wrong = bool(error or problem)
    more: dict[str, object] = {"error": error, "problem": problem, "said": "" if wrong else _KEPT.get(name, "Kept.")}
    if "X-Triage-Part" in request.headers:
        context = work_context(user, fresh, **more)
        return render(request, "desk_triage/_work.html", context, status=422 if wrong else 200)
    if wrong:
        return call_page(request, fresh, status=422, **more)
    return redirect("desk_triage:call", pk=pk)
