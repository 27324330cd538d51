"""Reports in from a file, recorded crimes out to one."""

from contextlib import suppress
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from backbeat.crime import importing
from backbeat.errors import InputRejected
from backbeat.station.accounts.permissions import require
from backbeat.station.desk_crime import exchange
from backbeat.station.desk_crime.views.common import tabs, user_of
from backbeat.station.desk_crime.views.days import DaysForm

__all__ = ["export", "take_in", "template"]


@csrf_exempt  # the token is checked below, once it is known that this user may import: until then nothing is read
def take_in(request: HttpRequest) -> HttpResponse:
    """The form, and what became of the file sent with it."""
    require(user_of(request), "crime.import")
    request.upload_handlers = [exchange.InMemory(request)]
    return _take_in(request)


@csrf_protect
@require_http_methods(["GET", "POST"])
def _take_in(request: HttpRequest) -> HttpResponse:
    context: dict[str, object] = {
        **tabs(request, "import"),
        "most_mib": importing.MOST_BYTES >> 20,
        "most_reports": importing.MOST_REPORTS,
        "columns": importing.COLUMNS,
    }
    status = 200
    if request.method == "POST":
        file = request.FILES.get("file")
        status = 422
        if file is None:
            context["error"] = f"Choose a file of at most {importing.MOST_BYTES >> 20} MiB"
        else:
            done = _read(request, file, context)
            if done is not None:
                return done
    return render(request, "desk_crime/import.html", context, status=status)


def _read(request: HttpRequest, file: UploadedFile, context: dict[str, object]) -> HttpResponse | None:
    kind = (file.name or "").rpartition(".")[2].lower()
    try:
        fate = exchange.take_in(
            user_of(request),
            file.read(),
            kind={"ndjson": "jsonl"}.get(kind, kind),
            skip_known=request.POST.get("known") == "skip",
        )
    except InputRejected as refusal:
        context["error"] = f"{refusal.what} {refusal.do[:1].upper()}{refusal.do[1:]}."
        return None
    if fate.faults:
        context["fate"] = fate
        return None
    words = f"{len(fate.taken)} report{'' if len(fate.taken) == 1 else 's'} taken in."
    if fate.skipped:
        shown = ", ".join(fate.skipped[:20]) + (" …" if len(fate.skipped) > 20 else "")
        words += f" {len(fate.skipped)} left as they are because they were here before: {shown}."
    messages.success(request, words)
    return redirect("desk_crime:queue")


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """An empty file to fill in, with an example."""
    require(user_of(request), "crime.import")
    response = HttpResponse(importing.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="crime-reports-template.csv"'
    return response


class PeriodForm(DaysForm):
    """Which crimes go out, and to whom."""

    first_day = forms.DateField(
        label="Recorded from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Say from when"},
    )
    last_day = forms.DateField(
        label="to",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Say until when"},
    )
    recipient = forms.CharField(
        label="Who will receive it?",
        max_length=100,
        help_text="It is a disclosure, and the access log keeps to whom",
        error_messages={"required": "Say who will receive it"},
    )


@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """The form, and the file."""
    user = user_of(request)
    require(user, "crime.export")
    today = timezone.localdate()
    form = PeriodForm(request.POST or None, initial={"first_day": today - timedelta(days=7), "last_day": today})
    if form.is_valid():
        data = form.cleaned_data
        with suppress(InputRejected):
            rows = exchange.give_out(user, data["first_day"], data["last_day"], recipient=data["recipient"])
            response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
            response["Content-Disposition"] = 'attachment; filename="recorded-crimes.csv"'
            return response
        form.add_error("last_day", f"The period holds more than {exchange.MOST_CRIMES:,} lines; choose a shorter one")
    status = 422 if form.is_bound else 200
    return render(request, "desk_crime/export.html", {**tabs(request, "export"), "form": form}, status=status)
