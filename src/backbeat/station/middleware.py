"""What happens around every request: the request log, session limits, errors as pages."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from backbeat.errors import BackbeatError, NotAllowed, OutputWithheld, UnitFailed, UserError
from backbeat.station import pages

__all__ = ["UserErrors", "does_not_extend_session", "request_log", "session_limits"]

log = logging.getLogger(__name__)
Respond = Callable[[HttpRequest], HttpResponse]

TOUCH_S = 60
"""Activity is written to the session at most this often, so that reading pages does not write to the database."""


def does_not_extend_session(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that a page polls by itself: calls to it are not the user's activity."""
    view.does_not_extend_session = True  # type: ignore[attr-defined]
    return view


def request_log(respond: Respond) -> Respond:
    """One line a request: method, name of the route, status, milliseconds. Never the path or the query."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = respond(request)
        match = request.resolver_match
        route = match.view_name if match else "-"
        ms = round((time.perf_counter() - started) * 1000)
        log.info("%s %s %d %d ms", request.method, route, response.status_code, ms)
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def session_limits(respond: Respond) -> Respond:
    """End a session after 30 minutes without activity, and 12 hours after sign-in whatever happens."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return respond(request)

    def process_view(
        request: HttpRequest, view: Callable[..., HttpResponse], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        now = int(time.time())
        signed_in = request.session.setdefault("signed_in_at", now)
        seen = request.session.setdefault("seen_at", now)
        if now - seen > settings.IDLE_LIMIT_S or now - signed_in > settings.ABSOLUTE_LIMIT_S:
            logout(request)
            messages.info(request, "You were signed out to keep the case data safe. Sign in to continue.")
            target = request.get_full_path() if request.method == "GET" else "/"
            return redirect_to_login(target)
        if now - seen >= TOUCH_S and not getattr(view, "does_not_extend_session", False):
            request.session["seen_at"] = now
        return None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


class UserErrors:
    """Turn errors that backbeat raises on purpose into pages that say what, where and what next."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for a purposeful error; None (a 500 page) for a bug."""
        match error:
            case NotAllowed():
                status = 403
            case UserError():
                status = 400
            case UnitFailed() | OutputWithheld():
                status = 409
            case _:
                return None
        assert isinstance(error, BackbeatError)  # noqa: S101 - narrows the type
        log.info("refused: %s", error.code)
        return pages.error_page(request, error, status)
