"""The call handler's pages: my calls, a new call, the call itself, and what keeps itself while it is typed."""

import secrets
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_triage import calls, projecting
from backbeat.station.desk_triage.access import find_call
from backbeat.station.desk_triage.models import Call
from backbeat.station.desk_triage.searching import related_calls
from backbeat.station.desk_triage.showing import history_of, shown_of, side_context, work_context
from backbeat.station.desk_triage.views.common import tabs, user_of
from backbeat.station.desk_triage.words import CALLERS, CHARACTERISTICS, THRIVE
from backbeat.triage.calls.happenings import ThriveNoted
from backbeat.triage.calls.words import Thrive

__all__ = ["call", "keep", "mine", "new", "related"]

MOST = 100
KEYS = "triage-keys"
"""Session key: whether single letters work as keys (WCAG 2.1.4 asks that they can be turned off)."""


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My open calls, the greatest risk first, and those I closed lately."""
    user = user_of(request)
    require(user, "triage.handle")
    record(user, Operation.CONSULTATION, "triage-calls", purpose="mine")
    own = Call.objects.filter(assigned_to=user)
    context = {
        **tabs(request, "calls"),
        "rows": [
            (one, shown_of(one)) for one in own.filter(state=Call.State.OPEN).order_by("-risk", "opened_at")[:MOST]
        ],
        "closed": own.filter(state=Call.State.CLOSED).order_by("-closed_at")[:10],
        "now": timezone.now(),
        "new_key": secrets.token_hex(16),
    }
    return render(request, "desk_triage/calls.html", context)


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin a call: the timer runs from here."""
    user = user_of(request)
    require(user, "triage.handle")
    made = calls.open_call(user, key=request.POST.get("key", "")[:60] or secrets.token_hex(16))
    return redirect("desk_triage:call", pk=made.pk)


@require_GET
def call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of one call."""
    user = user_of(request)
    found = find_call(user, "triage.view", pk)
    if request.GET.get("keys") in ("on", "off"):
        request.session[KEYS] = request.GET["keys"]
        return redirect("desk_triage:call", pk=pk)
    record(user, Operation.CONSULTATION, found)
    if found.is_open and found.assigned_to_id == user.pk:
        projecting.touch(found, timezone.now())
        found.save(update_fields=["active_ms", "touched_at"])
    return call_page(request, found)


def call_page(request: HttpRequest, found: Call, *, status: int = 200, **more: object) -> HttpResponse:
    """The whole page; without a script it is what every step comes back to."""
    context = {
        **tabs(request, ""),
        **work_context(user_of(request), found, **more),
        **side_context(found),
        **_related(found, found.person, found.place, found.number),
        "keys_on": request.session.get(KEYS) != "off",
    }
    return render(request, "desk_triage/call.html", context, status=status)


def _related(found: Call, person: str, place: str, number: str) -> dict[str, object]:
    fitting = related_calls(person=person, place=place, number=number, but=found)
    known = {found.matter_id, *found.later_calls.values_list("pk", flat=True)}
    shown = [
        {
            "call": one.call,
            "by": one.by,
            "exact": one.exact,
            "shown": shown_of(one.call),
            "lines": history_of(one.call) if one.exact else (),
        }
        for one in fitting
        if one.call.pk not in known
    ]
    return {"related": shown, "looked": bool(person or place or number)}


@require_POST
def related(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Calls that fit what is being typed; by POST, so that it stands in no address and no log."""
    user = user_of(request)
    found = find_call(user, "triage.handle", pk)
    typed = {name: request.POST.get(name, "")[:300] for name in ("person", "place", "number")}
    fitting = _related(found, **typed)
    if fitting["related"]:
        record(user, Operation.CONSULTATION, found, purpose="related", detail=typed)
    context = {**fitting, "call": found, "may_handle": True, "key": f"{found.pk.hex[:12]}:{found.revision}"}
    return render(request, "desk_triage/_related.html", context)


@require_POST
def keep(request: HttpRequest, pk: UUID, part: str) -> HttpResponse:
    """What stands in notes, who and where, THRIVE, or about the person, kept as it is typed."""
    user = user_of(request)
    found = find_call(user, "triage.handle", pk)
    post = request.POST
    match part:
        case "notes":
            calls.save_draft(user, found, notes=post.get("notes", "").replace("\r\n", "\n")[:8000])
        case "about":
            kind = post.get("caller_kind", "")
            calls.save_draft(
                user,
                found,
                person=post.get("person", "")[:200],
                place=post.get("place", "")[:300],
                number=post.get("number", "")[:40],
                caller_kind=kind if kind in dict(CALLERS) else "unknown",
            )
        case "characteristics":
            given = {id_: post[id_] for id_, _words, choices in CHARACTERISTICS if post.get(id_) in choices}
            calls.save_draft(user, found, characteristics=given)
        case "thrive":
            changed = [
                ThriveNoted(Thrive(id_), text)
                for id_, _words in THRIVE
                if (text := post.get(id_, "").strip()[:2000]) and text != found.thrive.get(id_)
            ]
            if changed:
                calls.record(user, found, *changed, key=post.get("key", "")[:80], purpose="thrive")
        case _:
            raise Http404
    if "X-Triage-Part" not in request.headers:
        return redirect("desk_triage:call", pk=pk)
    at = timezone.localtime().strftime("%H:%M:%S")
    return render(request, "desk_triage/kept.html", {"words": f"✓ Kept {at}"})
