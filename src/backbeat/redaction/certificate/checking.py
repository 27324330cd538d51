"""Checking a certificate and the files it vouches for, offline. All faults are reported, not only the first."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backbeat.canonical import Json, canonical_json
from backbeat.errors import Bug, InputRejected
from backbeat.files import hash_file
from backbeat.ledger import hash_set, key_id_of, verify_inclusion
from backbeat.redaction.certificate.issuing import CERTIFICATE_NAME, FORMAT, signed_bytes
from backbeat.redaction.certificate.statement import is_neutral_name

__all__ = ["CertificateFault", "CertificateReport", "CertificateUnreadable", "check", "load"]

SIZE_LIMIT = 64 << 20
LONGEST_NAME = 256


class CertificateUnreadable(InputRejected):
    """There is no certificate, or it is not one of ours."""

    code = "certificate.unreadable"


@dataclass(frozen=True, slots=True)
class CertificateFault:
    """One thing that does not hold. Files are named as in the certificate, by number where the certificate has none."""

    kind: str
    """`certificate.unreadable`, `certificate.signature`, `certificate.key`, `file.missing`, `file.changed`,
    `file.extra`, `ledger.proof` or `ledger.other-files`."""
    message: str


@dataclass(frozen=True, slots=True)
class CertificateReport:
    """The outcome of a check."""

    faults: tuple[CertificateFault, ...]
    trusted: bool
    """Whether the key was compared with one the caller trusts. Without that, anybody could have signed."""
    certificate: Mapping[str, Any] | None
    """The body, once its signature holds; otherwise None."""

    @property
    def ok(self) -> bool:
        return not self.faults


def load(folder: Path) -> dict[str, Any]:
    """The certificate of a folder, read but not yet checked: body and signature.

    Raises:
        CertificateUnreadable: absent, not canonical JSON, or not of the form and version written here.
    """
    path = folder / CERTIFICATE_NAME
    try:
        if path.is_symlink() or path.stat().st_size > SIZE_LIMIT:
            raise _unreadable("The certificate is a link or far too large.")
        if not path.is_file():  # a pipe would keep us waiting for ever
            raise _unreadable("There is no certificate that can be read.")
        data = path.read_bytes()
        value = json.loads(data)
        canonical = canonical_json(value) == data
    except OSError as err:
        raise _unreadable("There is no certificate that can be read.") from err
    except (ValueError, RecursionError, Bug) as err:
        raise _unreadable("The certificate is damaged: it is not canonical JSON.") from err
    if not canonical:
        raise _unreadable("The certificate is damaged: it is not canonical JSON.")
    if not isinstance(value, dict) or set(value) != {"backbeat_certificate", "signature"}:
        raise _unreadable("The file is not a backbeat certificate.")
    body = value["backbeat_certificate"]
    if not isinstance(body, dict) or body.get("format") != FORMAT or not isinstance(value["signature"], str):
        raise _unreadable("The certificate is of a form this version does not know.")
    return value


def _unreadable(what: str) -> CertificateUnreadable:
    return CertificateUnreadable(
        what, where=CERTIFICATE_NAME, do="ask the sender for the whole folder again, and rely on nothing in this one"
    )


def check(folder: Path, trusted_key: Ed25519PublicKey | bytes | None = None) -> CertificateReport:
    """Signature, every file's hash, no file too few or too many, and the ledger proofs. Needs no network.

    Args:
        folder: the folder as received.
        trusted_key: the sender's public key, known from elsewhere (32 raw bytes or a key). Without it the certificate
            is only held against the key inside it, and the report says so.
    """
    try:
        value = load(folder)
    except CertificateUnreadable as err:
        return CertificateReport((CertificateFault("certificate.unreadable", err.what),), False, None)
    body: dict[str, Any] = value["backbeat_certificate"]
    try:
        key = _public_key(body)
        signature = bytes.fromhex(value["signature"])
        if signature.hex() != value["signature"]:
            raise ValueError("not lower-case hex")
        key.verify(signature, signed_bytes(body))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        message = "The signature does not hold: the certificate was changed after it was signed."
        return CertificateReport((CertificateFault("certificate.signature", message),), False, None)
    try:
        if not all(map(_stays_inside, [document["output"] for document in body["documents"]])):
            raise ValueError("a document outside the folder")
        faults = [*_key(key, trusted_key), *_files(folder, body), *_ledger(body, key)]
    except (KeyError, TypeError, ValueError, AttributeError, OSError):
        # Anybody can sign anything with a key of their own: a signed body may still lack what one of ours has.
        message = "The certificate is signed, but it is not of the form this version writes."
        return CertificateReport((CertificateFault("certificate.unreadable", message),), False, None)
    return CertificateReport(tuple(faults), trusted_key is not None, body)


def _public_key(body: Mapping[str, Any]) -> Ed25519PublicKey:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(body["key"]["public"]))
    if key_id_of(key) != body["key"]["id"]:
        raise ValueError("the key's name is not its own")
    return key


def _key(key: Ed25519PublicKey, trusted: Ed25519PublicKey | bytes | None) -> Iterator[CertificateFault]:
    if isinstance(trusted, Ed25519PublicKey):
        trusted = trusted.public_bytes_raw()
    if trusted is not None and key.public_bytes_raw() != trusted:
        yield CertificateFault("certificate.key", "The certificate was signed with a key other than the trusted one.")


def _files(folder: Path, body: Mapping[str, Any]) -> Iterator[CertificateFault]:
    expected = {document["output"]: document["output_sha256"] for document in body["documents"]}
    expected |= body["companions"]
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not _is_folder(path)}
    for name, sha256 in sorted(expected.items()):
        path = found.pop(name, None)
        if path is None:
            yield CertificateFault("file.missing", f"{name} is not in the folder.")
        elif path.is_symlink() or not path.is_file() or hash_file(path) != sha256:
            yield CertificateFault("file.changed", f"{name} is not the file that was certified.")
    # Names of files nobody vouches for may say anything, so they are counted, not quoted.
    if extra := len(found.keys() - {CERTIFICATE_NAME}):
        yield CertificateFault("file.extra", f"The folder holds {extra} files that the certificate does not name.")


def _stays_inside(name: str) -> bool:
    """A hostile certificate must not make the receiving side open files of its own (or names too long to look up)."""
    return is_neutral_name(name) and max(map(len, name.split("/"))) < LONGEST_NAME


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _ledger(body: Mapping[str, Any], key: Ed25519PublicKey) -> Iterator[CertificateFault]:
    outputs: set[str] = set()
    for place, row in enumerate(body["ledger"], 1):
        entry: str = row["entry"]
        proof: Mapping[str, Json] = row["proof"]
        if not verify_inclusion(entry.encode(), proof, key):
            yield CertificateFault("ledger.proof", f"Ledger row {place} is not proved to be in the sender's ledger.")
            continue
        outputs.update(json.loads(entry)["entry"]["output_hashes"])
    certified = hash_set(document["output_sha256"] for document in body["documents"])
    if outputs != set(certified):
        yield CertificateFault("ledger.other-files", "The ledger rows are about other files than these.")
