"""The auditor's pages: who looked at this, what was refused, and is the log whole?"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from backbeat.ledger import AccessRow
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit import services
from backbeat.station.audit.forms import QuestionForm

__all__ = ["entry", "log", "verify"]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page."""

    row: AccessRow
    at: datetime
    who: User | None


def log(request: HttpRequest) -> HttpResponse:
    """Entries that answer the filter, newest first."""
    require(request.user, "audit.view")
    form = QuestionForm(request.GET)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        asked = request.GET.get("before", "")
        page = services.ask(request.user, form.question(), before=int(asked) if asked.isdecimal() else None)
        people = services.who_is()
        context["lines"] = [
            Line(row, datetime.fromtimestamp(row.at / 1000, UTC), people.get(row.entry.actor)) for row in page.rows
        ]
        context["older"] = _older(request, page.before)
    return render(request, "audit/log.html", context)


def _older(request: HttpRequest, before: int | None) -> str:
    """The query of the next page; empty when there is none."""
    if before is None:
        return ""
    query = request.GET.copy()
    query["before"] = str(before)
    return query.urlencode()


def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry as logged, with its proof."""
    return render(request, "audit/entry.html", {"seq": seq, "proved": services.prove(request.user, seq)})


def verify(request: HttpRequest) -> HttpResponse:
    """Verify both logs, on request."""
    require(request.user, "audit.verify")
    if request.method != "POST":
        return redirect("audit:log")
    return render(request, "audit/verify.html", {"verified": services.verify_logs(request.user)})
