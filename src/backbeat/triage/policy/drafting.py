"""From proposed tables to a draft overlay, and from a draft to a signed one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from backbeat.canonical import Json, canonical_json
from backbeat.errors import Bug, InputRejected
from backbeat.rulebook import sign_overlay
from backbeat.triage.policy.diffing import TableChange, compare_tables
from backbeat.triage.policy.errors import KeyRefused, SheetRefused
from backbeat.triage.policy.proposing import DEFAULT, TIE, Proposal, text_rows_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = [
    "Signature",
    "draft_overlay",
    "read_draft",
    "read_private_key",
    "read_public_key",
    "sign_draft",
    "write_draft",
]

MOST_DRAFT_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands over a version besides its tables."""

    id: str
    """Letters, digits, dots and dashes; no version of the policy may have it yet."""
    valid_from: date
    """First day in force."""
    dated: date
    """Day it was written."""
    author: str
    why: str


def draft_overlay(proposal: Proposal, about: Signature) -> dict[str, Json]:
    """The draft of an overlay with only the tables that change, each as a whole, and the documents they cite.

    Raises:
        SheetRefused: nothing changes.
    """
    edition = proposal.about
    before = {name: edition.tables[name] for name in proposal.tables}
    changes = compare_tables(before, proposal.tables)
    if not changes:
        raise SheetRefused(
            "Nothing changes: every table reads as it does in the version in force.",
            where=f"draft {about.id}",
            do="change a table first",
        )
    tables = {change.table: _table(proposal, change) for change in changes}
    cited = {
        row["document"] for change in changes for row in text_rows_of(proposal.tables[change.table]) if row["document"]
    }
    documents: list[Json] = [
        {"id": one.id, "title": one.title, "date": one.date.isoformat(), "citation": one.citation}
        for one in proposal.documents
        if one.id in cited
    ]
    draft: dict[str, Json] = {
        "id": about.id,
        "edition": edition.base,
        "previous": edition.hash,
        "valid_from": about.valid_from.isoformat(),
        "dated": about.dated.isoformat(),
        "author": about.author,
        "why": about.why,
        "tables": tables,
    }
    return {**draft, "documents": documents} if documents else draft


def write_draft(draft: Mapping[str, Json]) -> bytes:
    """A draft as JSON that people can read; the same draft gives the same bytes."""
    return json.dumps(draft, indent=2, ensure_ascii=False).encode() + b"\n"


def read_draft(data: bytes) -> dict[str, Json]:
    """A draft from JSON. What stands in it is checked where the policy is at hand.

    Raises:
        InputRejected: it is no JSON map, or larger than any policy.
    """
    try:
        if len(data) > MOST_DRAFT_BYTES:
            raise ValueError("too large")
        draft = json.loads(data.decode("utf-8-sig"), parse_float=_no_number, parse_constant=_no_number)
        if not isinstance(draft, dict):
            raise ValueError("no map")
        canonical_json(draft)  # what has no single spelling cannot be signed
    except (ValueError, RecursionError, Bug):
        raise InputRejected(
            "This is no draft of a policy.",
            where="the draft",
            do="give a draft as `backbeat triage policy draft` or the station wrote it",
        ) from None
    return draft


def sign_draft(draft: Mapping[str, Json], key: "Ed25519PrivateKey") -> bytes:
    """The signed overlay. Check the draft first: a signature says who, not that it is right."""
    return sign_overlay(draft, key)


def read_private_key(path: Path) -> "Ed25519PrivateKey":
    """The key of who signs, from a PEM file without a password, as the installation keeps its own.

    Raises:
        KeyRefused: it is none.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        key = None
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise KeyRefused(
        "The signing key could not be read as an Ed25519 private key.",
        where="the file of the signing key",
        do="give a PEM file with such a key and no password, readable by you alone",
    )


def read_public_key(path: Path) -> "Ed25519PublicKey":
    """A key that is trusted, from a PEM file.

    Raises:
        KeyRefused: it is none.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError):
        key = None
    if isinstance(key, Ed25519PublicKey):
        return key
    raise KeyRefused(
        "A trusted key could not be read as an Ed25519 public key.",
        where="the trusted keys of the policy folder",
        do="put there PEM files with the public keys of those who may sign policies",
    )


def _table(proposal: Proposal, change: TableChange) -> Json:
    rows = text_rows_of(proposal.tables[change.table])
    plain: list[Json] = [dict(row) for row in rows if row["id"] not in (DEFAULT, TIE)]
    table: dict[str, Json] = {}
    if change.moved or any(row.row not in (DEFAULT, TIE) for row in change.rows):
        table["rows"] = plain
    if any(row.row == DEFAULT for row in change.rows):
        default = next(row for row in rows if row["id"] == DEFAULT)
        ending = {o.name for o in proposal.tables[change.table].outputs} | {"document", "page", "why"}
        table["default"] = {name: text for name, text in default.items() if name in ending}
    return table


def _no_number(_: str) -> None:
    raise ValueError("a draft holds text only")
