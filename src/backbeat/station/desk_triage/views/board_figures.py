"""The dashboard: what calls came to, with the harm check beside every figure of calls police did not go to."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from backbeat.errors import UserError
from backbeat.station.accounts.permissions import Refused, may, require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_triage import counting, engine
from backbeat.station.desk_triage.charting import PATTERNS, stacked_bars
from backbeat.station.desk_triage.counting import COLUMNS, Figures, Group
from backbeat.station.desk_triage.hours_recording import finished_months, record_month
from backbeat.station.desk_triage.hours_shown import hours_lines
from backbeat.station.desk_triage.owing import agencies
from backbeat.station.desk_triage.views.common import tabs, user_of
from backbeat.triage.model import Outcome, Strand

__all__ = ["figures", "figures_csv", "record_hours"]

MOST_DAYS = 366
_STRANDS = {
    Strand.AWOL.value: "Absent without leave",
    Strand.S136.value: "Section 136",
    Strand.WALK_OUT.value: "Walk-out",
}
_COLUMN_WORDS = {
    Outcome.POLICE_DEPLOY: "Police",
    Outcome.JOINT: "Together",
    Outcome.POLICE_OWN: "Police keep it",
    Outcome.PARTNER_LEADS: "Partner leads",
    Outcome.SUPERVISOR: "With a supervisor",
    Outcome.ASK_MORE: "Still asking",
}
_HARM = (
    ("recontact_24h", "Contact again, 24 h"),
    ("later_deployment", "Police later"),
    ("injury", "Injury"),
    ("death", "Death"),
)


def _period(request: HttpRequest) -> tuple[date, date]:
    """The last 28 days unless the address says otherwise; at most a year."""
    today = timezone.localdate()
    last = _day(request, "to") or today
    first = _day(request, "from") or last - timedelta(days=27)
    return max(min(first, last), last - timedelta(days=MOST_DAYS - 1)), last


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        found = parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
    return found if found is not None and date(2000, 1, 1) <= found <= date(2200, 1, 1) else None


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Counts without any person in them."""
    require(user_of(request), "triage.figures")
    return _page(request)


@require_POST
def record_hours(request: HttpRequest) -> HttpResponse:
    """Write the hours of a finished month into the ledger."""
    user = user_of(request)
    require(user, "triage.figures")
    month = request.POST.get("month", "")
    try:
        record_month(user, month)
    except Refused:
        raise
    except UserError as refused:
        return _page(request, status=422, error=f"{refused.what} Next: {refused.do}.")
    return redirect(f"{reverse('desk_triage:figures')}?recorded={month}")


def _page(request: HttpRequest, *, status: int = 200, error: str = "") -> HttpResponse:
    user = user_of(request)
    record(user, Operation.CONSULTATION, "triage-figures", purpose="dashboard")
    found = counting.figures_of(*_period(request), timezone.now())
    by_hour = {one.name[:2]: one.counts for one in found.by_hour}
    nothing = (0,) * len(COLUMNS)
    chart = [(f"{hour:02}", by_hour.get(f"{hour:02}", nothing)) for hour in range(24)]
    context = {
        **tabs(request, "figures"),
        "figures": found,
        "columns": list(_COLUMN_WORDS.values()),
        "harm_columns": [words for _name, words in _HARM],
        "tables": [(title, [_line(one) for one in groups]) for title, groups in _tables(found)],
        "all_calls": _line(found.total),
        "chart": stacked_bars(chart, "Calls by the hour in which they came in, and what they came to"),
        "patterns": list(zip(PATTERNS, _COLUMN_WORDS.values(), strict=True)),
        "hours": hours_lines(found, settings.INSTALLATION.data),
        "harm": str(found.total.harm),
        "rates": [(one, one.hidden < sum(len(cells) for _group, cells in one.rows[:-1])) for one in found.rates],
        "months": finished_months(timezone.localdate()) if may(user, "triage.supervise") else [],
        "recorded": request.GET.get("recorded", ""),
        "error": error,
        "query": f"?from={found.first_day.isoformat()}&to={found.last_day.isoformat()}",
    }
    return render(request, "desk_triage/figures.html", context, status=status)


def _tables(found: Figures) -> list[tuple[str, list[Group]]]:
    known = dict(agencies(engine.policy_on(timezone.now())))
    return [
        ("Kind of call", [_named(one, lambda name: _STRANDS.get(name, name.capitalize())) for one in found.by_strand]),
        ("Hour", list(found.by_hour)),
        (
            "Agency that leads",
            [_named(one, lambda name: known.get(name, name).capitalize()) for one in found.by_agency],
        ),
    ]


def _named(group: Group, words: Any) -> Group:
    name = words(group.name) if group.name else "None yet"
    return Group(name, group.counts, group.total, group.harm)


def _line(group: Group) -> dict[str, Any]:
    harm = [(getattr(group.harm, name)) for name, _words in _HARM]
    return {
        "name": group.name,
        "counts": group.counts,
        "total": group.total,
        "declined": group.harm.not_deployed,
        "harm": [f"{found} of {looked}" if looked else "not known" for found, looked in harm],
    }


@require_GET
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same figures as a file: one line for each cell, hidden cells empty."""
    user = user_of(request)
    require(user, "triage.figures")
    record(user, Operation.CONSULTATION, "triage-figures", purpose="export")
    found = counting.figures_of(*_period(request), timezone.now())
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["table", "group", "figure", "count", "of"])
    writer.writerows(_cells(found))
    answer = HttpResponse("﻿" + stream.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"triage-figures-{found.first_day.isoformat()}-{found.last_day.isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _cells(found: Figures) -> Iterator[list[object]]:
    for title, groups in [("All", [found.total]), *_tables(found)]:
        for group in groups:
            for column, count in zip(COLUMNS, group.counts, strict=True):
                yield [title, group.name, column.value, count, group.total]
            yield [title, group.name, "police did not go", group.harm.not_deployed, group.total]
            for name, _words in _HARM:
                harmed, looked = getattr(group.harm, name)
                # Of nobody looked into nothing is known: an empty cell, never a nought.
                yield [title, group.name, name, harmed if looked else "", looked]
    for table in found.rates:
        for group_name, cells in table.rows:
            for outcome, cell in zip((*table.outcomes, "total"), cells, strict=True):
                yield [table.characteristic, group_name, outcome, "" if cell.count is None else cell.count, ""]
