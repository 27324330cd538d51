"""Schemathesis reads the OpenAPI document and tries what it allows and what it does not, against the whole station."""

import os

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from triage_http import made_system

from backbeat.station.desk_triage.api.interface import document
from backbeat.station.wsgi import application

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "12"))
"""Of each operation, beside the edge cases that are always tried."""
system, _account = made_system()
call = system.opened(strand="welfare", person="Zelda Quark")
config = SchemathesisConfig.from_dict(
    {
        "auth": {"openapi": {"Bearer": {"bearer": system.token}}},
        "parameters": {"path.call_id": call},
        "generation": {"max-examples": EXAMPLES, "deterministic": True},
    }
)
schema = schemathesis.openapi.from_dict(document(), config=config)
schema.app = application


@schema.parametrize()
@settings(derandomize=True, max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_the_document_says_holds(case):
    case.call_and_validate()
