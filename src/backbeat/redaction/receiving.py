"""What the receiving side can check of an output folder, offline, with nothing but the folder and this software."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from backbeat.redaction.errors import KeyUnreadable, OutputRefused
from backbeat.redaction.formats.sniff import PDF
from backbeat.redaction.output_folder import MANIFEST, SUGGESTIONS

__all__ = ["read_key", "verify_output"]

FOR_THE_SENDER = frozenset({MANIFEST, SUGGESTIONS})
"""Companions that the sender may keep back: they name the inputs."""


def verify_output(folder: Path, trusted_key: bytes | None = None) -> dict[str, Any]:
    """Signature, hashes, ledger proof; and a warning for text in a PDF that cannot be seen on its pages.

    Such text is no proof of a bad redaction: originals have it too, and what was removed was searched for before
    release. But nobody saw it on the page, so whoever passes the file on should know.

    Args:
        folder: the output folder as received.
        trusted_key: the sender's public key (32 bytes) known from elsewhere; without it the report says
            `"trusted": false`, because then anybody could have signed.

    Returns:
        `ok`, `trusted`, `faults` and `warnings` (`kind`, `message`), `kept_back` (companions the sender kept), and
        what the certificate states where its signature holds.

    Raises:
        OutputRefused: there is no such folder.
        InputRejected: the folder has no certificate that can be read; nothing in it is vouched for.
    """
    from backbeat.redaction import certificate

    if not folder.is_dir():
        raise OutputRefused("There is no such folder.", where="the output folder", do="check the path")
    certificate.load(folder)
    report = certificate.check(folder, trusted_key)
    body: Mapping[str, Any] = report.certificate or {}
    kept_back = sorted(
        name for name in FOR_THE_SENDER & set(body.get("companions", ())) if not (folder / name).exists()
    )
    excused = {f"{name} is not in the folder." for name in kept_back}
    faults = [
        {"kind": fault.kind, "message": fault.message}
        for fault in report.faults
        if not (fault.kind == "file.missing" and fault.message in excused)
    ]
    return {
        "ok": not faults,
        "trusted": report.trusted and not faults,
        "faults": faults,
        "warnings": list(_hidden_text(folder, body)),
        "kept_back": kept_back,
        "issued_at": body.get("issued_at"),
        "key": body.get("key", {}).get("id"),
        "documents": [
            {name: document[name] for name in ("output", "output_sha256", "input_sha256", "pages", "removed")}
            for document in body.get("documents", ())
        ],
    }


def _hidden_text(folder: Path, body: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    from backbeat.redaction import verify

    for document in body.get("documents", ()):
        path = folder / document["output"]
        if document["media_type"] == PDF and path.is_file():
            for finding in verify.inspect(path):
                place = document["output"] if finding.page is None else f"{document['output']}, page {finding.page}"
                yield {"kind": finding.check, "message": f"{finding.message} ({place})"}


def read_key(given: str) -> bytes:
    """The 32 bytes of a public key given as 64 hex digits or as the path of a PEM file.

    Raises:
        KeyUnreadable: it is neither.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        if len(given) == 64:
            return bytes.fromhex(given)
        key = load_pem_public_key(Path(given).read_bytes())
        if isinstance(key, Ed25519PublicKey):
            return key.public_bytes_raw()
    except (OSError, ValueError):
        pass
    raise KeyUnreadable(
        "The public key could not be read as Ed25519.",
        where="--key",
        do="give 64 hex digits, or the path of a PEM file with the sender's public key",
    )
