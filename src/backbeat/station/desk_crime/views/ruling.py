"""The registrar's queue and the page of one referral."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_crime import choosing, engine, recording, reports, ruling
from backbeat.station.desk_crime.access import find_report
from backbeat.station.desk_crime.asking import work_of
from backbeat.station.desk_crime.clocks import clock_of, span_words
from backbeat.station.desk_crime.errors import NotReady
from backbeat.station.desk_crime.views.common import decision_context, tabs, user_of

__all__ = ["oversee", "registrar", "rule"]

PER_PAGE = 50
MOST_OTHERS = 20


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
    typed = _typed(request.POST)
    if request.method == "POST" and "search" not in request.POST:
        try:
            version = ruling.rule(
                user,
                report,
                key=typed["key"],
                candidates=typed["candidates"],
                rationale=typed["rationale"],
                others=typed["others"],
                counts=typed["counts"],
            )
        except NotReady as missing:
            field = "rationale" if "rationale" in missing.what else "candidate"
            errors[field] = f"{missing.what} {missing.do[:1].upper()}{missing.do[1:]}."
        else:
            messages.success(request, f"Your ruling is recorded as version {version.number}.")
            return redirect("desk_crime:rule" if ruling.unruled(report) else "desk_crime:report", pk=pk)
    else:
        record(user, Operation.CONSULTATION, report, purpose="referral")
        if ruling.unruled(report):
            reports.touch(report)  # the registrar's time counts against the hours given back, too
    told = decision_context(report, recording.plain_of(report.current), report.current)
    context = {
        **tabs(request, "registrar"),
        **told,
        "report": report,
        "work": work_of(report),
        "independent": independent,
        "errors": errors,
        "typed": typed,
        "other": choosing.OTHER,
        "most": choosing.MOST_CRIMES,
        "points": [_point(one, typed, engine.day_of(report.received_at)) for one in told["referrals"]],
    }
    return render(request, "desk_crime/rule.html", context, status=422 if errors else 200)


def _typed(post: QueryDict) -> dict[str, Any]:
    """What a form of one point sent."""
    return {
        "key": post.get("key", ""),
        "candidates": post.getlist("candidate"),
        "others": post.getlist("other")[:MOST_OTHERS],
        "words": post.get("words", "")[:200],
        "rationale": post.get("rationale", "")[:10_000],
        "counts": {name.removeprefix("count-"): post[name] for name in post if name.startswith("count-")},
    }


def _point(referral: dict[str, Any], typed: dict[str, Any], day: date) -> dict[str, Any]:
    """One point to rule on, with what can be picked and what was typed."""
    mine = typed if typed["key"] == referral.get("key") else _typed(QueryDict())
    found = {value: value.split("|", 2) for value in mine["others"] if value.count("|") >= 2}
    if mine["words"].strip():
        for one in engine.offences_for(mine["words"], day):
            found.setdefault(f"{one.code}|{one.class_}|{one.text}", [one.code, one.class_, one.text])
    return {
        **referral,
        "typed": mine,
        "options": [
            {
                "option": one,
                "title": _title(one, day),
                "picked": one.value in mine["candidates"],
                "count": mine["counts"].get(one.value, "1"),
            }
            for one in choosing.options_of(referral)
        ],
        "several": choosing.allows_several(referral),
        "takes_others": choosing.takes_others(referral),
        "others": [
            {
                "value": value,
                "words": f"{class_} {code}",
                "text": text,
                "picked": value in mine["others"],
                "count": mine["counts"].get(value, "1"),
            }
            for value, (code, class_, text) in found.items()
        ],
        "none_found": bool(mine["words"].strip()) and not found,
    }


def _title(option: choosing.Option, day: date) -> str:
    """What an option records, in the list's words; with class and code where its label does not say them."""
    texts = [choosing.text_of(pair, day, option.text) for pair in option.offences]
    if option.records:
        texts = [" ".join(filter(None, (*pair, text))) for pair, text in zip(option.offences, texts, strict=True)]
    return "; ".join(filter(None, texts))


@require_POST
def oversee(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The registrar has seen to a late recording."""
    user = user_of(request)
    report = find_report(user, "crime.rule", pk)
    ruling.oversee(user, report)
    messages.success(request, f"Your oversight of {report.reference} is kept.")
    return redirect("desk_crime:registrar")
