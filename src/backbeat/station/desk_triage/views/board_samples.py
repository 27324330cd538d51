"""Samples of declined calls: drawing one, its result with an interval, and one call to check."""

from datetime import timedelta

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from backbeat.errors import UserError
from backbeat.station.accounts.permissions import Refused, require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_triage import sampling_declined
from backbeat.station.desk_triage.models import Call, DeclinedSample, SampledCall
from backbeat.station.desk_triage.showing import work_context
from backbeat.station.desk_triage.views.common import tabs, user_of
from backbeat.station.desk_triage.words import show_outcome

__all__ = ["sample", "sampled", "samples"]

PER_PAGE = 50
_DAY = {"type": "date"}


class SampleForm(forms.Form):
    """Which calls are drawn."""

    title = forms.CharField(label="Title", max_length=100, error_messages={"required": "Give the sample a title"})
    first_day = forms.DateField(
        label="Calls from",
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        error_messages={"required": "Say from when", "invalid": "Give a day"},
    )
    last_day = forms.DateField(
        label="to",
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        error_messages={"required": "Say until when", "invalid": "Give a day"},
    )
    size = forms.IntegerField(
        label="How many",
        min_value=1,
        max_value=sampling_declined.MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": "Say how many", "invalid": "Give a whole number"},
    )
    seed = forms.RegexField(
        label="Seed",
        regex=r"^[A-Za-z0-9]{1,64}$",
        required=False,
        help_text="Leave empty; a seed given draws the same sample again",
        error_messages={"invalid": "A seed is letters and digits"},
    )

    def clean(self) -> None:
        """The days in order."""
        super().clean()
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first and last and first > last:
            self.add_error("last_day", "This day lies before the first")


@require_http_methods(["GET", "POST"])
def samples(request: HttpRequest) -> HttpResponse:
    """Every sample, and the form that draws one."""
    user = user_of(request)
    require(user, "triage.sample")
    today = timezone.localdate()
    start = {"size": 30, "first_day": today - timedelta(days=30), "last_day": today}
    form = SampleForm(request.POST or None, initial=start)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                drawn = sampling_declined.draw_sample(user, **form.cleaned_data)
            except Refused:
                raise
            except UserError as nothing:
                form.add_error(None, f"{nothing.what} Next: {nothing.do}.")
            else:
                return redirect("desk_triage:sample", pk=drawn.pk)
        status = 422
    page = Paginator(DeclinedSample.objects.select_related("drawn_by"), PER_PAGE).get_page(request.GET.get("page"))
    context = {**tabs(request, "samples"), "form": form, "page": page}
    return render(request, "desk_triage/samples.html", context, status=status)


@require_GET
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """The calls of a sample, and what was found so far."""
    user = user_of(request)
    require(user, "triage.sample")
    found = get_object_or_404(DeclinedSample.objects.select_related("drawn_by"), pk=pk)
    record(user, Operation.CONSULTATION, "triage-sample", purpose="sample")
    context = {
        **tabs(request, "samples"),
        "sample": found,
        "result": sampling_declined.result_of(found),
        "items": found.items.select_related("call", "reviewer"),
    }
    return render(request, "desk_triage/sample.html", context)


@require_http_methods(["GET", "POST"])
def sampled(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One call to check: what was known, what was decided, what was done; then the finding and why."""
    user = user_of(request)
    require(user, "triage.sample")
    item = get_object_or_404(SampledCall.objects.select_related("sample", "reviewer"), sample=pk, number=number)
    call = Call.objects.select_related("assigned_to", "matter").get(pk=item.call_id)
    problem: list[str] = []
    if request.method == "POST":
        try:
            post = request.POST
            sampling_declined.review(user, item, finding=post.get("finding", ""), reason=post.get("reason", ""))
        except Refused:
            raise
        except UserError as wrong:
            problem = [wrong.what, f"{wrong.do}."]
        else:
            after = item.sample.items.filter(finding="").exclude(number=number).first()
            if after is None:
                return redirect("desk_triage:sample", pk=pk)
            return redirect("desk_triage:sampled", pk=pk, number=after.number)
    else:
        record(user, Operation.CONSULTATION, call, purpose="sample")
    context = {
        **tabs(request, "samples"),
        **work_context(user, call),
        "item": item,
        "drawn_as": show_outcome(item.outcome),
        "findings": SampledCall.Finding.choices,
        "independent": not sampling_declined.had_a_hand(user, call),
        "problem": problem,
        "finding": request.POST.get("finding", item.finding),
        "reason": request.POST.get("reason", item.reason),
    }
    return render(request, "desk_triage/sampled.html", context, status=422 if problem else 200)
