"""Answering an offer by the link of a message, without an account. The page says nothing about anybody.

Opening the link does nothing: programs that look at mail open links too. Only the form answers, once.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backbeat.errors import UserError
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_triage import offers, outbox
from backbeat.station.desk_triage.models import OfferMessage
from backbeat.station.desk_triage.views.partner import minutes_in

__all__ = ["answer_offer"]


@login_not_required
@require_http_methods(["GET", "POST"])
def answer_offer(request: HttpRequest, token: str) -> HttpResponse:
    """Accept with name and position, or decline with a reason."""
    message, now = outbox.message_of(token), timezone.now()
    if message is None or not outbox.is_usable(message, now):
        return _page(request, None, status=410)
    account = outbox.link_account(message.handover.agency)
    if request.method == "GET":
        record(account, Operation.CONSULTATION, message.handover.call, purpose="offer-link")
        return _page(request, message)
    if not outbox.claim(message, now):
        return _page(request, None, status=410)
    post, key = request.POST, f"link:{message.pk}:{message.handover.call.revision}"
    try:
        if post.get("answer") == "decline":
            offers.decline(account, message.handover, reason=post.get("reason", "").strip()[:2000], key=key)
        else:
            who = {"name": post.get("name", ""), "position": post.get("position", "")}
            offers.accept(account, message.handover, **who, minutes=minutes_in(post.get("minutes", "")), key=key)
    except UserError as refused:
        outbox.give_back(message)
        problem = [*refused.what.splitlines(), f"{refused.do[:1].upper()}{refused.do[1:]}."]
        return _page(request, message, status=422, problem=problem)
    return _page(request, message, done="declined" if post.get("answer") == "decline" else "accepted")


def _page(request: HttpRequest, message: OfferMessage | None, *, status: int = 200, **more: object) -> HttpResponse:
    context = {"message": message, "typed": request.POST, **more}
    return render(request, "desk_triage/answer_offer.html", context, status=status)
