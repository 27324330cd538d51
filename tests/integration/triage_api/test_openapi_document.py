"""The OpenAPI document: the published one is current, and the station serves the same behind a token."""

import json
import re
import subprocess
import sys
from pathlib import Path

from doc_pages import blocks
from station_django import fresh
from triage_http import made_system

from backbeat.station.desk_triage.api.bodies import KINDS
from backbeat.station.desk_triage.api.interface import ADDRESS, document
from backbeat.triage.calls.happenings import KINDS as EVERY_KIND
from backbeat.triage.calls.words import Role

ROOT = Path(__file__).resolve().parents[3]


def test_the_published_document_is_current():
    command = [sys.executable, str(ROOT / "scripts" / "triage_openapi.py"), "--check"]
    assert subprocess.run(command, check=False, timeout=60).returncode == 0, "run scripts/triage_openapi.py"


def test_the_station_serves_it():
    system, _account = made_system()
    assert system.get("/openapi.json").body == document()


def test_every_operation_is_described_and_says_how_it_fails():
    for path, operations in document()["paths"].items():
        assert path.startswith(ADDRESS)
        for operation in operations.values():
            assert operation["summary"]
            assert operation["description"]
            assert {"401", "403", "500", "503"} <= operation["responses"].keys()
            assert operation["security"] == [{"Bearer": []}]


def test_everything_another_system_may_say_happened_can_be_sent_and_nothing_else():
    """Assessments and timers are the station's own; links and offers need another call, or an agency, looked up."""
    of_the_station = {"opened", "fact", "assessed", "timer_fired", "linked", "offered"}
    allowed = {kind for kind, one in EVERY_KIND.items() if Role.SYSTEM in one.roles}
    assert set(KINDS) == allowed - of_the_station


PAGE = ROOT / "docs" / "triage-api.md"


def test_every_body_on_the_page_is_taken():
    system, _account = made_system()
    opening, facts, *events = [json.loads(block.body) for block in blocks(PAGE) if block.language == "json"]
    call = system.opened(**{**opening, "reference": fresh("CAD")})
    assert system.post(f"/calls/{call}/facts", facts).status == 200
    assert [system.post(f"/calls/{call}/events", event).status for event in events] == [200] * len(events)


def test_the_page_lists_every_kind_with_its_fields_and_every_operation():
    text = PAGE.read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", text.partition("| `kind` |")[2], flags=re.MULTILINE))
    assert {kind: re.findall(r"`(\w+)`", fields) for kind, fields in rows.items()} == {
        kind: list(one.__dataclass_fields__) for kind, one in KINDS.items()
    }
    for path, operations in document()["paths"].items():
        for method in operations:
            assert f"`{method.upper()} {path.removeprefix(ADDRESS).replace('call_id', 'id')}`" in text
