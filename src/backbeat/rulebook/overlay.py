"""Force overlays: signed, dated versions of an edition in which a force changes the tables that are its own.

A draft is a map of text (from YAML or a form):

    id, edition (the edition's id), previous (hash of the version it changes), valid_from, dated, author, why,
    documents: the force's own sources, where its rows cite any
    tables: table id → {rows: the whole table} or {put: rows by id, drop: row ids}, and a new default if it needs one
    examples: more examples, as in examples.yaml

`put` replaces a row in its place, or adds it after the last; where order matters give `rows`. Inputs, outputs and hit
policy stay the edition's, and so do its examples: all of them must still pass.
"""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from backbeat.canonical import Json, canonical_json, sha256_hex
from backbeat.errors import Bug
from backbeat.rulebook.edition import Edition
from backbeat.rulebook.examples import read_examples, run_examples
from backbeat.rulebook.loading import EDITION_ID, Loaded, read_day, read_documents
from backbeat.rulebook.sources import Faults, Fields
from backbeat.rulebook.table import Table
from backbeat.rulebook.tables import TableSource, TextRow, make_table

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = ["apply_overlay", "key_id", "sign_overlay"]

SCHEMA = "backbeat.rulebook.overlay/1"
MAX_BYTES = 4 << 20


@dataclass(frozen=True)
class _Signed:
    """An overlay as it arrived, its signature checked."""

    digest: str
    body: dict[str, object]


def key_id(key: "Ed25519PublicKey") -> str:
    """SHA-256 of the raw public key, lower-case hex."""
    return sha256_hex(key.public_bytes_raw())


def sign_overlay(draft: Mapping[str, Json], key: "Ed25519PrivateKey") -> bytes:
    """Sign a draft. What it may contain is checked when it is applied, where the edition is at hand."""
    signature = key.sign(_message(draft)).hex()
    envelope: dict[str, Json] = {
        "schema": SCHEMA,
        "key": key_id(key.public_key()),
        "signature": signature,
        "overlay": draft,
    }
    return canonical_json(envelope)


def apply_overlay(
    data: bytes, versions: Sequence[Loaded], trusted: Sequence["Ed25519PublicKey"], faults: Faults
) -> Loaded | None:
    """The version that `data` makes out of the newest version of its edition; None with every fault recorded.

    Args:
        data: from `sign_overlay`.
        versions: the editions and their versions so far, oldest first.
        trusted: keys whose signature counts.
        faults: where faults go.
    """
    before = len(faults.found)
    signed = _open(data, trusted, faults)
    if signed is None:
        return None
    fields = Fields(signed.body, faults)
    id_, about, previous = fields.text("id"), fields.text("edition"), fields.text("previous")
    for name in ("author", "why"):
        fields.text(name)
    valid_from, _ = read_day(fields, "valid_from"), read_day(fields, "dated")
    documents = read_documents(fields, required=False)
    changes, more = fields.raw("tables"), fields.raw("examples")
    fields.done()
    chain = [one for one in versions if one.edition.base == about]
    if not chain:
        faults.add("names an edition that is not on the shelf")
        return None
    base = chain[-1]
    if previous != base.edition.hash:
        faults.add("previous is not the hash of the newest version of the edition")
    _check_dates(valid_from, base.edition, faults)
    for name in sorted(documents.keys() & base.edition.documents.keys()):
        faults.add(f"document id {name} is the edition's own")
    if not EDITION_ID.fullmatch(id_ or "missing"):
        faults.add("id must be letters, digits, dots and dashes")
    if f"{about}+{id_}" in {one.edition.id for one in chain}:
        faults.add(f"overlay id {id_} is used twice")
    made = _change(base, changes, {**base.edition.documents, **documents}.keys(), faults)
    if made is None or len(faults.found) > before or valid_from is None:
        return None
    sources, tables = made
    edition = replace(
        base.edition,
        id=f"{about}+{id_}",
        valid_from=valid_from,
        documents={**base.edition.documents, **documents},
        tables=tables,
        hash=sha256_hex(canonical_json({"previous": base.edition.hash, "overlay": signed.digest})),
    )
    added = read_examples(more, tables, faults.under("examples")) if more is not None else ()
    version = Loaded(edition, base.examples + added, sources)
    ids = [example.id for example in version.examples]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        faults.add(f"example id {twice} is used twice")
    for found in run_examples(edition, version.examples):
        faults.add(f"example {found.line()}")
    return version if len(faults.found) == before else None


def _message(body: Mapping[str, Json]) -> bytes:
    # The schema in front keeps a signature over something else from ever passing as one over an overlay.
    return SCHEMA.encode() + b"\n" + canonical_json(body)


def _open(data: bytes, trusted: Sequence["Ed25519PublicKey"], faults: Faults) -> _Signed | None:
    from cryptography.exceptions import InvalidSignature

    try:
        envelope = (
            json.loads(data, parse_float=_no_number, parse_constant=_no_number) if len(data) <= MAX_BYTES else None
        )
    except (ValueError, RecursionError):
        envelope = None
    if not isinstance(envelope, dict) or envelope.get("schema") != SCHEMA:
        faults.add(f"is not an overlay of schema {SCHEMA}")
        return None
    body, signature = envelope.get("overlay"), envelope.get("signature")
    key = next((key for key in trusted if key_id(key) == envelope.get("key")), None)
    if not isinstance(body, dict):
        faults.add("holds no overlay")
        return None
    # The hash of a version covers these bytes, so one signed overlay must not come in two spellings.
    try:
        canonical = canonical_json(envelope) == data
    except Bug:  # it holds what has no single spelling
        canonical = False
    if not canonical:
        faults.add("is not written canonically; load the bytes that were signed")
        return None
    if key is None:
        faults.add("is signed with a key that is not trusted")
    else:
        try:
            raw = bytes.fromhex(str(signature))
            if raw.hex() != signature:
                raise ValueError("another spelling of the signature")
            key.verify(raw, _message(body))
        except (InvalidSignature, ValueError, Bug):
            faults.add("the signature does not belong to this overlay")
    return _Signed(sha256_hex(data), body)


def _no_number(text: str) -> object:
    raise ValueError("an overlay holds text only")


def _check_dates(valid_from: date | None, newest: Edition, faults: Faults) -> None:
    if valid_from is None:
        return
    if valid_from < newest.valid_from:
        faults.add("valid_from is before the version it changes")
    if newest.valid_to is not None and valid_from > newest.valid_to:
        faults.add("valid_from is after the edition's last day")


def _change(
    base: Loaded, changes: object, documents: AbstractSet[str], faults: Faults
) -> tuple[dict[str, TableSource], dict[str, Table]] | None:
    if not isinstance(changes, dict) or not changes:
        faults.add("tables is missing")
        return None
    sources, tables = dict(base.sources), dict(base.edition.tables)
    for name, change in changes.items():
        about = faults.under(f"table {name}")
        if name not in tables:
            about.add("is not a table of the edition")
        elif tables[name].locked:
            about.add("is locked; a force may not change it")
        else:
            sources[name] = _patched(sources[name], Fields(change, about))
            table = make_table(sources[name], documents, about)
            if table is not None:
                tables[name] = table
    return sources, tables


def _patched(source: TableSource, fields: Fields) -> TableSource:
    rows = _rows(fields, "rows")
    put, drop = _rows(fields, "put"), fields.items("drop", required=False)
    default = fields.raw("default")
    fields.done()
    if rows and (put or drop):
        fields.faults.add("give either rows, or put and drop")
    if not (rows or put or drop or default is not None):
        fields.faults.add("changes nothing")
    kept = list(rows or source.rows)
    ids = {row.get("id"): place for place, (_, row) in enumerate(kept)}
    for gone in drop:
        if not isinstance(gone, str) or gone not in ids:
            fields.faults.add("drop names a row that is not there")
    for one in put:
        place = ids.get(one[1].get("id"))
        if place is None:
            kept.append(one)
        else:
            kept[place] = one
    kept = [row for row in kept if row[1].get("id") not in drop]
    declared = source.declared if default is None else source.declared.with_default(default)
    return TableSource(declared, None, tuple(kept))


def _rows(fields: Fields, name: str) -> list[TextRow]:
    rows: list[TextRow] = []
    for number, row in enumerate(fields.items(name, required=False), 1):
        if isinstance(row, dict) and all(isinstance(value, str) for value in row.values()):
            rows.append((f"{name} {number}", row))
        else:
            fields.faults.add(f"{name} {number} is not a map of columns to text")
    return rows
