"""The desk's first page on a case, the overview of a preparation, and its people."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backbeat.redaction.model import Role
from backbeat.station.accounts.permissions import may
from backbeat.station.audit.records import Operation, record
from backbeat.station.cases.models import EvidenceItem
from backbeat.station.desk_redaction import groups, preparing
from backbeat.station.desk_redaction.models import Activity, Preparation
from backbeat.station.desk_redaction.views.common import (
    PROFILE_WORDS,
    find_case,
    find_preparation,
    preparation_context,
    user_of,
)
from backbeat.station.middleware import does_not_extend_session

__all__ = ["activity", "home", "overview", "people", "status", "try_again"]

ROLE_CHOICES = [(role.value, role.value.replace("-", " ").capitalize()) for role in Role]


@require_http_methods(["GET", "POST"])
def home(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Every preparation of a case, and the form that starts one."""
    case = find_case(request, case_id)
    user = user_of(request)
    ready = EvidenceItem.objects.filter(case=case, state=EvidenceItem.State.READY).order_by("uploaded_at", "pk")
    if request.method == "POST":
        wanted = set(request.POST.getlist("evidence"))
        chosen = [item for item in ready if str(item.pk) in wanted]
        preparation = preparing.start(user, case, request.POST.get("profile", ""), chosen, timezone.localdate())
        return redirect("desk_redaction:overview", case_id=case.pk, pk=preparation.pk)
    record(user, Operation.CONSULTATION, case, purpose="redaction")
    prepared = list(case.preparations.select_related("created_by"))
    open_places = groups.undecided(prepared)
    context = {
        "case": case,
        "tab": "redaction",
        "evidence": ready,
        "profiles": PROFILE_WORDS.items(),
        "preparations": [(p, PROFILE_WORDS[p.profile], open_places.get(p.pk, 0)) for p in prepared],
        "may_start": may(user, "redaction.decide", case),
    }
    return render(request, "desk_redaction/home.html", context)


@require_GET
def overview(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """The documents of a preparation and how far they are."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.PREPARING)
    return render(request, "desk_redaction/overview.html", _overview_context(request, preparation))


@require_GET
@does_not_extend_session
def status(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """The part of the overview that changes while a job runs; the page asks for it again and again."""
    preparation = find_preparation(request, case_id, pk, phase=None, log=False)
    context = _overview_context(request, preparation)
    response = render(request, "desk_redaction/_status.html", context)
    if request.headers.get("HX-Request") and not context["working"]:
        response["HX-Refresh"] = "true"  # the whole page changes, and the new one asks no more
    return response


def _overview_context(request: HttpRequest, preparation: Preparation) -> dict[str, object]:
    job = preparing.job_of(preparation)
    stuck = preparing.is_stuck(preparation, job)
    documents = list(preparation.documents.select_related("evidence"))
    return {
        **preparation_context(request, preparation, "overview"),
        "job": job,
        "working": preparing.is_working(preparation) and not stuck,
        "stuck": stuck,
        "documents": documents,
    }


@require_POST
def try_again(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """Have work that was given up done again, on this person's word."""
    preparation = find_preparation(request, case_id, pk, phase=None, log=False)
    preparing.try_again(user_of(request), preparation)
    return redirect("desk_redaction:overview", case_id=case_id, pk=pk)


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """Who is who. Changing it reads the documents again with the new register."""
    preparation = find_preparation(request, case_id, pk, phase=Activity.Phase.PREPARING)
    user = user_of(request)
    if request.method == "POST":
        register = preparation.case.people.all()
        roles = {person: request.POST.get(f"role-{person.pk}", person.role) for person in register}
        new = list(zip(request.POST.getlist("name"), request.POST.getlist("new-role"), strict=False))
        if preparing.change_register(user, preparation, roles, new):
            messages.success(request, "The register was changed. The documents are being read again with it.")
            return redirect("desk_redaction:overview", case_id=case_id, pk=pk)
        return redirect("desk_redaction:review", case_id=case_id, pk=pk)
    context = {
        **preparation_context(request, preparation, "people"),
        "people": preparation.case.people.all(),
        "unnamed": preparing.unnamed_people(preparation)[:100],
        "roles": ROLE_CHOICES,
        "may_change": preparation.is_open and may(user, "redaction.decide", preparation.case),
    }
    return render(request, "desk_redaction/people.html", context)


@require_POST
def activity(request: HttpRequest, case_id: UUID, pk: int) -> HttpResponse:
    """A sign of life from a page somebody is working on."""
    find_preparation(request, case_id, pk, phase=Activity.Phase.REVIEW, log=False)
    return HttpResponse(status=204)
