"""Making and signing a certificate.

The file is canonical JSON, byte for byte: `{"backbeat_certificate": BODY, "signature": HEX}`, where the signature is
Ed25519 over the canonical JSON of `{"backbeat certificate": BODY}`. The body carries the public key, the ledger row of
the work and the proof that the row stands in the ledger, so that everything can be checked without a network.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import backbeat
from backbeat.canonical import Json, canonical_json
from backbeat.errors import Bug
from backbeat.files import hash_file, write_whole
from backbeat.redaction.certificate.statement import Statement, is_neutral_name
from backbeat.redaction.verify import VERIFIER_VERSION, reader_versions

if TYPE_CHECKING:
    from backbeat.installation import Installation
    from backbeat.ledger import Ledger

__all__ = ["CERTIFICATE_NAME", "FORMAT", "issue", "signed_bytes"]

CERTIFICATE_NAME = "certificate.json"
FORMAT = 1


def issue(
    installation: "Installation", ledger: "Ledger", seqs: Sequence[int], folder: Path, statement: Statement
) -> dict[str, Json]:
    """Sign what was done and write it to `folder`/certificate.json; the certificate is also returned.

    Args:
        installation: whose signing key signs.
        ledger: where the rows stand.
        seqs: the ledger rows of this work. Their output hashes together are those of the documents.
        folder: where the redacted files already are.
        statement: what is certified.

    Raises:
        Bug: a file named in the statement is not there, or a name leads out of the folder.
    """
    from backbeat.ledger import key_id_of

    public_key = installation.signing_key.public_key()
    body: dict[str, Json] = {
        "companions": {name: _hash(folder, name) for name in statement.companions},
        "detectors": dict(statement.detectors),
        "documents": [document.to_json(_hash(folder, document.output)) for document in statement.documents],
        "force": statement.force,
        "format": FORMAT,
        "id": str(uuid.uuid4()),
        "issued_at": statement.issued_at.astimezone(UTC).isoformat(timespec="seconds"),
        "key": {"id": key_id_of(public_key), "public": public_key.public_bytes_raw().hex()},
        "ledger": [_row(ledger, seq) for seq in seqs],
        "profile": {
            "edition": statement.profile.edition_id,
            "edition_hash": statement.profile.edition_hash,
            "id": statement.profile.id,
        },
        "reviewer": {"actor": statement.actor, "name": statement.reviewer, "role": statement.reviewer_role},
        "software": backbeat.__version__,
        "timings": {
            "active_ms": statement.timings.active_ms,
            "machine_ms": statement.timings.machine_ms,
            "review_ms": statement.timings.review_ms,
            "rework_ms": statement.timings.rework_ms,
        },
        "verification": {"findings": 0, "readers": dict(reader_versions()), "verifier": VERIFIER_VERSION},
    }
    signature = installation.signing_key.sign(signed_bytes(body)).hex()
    certificate: dict[str, Json] = {"backbeat_certificate": body, "signature": signature}
    with write_whole(folder / CERTIFICATE_NAME, mode=0o644) as stream:
        stream.write(canonical_json(certificate))
    return certificate


def signed_bytes(body: Mapping[str, Json]) -> bytes:
    """What the signature is over; the name in front keeps it from being taken for a signature on anything else."""
    return canonical_json({"backbeat certificate": body})


def _hash(folder: Path, name: str) -> str:
    if not is_neutral_name(name) or not (folder / name).is_file():
        raise Bug("a certificate names a file that is not in its folder")
    return hash_file(folder / name)


def _row(ledger: "Ledger", seq: int) -> dict[str, Json]:
    # The entry is canonical JSON, which is text; as a string it comes back byte for byte.
    return {"entry": ledger.entry(seq).decode(), "proof": ledger.inclusion(seq).to_json()}
