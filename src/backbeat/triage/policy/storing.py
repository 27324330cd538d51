"""Where a force keeps its versions of the policy: signed files in a folder, and beside them the keys it trusts.

FOLDER/                   one force; DATA/triage/policies/FORCE in an installation
├── 0001.json, 0002.json  signed overlays, each following on the one before
└── trusted/*.pem         Ed25519 public keys of those who may sign

Whoever may write to this folder decides whom the force trusts. A file is added or the whole is refused; none is ever
changed or taken away, so that every earlier call can be decided again under the version it was decided under.
"""

import os
import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from backbeat.errors import InputRejected
from backbeat.files import sync, write_whole
from backbeat.triage.policies import Policy, PolicyShelf, open_policies
from backbeat.triage.policy.checking import apply_overlay
from backbeat.triage.policy.drafting import read_public_key
from backbeat.triage.policy.errors import PolicyRefused

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = ["add_version", "force_folder", "forces", "open_force", "trust_key"]

_FORCE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_NUMBERED = re.compile(r"[0-9]{4}\.json")
_TRUSTED = "trusted"
_ROOM = Path("triage") / "policies"
_MOST_BYTES = 4 << 20


def force_folder(data: Path, force: str) -> Path:
    """The folder of a force in an installation's data folder, whether or not it is there.

    Raises:
        InputRejected: that is no name of a force.
    """
    if not _FORCE.fullmatch(force):
        raise InputRejected(
            "That is no name a policy can be kept under.",
            where="the name of the force",
            do="use small letters, digits and dashes, such as exampleshire",
        )
    return data / _ROOM / force


def forces(data: Path) -> tuple[str, ...]:
    """The forces that keep a policy in an installation."""
    folder = data / _ROOM
    return tuple(sorted(p.name for p in folder.iterdir() if p.is_dir())) if folder.is_dir() else ()


def open_force(folder: Path) -> PolicyShelf:
    """The national policy with a force's versions over it. Read again only when a file changed.

    Raises:
        InputRejected: there is no such folder.
        PolicyRefused: a version is not signed by a trusted key, does not follow on the one before, or is not safe.
        KeyRefused: a trusted key is none.
    """
    if not folder.is_dir():
        raise InputRejected(
            "This force keeps no policy of its own here.",
            where="the policy folder of the force",
            do="name a force that does, trust a key for it first, or leave the force out for the national policy",
        )
    names = [*_versions(folder), *sorted((folder / _TRUSTED).glob("*.pem"))]
    # Where a file is replaced the number of its inode changes, also within one tick of the clock.
    stamps = tuple((path.name, (s := path.stat()).st_size, s.st_mtime_ns, s.st_ino) for path in names)
    return _open(folder, stamps)


def add_version(folder: Path, signed: bytes) -> Policy:
    """Keep a signed version, once it has been tried; returns the policy it makes.

    Raises:
        PolicyRefused: it may not be used, or another version was added meanwhile. Nothing was kept.
        InputRejected: no key is trusted yet.
        KeyRefused: a trusted key is none.
    """
    before = open_force(folder)
    trusted = _trusted(folder)
    if not trusted:
        raise InputRejected(
            "No key is trusted for this force, so no version can be used.",
            where="the trusted keys of the policy folder",
            do="trust the public key of whoever signs policies, with `backbeat triage policy trust`",
        )
    _, checked = apply_overlay(before, signed, trusted)
    path = folder / f"{len(_versions(folder)) + 1:04}.json"
    staged = folder / f".{secrets.token_hex(8)}"
    with write_whole(staged, mode=0o400) as stream:
        stream.write(signed)
    try:
        os.link(staged, path)
    except FileExistsError:
        raise PolicyRefused(
            "Another version was added meanwhile, so this one no longer follows on the newest.",
            where="the policy folder of the force",
            do="make the change again from the version that is newest now",
        ) from None
    finally:
        staged.unlink()
    sync(folder)
    return checked.policy


def trust_key(folder: Path, key: "Ed25519PublicKey") -> str:
    """Trust a public key from now on; returns its id. Makes the folder of a new force."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from backbeat.rulebook import key_id

    trusted = folder / _TRUSTED
    trusted.mkdir(parents=True, exist_ok=True, mode=0o700)
    id_ = key_id(key)
    with write_whole(trusted / f"{id_}.pem") as stream:
        stream.write(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return id_


@lru_cache(maxsize=16)
def _open(folder: Path, stamps: tuple[tuple[str, int, int, int], ...]) -> PolicyShelf:
    shelf, trusted = open_policies(), _trusted(folder)
    for path in _versions(folder):
        with path.open("rb") as stream:
            shelf, _ = apply_overlay(shelf, stream.read(_MOST_BYTES + 1), trusted)
    return shelf


def _versions(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _NUMBERED.fullmatch(path.name))


def _trusted(folder: Path) -> list["Ed25519PublicKey"]:
    return [read_public_key(path) for path in sorted((folder / _TRUSTED).glob("*.pem"))]
