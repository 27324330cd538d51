"""The board of open calls and the line above it that says what has changed, without moving what somebody reads."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from backbeat.station.accounts.permissions import may, require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_triage import boarding, engine
from backbeat.station.desk_triage.boarding import Filters
from backbeat.station.desk_triage.handlers import handlers
from backbeat.station.desk_triage.owing import agencies
from backbeat.station.desk_triage.views.common import tabs, user_of, whole
from backbeat.station.desk_triage.words import show_outcome
from backbeat.station.middleware import does_not_extend_session
from backbeat.triage.model import Outcome, Strand

__all__ = ["board", "pulse", "waiting"]

PER_PAGE = 50
_UNREAD = ("facts", "notes", "thrive", "rationale", "characteristics")


def _page(request: HttpRequest, filters: Filters, tab: str) -> dict[str, Any]:
    user, now = user_of(request), timezone.now()
    # Taken before the calls are read: what happens in between is told of once too often, never not at all.
    newest = boarding.newest_event()
    found = filters.calls(user, now).select_related("assigned_to").defer(*_UNREAD)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {
        **tabs(request, tab),
        "page": page,
        "rows": boarding.rows_of(list(page), now),
        "filters": filters,
        "counts": boarding.counts(now, _red()),
        "newest": newest,
        "drawn_at": now,
        "supervises": may(user, "triage.supervise"),
    }


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Every open call, the greatest risk first unless asked otherwise."""
    user = user_of(request)
    require(user, "triage.view")
    record(user, Operation.CONSULTATION, "triage-calls", purpose="board")
    filters = Filters.read(request.GET)
    context = {
        **_page(request, filters, "board"),
        "orders": boarding.ORDERS.items(),
        "waiting": boarding.WAITING.items(),
        "strands": [(one.value, _strand(one)) for one in Strand],
        "outcomes": [(one.value, show_outcome(one).words) for one in Outcome],
        "agencies": agencies(engine.policy_on(timezone.now())),
        "handlers": handlers(),
    }
    return render(request, "desk_triage/board.html", context)


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Calls that wait for a supervisor, the longest waiting first within each risk."""
    user = user_of(request)
    require(user, "triage.supervise")
    record(user, Operation.CONSULTATION, "triage-calls", purpose="escalations")
    return render(request, "desk_triage/waiting.html", _page(request, Filters(waiting="supervisor"), "waiting"))


@require_GET
@does_not_extend_session
def pulse(request: HttpRequest) -> HttpResponse:
    """Counts only, and how many calls changed since the board was drawn: nothing about anybody, so no entry is left."""
    user = user_of(request)
    require(user, "triage.view")
    now = timezone.now()
    filters, seen = Filters.read(request.GET), whole(request.GET.get("seen", ""), 0)
    try:
        drawn_at = parse_datetime(request.GET.get("drawn", "")) or now
    except ValueError:
        drawn_at = now
    context = {
        "counts": boarding.counts(now, _red()),
        "filters": filters,
        "newest": seen,
        "drawn_at": drawn_at,
        "changed": boarding.changed_since(seen, user, filters, now),
    }
    return render(request, "desk_triage/_pulse.html", context)


def _red() -> int:
    """Minutes after which a call has been open too long."""
    return engine.policy_on(timezone.now()).minutes("ageing-red")


def _strand(strand: Strand) -> str:
    words = {Strand.AWOL: "Absent without leave", Strand.S136: "Section 136", Strand.WALK_OUT: "Walk-out"}
    return words.get(strand, strand.value.capitalize())
