"""The registrar's queue and the page of one referral."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_crime import recording, reports, ruling
from backbeat.station.desk_crime.access import find_report
from backbeat.station.desk_crime.asking import work_of
from backbeat.station.desk_crime.clocks import clock_of, span_words
from backbeat.station.desk_crime.errors import NotReady
from backbeat.station.desk_crime.views.common import decision_context, tabs, user_of

__all__ = ["oversee", "registrar", "rule"]

PER_PAGE = 50


@require_GET
def registrar(request: HttpRequest) -> HttpResponse:
    """What waits for a ruling, the nearest deadline first, and late recordings that wait for oversight."""
    user = user_of(request)
    require(user, "crime.rule")
    record(user, Operation.CONSULTATION, "crime-queue", purpose="registrar")
    page = Paginator(ruling.referred_reports(), PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    rows = [(report, clock_of(report, now), len(report.current.referrals) if report.current else 0) for report in page]
    late = ruling.late_recordings()
    context = {
        **tabs(request, "registrar"),
        "page": page,
        "rows": rows,
        "query": "",
        "late": [(one, span_words(one.decided_at - one.report.received_at)) for one in late[:PER_PAGE]],
        "late_total": late.count(),
    }
    return render(request, "desk_crime/registrar.html", context)


@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One report's referrals: the candidates side by side, each with its page, and the form for a ruling."""
    user = user_of(request)
    report = find_report(user, "crime.rule", pk)
    if report.current is None:
        return redirect("desk_crime:report", pk=pk)
    independent = ruling.is_independent(user, report)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            version = ruling.rule(
                user,
                report,
                key=request.POST.get("key", ""),
                candidate=request.POST.get("candidate", ""),
                rationale=request.POST.get("rationale", "")[:10_000],
            )
        except NotReady as missing:
            field = "rationale" if request.POST.get("candidate") else "candidate"
            errors[field] = f"{missing.what} {missing.do[:1].upper()}{missing.do[1:]}."
        else:
            messages.success(request, f"Your ruling is recorded as version {version.number}.")
            return redirect("desk_crime:rule" if ruling.unruled(report) else "desk_crime:report", pk=pk)
    else:
        record(user, Operation.CONSULTATION, report, purpose="referral")
        if ruling.unruled(report):
            reports.touch(report)  # the registrar's time counts against the hours given back, too
    context = {
        **tabs(request, "registrar"),
        **decision_context(report, recording.plain_of(report.current), report.current),
        "report": report,
        "work": work_of(report),
        "independent": independent,
        "errors": errors,
        "typed": {name: request.POST.get(name, "") for name in ("key", "candidate", "rationale")},
    }
    return render(request, "desk_crime/rule.html", context, status=422 if errors else 200)


@require_POST
def oversee(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The registrar has seen to a late recording."""
    user = user_of(request)
    report = find_report(user, "crime.rule", pk)
    ruling.oversee(user, report)
    messages.success(request, f"Your oversight of {report.reference} is kept.")
    return redirect("desk_crime:registrar")
