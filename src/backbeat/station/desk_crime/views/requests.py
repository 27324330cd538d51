"""Requests about crimes on record: what is waiting, asking for one, its questions, and its decision."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backbeat.crime.errors import FactsRefused
from backbeat.crime.model import RequestKind
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import may, require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_crime import engine, requests, requests_deciding
from backbeat.station.desk_crime.access import find_report, visible_reports
from backbeat.station.desk_crime.asking import Work, read_answers
from backbeat.station.desk_crime.entering import put_fact
from backbeat.station.desk_crime.errors import NotReady
from backbeat.station.desk_crime.models import CrimeReport, CrimeRequest
from backbeat.station.desk_crime.requests_showing import shown_request, work_of_request
from backbeat.station.desk_crime.views.common import tabs, user_of, whole

__all__ = ["answer", "decide", "new", "show", "take_back", "waiting", "withdraw"]

PER_PAGE = 50
ASKS = {
    RequestKind.OUTCOME: ("Close with an outcome", "Which outcome?", "24"),
    RequestKind.CANCEL: ("Cancel", "Why is it to be cancelled?", "25"),
    RequestKind.RECLASSIFY: ("Reclassify", "As what?", "13"),
}
"""Kind → heading, question, page of the rules."""


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Requests that are not decided yet, the oldest first, of the reports this person may see."""
    user = user_of(request)
    require(user, "crime.view")
    record(user, Operation.CONSULTATION, "crime-queue", purpose="requests")
    found = (
        CrimeRequest.objects.filter(state__in=CrimeRequest.OPEN, report__in=visible_reports(user))
        .select_related("report", "asked_by")
        .order_by("asked_at", "pk")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(one, requests_deciding.words_of(one.deciders), _is_for(user, one)) for one in page]
    context = {**tabs(request, "requests"), "page": page, "rows": rows, "query": ""}
    return render(request, "desk_crime/requests.html", context)


def _is_for(user: User, one: CrimeRequest) -> bool:
    ready = one.state == CrimeRequest.State.ANSWERED and one.verdict in ("allowed", "refer")
    return ready and bool(requests_deciding.standing_of(user, one, one.deciders))


def _kind(text: str) -> RequestKind:
    try:
        return RequestKind(text)
    except ValueError:
        raise Http404 from None


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Pick the crime and what is wanted for it."""
    user = user_of(request)
    report = find_report(user, "crime.record", pk)
    wanted_kind = _kind(kind)
    day = engine.day_of(report.received_at)
    words = request.POST.get("words", "")
    errors: dict[str, str] = {}
    if request.method == "POST" and "search" not in request.POST:
        try:
            made = requests.ask_for(
                user,
                report,
                subject=request.POST.get("subject", ""),
                kind=kind,
                wanted=request.POST.get("wanted", ""),
            )
        except NotReady as missing:
            named = "subject" if "crime was picked" in missing.what else "wanted"
            errors[named] = f"{missing.what} {missing.do[:1].upper()}{missing.do[1:]}."
        else:
            return redirect("desk_crime:request", pk=pk, number=made.number)
    else:
        record(user, Operation.CONSULTATION, report, purpose="request")
    subjects = requests.subjects_of(report)
    title, question, page = ASKS[wanted_kind]
    reclassify = wanted_kind is RequestKind.RECLASSIFY
    context = {
        **tabs(request, ""),
        "report": report,
        "ready": report.state in requests.DECIDED and subjects,
        "subjects": subjects,
        "title": title,
        "question": question,
        "reclassify": reclassify,
        "choices": requests.search_wanted(words, day) if reclassify else requests.choices_of(wanted_kind, day),
        "words": words,
        "picked_subject": request.POST.get("subject") or (subjects[0].key if len(subjects) == 1 else ""),
        "picked_wanted": request.POST.get("wanted", ""),
        "edition": {"id": engine.rules_on(day).id},
        "rule": {"document": "rules", "page": page},
        "errors": errors,
    }
    return render(request, "desk_crime/request_new.html", context, status=422 if errors else 200)


def _found(request: HttpRequest, permission: str, pk: UUID, number: int) -> tuple[CrimeReport, CrimeRequest]:
    report = find_report(user_of(request), permission, pk)
    found = get_object_or_404(
        report.requests.select_related("asked_by", "decided_by", "version", "taken_back__by"), number=number
    )
    found.report = report
    return report, found


@require_GET
def show(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """One request: what is asked, what the rules say, who decides."""
    _report, found = _found(request, "crime.view", pk, number)
    user = user_of(request)
    record(user, Operation.CONSULTATION, found.report, purpose="request")
    if found.is_open and _is_for(user, found):
        requests.touch_request(found)  # the time of whoever decides counts against the hours given back, too
    return _page(request, found)


def _page(request: HttpRequest, found: CrimeRequest, work: Work | None = None, errors: dict[str, str] | None = None):
    user = user_of(request)
    fresh, said = work_of_request(found) if found.is_open else (None, None)
    told = shown_request(found, said)
    deciders = told["deciders"]
    assert isinstance(deciders, list)  # noqa: S101 - as `shown_request` gives it
    context = {
        **tabs(request, ""),
        **told,
        "report": found.report,
        "request_": found,
        "work": work or fresh,
        "deciders_words": requests_deciding.words_of(deciders),
        "standing": requests_deciding.standing_of(user, found, deciders),
        "must_be_registered": requests_deciding.must_be_registered(deciders),
        "may_record": may(user, "crime.record"),
        "taking_back": requests_deciding.take_back_of(user, found) if found.state == found.State.GRANTED else None,
        "edition": {"id": engine.rules_on(engine.day_of(found.report.received_at)).id},
        "errors": errors or {},
        "typed": request.POST,
    }
    wrong = errors or (work is not None and (work.faults or any(one.error for one in work.to_ask + work.not_known)))
    return render(request, "desk_crime/request.html", context, status=422 if wrong else 200)


@require_POST
def answer(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Take an answer, or take one back with `again`."""
    user = user_of(request)
    _report, found = _found(request, "crime.record", pk, number)
    if not found.is_open:
        raise requests.gone_meanwhile(found)
    work, _answer = work_of_request(found)
    if "again" in request.POST:
        facts = put_fact(found.facts, requests.about_of(found), request.POST["again"], None)
    else:
        answers = read_answers(request.POST, work)
        if answers.errors:
            return _page(request, found, work.with_answers(answers))
        facts = found.facts
        for question, value in answers.given:
            facts = put_fact(facts, question.about, question.fact, value)
    try:
        requests.answer_request(user, found, facts, revision=whole(request.POST.get("revision", "")))
    except FactsRefused as refusal:
        return _page(request, found, work.with_answers(answers.refused(engine.faults_of(refusal))))
    return redirect("desk_crime:request", pk=pk, number=number)


@require_POST
def withdraw(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Take the request back."""
    _report, found = _found(request, "crime.record", pk, number)
    requests.withdraw(user_of(request), found)
    messages.success(request, f"Request {number} is withdrawn.")
    return redirect("desk_crime:report", pk=pk)


@require_POST
def decide(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Grant or refuse it, under one's own name."""
    _report, found = _found(request, "crime.view", pk, number)
    grant = request.POST.get("decision") == "grant"
    try:
        requests_deciding.decide_it(
            user_of(request),
            found,
            grant=grant,
            reason=request.POST.get("reason", "")[:10_000],
            revision=whole(request.POST.get("revision", "")),
            candidate=request.POST.get("candidate", ""),
            registered=request.POST.get("registered") == "yes",
        )
    except NotReady as missing:
        named = next((one for one in ("reason", "candidate", "register") if one in missing.what.casefold()), "reason")
        return _page(request, found, errors={named: f"{missing.what} {missing.do[:1].upper()}{missing.do[1:]}."})
    messages.success(request, f"Request {number} is {'granted' if grant else 'refused'}.")
    return redirect("desk_crime:report", pk=pk)


@require_POST
def take_back(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Take a grant back, under one's own name."""
    _report, found = _found(request, "crime.view", pk, number)
    try:
        requests_deciding.take_back(user_of(request), found, reason=request.POST.get("reason", "")[:10_000])
    except NotReady as missing:
        return _page(request, found, errors={"reason": f"{missing.what} {missing.do[:1].upper()}{missing.do[1:]}."})
    messages.success(request, f"The grant of request {number} is taken back.")
    return redirect("desk_crime:report", pk=pk)
