"""The partner's pages: what is offered to their agency, and one offer with its answer."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from backbeat.errors import UserError
from backbeat.station.accounts.permissions import Refused, require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_triage import engine, offers
from backbeat.station.desk_triage.access import agency_of, find_offered_call
from backbeat.station.desk_triage.models import Handover
from backbeat.station.desk_triage.owing import agencies
from backbeat.station.desk_triage.views.common import tabs, user_of, whole

__all__ = ["answer", "inbox", "minutes_in", "offer"]


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything offered to the agency. References and urgency only; who it is about stands on the offer's own page."""
    user = user_of(request)
    require(user, "triage.partner")
    record(user, Operation.CONSULTATION, "triage-offers", purpose="inbox")
    now = timezone.now()
    found = offers.offers_of(user, now)
    context = {
        **tabs(request, "offers"),
        "agency": _title(agency_of(user)),
        "waiting": [one for one in found if one.state == "waiting"],
        "answered": [one for one in found if one.state != "waiting"],
        "now": now,
    }
    return render(request, "desk_triage/offers.html", context)


def _title(agency: str) -> str:
    return dict(agencies(engine.policy_on(timezone.now()))).get(agency, agency.replace("-", " "))


def _find(request: HttpRequest, pk: int) -> Handover:
    """Raises:
    Refused: it is not offered to their agency; the refusal is logged.
    Http404: there is none.
    """
    user = user_of(request)
    require(user, "triage.partner")
    found = Handover.objects.select_related("call").filter(pk=pk).first()
    if found is None:
        raise Http404
    find_offered_call(user, found.call_id)
    if found.agency != agency_of(user) or found.withdrawn_at is not None:
        raise Http404
    return found


@require_GET
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer: what it takes to decide, and the answer."""
    found = _find(request, pk)
    record(user_of(request), Operation.CONSULTATION, found.call, purpose="offer")
    return _page(request, found)


def _page(request: HttpRequest, found: Handover, *, status: int = 200, **more: object) -> HttpResponse:
    context: dict[str, Any] = {
        **tabs(request, "offers"),
        "offer": offers.offer_of(found, timezone.now()),
        "agency": _title(found.agency),
        "key": f"{found.call_id.hex[:12]}:{found.pk}:{found.call.revision}",
        "typed": request.POST,
    }
    return render(request, "desk_triage/offer.html", {**context, **more}, status=status)


def minutes_in(text: str) -> int | None:
    """Minutes out of a form; None where it is empty.

    Raises:
        UserError: they are no whole number of minutes up to a day.
    """
    if not text.strip():
        return None
    minutes = whole(text)
    if not 0 <= minutes <= offers.MOST_MINUTES:
        raise UserError(
            f"The time must be whole minutes, up to {offers.MOST_MINUTES}.",
            where="field minutes",
            do="Give it in minutes, or leave it empty",
        )
    return minutes


@require_POST
def answer(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Accept, decline, or say when somebody will be there."""
    found, user, post = _find(request, pk), user_of(request), request.POST
    key = f"{post.get('key', '')[:60]}:{name}"
    try:
        match name:
            case "accept":
                minutes = minutes_in(post.get("minutes", ""))
                who = {"name": post.get("name", ""), "position": post.get("position", "")}
                offers.accept(user, found, **who, minutes=minutes, key=key)
            case "decline":
                offers.decline(user, found, reason=post.get("reason", "").strip()[:2000], key=key)
            case "eta":
                offers.give_eta(user, found, minutes=minutes_in(post.get("minutes", "")), key=key)
            case _:
                raise Http404
    except Refused:
        raise
    except UserError as refused:
        problem = {"lines": [*refused.what.splitlines(), f"{refused.do[:1].upper()}{refused.do[1:]}."], "step": name}
        return _page(request, Handover.objects.select_related("call").get(pk=pk), status=422, problem=problem)
    return redirect("desk_triage:offer", pk=pk)
