"""Force overlays: only what is signed, unlocked and still passes the edition's examples comes into force."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backbeat.canonical import canonical_json
from backbeat.rulebook import NO, Edition, OverlayRefused, Shelf, replay, sign_overlay

DATA = Path(__file__).parents[2] / "unit" / "rulebook" / "data"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
SHELF = Shelf.load(DATA / "triage-like")
EDITION = SHELF.on(date(2026, 1, 1))
ROW = {
    "id": "awol",
    "strand": "awol",
    "agency": "bed manager",
    "document": "local",
    "page": "1",
    "why": "Our trust asked for it.",
}


def draft(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": "force-1",
        "edition": EDITION.id,
        "previous": EDITION.hash,
        "valid_from": "2026-03-01",
        "dated": "2026-02-01",
        "author": "control-room manager",
        "why": "The trust has a bed manager now.",
        "documents": [{"id": "local", "title": "Local agreement", "date": "2026-02-01", "citation": "Invented"}],
        "tables": {"strand": {"put": [ROW]}},
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def signed(body: dict[str, Any], key: Ed25519PrivateKey = KEY) -> bytes:
    return sign_overlay(body, key)


def load(*overlays: bytes) -> Shelf:
    return SHELF.with_overlays(overlays, [KEY.public_key()])


def faults(*overlays: bytes) -> list[str]:
    with pytest.raises(OverlayRefused) as caught:
        load(*overlays)
    return caught.value.what.splitlines()


def agency(edition: Edition) -> object:
    outcome = edition.decide("strand", {"strand": "awol"}).outcome
    assert outcome is not None
    return outcome["agency"]


def test_a_signed_overlay_is_in_force_from_its_day_and_what_was_decided_before_replays() -> None:
    shelf = load(signed(draft()))
    before, after = shelf.on(date(2026, 2, 28)), shelf.on(date(2026, 3, 1))
    assert (before.id, agency(before)) == ("triage-like-2026", "mental-health trust")
    assert (after.id, agency(after)) == ("triage-like-2026+force-1", "bed manager")
    assert before.hash == EDITION.hash != after.hash
    for edition in (before, after):
        assert replay(edition.decide("strand", {"strand": "awol"}).to_json(), shelf)
    # the shelf it was made from is as it was
    assert agency(SHELF.on(date(2026, 3, 1))) == "mental-health trust"


def test_overlays_follow_on_each_other_by_hash() -> None:
    one = signed(draft())
    newest = load(one).on(date(2026, 3, 1)).hash
    two = signed(
        draft(id="force-2", previous=newest, documents=None, tables={"strand": {"put": [{**ROW, "agency": "ward"}]}})
    )
    shelf = load(one, two)
    # both start on one day: the later in the chain is in force
    assert agency(shelf.on(date(2026, 3, 1))) == "ward"
    assert shelf.named("triage-like-2026+force-1") is not None
    assert "previous is not the hash of the newest version of the edition" in faults(two)
    assert faults(one, one)


def test_rows_may_be_dropped_added_and_replaced_whole() -> None:
    rows = [
        {"id": "adult", "strand": "!welfare", "agency": "ambulance", "document": "local", "page": "1", "why": "w"},
        {"id": "child", "strand": "welfare", "child": "yes", "agency": "children's social care"}
        | {"document": "local", "page": "1", "why": "w"},
    ]
    default = {"agency": "ambulance", "document": "local", "page": "2", "why": "w"}
    edition = load(signed(draft(tables={"strand": {"rows": rows, "default": default}}))).on(date(2026, 3, 1))
    assert agency(edition) == "ambulance"
    assert edition.decide("strand", {"strand": "welfare", "child": NO}).outcome == {"agency": "ambulance"}
    dropped = {"strand": {"drop": ["awol"], "default": default}}
    assert agency(load(signed(draft(tables=dropped))).on(date(2026, 3, 1))) == "ambulance"


REFUSED = [
    ({"tables": {"owner": {"drop": ["g0-now"]}}}, "table owner: is locked; a force may not change it"),
    ({"tables": {"nothing": {"drop": ["x"]}}}, "table nothing: is not a table of the edition"),
    ({"tables": {"strand": {"drop": ["x"]}}}, "table strand: drop names a row that is not there"),
    ({"tables": {"strand": {"drop": [{"a": "b"}]}}}, "table strand: drop names a row that is not there"),
    ({"tables": {"strand": {"drop": ["awol"]}}}, "table strand: default is missing"),
    ({"tables": {"strand": {}}}, "table strand: changes nothing"),
    ({"tables": {"strand": {"rows": [ROW], "put": [ROW]}}}, "give either rows, or put and drop"),
    ({"tables": {"strand": {"put": [{**ROW, "strand": "elsewhere"}]}}}, "column strand must be one of"),
    ({"tables": {"strand": {"put": [{**ROW, "extra": "x"}]}}}, "unknown column extra"),
    ({"tables": {"strand": {"put": [{**ROW, "page": ""}]}}}, "page is empty"),
    ({"tables": {"strand": {"put": [{**ROW, "id": "two"}]}}}, "rows awol and two overlap"),
    ({"tables": {"strand": {"put": [{**ROW, "page": 1}]}}}, "put 1 is not a map of columns to text"),
    ({"tables": {"strand": {"inputs": []}}}, "table strand: unknown key inputs"),
    ({"tables": None}, "tables is missing"),
    ({"author": None}, "author is missing"),
    ({"documents": None}, "document is not one the edition declares"),
    ({"previous": "0" * 64}, "previous is not the hash of the newest version"),
    ({"edition": "triage-like-1999"}, "names an edition that is not on the shelf"),
    ({"valid_from": "2025-12-31"}, "valid_from is before the version it changes"),
    ({"id": "a+b"}, "id must be letters, digits, dots and dashes"),
    ({"surprise": "x"}, "unknown key surprise"),
    # the edition's own example strand-01 says a child's welfare is for children's social care
    (
        {"tables": {"strand": {"put": [{**ROW, "id": "welfare-child", "strand": "welfare", "child": "yes"}]}}},
        "example strand-01 unexpected-agency: expected children's social care, got bed manager",
    ),
    (
        {"examples": [{"id": "mine", "table": "strand", "facts": {"strand": "awol"}, "expect": {"agency": "ward"}}]},
        "example mine unexpected-agency: expected ward, got bed manager (p1)",
    ),
]


@pytest.mark.parametrize(("changes", "fault"), REFUSED, ids=[fault[:50] for _, fault in REFUSED])
def test_what_an_overlay_may_not_do(changes: dict[str, Any], fault: str) -> None:
    found = faults(signed(draft(**changes)))
    assert any(fault in line for line in found), found


def test_all_faults_come_at_once() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
    changes = {"owner": {"drop": ["g0-now"]}, "strand": {"drop": ["x"]}}
    found = faults(signed(draft(previous="0", tables=changes), stranger))
    for fault in ("not trusted", "previous is not", "owner: is locked", "drop names a row"):
        assert any(fault in line for line in found), (fault, found)


def test_no_changed_bit_gets_through() -> None:
    whole = signed(draft())
    for place in range(len(whole)):
        for bit in range(8):
            changed = whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :]
            assert faults(changed), (place, bit)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b"\xff",
        b'{"schema":"backbeat.rulebook.overlay/1"}',
        b"1.5",
        b'{"overlay":{"a":"\\ud800"},"schema":"backbeat.rulebook.overlay/1"}',
        '{"overlay":{"é":"1","e\u0301":"1"},"schema":"backbeat.rulebook.overlay/1"}'.encode(),
        b'{"overlay":{"a":' + b"[" * 900 + b"]" * 900 + b'},"schema":"backbeat.rulebook.overlay/1"}',
    ],
)
def test_hostile_bytes_are_refused_not_a_crash(data: bytes) -> None:
    assert faults(data)


def test_one_spelling_only() -> None:
    loose = json.dumps(json.loads(signed(draft())), indent=1).encode()
    assert "is not written canonically; load the bytes that were signed" in faults(loose)
    # hex in capitals is the same signature in other bytes, and would give the version another hash
    loud = json.loads(signed(draft()))
    loud["signature"] = loud["signature"].upper()
    assert faults(canonical_json(loud)) == ["the signature does not belong to this overlay"]
    half = json.loads(signed(draft()))
    half["overlay"]["author"] = 1.5
    assert faults(json.dumps(half).encode())
