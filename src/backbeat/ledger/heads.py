"""Signed tree heads, and the keys that sign them.

A head says: at this time this log had this many entries and this root. It is signed with Ed25519 over canonical JSON.
Whoever keeps a head somewhere else can later prove that nothing before it was changed, dropped or reordered.

The public key of every signing key ever used stays in DATA/keys/ledger-ID.pub (32 raw bytes in hex), so that heads
signed before a change of key still verify.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backbeat.canonical import Json, canonical_json
from backbeat.files import write_whole
from backbeat.installation import Installation
from backbeat.ledger.errors import HeadRejected

__all__ = ["Keys", "SignedHead", "key_id_of"]


def key_id_of(public_key: Ed25519PublicKey) -> str:
    """Short name of a public key: the first 16 hex digits of the SHA-256 of its raw bytes."""
    return hashlib.sha256(public_key.public_bytes_raw()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class SignedHead:
    """One log's size and root at one time, signed. Root and signature are lower-case hex; `at` is UTC ms."""

    log: str
    size: int
    root: str
    at: int
    key_id: str
    signature: str

    def signed_bytes(self) -> bytes:
        """What the signature is over."""
        body: Json = {"at": self.at, "key_id": self.key_id, "log": self.log, "root": self.root, "size": self.size}
        return canonical_json({"backbeat tree head": body})

    def is_signed_by(self, public_key: Ed25519PublicKey) -> bool:
        """Whether the signature is this key's."""
        try:
            signature = bytes.fromhex(self.signature)
            public_key.verify(signature, self.signed_bytes())
        except (InvalidSignature, ValueError):
            return False
        # One signature, one spelling: upper case or spaces in the hex would be a change nobody noticed.
        return signature.hex() == self.signature and key_id_of(public_key) == self.key_id

    def to_json(self) -> dict[str, Json]:
        """As plain values."""
        return {
            "log": self.log,
            "size": self.size,
            "root": self.root,
            "at": self.at,
            "key_id": self.key_id,
            "signature": self.signature,
        }

    @classmethod
    def from_json(cls, value: object) -> "SignedHead":
        """The head spelt by `value`.

        Raises:
            HeadRejected: a field is absent, extra or of the wrong type.
        """
        fields = {"log": str, "size": int, "root": str, "at": int, "key_id": str, "signature": str}
        if (
            not isinstance(value, Mapping)
            or set(value) != set(fields)
            or any(type(value[name]) is not kind for name, kind in fields.items())
            or value["size"] < 0
            or len(value["root"]) != 64
        ):
            raise HeadRejected(
                "This is not a signed tree head.",
                where="the saved head",
                do="use a file written by `backbeat ledger head`",
            )
        return cls(**value)


class Keys:
    """The signing key of one installation, every public key it has had, and the seal key."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._folder = installation.data / "keys"
        self._public: dict[str, Ed25519PublicKey] = {}
        self._accepted: SignedHead | None = None

    @cached_property
    def seal_key(self) -> bytes:
        """The key of the seals on entries."""
        return self._installation.secret("seal")

    @cached_property
    def key_id(self) -> str:
        """Name of the key that signs now; its public half is put on file the first time it is asked for."""
        public_key = self._installation.signing_key.public_key()
        name = key_id_of(public_key)
        path = self._folder / f"ledger-{name}.pub"
        if not path.exists():
            with write_whole(path) as stream:
                stream.write(public_key.public_bytes_raw().hex().encode() + b"\n")
        self._public[name] = public_key
        return name

    def sign(self, log: str, size: int, root: bytes, at: int) -> SignedHead:
        """A head signed with the present key."""
        unsigned = SignedHead(log, size, root.hex(), at, self.key_id, "")
        signature = self._installation.signing_key.sign(unsigned.signed_bytes())
        self._accepted = replace(unsigned, signature=signature.hex())
        return self._accepted

    def accept(self, head: SignedHead) -> bool:
        """Whether the head was signed by a key this installation has or had."""
        if head == self._accepted:  # the head that we signed or checked a moment ago, field for field
            return True
        public_key = self._public_key(head.key_id)
        if public_key is None or not head.is_signed_by(public_key):
            return False
        self._accepted = head
        return True

    def _public_key(self, name: str) -> Ed25519PublicKey | None:
        if name == self.key_id or name in self._public:
            return self._public[name]
        if len(name) != 16 or not set(name) <= set("0123456789abcdef"):
            return None
        try:
            raw = bytes.fromhex((self._folder / f"ledger-{name}.pub").read_text("ascii").strip())
            public_key = Ed25519PublicKey.from_public_bytes(raw)
        except (OSError, ValueError):
            return None
        if key_id_of(public_key) != name:
            return None
        self._public[name] = public_key
        return public_key
