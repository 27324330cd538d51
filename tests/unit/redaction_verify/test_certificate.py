"""Certificates: what stands on them, what must not, and that any change is noticed offline."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backbeat.canonical import canonical_json
from backbeat.errors import InputRejected
from backbeat.files import hash_file
from backbeat.installation import Installation
from backbeat.ledger import Ledger, Measured, TaskRecord, hash_set, pseudonymous_actor
from backbeat.redaction import certificate
from backbeat.redaction.certificate import CertifiedDocument, ProfileRef, Statement, Timings
from backbeat.redaction.certificate.issuing import signed_bytes
from backbeat.redaction.model import Action, Applied, Decision, Kind, Notice

VALUE = "Amina Khan"


def documents(names: list[str]) -> tuple[CertifiedDocument, ...]:
    decisions = (
        Decision(Action.REDACT, Kind.PERSON, "Witness name", "a", "bulk", 0, 10),
        Decision(Action.REDACT, Kind.PHONE, f"Number of {VALUE.upper()}", "a", "individual", 20, 30),
        Decision(Action.KEEP, Kind.ADDRESS, "Scene of crime", "a", "individual", 40, 50),
    )
    removed = ((Kind.PERSON, VALUE), (Kind.PHONE, "07700 900123"))
    notice = Notice("layout.width", "The width of what was removed can still be measured.", 1)
    applied = Applied(removed, "rest", 3, (notice,), ("Witness name",))
    return tuple(CertifiedDocument("1" * 64, name, "text/plain", applied, decisions) for name in names)


def make(installation: Installation, folder: Path, names: list[str]) -> Path:
    folder.mkdir()
    for number, name in enumerate([*names, "manifest.json"]):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"redacted {number}")
    ledger = Ledger.open(installation)
    actor = pseudonymous_actor(installation, "reviewer")
    record = TaskRecord(
        desk="redaction",
        kind="redact",
        units=3,
        unit="page",
        active_ms=60_000,
        measured=Measured.INSTRUMENTED,
        baseline=None,
        actor=actor,
        input_hashes=("1" * 64,),
        output_hashes=hash_set(hash_file(folder / name) for name in names),
        software="0.1.0",
    )
    receipts = ledger.append([record])
    statement = Statement(
        documents=documents(names),
        profile=ProfileRef("cps-precharge", "2026-04-01", "2" * 64),
        reviewer="Disclosure officer 4417",
        reviewer_role="disclosure officer",
        actor=actor,
        force="Fictional Constabulary",
        detectors={"identifiers": "1"},
        timings=Timings(active_ms=60_000, machine_ms=1200),
        companions=("manifest.json",),
    )
    certificate.issue(installation, ledger, [receipts[0].seq], folder, statement)
    return folder


@pytest.fixture
def folder(installation: Installation, tmp_path: Path) -> Path:
    return make(installation, tmp_path / "out", ["0001.txt", "sub/0002.txt"])


def kinds(folder: Path, key: bytes | None = None) -> set[str]:
    return {fault.kind for fault in certificate.check(folder, key).faults}


def rewrite(folder: Path, value: Any) -> None:
    (folder / "certificate.json").write_bytes(canonical_json(value))


def test_an_untouched_folder_is_in_order(folder: Path, installation: Installation) -> None:
    report = certificate.check(folder, installation.signing_key.public_key())
    assert report.ok
    assert report.trusted
    assert report.certificate is not None
    assert report.certificate["reviewer"]["name"] == "Disclosure officer 4417"


def test_without_a_trusted_key_the_report_says_so(folder: Path) -> None:
    report = certificate.check(folder)
    assert report.ok
    assert not report.trusted


def test_what_stands_on_it(folder: Path) -> None:
    body = certificate.load(folder)["backbeat_certificate"]
    document = body["documents"][0]
    assert document["not_redacted"] == {"count": 1, "reasons": {"Scene of crime": 1}}
    assert document["basis"] == {"bulk": 1, "individual": 2}
    assert document["removed"] == 2
    assert document["output_sha256"] == hash_file(folder / "0001.txt")
    assert document["notices"][0]["code"] == "layout.width"
    assert set(body["verification"]["readers"]) == {"pdfminer.six", "pikepdf", "pypdfium2"}
    assert body["timings"]["active_ms"] == 60_000


def test_no_removed_value_even_where_a_reason_repeats_it(folder: Path) -> None:
    text = (folder / "certificate.json").read_text().casefold()
    assert VALUE.casefold() not in text
    assert "07700" not in text
    assert "reason not shown" in text


def test_every_changed_byte_is_noticed(folder: Path) -> None:
    path = folder / "certificate.json"
    good = path.read_bytes()
    unnoticed = []
    for place in range(len(good)):
        for flip in (0x01, 0x20):
            path.write_bytes(good[:place] + bytes([good[place] ^ flip]) + good[place + 1 :])
            if certificate.check(folder).ok:
                unnoticed.append((place, flip))
    assert unnoticed == []


@pytest.mark.parametrize(
    "spoil", [lambda d: d[:-1], lambda d: d + b"\n", lambda d: b" " + d, lambda d: b"", lambda d: d * 2]
)
def test_bytes_cut_or_added_are_noticed(folder: Path, spoil: Any) -> None:
    path = folder / "certificate.json"
    path.write_bytes(spoil(path.read_bytes()))
    assert kinds(folder) == {"certificate.unreadable"}


def test_changed_missing_and_extra_files(folder: Path) -> None:
    (folder / "0001.txt").write_text("changed")
    (folder / "sub" / "0002.txt").unlink()
    (folder / "sub" / "else.txt").write_text("x")
    (folder / "manifest.json").write_text("{}")
    assert kinds(folder) == {"file.changed", "file.missing", "file.extra"}


def test_a_link_is_not_the_file(folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved.txt"
    shutil.move(folder / "0001.txt", moved)
    (folder / "0001.txt").symlink_to(moved)
    assert kinds(folder) == {"file.changed"}


def test_another_force_can_sign_but_is_not_trusted(folder: Path, installation: Installation) -> None:
    value = certificate.load(folder)
    body = value["backbeat_certificate"]
    forger = Ed25519PrivateKey.generate()
    from backbeat.ledger import key_id_of

    body["key"] = {"id": key_id_of(forger.public_key()), "public": forger.public_key().public_bytes_raw().hex()}
    rewrite(folder, {"backbeat_certificate": body, "signature": forger.sign(signed_bytes(body)).hex()})
    found = kinds(folder, installation.signing_key.public_key().public_bytes_raw())
    assert found == {"certificate.key", "ledger.proof", "ledger.other-files"}


def test_a_row_about_other_files_is_noticed(installation: Installation, folder: Path, tmp_path: Path) -> None:
    other = make(installation, tmp_path / "other", ["0009.txt"])
    body = certificate.load(folder)["backbeat_certificate"]
    body["ledger"] = certificate.load(other)["backbeat_certificate"]["ledger"]
    (folder / "0001.txt").write_text("not in that row")
    body["documents"][0]["output_sha256"] = hash_file(folder / "0001.txt")
    signature = installation.signing_key.sign(signed_bytes(body)).hex()
    rewrite(folder, {"backbeat_certificate": body, "signature": signature})
    assert kinds(folder) == {"ledger.other-files"}


def test_a_signed_body_of_another_form_is_refused(installation: Installation, folder: Path) -> None:
    body = {key: certificate.load(folder)["backbeat_certificate"][key] for key in ("format", "key")}
    rewrite(
        folder, {"backbeat_certificate": body, "signature": installation.signing_key.sign(signed_bytes(body)).hex()}
    )
    assert kinds(folder) == {"certificate.unreadable"}


def test_a_folder_without_a_certificate(tmp_path: Path) -> None:
    assert kinds(tmp_path) == {"certificate.unreadable"}


@pytest.mark.parametrize("name", ["../x.txt", "/x.txt", "a\\b.txt", "C:x.txt", "a//b.txt", "./a.txt"])
def test_names_that_lead_out_are_refused(name: str) -> None:
    assert not certificate.statement.is_neutral_name(name)


def test_it_is_json_anybody_can_read(folder: Path) -> None:
    assert json.loads((folder / "certificate.json").read_text())["backbeat_certificate"]["format"] == 1


@pytest.mark.parametrize(
    ("value", "reason", "shown"),
    [
        ("QX-77 AB12", "repeats qx-77  ab12 here", False),
        ("Pendle", "about Pendle", False),
        ("flat", "the flat is the scene", True),  # a plain word that nobody classified
    ],
)
def test_a_reason_repeats_no_value_that_nobody_classified(value: str, reason: str, shown: bool) -> None:
    decision = Decision(Action.REDACT, Kind.OTHER, reason, "a", "individual", 0, len(value))
    applied = Applied(((Kind.OTHER, value),), "", 1)
    stated = CertifiedDocument("1" * 64, "0001.txt", "text/plain", applied, (decision,)).to_json("2" * 64)
    assert (reason in json.dumps(stated)) is shown


def test_a_pipe_for_a_certificate_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "certificate.json")
    with pytest.raises(InputRejected):
        certificate.load(tmp_path)


@pytest.mark.parametrize("name", ["../elsewhere.pdf", "/etc/passwd", "x" * 5000, "", "a\0b"])
def test_a_certificate_signed_by_anybody_leads_nowhere_else(
    installation: Installation, tmp_path: Path, name: str
) -> None:
    folder = make(installation, tmp_path / "out", ["0001.txt"])
    body = json.loads((folder / "certificate.json").read_text())["backbeat_certificate"]
    body["documents"][0]["output"] = name
    signature = installation.signing_key.sign(signed_bytes(body)).hex()
    (folder / "certificate.json").write_bytes(canonical_json({"backbeat_certificate": body, "signature": signature}))
    report = certificate.check(folder)
    assert [fault.kind for fault in report.faults] == ["certificate.unreadable"]
    assert report.certificate is None
