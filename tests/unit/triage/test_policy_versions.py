"""Drafts of a force: only what changed, tried whole, signed, kept in order; refused with the example that breaks."""

import json
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from backbeat.errors import InputRejected
from backbeat.triage.policies import open_policies
from backbeat.triage.policy.checking import check_draft, newest
from backbeat.triage.policy.drafting import (
    Signature,
    draft_overlay,
    read_draft,
    read_private_key,
    read_public_key,
    sign_draft,
    write_draft,
)
from backbeat.triage.policy.errors import KeyRefused, PolicyRefused, SheetRefused
from backbeat.triage.policy.sheets import read_csv, write_csv
from backbeat.triage.policy.storing import add_version, force_folder, forces, open_force, trust_key

ABOUT = Signature("exampleshire-1", date(2026, 12, 1), date(2026, 11, 22), "control room lead", "Agreed locally.")
EARLIER, LATER = date(2026, 11, 30), date(2026, 12, 1)


def draft(changes: dict[str, tuple[str, str]], shelf=None, about: Signature = ABOUT) -> dict:
    """A draft made by changing text in the CSV files."""
    edition = newest(shelf or open_policies()).edition
    files = write_csv(edition)
    for name, (old, new) in changes.items():
        assert old.encode() in files[name], name
        files[name] = files[name].replace(old.encode(), new.encode(), 1)
    return draft_overlay(read_csv(files, edition), about)


PHONE = {"agencies.csv": ("department,-,npa", "department,01632 960101,npa")}
TIMER = {"timers.csv": ("review-routine,review-routine,240", "review-routine,review-routine,120")}


@pytest.fixture
def key(tmp_path: Path) -> Ed25519PrivateKey:
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "private.pem").write_bytes(pem)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "public.pem").write_bytes(public)
    return private


@pytest.fixture
def folder(tmp_path: Path, key: Ed25519PrivateKey) -> Path:
    made = force_folder(tmp_path / "data", "exampleshire")
    trust_key(made, key.public_key())
    return made


def test_a_draft_holds_only_the_tables_that_change() -> None:
    made = draft({**PHONE, **TIMER})
    assert set(made["tables"]) == {"agencies", "timers"}
    assert made["previous"] == newest(open_policies()).hash
    assert read_draft(write_draft(made)) == made
    checked = check_draft(open_policies(), made)
    assert [change.table for change in checked.changes] == ["agencies", "timers"]
    assert checked.policy.minutes("review-routine") == 120


def test_only_the_default_of_a_table_may_change() -> None:
    made = draft({"agencies.csv": ("Ask the supervisor how to reach it", "Ask the duty manager")})
    assert set(made["tables"]["agencies"]) == {"default"}
    assert (
        check_draft(open_policies(), made).policy.edition.tables["agencies"].default.outputs[1]
        == "Ask the duty manager"
    )


def test_documents_of_the_force_come_along_where_they_are_cited() -> None:
    edition = newest(open_policies()).edition
    files = write_csv(edition)
    files["_documents.csv"] += b"local,Local agreement,2026-10-01,Intranet\r\nunused,Other,2026-10-01,Intranet\r\n"
    files["timers.csv"] = files["timers.csv"].replace(b"review-routine,240,house", b"review-routine,120,local")
    made = draft_overlay(read_csv(files, edition), ABOUT)
    assert [one["id"] for one in made["documents"]] == ["local"]
    assert "local" in check_draft(open_policies(), made).policy.edition.documents


def test_a_draft_that_changes_nothing_is_refused() -> None:
    with pytest.raises(SheetRefused, match="Nothing changes"):
        draft({})


UNSAFE = [
    (
        "late-is-fine",
        {"partner.csv": ("late,-,late,supervisor", "late,-,late,none")},
        r"example B16 \(.*must be supervisor, would be partner-leads.*partner_eta_minutes=180",
    ),
    ("nobody", {"agencies.csv": ("\r\nplace-of-safety,place-of-safety,", "\r\npos,pos,")}, "not on the list"),
    ("too-long", {"timers.csv": ("review-routine,review-routine,240", "review-routine,review-routine,1440")}, "1440"),
    ("unavailable", {"partner.csv": ("not-available,no,-,supervisor", "not-available,no,-,none")}, "supervisor"),
]


@pytest.mark.parametrize(("changes", "message"), [one[1:] for one in UNSAFE], ids=[one[0] for one in UNSAFE])
def test_what_is_not_safe_is_refused_with_the_example_that_breaks(changes, message) -> None:
    with pytest.raises(PolicyRefused, match=message) as refused:
        check_draft(open_policies(), draft(changes))
    assert "example" in refused.value.what or "unsafe" in refused.value.what
    assert refused.value.exit_code == 4


@pytest.mark.parametrize("table", ["gate_crime", "gate_risk", "gate_duty", "gate_repeat", "duties", "statements"])
def test_the_core_is_locked(table: str) -> None:
    row = {"id": "x", "response": "none", "document": "npa", "page": "1", "why": "No."}
    made = {**draft(TIMER), "tables": {table: {"put": [row]}}}
    with pytest.raises(PolicyRefused, match=f"table {table}: is locked"):
        check_draft(open_policies(), made)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"a": 1.5}', b'{"a": "\\ud800"}', b"\xff", b"[" * 100_000])
def test_what_is_no_draft_is_refused(data: bytes) -> None:
    with pytest.raises(InputRejected, match="no draft"):
        read_draft(data)


def test_versions_follow_one_another_and_are_in_force_from_their_day(folder: Path, key: Ed25519PrivateKey) -> None:
    add_version(folder, sign_draft(draft(TIMER), key))
    second = Signature("exampleshire-2", date(2027, 1, 1), date(2026, 12, 20), "lead", "Number.")
    policy = add_version(folder, sign_draft(draft(PHONE, open_force(folder), second), key))
    assert policy.id == "rcrp-national-2026+exampleshire-2"
    shelf = open_force(folder)
    assert shelf is open_force(folder)
    assert [shelf.on(day).minutes("review-routine") for day in (EARLIER, LATER)] == [240, 120]
    assert shelf.on(date(2027, 1, 1)).id == policy.id
    assert open_policies().on(LATER).minutes("review-routine") == 240
    assert forces(folder.parents[2]) == ("exampleshire",)


def test_a_version_that_does_not_follow_is_refused_and_nothing_is_kept(folder: Path, key: Ed25519PrivateKey) -> None:
    signed = sign_draft(draft(TIMER), key)
    add_version(folder, signed)
    before = sorted(folder.iterdir())
    with pytest.raises(PolicyRefused, match="previous is not the hash"):
        add_version(folder, signed)
    assert sorted(folder.iterdir()) == before


def test_only_trusted_keys_count(folder: Path) -> None:
    with pytest.raises(PolicyRefused, match="not trusted"):
        add_version(folder, sign_draft(draft(TIMER), Ed25519PrivateKey.generate()))


def test_an_unsafe_version_is_refused_also_where_it_was_signed(folder: Path, key: Ed25519PrivateKey) -> None:
    signed = sign_draft(draft(UNSAFE[2][1]), key)
    with pytest.raises(PolicyRefused, match="longer than"):
        add_version(folder, signed)
    (folder / "0001.json").write_bytes(signed)  # somebody put it there by hand
    with pytest.raises(PolicyRefused, match="longer than"):
        open_force(folder)


def test_a_kept_version_that_was_changed_is_noticed(folder: Path, key: Ed25519PrivateKey) -> None:
    add_version(folder, sign_draft(draft(TIMER), key))
    path = folder / "0001.json"
    plain = json.loads(path.read_bytes())
    plain["overlay"]["why"] = "Because."
    path.chmod(0o600)
    path.write_text(json.dumps(plain, sort_keys=True, separators=(",", ":")))
    with pytest.raises(PolicyRefused, match="signature does not belong"):
        open_force(folder)


def test_without_a_trusted_key_or_a_folder_nothing_is_added(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    folder = force_folder(tmp_path, "newshire")
    with pytest.raises(InputRejected, match="keeps no policy"):
        add_version(folder, sign_draft(draft(TIMER), key))
    folder.mkdir(parents=True)
    with pytest.raises(InputRejected, match="No key is trusted"):
        add_version(folder, sign_draft(draft(TIMER), key))


@pytest.mark.parametrize("name", ["", "..", "a/b", "Example", "x" * 41, "-x", "a\n"])
def test_a_force_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputRejected, match="no name"):
        force_folder(tmp_path, name)


def test_keys_that_are_none_are_refused(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    with pytest.raises(KeyRefused):
        read_public_key(tmp_path / "private.pem")
    for name in ("public.pem", "missing.pem"):
        with pytest.raises(KeyRefused):
            read_private_key(tmp_path / name)
    assert read_private_key(tmp_path / "private.pem").public_key() == key.public_key()
