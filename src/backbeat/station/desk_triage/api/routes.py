"""The operations of the interface. Each reads what was sent, calls one use case, and answers how the call stands."""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Header, Query, Router
from ninja.responses import Response

from backbeat.canonical import Json
from backbeat.station.accounts.models import User
from backbeat.station.audit import records
from backbeat.station.desk_triage import calls, engine
from backbeat.station.desk_triage.api import answers, bodies
from backbeat.station.desk_triage.api.describing import EVENT, FACTS, NEW_CALL, faults
from backbeat.station.desk_triage.api.errors import CallUnknown, ReferenceTaken
from backbeat.station.desk_triage.api.once import digest_of, do_once
from backbeat.station.desk_triage.models import Call, CallEvent
from backbeat.triage.calls.happenings import FactStated, Happening
from backbeat.triage.schema import facts_schema

__all__ = ["router"]

router = Router()
MOST = 500
KEY = r"^[!-~]{1,100}$"
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=KEY,
        description="Made anew for each thing to be recorded, and sent again with it: the same key and body give the"
        " same answer and record nothing twice; with another body they are refused.",
    ),
]


def calls_of(system: User) -> QuerySet[Call]:
    """The calls a connected system sent: it reads what they came to, and no other's."""
    opening = CallEvent.objects.filter(call=OuterRef("pk"), sequence=1, by=system)
    return Call.objects.filter(Exists(opening))


def find_call(system: User, call_id: UUID) -> Call:
    """One of its calls.

    Raises:
        CallUnknown: there is none, or another sent it; which of the two is not told.
    """
    call = calls_of(system).filter(pk=call_id).first()
    if call is None:
        raise CallUnknown(
            "There is no such call, or this system did not send it.",
            where=f"call {call_id}",
            do="use the id that the answer to its opening gave",
        )
    return call


@router.post(
    "/calls",
    operation_id="open_call",
    summary="Open a call",
    response={201: answers.Standing, **faults(400, 409, 413, 415, 422)},
    openapi_extra=NEW_CALL,
)
def open_call(request: HttpRequest, key: Key) -> HttpResponse:
    """A call came in. Whatever is known already can be sent with it; facts left out count as not asked yet."""
    system, body = request.auth, bodies.read_body(request)

    def work(event_key: str) -> tuple[int, Json]:
        reference, opened, facts = bodies.read_call(body, engine.policy_on(timezone.now()))
        stated = [FactStated(name, value) for name, value in facts.items()]
        try:
            call = calls.open_call(system, opened, key=event_key, more=stated, reference=reference)
        except IntegrityError:
            if not Call.objects.filter(reference=reference).exists():
                raise
            raise ReferenceTaken(
                "Another call has this reference.",
                where="body, field reference",
                do="look whether the call was sent before; else send it under a reference of its own",
            ) from None
        return 201, _standing(call)

    return _once(request, key, body, work)


@router.get(
    "/calls",
    operation_id="list_calls",
    summary="List calls",
    response={200: answers.Calls, **faults(404, 422)},
)
def list_calls(
    request: HttpRequest,
    state: Annotated[Literal["open", "closed"] | None, Query(description="Left out: both.")] = None,
    reference: Annotated[str | None, Query(max_length=60, description="Of one call.")] = None,
    after: Annotated[UUID | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Calls on the page.")] = 100,
) -> HttpResponse:
    """The calls this system sent, the oldest first."""
    records.record(request.auth, records.Operation.CONSULTATION, "calls", purpose="list")
    found = calls_of(request.auth)
    if state is not None:
        found = found.filter(state=state)
    if reference is not None:
        found = found.filter(reference=reference)
    if after is not None:
        last = find_call(request.auth, after)
        found = found.filter(Q(opened_at__gt=last.opened_at) | Q(opened_at=last.opened_at, pk__gt=last.pk))
    page = list(found.order_by("opened_at", "pk").only(*answers.Listed.model_fields)[: limit + 1])
    more = len(page) > limit
    answer = {"calls": [answers.listed(call) for call in page[:limit]], "next": page[limit - 1].pk if more else None}
    return Response(answers.plain(answers.Calls, answer))


@router.get(
    "/calls/{uuid:call_id}",
    operation_id="get_call",
    summary="Read a call and what happened to it",
    response={200: answers.History, **faults(404)},
)
def get_call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """How it stands, and its events by kind and time, without what was said in them."""
    call = find_call(request.auth, call_id)
    records.record(request.auth, records.Operation.CONSULTATION, call, purpose="history")
    return Response(answers.plain(answers.History, answers.with_history(call)))


@router.get(
    "/calls/{uuid:call_id}/outcome",
    operation_id="get_outcome",
    summary="Read what a call came to",
    response={200: answers.Standing, **faults(404)},
)
def get_outcome(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Who owns it and why, what is still to be asked, and what is owed before it may be closed."""
    call = find_call(request.auth, call_id)
    records.record(request.auth, records.Operation.CONSULTATION, call, purpose="outcome")
    return Response(_standing(call))


@router.post(
    "/calls/{uuid:call_id}/facts",
    operation_id="post_facts",
    summary="State facts",
    response={200: answers.Standing, **faults(400, 404, 409, 413, 415, 422)},
    openapi_extra=FACTS,
)
def post_facts(request: HttpRequest, call_id: UUID, key: Key) -> HttpResponse:
    """Facts were learnt, or learnt anew; the call is assessed again as a whole. `unknown`: nobody could say."""
    call, body = find_call(request.auth, call_id), bodies.read_body(request)

    def happened() -> list[Happening]:
        facts = bodies.read_fact_body(body, engine.policy_of(call))
        return [FactStated(name, value) for name, value in facts.items()]

    return _recorded(request, key, call, body, happened)


@router.post(
    "/calls/{uuid:call_id}/events",
    operation_id="post_event",
    summary="Say what happened",
    response={200: answers.Standing, **faults(400, 404, 409, 413, 415, 422)},
    openapi_extra=EVENT,
)
def post_event(request: HttpRequest, call_id: UUID, key: Key) -> HttpResponse:
    """Something happened to a call: an arrival time, an arrival, a caller lost. A closed call opens where it must."""
    call, body = find_call(request.auth, call_id), bodies.read_body(request)
    return _recorded(request, key, call, body, lambda: [bodies.read_event(body)])


@router.get(
    "/facts",
    operation_id="get_facts_schema",
    summary="Read which facts are asked for today",
    response={200: dict[str, Any], **faults()},
)
def get_facts_schema(request: HttpRequest) -> HttpResponse:
    """JSON Schema of the facts under the policy in force today, each with its question."""
    return Response(facts_schema(engine.policy_on(timezone.now())))


def _recorded(
    request: HttpRequest, key: str, call: Call, body: dict[str, Any], happened: Callable[[], list[Happening]]
) -> HttpResponse:
    def work(event_key: str) -> tuple[int, Json]:
        said = happened()
        fresh = calls.record(request.auth, call, *said, key=event_key, purpose="connected-system")
        return 200, _standing(fresh)

    return _once(request, key, body, work)


def _once(
    request: HttpRequest, key: str, body: dict[str, Any], work: Callable[[str], tuple[int, Json]]
) -> HttpResponse:
    done = do_once(request.auth, key, digest_of(str(request.method), request.path, body), work)
    response = Response(done.answer, status=done.status)
    if done.again:
        response.headers["Idempotent-Replayed"] = "true"
    if done.status == 201:
        response.headers["Location"] = f"{request.path}/{done.answer['id']}"
    return response


def _standing(call: Call) -> Json:
    return answers.plain(answers.Standing, answers.standing(call))
