"""Data Protection Act 2018 section 62: each operation leaves its entry; where none can be written nothing is shown."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from station_django import (
    Case,
    entries_since,
    fresh,
    last_entry,
    make_case,
    make_item,
    make_person,
    make_user,
    records,
    signed_in,
)  # fmt: skip

from backbeat.errors import Bug
from backbeat.ledger import Operation, Outcome
from backbeat.ledger.errors import AccessNotLogged
from backbeat.station.cases import services


@pytest.fixture
def scene():
    user = make_user("supervisor", unit=fresh("unit"))
    case = make_case(user)
    return {
        "user": user,
        "case": case,
        "item": make_item(case, user),
        "person": make_person(case),
        "client": signed_in(user),
    }


LOOK, LOOK_AT_ITEM = ("consultation", "case"), ("consultation", "evidence")
OPERATIONS = [
    # what is done, the operations it must leave, on which kinds of object
    ("get", "/cases/", {}, [("consultation", "case-list")]),
    ("post", "/cases/search/", {"words": "quark"}, [("consultation", "case-search")]),
    ("get", "/cases/{case}/", {}, [LOOK]),
    ("get", "/cases/{case}/people/", {}, [LOOK]),
    ("post", "/cases/{case}/change/", {"title": "Another"}, [LOOK, ("alteration", "case")]),
    ("post", "/cases/{case}/people/add/", {"name": "Dot Merri", "role": "victim"}, [LOOK, ("collection", "person")]),
    ("post", "/cases/{case}/people/{person}/", {"name": "Zed", "role": "suspect"}, [LOOK, ("alteration", "person")]),
    ("post", "/cases/{case}/people/{person}/remove/", {}, [LOOK, ("erasure", "person")]),
    ("get", "/cases/{case}/evidence/", {}, [LOOK]),
    ("get", "/cases/{case}/evidence/removed/", {}, [LOOK]),
    ("get", "/cases/{case}/evidence/{item}/", {}, [LOOK_AT_ITEM]),
    ("get", "/cases/{case}/evidence/{item}/original/", {}, [LOOK_AT_ITEM, LOOK_AT_ITEM]),
    ("post", "/cases/{case}/evidence/{item}/remove/", {"reason": "wrong"}, [LOOK_AT_ITEM, ("erasure", "evidence")]),
    ("post", "/cases/{case}/evidence/{item}/restore/", {}, [LOOK_AT_ITEM, ("alteration", "evidence")]),
    ("post", "/cases/new/", {"reference": "42/CR/9/26", "title": "New"}, [("collection", "case")]),
    ("post", "/account/logout/", {}, [("sign-in", "session")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "url", "data", "expected"), OPERATIONS, ids=[f"{row[0]} {row[1]}" for row in OPERATIONS]
)
def test_each_operation_leaves_its_entry(scene, method, url, data, expected):
    before = last_entry()
    where = url.format(case=scene["case"].pk, item=scene["item"].pk, person=scene["person"].pk)
    answer = getattr(scene["client"], method)(where, data)
    assert answer.status_code in (200, 302)
    answer.close()
    rows = entries_since(before)
    assert [(row.entry.operation.value, row.entry.object_ref.split("/")[0]) for row in rows] == expected
    for row in rows:
        assert row.entry.actor == records.actor_of(scene["user"].username)
        assert row.entry.outcome is Outcome.DONE


def test_an_upload_leaves_a_collection_and_a_refused_one_a_refusal(scene):
    url = f"/cases/{scene['case'].pk}/evidence/add/"
    before = last_entry()
    files = [SimpleUploadedFile("a.txt", fresh("text").encode()), SimpleUploadedFile("b.docx", b"PK\x03\x04")]
    assert scene["client"].post(url, {"files": files}).status_code == 422
    rows = [row.entry for row in entries_since(before) if row.entry.operation is Operation.COLLECTION]
    assert [(e.object_ref.split("/")[0], e.purpose, e.outcome.value) for e in rows] == [
        ("evidence", "evidence-upload", "done"),
        ("case", "input-unsupported", "refused"),
    ]


def test_an_operation_that_fails_after_its_entry_leaves_a_second_that_says_so(scene):
    before = last_entry()
    with pytest.raises(ZeroDivisionError), records.recorded(scene["user"], Operation.ALTERATION, scene["case"]):
        raise ZeroDivisionError
    assert [row.entry.outcome for row in entries_since(before)] == [Outcome.DONE, Outcome.FAILED]


def test_the_words_of_a_search_are_kept_beside_the_log_and_can_be_erased(scene):
    before = last_entry()
    scene["client"].post("/cases/search/", {"words": "quark of nowhere"})
    (row,) = entries_since(before)
    log = records.access_log()
    assert b"quark" not in log.entry(row.seq)
    assert log.detail(row.seq) == {"words": "quark of nowhere"}
    log.erase_detail(row.seq, actor=row.entry.actor, role="auditor")
    assert log.detail(row.seq) is None
    assert log.verify().ok


class Broken:
    def record(self, *_: object) -> None:
        raise AccessNotLogged("The access log could not be written.", where="log access", do="try again")


@pytest.mark.parametrize(("method", "url", "data"), [row[:3] for row in OPERATIONS if "logout" not in row[1]])
def test_without_a_log_nothing_is_read_and_nothing_changes(scene, monkeypatch, method, url, data):
    where = url.format(case=scene["case"].pk, item=scene["item"].pk, person=scene["person"].pk)
    data = {**data, "reference": "42/CR/never/26"} if "reference" in data else data
    monkeypatch.setattr(records, "access_log", Broken)
    answer = getattr(scene["client"], method)(where, data)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "access.not-logged" in text or "could not be written" in text
    assert scene["case"].title not in text
    scene["case"].refresh_from_db()
    scene["item"].refresh_from_db()
    scene["person"].refresh_from_db()
    assert (scene["case"].title, scene["item"].state, scene["person"].role) == ("Theft from a shop", "ready", "witness")
    assert not Case.objects.filter(reference="42/CR/never/26").exists()


def test_an_entry_inside_a_django_transaction_is_a_bug(scene):
    with pytest.raises(Bug, match="before a Django transaction"), transaction.atomic():
        services.list_cases(scene["user"])


def test_the_auditor_finds_who_looked_at_an_item(scene):
    scene["client"].get(f"/cases/{scene['case'].pk}/evidence/{scene['item'].pk}/")
    auditor = signed_in(make_user("auditor"))
    page = auditor.get("/access-log/", {"object_ref": f"evidence/{scene['item'].pk}"}).content.decode()
    assert scene["user"].display_name in page
    assert "consultation" in page
    assert scene["item"].original_name not in page
    nobody = auditor.get("/access-log/", {"user": make_user().pk}).content.decode()
    assert "No entry answers this" in nobody


def test_the_auditor_verifies_both_logs_and_sees_a_proof():
    auditor = signed_in(make_user("auditor"))
    page = auditor.post("/access-log/verify/").content.decode()
    assert page.count("Whole") == 2
    assert "Proof holds" in auditor.get(f"/access-log/{last_entry()}/").content.decode()
    assert auditor.get("/access-log/99999999/").status_code == 400
