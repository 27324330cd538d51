"""Evidence: the list, taking files in, one item, its original, removing and restoring."""

from contextlib import closing
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from backbeat.errors import InputRejected
from backbeat.redaction.formats.sniff import SUFFIXES
from backbeat.station.accounts.permissions import require
from backbeat.station.cases import evidence as use
from backbeat.station.cases import services
from backbeat.station.cases.forms import RemovalForm
from backbeat.station.cases.models import Case, EvidenceItem
from backbeat.station.cases.uploads import ArrivedFile, IntoStore

__all__ = ["evidence", "item", "original", "remove_item", "removed_evidence", "restore_item", "upload"]

PER_PAGE = 25


def evidence(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The evidence of a case."""
    return _list(request, case_id, removed=False)


def removed_evidence(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What was removed from a case and can be restored."""
    return _list(request, case_id, removed=True)


def _list(request: HttpRequest, case_id: UUID, *, removed: bool) -> HttpResponse:
    case = services.find_case(request.user, case_id)
    items = use.list_evidence(request.user, case, removed=removed).select_related("uploaded_by", "removed_by")
    page = Paginator(items, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "cases/evidence.html", {"case": case, "tab": "evidence", "page": page, "removed": removed})


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one file of an upload."""

    name: str
    item: EvidenceItem | None = None
    refusal: InputRejected | None = None


@csrf_exempt  # the token is checked below, once it is known that this user may upload: until then nothing is read
def upload(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The form, and the files sent with it."""
    case = services.view_case(request.user, case_id, purpose="evidence")
    require(request.user, "evidence.upload", case)
    handler = IntoStore(request, settings.INSTALLATION.store, most_bytes=settings.MAX_UPLOAD_BYTES)
    request.upload_handlers = [handler]
    with closing(handler):
        return _upload(request, case_id)


@csrf_protect
def _upload(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = Case.objects.get(pk=case_id)
    context: dict[str, object] = {
        "case": case,
        "tab": "evidence",
        "suffixes": ",".join(sorted(SUFFIXES)),
        "most_mib": f"{settings.MAX_UPLOAD_BYTES >> 20:,}",
    }
    status = 200
    if request.method == "POST":
        files = [file for file in request.FILES.getlist("files") if isinstance(file, ArrivedFile)]
        fates = [_take_in(request, case, file) for file in files]
        if fates and not any(fate.refusal for fate in fates):
            messages.success(request, f"{len(fates)} {'file is' if len(fates) == 1 else 'files are'} now evidence.")
            return redirect("cases:evidence", case_id=case_id)
        context |= {"fates": fates, "nothing": not fates}
        status = 422
    return render(request, "cases/upload.html", context, status=status)


def _take_in(request: HttpRequest, case: Case, file: ArrivedFile) -> Fate:
    name = file.name or "unnamed"
    try:
        return Fate(name, item=use.add_evidence(request.user, case, file.arrival, name))
    except InputRejected as refusal:
        return Fate(name, refusal=refusal)


def item(request: HttpRequest, case_id: UUID, item_id: UUID) -> HttpResponse:
    """What is known about one item."""
    found = use.view_evidence(request.user, case_id, item_id)
    return render(request, "cases/item.html", {"case": found.case, "tab": "evidence", "item": found})


def original(request: HttpRequest, case_id: UUID, item_id: UUID) -> HttpResponse:
    """The stored original, as a download that no browser will open in the page."""
    found = use.open_original(request.user, use.view_evidence(request.user, case_id, item_id))
    path = settings.INSTALLATION.store.path(found.sha256)
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=found.original_name, content_type="application/octet-stream"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def remove_item(request: HttpRequest, case_id: UUID, item_id: UUID) -> HttpResponse:
    """Ask why, then take the item out of use."""
    found = use.view_evidence(request.user, case_id, item_id)
    require(request.user, "evidence.remove", found)
    form = RemovalForm(request.POST or None)
    if form.is_valid():
        use.remove_evidence(request.user, found, reason=form.cleaned_data["reason"])
        messages.success(request, "The item was removed. It can be restored from the list of removed evidence.")
        return redirect("cases:evidence", case_id=case_id)
    return render(request, "cases/remove_item.html", {"case": found.case, "item": found, "form": form})


@require_POST
def restore_item(request: HttpRequest, case_id: UUID, item_id: UUID) -> HttpResponse:
    """Bring a removed item back."""
    found = use.view_evidence(request.user, case_id, item_id)
    use.restore_evidence(request.user, found)
    messages.success(request, "The item was restored.")
    return redirect("cases:item", case_id=case_id, item_id=item_id)
