"""The force's policy: its versions, the tables to download, a change to upload, try, sign and put in force."""

import json
import re
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from backbeat.errors import UserError
from backbeat.station.accounts.permissions import Refused, may, require
from backbeat.station.desk_triage import force_policy
from backbeat.station.desk_triage.models import PolicyDraft
from backbeat.station.desk_triage.policy_files import InMemory, files_of
from backbeat.station.desk_triage.views.common import tabs, user_of
from backbeat.triage.policies import Policy
from backbeat.triage.policy.checking import newest
from backbeat.triage.policy.dmn import export_dmn
from backbeat.triage.policy.errors import PolicyRefused
from backbeat.triage.policy.sheets import write_sheet

__all__ = ["draft", "draft_file", "download", "drop", "policy", "sign", "upload"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMS = {
    "xlsx": (XLSX, lambda one: write_sheet(one.edition)),
    "csv": ("application/zip", lambda one: force_policy.csv_of(one.edition)),
    "dmn": ("application/xml", export_dmn),
}
_ENDINGS = {"xlsx": "xlsx", "csv": "zip", "dmn": "dmn"}


@require_GET
def policy(request: HttpRequest) -> HttpResponse:
    """Every version, dated, who and why, what it changed; and drafts that wait."""
    require(user_of(request), "triage.policy-view")
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **more: object) -> HttpResponse:
    user = user_of(request)
    found = force_policy.versions()
    context = {
        **tabs(request, "policy"),
        "versions": found,
        "newest": found[0].policy.id,
        "drafts": PolicyDraft.objects.filter(signed_at=None, set_aside_at=None).select_related("uploaded_by"),
        "may_change": may(user, "triage.policy"),
        **more,
    }
    return render(request, "desk_triage/policy.html", context, status=status)


@require_GET
def download(request: HttpRequest, form: str) -> HttpResponse:
    """The tables of the newest version, to be changed or for another tool."""
    require(user_of(request), "triage.policy-view")
    one: Policy = newest(force_policy.own_shelf())
    kind, write = _FORMS[form]
    name = re.sub(r"[^A-Za-z0-9.-]", "-", one.id)
    return _file(write(one), kind, f"triage-policy-{name}.{_ENDINGS[form]}")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@csrf_exempt  # the token is checked below, once it is known that this user may upload: until then nothing is read
def upload(request: HttpRequest) -> HttpResponse:
    """Read and try a change. What is at fault, or what it breaks, is listed; nothing is kept then."""
    require(user_of(request), "triage.policy")
    request.upload_handlers = [InMemory(request)]
    return _upload(request)


@csrf_protect
@require_POST
def _upload(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    lines: tuple[str, ...] = ()
    try:
        files = files_of(request)
        proposal, lines = force_policy.check_upload(files)
        made = force_policy.propose(user, files, proposal)
    except Refused:
        raise
    except UserError as refused:
        title = "This change may not be used" if isinstance(refused, PolicyRefused) else "This file cannot be read so"
        problem = {"title": title, "lines": refused.what.splitlines(), "do": refused.do}
        return _page(request, status=422, problem=problem, diff=lines)
    return redirect("desk_triage:policy-draft", pk=made.pk)


@require_GET
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """What a draft changes, in plain words, and the form that signs it."""
    require(user_of(request), "triage.policy")
    return _draft_page(request, get_object_or_404(PolicyDraft.objects.select_related("uploaded_by"), pk=pk))


def _draft_page(
    request: HttpRequest, found: PolicyDraft, problem: UserError | None = None, *, status: int = 200
) -> HttpResponse:
    lines: tuple[str, ...] = ()
    stale = ""
    if found.waits:
        try:
            lines = force_policy.changes_of(found)
        except UserError as refused:
            stale = refused.what
    context = {
        **tabs(request, "policy"),
        "draft": found,
        "diff": lines,
        "stale": stale.splitlines(),
        "problem": {"lines": problem.what.splitlines(), "do": problem.do} if problem else None,
        "tomorrow": timezone.localdate() + timedelta(days=1),
        "typed": request.POST,
    }
    return render(request, "desk_triage/policy_draft.html", context, status=status)


@require_GET
def draft_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as JSON, to be looked at or signed elsewhere."""
    require(user_of(request), "triage.policy")
    found = get_object_or_404(PolicyDraft, pk=pk)
    content = json.dumps(found.draft, indent=2, ensure_ascii=False).encode() + b"\n"
    return _file(content, "application/json", f"triage-policy-draft-{found.pk}.json")


@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a draft and put it in force from a day on."""
    user = user_of(request)
    require(user, "triage.policy")
    found = get_object_or_404(PolicyDraft.objects.select_related("uploaded_by"), pk=pk)
    try:
        day = parse_date(request.POST.get("valid_from", ""))
    except ValueError:
        day = None
    try:
        if day is None:
            raise UserError("Say from which day.", where="field valid_from", do="give a day")
        force_policy.put_in_force(user, found, valid_from=day, why=request.POST.get("why", ""))
    except Refused:
        raise
    except UserError as refused:
        return _draft_page(request, found, refused, status=422)
    return redirect("desk_triage:policy")


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a draft aside."""
    user = user_of(request)
    require(user, "triage.policy")
    force_policy.set_aside(user, get_object_or_404(PolicyDraft, pk=pk))
    return redirect("desk_triage:policy")
