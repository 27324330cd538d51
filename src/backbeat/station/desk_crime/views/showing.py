"""The answer page, earlier versions, duties ticked off, the record's own bytes, and what the rules say on a page."""

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import may, require
from backbeat.station.audit.records import Operation, record, recorded
from backbeat.station.desk_crime import afterwards, engine, recording, reports, ruling
from backbeat.station.desk_crime.access import find_report
from backbeat.station.desk_crime.asking import work_of
from backbeat.station.desk_crime.clocks import span_words
from backbeat.station.desk_crime.models import CrimeReport, DecisionVersion, DutyDone
from backbeat.station.desk_crime.views.common import decision_context, tabs, user_of

__all__ = ["close", "decision_file", "duty", "reopen", "report", "source", "version"]


@require_GET
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was recorded and why; before that, what the rules make of it so far."""
    user = user_of(request)
    found = find_report(user, "crime.view", pk)
    record(user, Operation.CONSULTATION, found)
    return _show(request, found, found.current)


@require_GET
def version(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """A decision as it was recorded then."""
    user = user_of(request)
    found = find_report(user, "crime.view", pk)
    record(user, Operation.CONSULTATION, found, purpose=f"version-{number}")
    return _show(request, found, get_object_or_404(found.versions.select_related("decided_by"), number=number))


def _show(request: HttpRequest, found: CrimeReport, shown: DecisionVersion | None) -> HttpResponse:
    user = user_of(request)
    context: dict[str, object] = {
        **tabs(request, ""),
        "report": found,
        "shown": shown,
        "work": work_of(found),
        "versions": found.versions.select_related("decided_by"),
        "may_record": may(user, "crime.record"),
        "may_supervise": may(user, "crime.supervise"),
        "may_rule": may(user, "crime.rule"),
        "colleagues": _colleagues(user) if may(user, "crime.supervise") else (),
    }
    context |= _late(user, found)
    if shown is not None:
        context |= decision_context(found, recording.plain_of(shown), shown)
        context["lines"] = shown.crimes.all()
        context["done"] = {one.key: one for one in shown.duties_done.select_related("by")}
        context["superseded"] = found.current_id != shown.pk
        if found.current_id == shown.pk:
            context |= _since(found)
    elif (work := context["work"]).proposal is not None:
        context |= decision_context(found, work.proposal.plain)
    return render(request, "desk_crime/report.html", context)


def _since(found: CrimeReport) -> dict[str, object]:
    """What became of the crimes of the decision that stands."""
    subjects = afterwards.standing_of_report(found)
    changed: dict[int | None, list[afterwards.Subject]] = {}
    standing: Counter[int | None] = Counter()
    for one in subjects:
        line = one.line.pk if one.line else None
        standing[line] += one.counts
        if one.changes:
            changed.setdefault(line, []).append(one)
    return {
        "tally": afterwards.tally(subjects),
        "changed_lines": changed,
        "standing_lines": standing,
        "changed_incidents": changed.get(None, []),
    }


def _late(user: User, found: CrimeReport) -> dict[str, object]:
    """The late recording of a report, if there was one, and how far its duties are done (p10)."""
    late = ruling.late_version(found)
    if late is None:
        return {}
    return {
        "late": late,
        "late_by": span_words(late.decided_at - found.received_at),
        "late_duties": engine.late_duties(found.received_at, late.decided_at),
        "overseen": late.duties_done.filter(key=ruling.OVERSIGHT).select_related("by").first(),
        "may_oversee": may(user, "crime.rule") and ruling.is_independent(user, found),
    }


def _colleagues(user: User) -> list[User]:
    return list(User.objects.filter(is_active=True, unit=user.unit_id)) if user.unit_id else []


@require_POST
def duty(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Tick a duty of the decision that stands, or take the tick away."""
    user = user_of(request)
    found = find_report(user, "crime.record", pk)
    if found.current is None:
        raise Http404
    known = {one["key"] for one in decision_context(found, recording.plain_of(found.current))["duties"]}
    key = request.POST.get("duty", "")
    if key not in known:
        raise Http404
    with recorded(user, Operation.ALTERATION, found, purpose="duty"):
        if request.POST.get("done") == "no":
            DutyDone.objects.filter(version=found.current, key=key).delete()
        else:
            DutyDone.objects.get_or_create(version=found.current, key=key, defaults={"by": user})
    return redirect("desk_crime:report", pk=pk)


@require_POST
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide again: with other facts, or after a mistake."""
    user = user_of(request)
    found = find_report(user, "crime.record", pk)
    recording.decide_again(user, found)
    messages.success(request, "The report is open again. What was recorded stands until you record another decision.")
    return redirect("desk_crime:form", pk=pk)


@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Checked by a supervisor."""
    user = user_of(request)
    found = find_report(user, "crime.supervise", pk)
    reports.close(user, found)
    messages.success(request, f"{found.reference} is closed.")
    return redirect("desk_crime:report", pk=pk)


@require_GET
def decision_file(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """The proposal's own bytes, to be replayed or explained by the command line."""
    user = user_of(request)
    found = find_report(user, "crime.view", pk)
    shown = get_object_or_404(found.versions, number=number)
    record(user, Operation.CONSULTATION, found, purpose="decision-file")
    response = HttpResponse(bytes(shown.proposal), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="decision-{shown.pk}.json"'
    return response


@require_GET
def source(request: HttpRequest, edition: str, document: str, page: str) -> HttpResponse:
    """What the edition takes from one page of a document."""
    require(user_of(request), "crime.view")
    found = engine.cited(edition, document, page)
    if found is None:
        raise Http404
    title, rules = found
    context = {**tabs(request, ""), "title": title, "rules": rules, "page_name": page, "edition_id": edition}
    return render(request, "desk_crime/source.html", context)
