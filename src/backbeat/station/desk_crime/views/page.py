"""The recorder's page: what is still to be asked, flags, recording; the whole of it, or for htmx what changes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from backbeat.station.accounts.permissions import may
from backbeat.station.desk_crime import engine, recording
from backbeat.station.desk_crime.asking import Work, work_of
from backbeat.station.desk_crime.flagging import FlagBlock, flag_block
from backbeat.station.desk_crime.models import CrimeReport
from backbeat.station.desk_crime.views.common import decision_context, tabs, user_of

__all__ = ["FLAGS", "MODE", "after", "flags_of", "form_page"]

MODE = "crime-questions"
"""Session key: `one` question at a time, or `all`."""
FLAGS = "crime-flags"
"""Session key: flags asked once for the `whole` report, or for `each` thing that happened."""


def flags_of(request: HttpRequest, report: CrimeReport, work: Work) -> FlagBlock | None:
    """The questions about flags; None while nothing is alleged."""
    if work.proposal is None:
        return None
    day = engine.day_of(report.received_at)
    return flag_block(
        engine.rules_on(day),
        report.facts,
        work.proposal.plain["flags_open"],
        report.asked,
        engine.act_titles(day),
        each=request.session.get(FLAGS) == "each",
    )


def form_page(
    request: HttpRequest,
    report: CrimeReport,
    work: Work,
    *,
    status: int = 200,
    said: str = "",
    flags: FlagBlock | None = None,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    """The page as it stands; `flags`, `typed` and `errors` as somebody filled it in."""
    plain = work.proposal.plain if work.proposal else None
    late = work.proposal is not None and recording.is_late(report, work.proposal, timezone.now())
    context: dict[str, Any] = {
        **tabs(request, ""),
        "report": report,
        "work": work,
        "mode": request.session.get(MODE, "one"),
        "said": said,
        "current": work.to_ask[0] if work.to_ask else None,
        "can_undo": report.changes.filter(undone=False).exists(),
        "again": report.current_id is not None,
        "may_rule": may(user_of(request), "crime.rule"),
        "ask_flags": flags or flags_of(request, report, work),
        "late_duties": engine.late_duties(report.received_at, timezone.now()) if late else (),
        "typed": typed or {},
        "errors": errors or {},
    }
    if plain is not None:
        context |= decision_context(report, plain)
    template = "desk_crime/_work.html" if request.headers.get("HX-Request") else "desk_crime/form.html"
    # htmx swaps nothing on an error status; the part it gets says what is wrong.
    return render(request, template, context, status=200 if request.headers.get("HX-Request") else status)


def after(request: HttpRequest, report: CrimeReport, said: str) -> HttpResponse:
    """The page after something was done."""
    if request.headers.get("HX-Request"):
        return form_page(request, report, work_of(report), said=said)
    messages.success(request, said)
    return redirect("desk_crime:form", pk=report.pk)
