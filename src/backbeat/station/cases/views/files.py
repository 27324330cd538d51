"""Cases themselves: the list, the search, one case, who belongs to it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.cases import services
from backbeat.station.cases.forms import CaseForm, MemberForm, SearchForm
from backbeat.station.cases.models import EvidenceItem

__all__ = ["case", "cases", "change_case", "members", "new_case", "remove_member", "search"]

PER_PAGE = 25


def cases(request: HttpRequest) -> HttpResponse:
    """Every case the user may see."""
    page = Paginator(services.list_cases(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "cases/list.html", {"page": page, "form": SearchForm()})


def search(request: HttpRequest) -> HttpResponse:
    """Search by POST, so that names never stand in an address, a history or a log."""
    if request.method != "POST":
        return redirect("cases:list")
    form = SearchForm(request.POST)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        context["found"] = services.search_cases(request.user, form.cleaned_data["words"])
        context["most"] = services.MOST_FOUND
    return render(request, "cases/search.html", context)


def new_case(request: HttpRequest) -> HttpResponse:
    """Open a case."""
    require(request.user, "case.open")
    form = CaseForm(request.POST or None)
    if form.is_valid():
        opened = services.open_case(request.user, **form.cleaned_data)
        messages.success(request, f"Case {opened.reference} is open.")
        return redirect("cases:case", case_id=opened.pk)
    return render(request, "cases/new.html", {"form": form})


def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case."""
    found = services.view_case(request.user, case_id)
    ready = found.evidence.filter(state=EvidenceItem.State.READY)
    context = {
        "case": found,
        "tab": "overview",
        "people_count": found.people.count(),
        "evidence_count": ready.count(),
        "latest": ready[:5],
        "memberships": found.memberships.select_related("user"),
    }
    return render(request, "cases/overview.html", context)


def change_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Another title."""
    found = services.view_case(request.user, case_id)
    require(request.user, "case.change", found)
    form = CaseForm(request.POST or None, instance=found)
    del form.fields["reference"]
    if form.is_valid():
        title = form.cleaned_data["title"]
        found.refresh_from_db()
        services.change_case(request.user, found, title=title)
        messages.success(request, "The case was changed.")
        return redirect("cases:case", case_id=case_id)
    return render(request, "cases/form.html", {"case": found, "form": form, "heading": "Change this case"})


def members(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Who works on the case; a supervisor adds and removes."""
    found = services.view_case(request.user, case_id, purpose="members")
    require(request.user, "case.assign", found)
    form = MemberForm(request.POST or None, case=found)
    if form.is_valid():
        services.add_member(request.user, found, form.cleaned_data["user"])
        messages.success(request, f"{form.cleaned_data['user']} now works on this case.")
        return redirect("cases:members", case_id=case_id)
    context = {"case": found, "form": form, "memberships": found.memberships.select_related("user", "added_by")}
    return render(request, "cases/members.html", context)


@require_POST
def remove_member(request: HttpRequest, case_id: UUID, user_id: UUID) -> HttpResponse:
    """Take somebody off the case."""
    found = services.view_case(request.user, case_id, purpose="members")
    services.remove_member(request.user, found, get_object_or_404(User, pk=user_id))
    messages.success(request, "They no longer work on this case.")
    return redirect("cases:members", case_id=case_id)
