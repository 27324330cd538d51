"""The queue with its clocks, finding a report by its reference, taking one, and giving one to somebody."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import may, require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_crime import reports
from backbeat.station.desk_crime.access import find_report, visible_reports
from backbeat.station.desk_crime.clocks import AMBER_BEFORE, clock_of
from backbeat.station.desk_crime.models import CrimeReport
from backbeat.station.desk_crime.views.common import tabs, user_of

__all__ = ["assign", "find", "queue"]

PER_PAGE = 50
MOST_FOUND = 50
WHOSE = (("all", "All I may see"), ("mine", "Mine"), ("unit", "My unit’s"), ("free", "Nobody’s yet"))
STATES = (
    ("waiting", "Waiting"),
    ("overdue", "Overdue"),
    ("soon", "Overdue or due within 6 hours"),
    ("referred", "With the registrar"),
    ("decided", "Decided"),
    ("closed", "Closed"),
)


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Reports that wait, the nearest deadline first; or others, as filtered."""
    user = user_of(request)
    require(user, "crime.view")
    record(user, Operation.CONSULTATION, "crime-queue")
    whose = request.GET.get("whose", "all")
    state = request.GET.get("state", "waiting")
    found = _filtered(user, whose, state).select_related("unit", "assigned_to")
    found = found.only(
        "id", "reference", "received_at", "state", "deadline", "questions_open", "unit__name",
        "assigned_to__display_name", "assigned_to__username",
    )  # fmt: skip
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        **tabs(request, "queue"),
        "page": page,
        "rows": [(report, clock_of(report, now)) for report in page],
        "query": f"&whose={whose}&state={state}" if _known(whose, state) else "",
        "whose": whose,
        "state": state,
        "whose_choices": WHOSE,
        "state_choices": STATES,
        "may_record": may(user, "crime.record"),
        "now": now,
    }
    return render(request, "desk_crime/queue.html", context)


def _known(whose: str, state: str) -> bool:
    return whose in dict(WHOSE) and state in dict(STATES)


def _filtered(user: User, whose: str, state: str) -> QuerySet[CrimeReport]:
    found = visible_reports(user)
    if whose == "mine":
        found = found.filter(assigned_to=user)
    elif whose == "unit":
        found = found.filter(unit=user.unit_id) if user.unit_id else found.none()
    elif whose == "free":
        found = found.filter(assigned_to=None)
    match state:
        case "referred" | "decided" | "closed":
            found = found.filter(state=state)
        case "overdue":
            found = found.filter(state__in=CrimeReport.WAITING, deadline__lte=timezone.now())
        case "soon":
            found = found.filter(state__in=CrimeReport.WAITING, deadline__lte=timezone.now() + AMBER_BEFORE)
        case _:
            found = found.filter(state__in=CrimeReport.WAITING)
    if state in ("decided", "closed"):
        return found.order_by("-received_at", "pk")
    return found.order_by(F("deadline").asc(nulls_last=True), "pk")


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """By reference; by POST, so that it stands in no address and no log."""
    user = user_of(request)
    require(user, "crime.view")
    words = request.POST.get("reference", "").strip()
    record(user, Operation.CONSULTATION, "crime-queue", purpose="search", detail={"words": words})
    found = list(visible_reports(user).filter(reference__icontains=words)[:MOST_FOUND]) if words else []
    exact = [report for report in found if report.reference.casefold() == words.casefold()]
    if exact or len(found) == 1:
        return redirect("desk_crime:report", pk=(exact or found)[0].pk)
    now = timezone.now()
    context = {
        **tabs(request, "queue"),
        "rows": [(report, clock_of(report, now)) for report in found],
        "words": words,
        "most": MOST_FOUND,
    }
    return render(request, "desk_crime/found.html", context)


@require_POST
def assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a report oneself, or, as a supervisor, give it to somebody."""
    user = user_of(request)
    report = find_report(user, "crime.view", pk)
    wanted = request.POST.get("user", "")
    if wanted:
        require(user, "crime.supervise")
        colleagues = User.objects.filter(is_active=True, unit=user.unit_id) if user.unit_id else User.objects.none()
        to = get_object_or_404(colleagues, pk=_uuid(wanted))
    else:
        to = user
    reports.assign(user, report, to)
    messages.success(request, f"{report.reference} is {'yours' if to == user else f'with {to}'} now.")
    return redirect("desk_crime:form" if to == user and report.can_change else "desk_crime:report", pk=pk)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
