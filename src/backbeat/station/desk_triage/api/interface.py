"""The interface put together: operations, tokens, errors, and its own description. Nothing is answered without a token.

Nothing here reads a cookie or a session, so the protection against forged forms has nothing to protect and is left out.
"""

import json
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.responses import Response

from backbeat.errors import BackbeatError
from backbeat.station.desk_triage.api import describing, faults
from backbeat.station.desk_triage.api.errors import AddressUnknown
from backbeat.station.desk_triage.api.routes import router
from backbeat.station.desk_triage.api.tokens import Bearer

__all__ = ["ADDRESS", "document", "urlpatterns"]

ADDRESS = "/triage/api/v1"
bearer = Bearer()
api = NinjaAPI(
    title="backbeat triage",
    version="1",
    description=(
        "For a command-and-control system: open a call, say what was learnt and what happened, and read who owns it."
        " What comes back is advice until a named person in the control room acts on it."
    ),
    auth=bearer,
    urls_namespace="triage-api",
    docs_url=None,
    openapi_url=None,
)
api.add_router("", router)
faults.install(api)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document; the same whichever station gives it."""
    found = api.get_openapi_schema(path_prefix=ADDRESS)
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return describing.complete(plain)


def _as_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of the interface: no session, no form, and no answer but JSON."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        allowed = response.headers["Allow"]
        error = AddressUnknown(
            "Nothing at this address is done with this method.",
            where=f"method {request.method}" if request.method in _METHODS else "method",
            do=f"use {allowed}",
        )
        refused = faults.fault_response(error, 405)
        refused.headers["Allow"] = allowed
        return refused

    answered.login_required = False  # type: ignore[attr-defined]  # the token is asked for instead
    answered.csrf_exempt = True  # type: ignore[attr-defined]
    return answered


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})


def describe(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return _behind_token(request, lambda: Response(document()))


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """404 as JSON."""
    return _behind_token(
        request,
        lambda: faults.answer_for(
            AddressUnknown("There is nothing at this address.", where="address", do=f"see {ADDRESS}/openapi.json")
        ),
    )


def _behind_token(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        bearer(request)
    except BackbeatError as error:
        return faults.answer_for(error)
    return answer()


def _patterns() -> list[URLPattern]:
    patterns = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in patterns:
        one.callback = _as_json(one.callback)
    return [
        *patterns,
        path("openapi.json", _as_json(describe), name="openapi"),
        path("", _as_json(nothing_here), name="nothing"),
        path("<path:rest>", _as_json(nothing_here), name="nothing-below"),
    ]


urlpatterns = _patterns()
