"""Deciding in bulk by person and kind, and place by place on the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from backbeat.errors import UserError
from backbeat.redaction import formats
from backbeat.redaction.model import Box, Kind
from backbeat.redaction.page_view import PageView, Rectangle, draw_page, view_page
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_redaction import decisions, groups
from backbeat.station.desk_redaction.errors import NothingToDecide
from backbeat.station.desk_redaction.evidence import readable_path
from backbeat.station.desk_redaction.models import Activity, Mention, Preparation, PreparedDocument
from backbeat.station.desk_redaction.passages import passages, pieces
from backbeat.station.desk_redaction.views.common import (
    find_document,
    find_preparation,
    preparation_context,
    user_of,
)

__all__ = ["decide", "draw", "page", "picture", "places", "review", "undo"]

PLACES_A_PAGE = 50
KEEP_REASONS = (
    "Needed to understand the evidence",
    "Already known to the recipient",
    "Evidence in the case (place or object)",
    "Not personal data",
    "Disproportionate to redact",
)
BOX_FIELDS = (("x", "Left"), ("y", "Top"), ("width", "Width"), ("height", "Height"))
KINDS = [(kind.value, groups.kind_words(kind.value)) for kind in Kind]


@require_GET
def review(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """Suggestions grouped by person and kind, decided a group at a time."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW)
    found = groups.groups(preparation)
    context = {
        **preparation_context(preparation, "review"),
        "groups": found,
        "places": sum(group.total for group in found),
        "undecided": sum(group.undecided for group in found),
        "keep_reasons": KEEP_REASONS,
    }
    return render(request, "desk_redaction/review.html", context)


@require_GET
def places(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """Every place of one group, with the words around it."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW)
    key = request.GET.get("group", "")
    found = groups.find_group(preparation, key).select_related("document__evidence", "decided_by")
    if not found.exists():
        raise Http404
    group = next(group for group in groups.groups(preparation) if group.key == key)
    context = {
        **preparation_context(preparation, "review"),
        "group": group,
        "listing": Paginator(found, PLACES_A_PAGE).get_page(request.GET.get("page")),
        "keep_reasons": KEEP_REASONS,
    }
    return render(request, "desk_redaction/places.html", context)


@require_POST
def decide(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """One decision over a group, over chosen places, or over everything still undecided that can be accepted."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW, log=False)
    action = request.POST.get("action", "")
    reason = request.POST.get("reason", "")
    chosen = request.POST.getlist("mention")
    if chosen:
        meant = groups.mentions_of(preparation).filter(pk__in=[int(pk) for pk in chosen if pk.isdecimal()])
        basis = "individual" if len(chosen) == 1 else "bulk"
    elif "group" in request.POST:
        meant, basis = groups.find_group(preparation, request.POST["group"]), "bulk"
        if action == decisions.ACCEPT:
            meant = meant.filter(decided="")
    elif request.POST.get("everything") and action == decisions.ACCEPT:
        meant, basis = groups.mentions_of(preparation).filter(decided=""), "bulk"
    else:
        raise NothingToDecide("No place was chosen.", where="the form", do="choose at least one place")
    batch = decisions.decide(user_of(request), preparation, meant, action, reason, basis=basis)
    return _after(request, preparation, f"{batch.summary}. Press U to undo.")


@require_POST
def undo(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """Take back the newest decision."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW, log=False)
    batch = decisions.undo(user_of(request), preparation)
    words = f"Undone: {batch.summary.lower()}." if batch else "There is nothing to undo."
    return _after(request, preparation, words)


def _after(request: HttpRequest, preparation: Preparation, words: str) -> HttpResponse:
    """Back to the page the decision was made on."""
    messages.success(request, words)
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("desk_redaction:review", case_id=preparation.case_id, pk=preparation.pk)


@dataclass(frozen=True, slots=True)
class Shown:
    """A mention on the page as shown."""

    mention: Mention
    who: str
    kind: str
    rectangles: tuple[Rectangle, ...]

    @property
    def state(self) -> str:
        """What will happen to it as things stand: `redact`, `keep`, `pseudonym`, or `open`."""
        return self.mention.decided or "open"


def _shown(mentions: Iterable[Mention], preparation: Preparation, view: PageView | None) -> list[Shown]:
    people = {p.register_id: f"{p.name}, {p.get_role_display().lower()}" for p in preparation.case.people.all()}
    return [
        Shown(
            mention,
            people.get(mention.person, "nobody on the register"),
            groups.kind_words(mention.kind),
            tuple(view.shown(Box(int(p), *xs)) for p, *xs in mention.boxes if p == view.number) if view else (),
        )
        for mention in mentions
    ]


@require_GET
def page(request: HttpRequest, case_id: UUID, pk: int, document_pk: int, number: int) -> HttpResponse:
    """One page (or passage of text) with every mention on it; seeing it is remembered."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW)
    document = find_document(preparation, document_pk)
    if not 1 <= number <= document.pages:
        raise Http404
    if number not in document.seen_pages:
        document.seen_pages = sorted({*document.seen_pages, number})
        document.save(update_fields=["seen_pages"])
    if document.has_pages:
        shown = _page_parts(preparation, document, number)
    else:
        shown = _passage_parts(preparation, document, number)
    context = {
        **preparation_context(preparation, "review"),
        **shown,
        "document": document,
        "number": number,
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if number < document.pages else None,
        "kinds": KINDS,
        "box_fields": BOX_FIELDS,
        "keep_reasons": KEEP_REASONS,
        "notices": [n for n in document.notices if n.get("page") in (None, number)],
    }
    return render(request, "desk_redaction/page.html", context)


def _page_parts(preparation: Preparation, document: PreparedDocument, number: int) -> dict[str, object]:
    with readable_path(document.evidence) as path:
        view = view_page(path, number)
    # A mention is filed under its first page and may run over onto the next.
    near = document.mentions.filter(page__in=(number - 1, number)).select_related("decided_by")
    mentions = [mention for mention in near if any(box[0] == number for box in mention.boxes)]
    width, height = view.size
    return {"shown": _shown(mentions, preparation, view), "width": width, "height": height, "pieces": None}


def _passage_parts(preparation: Preparation, document: PreparedDocument, number: int) -> dict[str, object]:
    with readable_path(document.evidence) as path:
        text = formats.read(path).text
    start, end = passages(text)[number - 1]
    mentions = list(document.mentions.filter(start__lt=end, end__gt=start).select_related("decided_by"))
    return {
        "shown": _shown(mentions, preparation, None),
        "pieces": list(pieces(text, start, end, mentions)),
        "start": start,
        "end": end,
    }


@require_GET
def picture(request: HttpRequest, case_id: UUID, pk: int, document_pk: int, number: int) -> HttpResponse:
    """The page as a picture, drawn here; the original stays where it is."""
    preparation = find_preparation(request, case_id, pk, phase=None, log=False)
    document = find_document(preparation, document_pk)
    if not document.has_pages or not 1 <= number <= document.pages:
        raise Http404
    record(user_of(request), Operation.CONSULTATION, document.evidence, purpose=f"page-{number}")
    with readable_path(document.evidence) as path:
        png = draw_page(path, number)
    response = HttpResponse(png, content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def draw(request: HttpRequest, case_id: UUID, pk: int, document_pk: int, number: int) -> HttpResponse:
    """A box drawn on the page, words marked in a passage, or a mark made by hand taken away again."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW, log=False)
    document = find_document(preparation, document_pk)
    user = user_of(request)
    if "withdraw" in request.POST:
        mention = get_object_or_404(document.mentions, pk=request.POST["withdraw"])
        decisions.withdraw(user, mention)
        return _back_to(request, preparation, document, number, "The mark was removed.")
    kind = request.POST.get("kind", Kind.OTHER.value)
    kind = kind if kind in Kind else Kind.OTHER.value
    reason = request.POST.get("reason", "")
    try:
        if document.has_pages:
            x, y, width, height = (float(request.POST[name]) for name in ("x", "y", "width", "height"))
            decisions.draw(user, document, number, Rectangle(x, y, width, height), kind=kind, reason=reason)
        else:
            _mark_words(request, document, number, kind=kind, reason=reason)
    except (KeyError, ValueError) as err:
        raise NothingToDecide(
            "The box has no size.", where="the form", do="give left, top, width and height as numbers, in points"
        ) from err
    except UserError as error:
        messages.error(request, f"{error.what} Next: {error.do}.")
        return redirect(_page_url(preparation, document, number))
    return _back_to(request, preparation, document, number, "Marked. Press U to undo.")


def _mark_words(request: HttpRequest, document: PreparedDocument, number: int, *, kind: str, reason: str) -> None:
    """Mark every place of the words given inside the passage, or the one span the browser selected."""
    with readable_path(document.evidence) as path:
        text = formats.read(path).text
    if request.POST.get("start", "").isdecimal() and request.POST.get("end", "").isdecimal():
        start, end = int(request.POST["start"]), int(request.POST["end"])
        decisions.mark(user_of(request), document, start, end, text[start:end], kind=kind, reason=reason)
        return
    words = request.POST.get("words", "").strip()
    low, high = passages(text)[number - 1]
    at = text.find(words, low, high) if words else -1
    if at < 0:
        raise NothingToDecide(
            "Those words do not stand in this passage.", where="the form", do="copy them exactly as they stand"
        )
    while at >= 0:
        decisions.mark(user_of(request), document, at, at + len(words), words, kind=kind, reason=reason)
        at = text.find(words, at + len(words), high)


def _page_url(preparation: Preparation, document: PreparedDocument, number: int) -> str:
    return reverse("desk_redaction:page", args=[preparation.case_id, preparation.pk, document.pk, number])


def _back_to(
    request: HttpRequest, preparation: Preparation, document: PreparedDocument, number: int, words: str
) -> HttpResponse:
    messages.success(request, words)
    return redirect(_page_url(preparation, document, number))
