"""One force's installation of backbeat: where its data, keys and database are.

DATA/
├── backbeat.sqlite3     the embedded database, unless DATABASE_URL names a PostgreSQL
├── keys/                signing.pem (Ed25519), actor.key and pseudonym.key (HMAC); mode 0600
└── store/               content-addressed evidence and outputs
"""

import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from backbeat.errors import ConfigError
from backbeat.files import ContentStore, sync, write_whole

if TYPE_CHECKING:
    import sqlalchemy as sa
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["Installation"]

_SECRET_BYTES = 32


@dataclass(frozen=True)
class Installation:
    """A data directory and the database that goes with it."""

    data: Path
    database_url: str
    """An SQLAlchemy URL: `sqlite:///…` or `postgresql+psycopg://…`."""

    @classmethod
    def open(cls, data: Path | None = None, database_url: str | None = None) -> "Installation":
        """The installation named by the arguments, else by BACKBEAT_DATA and DATABASE_URL, else the user's own.

        Raises:
            ConfigError: DATABASE_URL is neither SQLite nor PostgreSQL.
        """
        if data is None:
            named = os.environ.get("BACKBEAT_DATA")
            home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
            data = Path(named) if named else home / "backbeat"
        data = data.absolute()
        url = database_url or os.environ.get("DATABASE_URL") or f"sqlite:///{data / 'backbeat.sqlite3'}"
        for short in ("postgres://", "postgresql://"):
            if url.startswith(short):
                url = "postgresql+psycopg://" + url.removeprefix(short)
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ConfigError(
                "backbeat runs on SQLite or PostgreSQL, and DATABASE_URL names neither.",
                where="environment variable DATABASE_URL",
                do="unset it for the embedded database, or set it to postgresql://user:password@host/name",
            )
        try:
            data.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ConfigError(
                f"The data folder could not be made ({error.strerror}).",
                where="environment variable BACKBEAT_DATA, --data, or the user's own data folder",
                do="name a folder that this user may write, on a disk that is not full",
            ) from error
        return cls(data, url)

    @cached_property
    def engine(self) -> "sa.Engine":
        """The SQLAlchemy engine for ledger and jobs; made on first use."""
        from backbeat.database import open_engine

        return open_engine(self.database_url)

    @cached_property
    def store(self) -> ContentStore:
        """The evidence and output store."""
        return ContentStore(self.data / "store")

    @cached_property
    def signing_key(self) -> "Ed25519PrivateKey":
        """The force's Ed25519 key for tree heads and certificates; made on first use.

        Raises:
            ConfigError: the file holds no such key.
        """
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        path = self.data / "keys" / "signing.pem"
        if not path.exists():
            fresh = Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            _create_once(path, fresh)
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError):  # cut short; or encrypted
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise _damaged(path, "an Ed25519 key; a new one cannot vouch for old records")
        return key

    def secret(self, name: str) -> bytes:
        """A 32-byte secret kept as keys/NAME.key, made on first use.

        In use: actor, pseudonym, seal; django, sessions and mfa by the station.

        Raises:
            ConfigError: the file is not 32 bytes long.
        """
        path = self.data / "keys" / f"{name}.key"
        if not path.exists():
            _create_once(path, secrets.token_bytes(_SECRET_BYTES))
        secret = path.read_bytes()
        if len(secret) != _SECRET_BYTES:
            raise _damaged(path, f"{_SECRET_BYTES} bytes; shorter, whatever it protects could be guessed")
        return secret


def _create_once(path: Path, content: bytes) -> None:
    """Write `content` unless another process was first; whoever was first wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    staged = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with write_whole(staged) as stream:
        stream.write(content)
    try:
        os.link(staged, path)
    except FileExistsError:
        pass
    finally:
        staged.unlink()
    # Before anything is signed with it: a key that a power cut takes back would leave heads nobody can account for.
    sync(path.parent)


def _damaged(path: Path, wanted: str) -> ConfigError:
    return ConfigError(
        f"The key {path.name} is damaged: it is not {wanted}.",
        where=f"{path.name} in the keys folder",
        do="restore it from your backup",
    )
