"""What the OpenAPI document says besides what the operations say by themselves."""

from collections.abc import Mapping
from typing import Any

from backbeat.station.desk_triage.api import answers, bodies
from backbeat.triage.policies import Policy, open_policies

__all__ = ["EVENT", "FACTS", "NEW_CALL", "complete", "faults"]

_ALWAYS = (401, 403, 500, 503)
_SAYS = {
    400: "The body is no JSON object.",
    401: "There is no token that counts.",
    403: "The account of the token may not do this.",
    404: "There is no such call for this system, or no such address.",
    405: "Nothing at this address is done with this method.",
    409: "It cannot happen to the call as it stands, or the key was used for something else.",
    413: "The body is too large.",
    415: "The body is of another kind than application/json.",
    422: "Something in the request is missing or not what it may be.",
    500: "The station failed. Sending again under the same key is safe.",
    503: "The database is away for the moment. Send again under the same key.",
}


def newest_policy() -> Policy:
    """The packaged policy that comes into force last: a document that is published depends on no day."""
    return max(open_policies(), key=lambda one: one.edition.valid_from)


def faults(*statuses: int) -> dict[int, Any]:
    """Responses of an operation: its own refusals, and those every operation has."""
    return dict.fromkeys((*statuses, *_ALWAYS), answers.Fault)


def _body(schema: Mapping[str, Any], required: bool = True) -> dict[str, Any]:
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}}


NEW_CALL = _body(bodies.call_schema(newest_policy()))
FACTS = _body(bodies.fact_body_schema(newest_policy()))
EVENT = _body(bodies.event_schema())


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every response described in words."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) in _SAYS:
                    response["description"] = _SAYS[int(status)]
    return document
