"""Release: what will happen, the go-ahead, the result, and handing it to the recipient."""

from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from backbeat.station.accounts.permissions import may
from backbeat.station.desk_redaction import releasing
from backbeat.station.desk_redaction.models import Activity, Preparation
from backbeat.station.desk_redaction.views.common import find_preparation, preparation_context, user_of

__all__ = ["download", "release"]


@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """Before: what is decided and what is not. After: what was removed, verified and how long it took."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW)
    user = user_of(request)
    if request.method == "POST":
        releasing.apply(user, preparation)
        return redirect("desk_redaction:overview", case_id=case_id, pk=pk)
    context = {
        **preparation_context(request, preparation, "release"),
        "readiness": releasing.readiness(preparation),
        "result": releasing.result(preparation),
        "may_release": may(user, "redaction.release", preparation.case),
    }
    return render(request, "desk_redaction/release.html", context)


@require_POST
def download(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponseBase:
    """The bundle for a named recipient: a disclosure, and logged as one."""
    preparation = find_preparation(request, case_id, pk, phase=None, log=False)
    if preparation.state != Preparation.State.RELEASED:
        raise Http404
    releasing.disclose(user_of(request), preparation, request.POST.get("recipient", ""))
    path = settings.INSTALLATION.store.path(preparation.bundle_sha256)
    name = f"redacted-{preparation.profile}-{preparation.pk}.zip"
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response
