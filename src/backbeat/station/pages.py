"""What every page needs: the navigation, the error pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from backbeat.errors import BackbeatError
from backbeat.station.accounts.permissions import may_somewhere
from backbeat.station.desks import desks

__all__ = ["bad_request", "csrf_failure", "error_page", "not_found", "page_context", "server_error"]

NAVIGATION = (
    # title, url name, permission (None: everybody signed in), app names under which it is the current section
    ("Home", "home", None, ("home",)),
    ("Cases", "cases:list", "case.list", ("cases", "desk_redaction")),
    None,  # the desks with pages of their own
    ("Hours given back", "hours", "ledger.view", ("hours",)),
    ("Access log", "audit:log", "audit.view", ("audit",)),
    ("Users", "accounts:users", "users.manage", ("accounts",)),
    ("System", "system", "system.view", ("system",)),
)


def page_context(request: HttpRequest) -> dict[str, object]:
    """Navigation and banners; computed only when a template asks for them."""

    def navigation() -> list[dict[str, object]]:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return []
        match = request.resolver_match
        here = (match.app_name or match.view_name) if match else ""
        own = [
            (desk.title, desk.site_url, desk.permission, (desk.site_url.split(":")[0],))
            for desk in desks()
            if desk.site_url
        ]
        entries = [entry for place in NAVIGATION for entry in (own if place is None else [place])]
        return [
            {"title": title, "url": reverse(name), "current": here.split(":")[0] in sections}
            for title, name, permission, sections in entries
            if permission is None or may_somewhere(user, permission)
        ]

    return {"navigation": navigation, "demonstration": settings.DEMONSTRATION}


def error_page(request: HttpRequest, error: BackbeatError, status: int) -> HttpResponse:
    """A page saying what happened, where, and what to do next; for a refusal also why."""
    explanation = getattr(error, "explanation", None)
    return render(request, "errors/error.html", {"error": error, "explanation": explanation}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or did not come from this site."""
    return render(request, "errors/csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return render(request, "errors/bad_request.html", status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return render(request, "errors/not_found.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without context processors, which may be what failed."""
    return render(request, "errors/server_error.html", status=500)
