"""Place by place on the page as it looks: its picture, the mentions on it, and marks made by hand."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from backbeat.errors import UserError
from backbeat.redaction.model import Box, Kind
from backbeat.redaction.page_view import PageView, Rectangle
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_redaction import decisions, groups
from backbeat.station.desk_redaction.errors import NothingToDecide
from backbeat.station.desk_redaction.evidence import text_of
from backbeat.station.desk_redaction.models import Activity, Mention, Preparation, PreparedDocument
from backbeat.station.desk_redaction.passages import passages, pieces
from backbeat.station.desk_redaction.sheets import picture_of, view_of
from backbeat.station.desk_redaction.views.common import (
    find_document,
    find_preparation,
    preparation_context,
    user_of,
    whole,
)
from backbeat.station.desk_redaction.views.deciding import back

__all__ = ["draw", "page", "picture"]

BOX_FIELDS = (("x", "Left"), ("y", "Top"), ("width", "Width"), ("height", "Height"))
KINDS = [(kind.value, groups.kind_words(kind.value)) for kind in Kind]


@dataclass(frozen=True, slots=True)
class Shown:
    """A mention on the page as shown."""

    mention: Mention
    who: str
    kind: str
    rectangles: tuple[Rectangle, ...]

    @property
    def key(self) -> str:
        return str(self.mention.pk)

    @property
    def label(self) -> str:
        """Which place a button is for, to somebody who cannot see where it stands."""
        return f"{self.kind}, {self.mention.text or 'drawn by hand'}"

    @property
    def state(self) -> str:
        """What will happen to it as things stand: `redact`, `keep`, `pseudonym`, or `open`."""
        return self.mention.decided or "open"

    @property
    def place(self) -> tuple[float, float]:
        """For reading order: down the page, then across; the order of the text where there is no page."""
        if self.rectangles:
            return round(self.rectangles[0].y), self.rectangles[0].x
        return float(self.mention.start or 0), 0.0


def _shown(mentions: Iterable[Mention], preparation: Preparation, view: PageView | None) -> list[Shown]:
    people = {p.register_id: f"{p.name}, {p.get_role_display().lower()}" for p in preparation.case.people.all()}
    found = [
        Shown(
            mention,
            people.get(mention.person, "nobody on the register"),
            groups.kind_words(mention.kind),
            tuple(view.shown(Box(int(p), *xs)) for p, *xs in mention.boxes if p == view.number) if view else (),
        )
        for mention in mentions
    ]
    return sorted(found, key=lambda item: item.place)


@require_GET
def page(request: HttpRequest, case_id: UUID, pk: int, document_pk: int, number: int) -> HttpResponse:
    """One page (or passage of text) with every mention on it; seeing it is remembered."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW, log=False)
    document = find_document(preparation, document_pk)
    _log(request, document, number)
    if number not in document.seen_pages:
        document.seen_pages = sorted({*document.seen_pages, number})
        document.save(update_fields=["seen_pages"])
    parts = _sheet(preparation, document, number) if document.has_pages else _passage(preparation, document, number)
    context = {
        **preparation_context(request, preparation, "review"),
        **parts,
        "document": document,
        "number": number,
        "inside": True,
        "documents": preparation.documents.filter(state=PreparedDocument.State.READ).select_related("evidence"),
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if number < document.pages else None,
        "kinds": KINDS,
        "box_fields": BOX_FIELDS,
        "notices": [n for n in document.notices if n.get("page") in (None, number)],
    }
    context["open_here"] = sum(not item.mention.decided for item in context["shown"])
    return render(request, "desk_redaction/page.html", context)


def _log(request: HttpRequest, document: PreparedDocument, number: int) -> None:
    """Write down whose eyes are on which page, before they are.

    Raises:
        Http404: there is no such page.
    """
    if not 1 <= number <= document.pages:
        raise Http404
    record(user_of(request), Operation.CONSULTATION, document.evidence, purpose=f"page-{number}")


def _sheet(preparation: Preparation, document: PreparedDocument, number: int) -> dict[str, object]:
    view = view_of(document.evidence, number)
    # A mention is filed under its first page and may run over onto the next.
    near = document.mentions.filter(page__in=(number - 1, number)).select_related("decided_by")
    mentions = [mention for mention in near if any(box[0] == number for box in mention.boxes)]
    width, height = view.size
    return {"shown": _shown(mentions, preparation, view), "width": width, "height": height, "pieces": None}


def _passage(preparation: Preparation, document: PreparedDocument, number: int) -> dict[str, object]:
    text = text_of(document.evidence)
    start, end = passages(text)[number - 1]
    mentions = list(document.mentions.filter(start__lt=end, end__gt=start).select_related("decided_by"))
    return {"shown": _shown(mentions, preparation, None), "pieces": list(pieces(text, start, end, mentions))}


@require_GET
def picture(request: HttpRequest, case_id: UUID, pk: int, document_pk: int, number: int) -> HttpResponse:
    """The page as a picture, drawn here; the original stays where it is."""
    preparation = find_preparation(request, case_id, pk, phase=None, log=False)
    document = find_document(preparation, document_pk)
    if not document.has_pages:
        raise Http404
    _log(request, document, number)
    response = HttpResponse(picture_of(document.evidence, number), content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def draw(request: HttpRequest, case_id: UUID, pk: int, document_pk: int, number: int) -> HttpResponse:
    """A box drawn on the page, words marked in a passage, or a mark made by hand taken away again."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW, log=False)
    document = find_document(preparation, document_pk)
    if not 1 <= number <= document.pages:
        raise Http404
    user = user_of(request)
    if "withdraw" in request.POST:
        mention = get_object_or_404(document.mentions, pk=whole(request.POST["withdraw"]))
        mention.document = document
        decisions.withdraw(user, mention)
        return back(request, preparation, "The mark was removed.")
    kind = request.POST.get("kind", "")
    kind = kind if kind in dict(KINDS) else Kind.OTHER.value
    reason = request.POST.get("reason", "")
    try:
        if document.has_pages:
            decisions.draw(user, document, number, _rectangle(request), kind=kind, reason=reason)
            words = "Marked one place."
        else:
            count = _mark_words(request, document, number, kind=kind, reason=reason)
            words = f"Marked {count} place{'' if count == 1 else 's'}."
    except UserError as error:
        decisions.require_open(user, preparation)  # closed, or not theirs: a page of its own, not a message
        return back(request, preparation, error)
    return back(request, preparation, words)


def _rectangle(request: HttpRequest) -> Rectangle:
    """The box of the form, in points of the page as shown.

    Raises:
        NothingToDecide: a field is no number.
    """
    try:
        sides = [float(request.POST.get(name, "")) for name, _words in BOX_FIELDS]
    except ValueError:
        sides = [math.nan]
    if not all(map(math.isfinite, sides)):
        raise NothingToDecide(
            "The box has no size.", where="the form", do="give left, top, width and height as numbers, in points"
        )
    return Rectangle(*sides)


def _mark_words(request: HttpRequest, document: PreparedDocument, number: int, *, kind: str, reason: str) -> int:
    """Mark every place of the words given inside the passage, or the one span the browser selected; how many."""
    text = text_of(document.evidence)
    start, end = whole(request.POST.get("start", "")), whole(request.POST.get("end", ""))
    if start is not None and end is not None:
        decisions.mark(user_of(request), document, start, end, text[start:end], kind=kind, reason=reason)
        return 1
    words = request.POST.get("words", "").strip()
    low, high = passages(text)[number - 1]
    at = text.find(words, low, high) if words else -1
    if at < 0:
        raise NothingToDecide(
            "Those words do not stand in this passage.", where="the form", do="copy them exactly as they stand"
        )
    count = 0
    while at >= 0:
        decisions.mark(user_of(request), document, at, at + len(words), words, kind=kind, reason=reason)
        count += 1
        at = text.find(words, at + len(words), high)
    return count
