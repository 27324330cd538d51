"""The questions about flags, answered together."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from backbeat.station.desk_crime import reports
from backbeat.station.desk_crime.access import find_report
from backbeat.station.desk_crime.asking import work_of
from backbeat.station.desk_crime.errors import ChangedMeanwhile
from backbeat.station.desk_crime.views.common import user_of, whole
from backbeat.station.desk_crime.views.page import after, flags_of, form_page

__all__ = ["flags"]


@require_POST
def flags(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep every answer given, as one change; what was left empty stays open. With a fault, none is kept."""
    user = user_of(request)
    report = find_report(user, "crime.record", pk)
    reports.require_open(report)
    work = work_of(report)
    block = flags_of(request, report, work)
    answers = block.read(request.POST) if block is not None else None
    if block is None or answers is None or not (answers.given or answers.errors):
        return after(request, report, "No flag was answered; they stay open.")
    if answers.errors:
        return form_page(request, report, work, status=422, flags=block.typed(answers))
    try:
        refusal = reports.change_facts(
            user,
            report,
            answers.facts(report),
            asked=answers.asked(report),
            summary=f"Flags: {_count(len(answers.typed))}",
            revision=whole(request.POST.get("revision", "")),
        )
    except ChangedMeanwhile as error:
        report.refresh_from_db()
        work = work_of(report)
        fresh = flags_of(request, report, work)
        said = f"{error.what} {error.do}."
        return form_page(request, report, work, status=409, said=said, flags=fresh.typed(answers) if fresh else None)
    if refusal is not None:
        work = replace(work, faults=refusal.faults)
        return form_page(request, report, work, status=422, flags=block.typed(answers))
    return after(request, report, f"Kept: {_count(len(answers.typed))} about flags.")


def _count(number: int) -> str:
    return f"{number} answer{'' if number == 1 else 's'}"
