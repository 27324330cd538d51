"""The home page, the hours, the state of the installation, and pages about the station."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

import backbeat
from backbeat.ledger import NO_INTERVAL
from backbeat.runner import JobQueue
from backbeat.station import desks
from backbeat.station.accounts.permissions import may_somewhere, require
from backbeat.station.cases.services import visible_cases
from backbeat.station.home.hours import savings
from backbeat.station.middleware import does_not_extend_session

__all__ = ["about", "health", "home", "hours", "system"]


def home(request: HttpRequest) -> HttpResponse:
    """My work by desk, my cases, and the hours given back."""
    work = [
        {"desk": desk, "items": list(desk.work_for(request.user))}
        for desk in desks.desks()
        if may_somewhere(request.user, desk.permission)
    ]
    context: dict[str, object] = {"work": work}
    if may_somewhere(request.user, "case.list"):
        context["cases"] = visible_cases(request.user)[:5]
    if may_somewhere(request.user, "ledger.view"):
        report = savings()
        context |= {"report": report, "total": report.total(), "no_interval": NO_INTERVAL}
    return render(request, "home/home.html", context)


def hours(request: HttpRequest) -> HttpResponse:
    """Every saving, with what it is held against and how far to trust it."""
    require(request.user, "ledger.view")
    report = savings()
    context = {"report": report, "total": report.total(), "no_interval": NO_INTERVAL}
    return render(request, "home/hours.html", context)


def system(request: HttpRequest) -> HttpResponse:
    """What an administrator needs: jobs by state, what failed and why, versions. No case content."""
    require(request.user, "system.view")
    queue = JobQueue.open(settings.INSTALLATION)
    context = {
        "version": backbeat.__version__,
        "database": connection.vendor,
        "counts": [(state.value, count) for state, count in queue.counts().items()],
        "quarantined": queue.list(states=["quarantined"], limit=20),
    }
    return render(request, "home/system.html", context)


@login_not_required
def about(request: HttpRequest) -> HttpResponse:
    """Accessibility, privacy, and what is logged."""
    return render(request, "home/about.html", {"version": backbeat.__version__})


@login_not_required
@does_not_extend_session
def health(request: HttpRequest) -> HttpResponse:
    """For a supervisor: 200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
