"""What every page of the desk does first: find the preparation, check the permission, log the read, tick the clock."""

from collections.abc import Callable
from functools import cache
from uuid import UUID

from django.http import Http404, HttpRequest
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import reverse

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, record, refusal
from backbeat.station.cases.models import Case
from backbeat.station.desk_redaction import clock, groups
from backbeat.station.desk_redaction.models import Activity, Preparation, PreparedDocument

__all__ = [
    "PROFILE_WORDS",
    "find_case",
    "find_document",
    "find_preparation",
    "page_urls",
    "preparation_context",
    "user_of",
    "whole",
]

PROFILE_WORDS = {
    "cps-precharge": "Crown Prosecution Service, before charge",
    "defence-service": "Defence, service of the case",
    "sar": "Subject access request",
    "foi": "Freedom of information request",
}
_MOST_DIGITS = 18


def user_of(request: HttpRequest) -> User:
    """The signed-in user; the middleware lets nobody else through."""
    assert isinstance(request.user, User)  # noqa: S101 - LoginRequiredMiddleware holds this
    return request.user


def whole(text: str) -> int | None:
    """A row number or position out of a form; None where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def find_case(request: HttpRequest, case_id: UUID) -> Case:
    """The case, if this user may see redaction work on it.

    Raises:
        Refused: they may not; the refusal is logged.
    """
    case = get_object_or_404(Case, pk=case_id)
    require(user_of(request), "redaction.view", case)
    return case


def find_preparation(
    request: HttpRequest, case_id: UUID, pk: int, *, phase: Activity.Phase | None, log: bool = True
) -> Preparation:
    """The preparation, if it is this case's and this user may see it; the read is logged and the time counted."""
    case = find_case(request, case_id)
    preparation = Preparation.objects.filter(pk=pk, case=case).first()
    if preparation is None:
        refusal(user_of(request), "redaction.view", f"preparation/{pk}")
        raise Http404
    preparation.case = case
    if log:
        record(user_of(request), Operation.CONSULTATION, preparation)
    if phase is not None and preparation.state != Preparation.State.RELEASED:
        clock.tick(preparation, user_of(request), phase)
    return preparation


def find_document(preparation: Preparation, pk: int) -> PreparedDocument:
    """A document of this preparation that could be read."""
    document = get_object_or_404(preparation.documents.select_related("evidence"), pk=pk)
    if document.state != PreparedDocument.State.READ:
        raise Http404
    document.preparation = preparation
    return document


STEPS = (("overview", "Documents"), ("people", "People and roles"), ("review", "Decide"), ("release", "Release"))


def page_urls(preparation: Preparation) -> Callable[[int, int], str]:
    """Addresses of pages by document and number; each is worked out once."""

    @cache
    def address(document: int, number: int) -> str:
        return reverse("desk_redaction:page", args=[preparation.case_id, preparation.pk, document, number])

    return address


def preparation_context(
    request: HttpRequest, preparation: Preparation, step: str, *, counted: tuple[int, int] | None = None
) -> dict[str, object]:
    """What the pages of one preparation share; `counted` is how many places there are and how many are decided."""
    places, decided = counted or groups.count(preparation)
    address = {"args": [preparation.case_id, preparation.pk]}
    return {
        "decide_url": reverse("desk_redaction:decide", **address),
        "places_url": reverse("desk_redaction:places", **address),
        "token": get_token(request),
        "here": request.get_full_path(),
        "is_open": preparation.is_open,
        "case": preparation.case,
        "preparation": preparation,
        "profile_words": PROFILE_WORDS[preparation.profile],
        "steps": [(f"desk_redaction:{name}", name, words) for name, words in STEPS],
        "step": step,
        "places": places,
        "decided": decided,
        "undecided": places - decided,
    }
