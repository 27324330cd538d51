"""Audit samples: drawing one, its progress and result, and the page of one decision to check."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_crime import auditing, recording
from backbeat.station.desk_crime.asking import work_of
from backbeat.station.desk_crime.errors import NotReady
from backbeat.station.desk_crime.models import AuditSample, SampleItem
from backbeat.station.desk_crime.ruling import is_independent
from backbeat.station.desk_crime.views.common import decision_context, tabs, user_of
from backbeat.station.desk_crime.views.days import DaysForm

__all__ = ["audits", "item", "sample"]

PER_PAGE = 50


class SampleForm(DaysForm):
    """Which decisions are drawn."""

    title = forms.CharField(label="Title", max_length=100, error_messages={"required": "Give the sample a title"})
    first_day = forms.DateField(
        label="Decided from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Say from when"},
    )
    last_day = forms.DateField(
        label="to",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Say until when"},
    )
    size = forms.IntegerField(
        label="How many",
        min_value=1,
        max_value=auditing.MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": "Say how many", "invalid": "Give a whole number"},
    )
    class_name = forms.RegexField(
        label="Only this class",
        regex=r"^[A-Za-z0-9/]{1,12}$",
        required=False,
        help_text="For example 8N; all classes where it is empty",
        error_messages={"invalid": "A class is written like 8N"},
    )
    by_class = forms.BooleanField(label="Draw from every class in proportion", required=False)
    blind = forms.BooleanField(label="Reviewers decide before they see what was recorded", required=False)
    seed = forms.RegexField(
        label="Seed",
        regex=r"^[A-Za-z0-9]{1,64}$",
        required=False,
        help_text="Leave empty; a seed given draws the same sample again",
        error_messages={"invalid": "A seed is letters and digits"},
    )

    def clean_class_name(self) -> str:
        """As the list writes classes."""
        return str(self.cleaned_data["class_name"]).upper()


@require_http_methods(["GET", "POST"])
def audits(request: HttpRequest) -> HttpResponse:
    """Every sample, and the form that draws one."""
    user = user_of(request)
    require(user, "crime.audit")
    today = timezone.localdate()
    start = {"size": 50, "first_day": today - timedelta(days=30), "last_day": today, "blind": True}
    form = SampleForm(request.POST or None, initial=start)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                drawn = auditing.draw_sample(user, **form.cleaned_data)
            except NotReady as nothing:
                form.add_error(None, f"{nothing.what} Next: {nothing.do}.")
            else:
                return redirect("desk_crime:sample", pk=drawn.pk)
        status = 422
    page = Paginator(AuditSample.objects.select_related("drawn_by"), PER_PAGE).get_page(request.GET.get("page"))
    context = {**tabs(request, "audits"), "form": form, "page": page}
    return render(request, "desk_crime/audits.html", context, status=status)


@require_GET
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """The items of a sample, and what was found so far with its interval."""
    user = user_of(request)
    require(user, "crime.audit")
    found = get_object_or_404(AuditSample.objects.select_related("drawn_by"), pk=pk)
    record(user, Operation.CONSULTATION, "crime-audit", purpose="sample")
    whole, parts = auditing.results(found)
    items = found.items.select_related("version__report", "reviewer")
    context = {
        **tabs(request, "audits"),
        "sample": found,
        "items": items,
        "whole": whole,
        "parts": parts,
        "left": found.size - whole.items,
    }
    return render(request, "desk_crime/sample.html", context)


@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One decision to check: blind, by saying what should be recorded; else by marking what was."""
    user = user_of(request)
    require(user, "crime.audit")
    found = get_object_or_404(
        SampleItem.objects.select_related("sample", "version__report__unit", "version__decided_by"),
        sample=pk,
        number=number,
    )
    report = found.version.report
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _keep(request, found)
        if not errors:
            after = found.sample.items.filter(should=None).exclude(number=number).first()
            if after is None:
                return redirect("desk_crime:sample", pk=pk)
            return redirect("desk_crime:item", pk=pk, number=after.number)
    else:
        record(user, Operation.CONSULTATION, report, purpose="audit")
    shown = not found.sample.blind or found.should is not None
    context = {
        **tabs(request, "audits"),
        "item": found,
        "sample": found.sample,
        "report": report,
        "work": work_of(_as_decided(found)),
        "independent": is_independent(user, report),
        "shown": shown,
        "lines": auditing.lines_of(found.version) if shown else (),
        "errors": errors,
        "typed": request.POST,
    }
    if shown:
        context |= decision_context(report, recording.plain_of(found.version), found.version)
    return render(request, "desk_crime/item.html", context, status=422 if errors else 200)


def _as_decided(item: SampleItem) -> Any:
    """The report with the facts the decision rested on, which may have changed since."""
    report = item.version.report
    facts = recording.plain_of(item.version)["facts"]
    report.facts = {"parties": [], "relationships": [], "allegations": [], **facts}
    report.facts["report"].setdefault("facts", {})
    return report


def _keep(request: HttpRequest, found: SampleItem) -> dict[str, str]:
    """Keep the finding; what is wrong with the form, by field."""
    user, note = user_of(request), request.POST.get("note", "")[:10_000]
    try:
        if found.sample.blind:
            nothing = request.POST.get("nothing") == "yes"
            lines = [] if nothing else auditing.read_lines(request.POST.get("lines", ""))
            if not lines and not nothing:
                return {"lines": "Say what should be recorded, or that nothing should"}
            auditing.review(user, found, lines=lines, note=note)
        else:
            verdict, text = request.POST.get("class_right", ""), request.POST.get("should", "").strip()
            if not text.isascii() or not text.isdecimal() or len(text) > 4:
                return {"should": "Say how many crimes should be recorded, as a whole number"}
            if verdict not in ("yes", "no"):
                return {"class_right": "Say whether every class is right"}
            auditing.review(user, found, should=int(text), class_right=verdict == "yes", note=note)
    except ValueError as wrong:
        return {"lines": str(wrong)}
    except NotReady as missing:
        return {"note": f"{missing.what} {missing.do[:1].upper()}{missing.do[1:]}."}
    return {}
