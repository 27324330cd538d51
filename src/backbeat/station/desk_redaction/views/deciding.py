"""Deciding in bulk: by person and kind of information, and place by place within a group."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from backbeat.errors import UserError
from backbeat.station.desk_redaction import decisions, groups
from backbeat.station.desk_redaction.errors import NothingToDecide
from backbeat.station.desk_redaction.models import Activity, Preparation, PreparedDocument
from backbeat.station.desk_redaction.passages import PassageFinder
from backbeat.station.desk_redaction.views.common import (
    find_preparation,
    page_urls,
    preparation_context,
    user_of,
    whole,
)

__all__ = ["back", "decide", "places", "review", "undo"]

PLACES_A_PAGE = 25


@require_GET
def review(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """Suggestions grouped by person and kind, decided a group at a time."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW)
    found = groups.groups(preparation)
    context = {
        **preparation_context(request, preparation, "review", counted=groups.counted(found)),
        "people": groups.by_person(found),
        "documents": preparation.documents.filter(state=PreparedDocument.State.READ).select_related("evidence"),
        "spread": preparation.is_open and preparation.outcome.get("spread"),
    }
    return render(request, "desk_redaction/review.html", context)


@require_GET
def places(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """Every place of one group, with the words around it."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW)
    key = request.GET.get("group", "")
    group = groups.group_of(preparation, key)
    if group is None:
        raise Http404
    found = groups.find_group(preparation, key).select_related("document__evidence", "decided_by")
    paginator = Paginator(found, PLACES_A_PAGE)
    paginator.__dict__["count"] = group.total
    listing = paginator.get_page(request.GET.get("page"))
    finder, page_url = PassageFinder(), page_urls(preparation)
    numbered = [(mention, mention.page or finder.number(mention)) for mention in listing]
    context = {
        **preparation_context(request, preparation, "review"),
        "inside": True,
        "group": group,
        "listing": listing,
        "shown": [
            (mention, number, page_url(mention.document_id, number), str(mention.pk), f"place {place}")
            for place, (mention, number) in enumerate(numbered, listing.start_index())
        ],
    }
    return render(request, "desk_redaction/places.html", context)


@require_POST
def decide(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """One decision over a group, over chosen places, or over everything still undecided that can be accepted."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW, log=False)
    action = request.POST.get("action", "")
    chosen = request.POST.getlist("mention")
    basis = "individual" if len(chosen) == 1 else "bulk"
    if chosen:
        meant = groups.mentions_of(preparation).filter(pk__in=[n for n in map(whole, chosen) if n is not None])
    elif "group" in request.POST:
        meant = groups.find_group(preparation, request.POST["group"])
    elif request.POST.get("everything") and action == decisions.ACCEPT:
        meant = groups.mentions_of(preparation)
    else:
        raise NothingToDecide("No place was chosen.", where="the form", do="choose at least one place")
    if action == decisions.ACCEPT and not chosen:
        meant = meant.filter(decided="")
    try:
        batch = decisions.decide(
            user_of(request), preparation, meant, action, request.POST.get("reason", ""), basis=basis
        )
    except NothingToDecide as nothing:
        return back(request, preparation, nothing)
    return back(request, preparation, f"{batch.summary}.")


@require_POST
def undo(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """Take back one's own newest decision."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW, log=False)
    batch = decisions.undo(user_of(request), preparation)
    words = f"Undone: {batch.summary[0].lower()}{batch.summary[1:]}." if batch else "You have nothing to undo."
    return back(request, preparation, words)


def back(request: HttpRequest, preparation: Preparation, words: str | UserError) -> HttpResponse:
    """To the page the decision was made on, which says what came of it."""
    if isinstance(words, UserError):
        messages.error(request, f"{words.what} Next: {words.do}.")
    else:
        messages.success(request, words)
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(target)
    return redirect("desk_redaction:review", case_id=preparation.case_id, pk=preparation.pk)
