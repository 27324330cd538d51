"""Entering a report: the first form, what happened and who, and the page that asks only what is still needed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backbeat.errors import NoRuleForDate
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_crime import engine, recording, reports
from backbeat.station.desk_crime.access import find_report
from backbeat.station.desk_crime.asking import read_answers, work_of
from backbeat.station.desk_crime.details import Details
from backbeat.station.desk_crime.entering import new_document, put_fact
from backbeat.station.desk_crime.errors import ChangedMeanwhile, NotReady, ReferenceTaken
from backbeat.station.desk_crime.models import CrimeReport
from backbeat.station.desk_crime.views.common import tabs, user_of, whole
from backbeat.station.desk_crime.views.page import FLAGS, MODE, after, form_page

__all__ = ["answer", "change_answer", "details", "form", "narrative", "new", "put_back", "record_it", "undo"]

BEGUN = "crime-begun"
"""Session key: when the empty form was opened."""


class HeadForm(forms.Form):
    """The report as a whole."""

    reference = forms.RegexField(
        label="Reference",
        regex=r"^[A-Za-z0-9][A-Za-z0-9/_.-]{0,59}$",
        max_length=60,
        help_text="The incident number of your force’s system",
        error_messages={
            "required": "Give the reference of the incident",
            "invalid": "A reference is letters, digits and / _ . - without spaces",
        },
    )
    received_at = forms.DateTimeField(
        label="When did the report come in?",
        help_text="The 24 hours run from here",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "Say when the report came in", "invalid": "Give a day and a time that exist"},
    )
    force = forms.RegexField(
        label="Force that took the report",
        regex=r"^[A-Za-z0-9][A-Za-z0-9 _.-]{0,39}$",
        max_length=40,
        error_messages={
            "required": "Name the force",
            "invalid": "A force is named by letters, digits, spaces and . _ -",
        },
    )
    narrative = forms.CharField(
        label="What was told, in words (not needed)",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="No rule reads this, and it can be erased. Leave names out of everything else.",
    )

    def clean_received_at(self) -> Any:
        """Not in the future; a clock may be five minutes wrong."""
        at = self.cleaned_data["received_at"]
        if at > timezone.now() + timedelta(minutes=5):
            raise forms.ValidationError("The report cannot have come in later than now")
        return at


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """What happened, who, and when it was told."""
    user = user_of(request)
    require(user, "crime.record")
    force = CrimeReport.objects.filter(created_by=user).order_by("-created_at").values_list("force", flat=True).first()
    start = {"received_at": timezone.localtime().replace(second=0, microsecond=0), "force": force or ""}
    head = HeadForm(request.POST or None, initial=start)
    good = head.is_valid()
    at = head.cleaned_data.get("received_at") if head.is_bound else None
    at = at or timezone.now()
    day = engine.day_of(at)
    try:
        engine.rules_on(day)
    except NoRuleForDate as missing:
        head.add_error("received_at", f"{missing.what} {missing.do[:1].upper()}{missing.do[1:]}.")
        good, day = False, engine.day_of(timezone.now())
    data = head.cleaned_data if head.is_bound else {}
    document = new_document(data.get("reference", ""), timezone.localtime(at), data.get("force", ""))
    typed = Details.typed(document, day, request.POST) if request.method == "POST" else Details.of(document, day)
    if request.method == "POST":
        if "search" in request.POST:
            typed.search()
            head = HeadForm(initial={name: request.POST.get(name, "") for name in HeadForm.base_fields})
        elif (made := _begin(request, head if good else None, typed)) is not None:
            return made
    else:
        request.session[BEGUN] = timezone.now().isoformat()
    typed.add_blank_rows()
    context = {**tabs(request, "new"), "head": head, "details": typed, "groups": engine.acts_by_group(day)}
    status = 422 if typed.errors or (head.is_bound and head.errors) else 200
    return render(request, "desk_crime/new.html", context, status=status)


def _begin(request: HttpRequest, head: HeadForm | None, typed: Details) -> HttpResponse | None:
    """Open the report; None where something is to be put right first."""
    facts = typed.build()
    if facts is not None and not facts["allegations"]:
        typed.errors["acts"] = "Say what happened: pick at least one, or search for an offence"
    if head is None or typed.errors or facts is None:
        return None
    data = head.cleaned_data
    try:
        made = reports.open_report(
            user_of(request),
            reference=data["reference"],
            received_at=data["received_at"],
            force=data["force"],
            facts=facts,
            narrative=data["narrative"],
            begun_at=parse_datetime(request.session.get(BEGUN, "")),
        )
    except ReferenceTaken as taken:
        head.add_error("reference", f"{taken.what} {taken.do[:1].upper()}{taken.do[1:]}.")
        return None
    if isinstance(made, reports.Refusal):
        typed.show(made.faults)
        return None
    request.session.pop(BEGUN, None)
    return redirect("desk_crime:form", pk=made.pk)


@require_http_methods(["GET", "POST"])
def details(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what happened and who."""
    user = user_of(request)
    report = find_report(user, "crime.record", pk)
    reports.require_open(report)
    record(user, Operation.CONSULTATION, report, purpose="details")
    day = engine.day_of(report.received_at)
    revision = whole(request.POST.get("revision", ""), report.revision)
    posted = request.method == "POST"
    typed = Details.typed(report.facts, day, request.POST) if posted else Details.of(report.facts, day)
    stale = ""
    if posted and "search" in request.POST:
        typed.search()
    elif posted and (facts := typed.build()) is not None:
        try:
            refusal = reports.change_facts(
                user, report, facts, summary="What happened and who was changed", revision=revision
            )
        except ChangedMeanwhile as error:
            stale = f"{error.what} What you typed is still below; press Save again to put it in."
            report.refresh_from_db()
            revision = report.revision
        else:
            if refusal is None:
                return redirect("desk_crime:form", pk=pk)
            typed.show(refusal.faults)
    typed.add_blank_rows()
    context = {
        **tabs(request, ""),
        "report": report,
        "details": typed,
        "groups": engine.acts_by_group(day),
        "revision": revision,
        "stale": stale,
    }
    return render(request, "desk_crime/details.html", context, status=422 if typed.errors or stale else 200)


@require_GET
def form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is still to be asked, and beside it what the rules make of the answers so far."""
    user = user_of(request)
    report = find_report(user, "crime.record", pk)
    if not report.can_change:
        return redirect("desk_crime:report", pk=pk)
    if request.GET.get("questions") in ("one", "all"):
        request.session[MODE] = request.GET["questions"]
    if request.GET.get("flags") in ("whole", "each"):
        request.session[FLAGS] = request.GET["flags"]
    record(user, Operation.CONSULTATION, report, purpose="form")
    reports.touch(report)
    return form_page(request, report, work_of(report))


@require_POST
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One answer or several; with a fault in any, none is kept and each comes back as typed."""
    user = user_of(request)
    report = find_report(user, "crime.record", pk)
    reports.require_open(report)
    work = work_of(report)
    answers = read_answers(request.POST, work)
    if not answers.errors and answers.given:
        try:
            refusal = reports.change_facts(
                user,
                report,
                answers.facts(report),
                asked=answers.asked(report),
                summary=answers.summary,
                revision=whole(request.POST.get("revision", "")),
            )
        except ChangedMeanwhile as error:
            report.refresh_from_db()
            work = work_of(report)
            return form_page(request, report, work.with_answers(answers), status=409, said=f"{error.what} {error.do}.")
        if refusal is None:
            if not request.headers.get("HX-Request"):
                return redirect("desk_crime:form", pk=pk)
            return form_page(request, report, work_of(report), said=f"Kept: {answers.summary}.")
        answers = answers.refused(refusal.faults)
    return form_page(request, report, work.with_answers(answers), status=422)


@require_POST
def change_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an answer out, so that it is asked again."""
    user = user_of(request)
    report = find_report(user, "crime.record", pk)
    about, fact = request.POST.get("about", ""), request.POST.get("fact", "")
    try:
        facts = put_fact(report.facts, about, fact, None)
    except KeyError:
        return redirect("desk_crime:form", pk=pk)
    asked = [pair for pair in report.asked if pair != [about, fact]]
    reports.change_facts(
        user,
        report,
        facts,
        asked=asked,
        summary=f"Answer taken back: {fact.replace('_', ' ')}",
        revision=whole(request.POST.get("revision", "")),
    )
    return after(request, report, "Taken back.")


@require_POST
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back the newest change."""
    user = user_of(request)
    report = find_report(user, "crime.record", pk)
    summary = reports.undo(user, report, revision=whole(request.POST.get("revision", "")))
    return after(request, report, f"Undone: {summary}." if summary else "There is nothing to undo.")


@require_POST
def record_it(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record the decision under one's own name."""
    user = user_of(request)
    report = find_report(user, "crime.record", pk)
    reports.require_open(report)
    typed = {name: request.POST.get(name, "") for name in ("reason", "rationale", "dispute")}
    disputed, errors = "disputed" in request.POST, {}
    if disputed and not typed["dispute"].strip():
        errors["dispute"] = "Say why you do not agree, so that the registrar can decide"
    work = work_of(report)
    late = work.proposal is not None and recording.is_late(report, work.proposal, timezone.now())
    if late and not typed["rationale"].strip():
        errors["rationale"] = "Say why it is recorded late"
    if errors and not work.to_ask:
        return form_page(request, report, work, status=422, typed=typed, errors=errors)
    try:
        version = recording.record_decision(
            user,
            report,
            revision=whole(request.POST.get("revision", "")),
            reason=typed["reason"],
            dispute=typed["dispute"] if disputed else "",
            rationale=typed["rationale"],
        )
    except (NotReady, ChangedMeanwhile) as error:
        messages.error(request, f"{error.what} Next: {error.do}.")
        return redirect("desk_crime:form", pk=pk)
    words = {
        CrimeReport.State.REFERRED: "It goes to the registrar, who decides what is left open.",
        CrimeReport.State.OPEN: "Something is still not known; the report stays in the queue until it is.",
    }.get(report.state, "")
    messages.success(request, f"Recorded as version {version.number}. {words}".strip())
    return redirect("desk_crime:report", pk=pk)


@require_POST
def put_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Leave it in the queue for whoever is free."""
    user = user_of(request)
    report = find_report(user, "crime.record", pk)
    reports.put_in_queue(user, report)
    messages.success(request, f"{report.reference} is in the queue. The clock runs on.")
    return redirect("desk_crime:queue")


@require_POST
def narrative(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep or erase what was told in words."""
    user = user_of(request)
    report = find_report(user, "crime.record", pk)
    if "erase" in request.POST:
        reports.erase_narrative(user, report)
        messages.success(request, "The words are erased. Facts and decisions stay.")
    else:
        reports.change_narrative(user, report, request.POST.get("narrative", "")[:20_000])
        messages.success(request, "The words are kept.")
    return redirect("desk_crime:report" if not report.can_change else "desk_crime:form", pk=pk)
