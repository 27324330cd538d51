"""One's own account with everything one may and may not do, and the pages for managing users."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from backbeat.station.accounts import services
from backbeat.station.accounts.forms import AddUserForm, ChangeUserForm
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require, why_may
from backbeat.station.accounts.roles import PERMISSIONS, ROLES
from backbeat.station.cases.models import Case
from backbeat.station.cases.services import visible_cases

__all__ = ["add_user", "end_sessions", "mine", "unlock", "user", "users"]


def mine(request: HttpRequest) -> HttpResponse:
    """Who I am, and why I may or may not do each thing: in general, or in one case that I may see."""
    case: Case | None = None
    if request.GET.get("case"):
        try:
            case = visible_cases(request.user).filter(pk=UUID(request.GET["case"])).first()
        except ValueError as error:
            raise Http404 from error
        if case is None:
            raise Http404
    explanations = [
        why_may(request.user, name, case if PERMISSIONS[name].scope == "case" else None) for name in PERMISSIONS
    ]
    never = [ROLES[name].never for name in ROLES if name in request.user.roles and ROLES[name].never]
    return render(request, "accounts/mine.html", {"explanations": explanations, "case": case, "never": never})


def users(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in."""
    require(request.user, "users.manage")
    everybody = User.objects.select_related("unit").prefetch_related("roles_held").order_by("display_name")
    return render(request, "accounts/users.html", {"users": everybody})


def add_user(request: HttpRequest) -> HttpResponse:
    """A new user."""
    require(request.user, "users.manage")
    form = AddUserForm(request.POST or None)
    if form.is_valid():
        added = services.add_user(request.user, **form.cleaned_data)
        messages.success(request, f"{added} may sign in.")
        return redirect("accounts:users")
    return render(request, "accounts/user_form.html", {"form": form, "heading": "Add a user"})


def user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One user: name, unit, roles."""
    require(request.user, "users.manage")
    found = get_object_or_404(User, pk=user_id)
    form = ChangeUserForm(request.POST or None, instance=found)
    if form.is_valid():
        values = form.values()
        services.change_user(request.user, User.objects.get(pk=user_id), **values)
        messages.success(request, "The user was changed.")
        return redirect("accounts:users")
    return render(request, "accounts/user_form.html", {"form": form, "heading": str(found), "found": found})


@require_POST
def end_sessions(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Sign somebody out everywhere."""
    require(request.user, "users.manage")
    count = services.end_sessions(request.user, get_object_or_404(User, pk=user_id))
    messages.success(request, f"{count} {'session' if count == 1 else 'sessions'} ended.")
    return redirect("accounts:users")


@require_POST
def unlock(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Lift a lockout."""
    require(request.user, "users.manage")
    services.unlock(request.user, get_object_or_404(User, pk=user_id))
    messages.success(request, "They may try to sign in again.")
    return redirect("accounts:users")
