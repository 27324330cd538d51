"""Proposals read from a narrative. The words come with the form and go back into the page; nothing keeps them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_crime import engine, reports
from backbeat.station.desk_crime.access import find_report
from backbeat.station.desk_crime.errors import ChangedMeanwhile
from backbeat.station.desk_crime.proposing import MOST_TEXT, accept, proposed_from
from backbeat.station.desk_crime.views.common import tabs, user_of, whole

__all__ = ["proposals"]


@require_POST
def proposals(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what the words may mean; with `accept`, take that one over and show the rest again."""
    user = user_of(request)
    report = find_report(user, "crime.record", pk)
    reports.require_open(report)
    day = engine.day_of(report.received_at)
    text = request.POST.get("narrative", "")[:MOST_TEXT]
    wanted = request.POST.get("accept", "")
    said = fault = ""
    if not wanted:
        record(user, Operation.CONSULTATION, report, purpose="proposals")
    elif (made := accept(report.facts, day, proposed_from(report.facts, day, text), wanted)) is None:
        fault = "This was not taken over: it is answered already, or the words no longer say it."
    else:
        facts, summary = made
        try:
            refusal = reports.change_facts(
                user, report, facts, summary=summary, revision=whole(request.POST.get("revision", ""))
            )
        except ChangedMeanwhile as error:
            report.refresh_from_db()
            fault = f"{error.what} {error.do}."
        else:
            said = "" if refusal else f"{summary}."
            fault = "; ".join(f"{one.place}: {one.what}".strip(": ") for one in refusal.faults) if refusal else ""
    context = {
        **tabs(request, ""),
        "report": report,
        "text": text,
        "proposed": proposed_from(report.facts, day, text),
        "edition": engine.rules_on(day).edition,
        "said": said,
        "fault": fault,
    }
    return render(request, "desk_crime/proposals.html", context, status=422 if fault else 200)
