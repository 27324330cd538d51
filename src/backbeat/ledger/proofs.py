"""Proofs that travel: what a certificate carries, and how anybody checks it with the public key alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backbeat.canonical import Json
from backbeat.ledger.errors import HeadRejected
from backbeat.ledger.heads import SignedHead
from backbeat.ledger.merkle import hash_leaf, is_consistent, is_included

__all__ = ["ConsistencyProof", "InclusionProof", "verify_consistency", "verify_inclusion"]


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Entry `seq` is under `head`; `path` is the siblings' hashes in hex, nearest first."""

    seq: int
    path: tuple[str, ...]
    head: SignedHead

    def to_json(self) -> dict[str, Json]:
        """As plain values, the form `verify_inclusion` also takes."""
        return {"seq": self.seq, "path": list(self.path), "head": self.head.to_json()}


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """The first `old_size` entries of `log` are the beginning of its first `new_size`."""

    log: str
    old_size: int
    new_size: int
    path: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """As plain values."""
        return {"log": self.log, "old_size": self.old_size, "new_size": self.new_size, "path": list(self.path)}


def verify_inclusion(
    entry: bytes, proof: InclusionProof | Mapping[str, Json], public_key: Ed25519PublicKey | bytes
) -> bool:
    """Whether `entry` (a leaf's bytes) is in the log whose head `public_key` signed. Needs no database and no network.

    `public_key` may be 32 raw bytes. Anything malformed is simply not a proof: False.
    """
    if isinstance(public_key, bytes):
        public_key = Ed25519PublicKey.from_public_bytes(public_key)
    value: object = proof.to_json() if isinstance(proof, InclusionProof) else proof
    if not isinstance(value, Mapping):
        return False
    try:
        head = SignedHead.from_json(value.get("head"))
        path = _unhexed(value.get("path"))
        envelope = json.loads(entry)
        root = bytes.fromhex(head.root)
    except (HeadRejected, ValueError, RecursionError):
        return False
    seq = value.get("seq")
    if type(seq) is not int or not isinstance(envelope, dict):
        return False
    if envelope.get("seq") != seq or envelope.get("log") != head.log:
        return False
    return is_included(hash_leaf(entry), seq, head.size, path, root) and head.is_signed_by(public_key)


def verify_consistency(
    old: SignedHead, new: SignedHead, proof: ConsistencyProof, public_keys: Sequence[Ed25519PublicKey]
) -> bool:
    """Whether the log under `old` is the beginning of the log under `new`, each signed by one of the keys."""
    if (old.log, old.size) != (proof.log, proof.old_size) or (new.log, new.size) != (proof.log, proof.new_size):
        return False
    if not all(any(head.is_signed_by(key) for key in public_keys) for head in (old, new)):
        return False
    try:
        path = _unhexed(proof.path)
        roots = bytes.fromhex(old.root), bytes.fromhex(new.root)
    except ValueError:
        return False
    return is_consistent(old.size, new.size, *roots, path)


def _unhexed(path: object) -> list[bytes]:
    if not isinstance(path, Sequence) or isinstance(path, str):
        raise ValueError("a path is a list")
    hashes = [bytes.fromhex(item) if isinstance(item, str) else b"" for item in path]
    if any(len(value) != 32 for value in hashes):
        raise ValueError("a path is a list of SHA-256 hashes")
    return hashes
