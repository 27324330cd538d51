"""Errors as JSON, in the words every error of the house has: code, what, where, do."""

import logging

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from sqlalchemy.exc import DBAPIError

from backbeat.errors import BackbeatError, Bug, InputRejected, NotAllowed, UserError
from backbeat.ledger.errors import AccessNotLogged, LedgerBusy
from backbeat.station.desk_triage.api.errors import (
    AddressUnknown,
    BodyRefused,
    CallUnknown,
    ReferenceTaken,
    RequestRefused,
    TokenRefused,
    TryAgain,
)
from backbeat.triage.calls.errors import CloseRefused, EventRefused, KeyReused, StepRefused
from backbeat.triage.errors import FactsRefused

__all__ = ["answer_for", "fault_response", "install"]

log = logging.getLogger(__name__)

STATUSES: tuple[tuple[type[BackbeatError], int], ...] = (
    (TokenRefused, 401),
    (NotAllowed, 403),
    (CallUnknown, 404),
    (AddressUnknown, 404),
    (KeyReused, 409),
    (StepRefused, 409),
    (CloseRefused, 409),
    (ReferenceTaken, 409),
    (FactsRefused, 422),
    (EventRefused, 422),
    (RequestRefused, 422),
    (InputRejected, 400),
    (UserError, 400),
    (TryAgain, 503),
    (LedgerBusy, 503),
    (AccessNotLogged, 503),
)
RETRY_S = 1
"""What a client is asked to wait before it sends again; a database that is started again takes a few seconds."""


def answer_for(error: BackbeatError) -> HttpResponse:
    """The response to a purposeful error; whatever is none of `STATUSES` is our own fault."""
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
    if isinstance(error, BodyRefused):
        status = error.status
    response = fault_response(error, status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_S)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="triage"'
    return response


def fault_response(error: BackbeatError, status: int) -> HttpResponse:
    """The four words of an error as JSON."""
    log.info("refused: %s", error.code)
    return JsonResponse({"code": error.code, "what": error.what, "where": error.where, "do": error.do}, status=status)


def install(api: NinjaAPI) -> None:
    """Have every error that an operation of `api` raises answered as JSON."""
    api.add_exception_handler(BackbeatError, lambda _request, error: answer_for(error))
    api.add_exception_handler(ValidationError, lambda _request, error: answer_for(_invalid(error)))
    for away in (OperationalError, InterfaceError, DBAPIError):
        api.add_exception_handler(away, lambda _request, error: answer_for(_away(error)))
    for ours in (Bug, Exception):
        api.add_exception_handler(ours, _bug)


def _away(error: Exception) -> TryAgain:
    log.warning("the database refused (%s)", type(error).__name__)
    return TryAgain(
        "The station cannot reach its database for the moment.",
        where="the station",
        do="wait a second and send the request again under the same key; nothing is recorded twice",
    )


def _invalid(error: ValidationError) -> RequestRefused:
    """Which part is at fault; never what it held."""
    faults = []
    for one in error.errors:
        part, *names = (str(word) for word in one.get("loc", ("request",)))
        missing = "is missing" if one.get("type") == "missing" else "is not what it may be"
        faults.append(f"{part} {names[-1] if names else ''}: {missing}")
    return RequestRefused.of(
        sorted(set(faults)), where="request", do="correct what is named; the OpenAPI document says what each may hold"
    )


def _bug(_request: HttpRequest, error: Exception) -> HttpResponse:
    """Ours to put right: logged with the places in the code, answered without them."""
    log.error("a request failed", exc_info=error)
    return fault_response(
        Bug(
            "The station failed to answer. It may or may not have recorded the request.",
            where="the station",
            do="send it again under the same key, which is safe; tell the administrator if it goes on",
        ),
        500,
    )
