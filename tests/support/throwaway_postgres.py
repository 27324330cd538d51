"""A PostgreSQL server made for one test session: its own folder, its own free port, loopback only."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PostgresServer", "start_postgres"]


def _binaries() -> Path | None:
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = [home for home in homes if (home / "initdb").exists()]
    if found:
        return found[0]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _as_server_user() -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings the user `postgres`."""
    if os.geteuid() != 0:
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        return []
    return ["runuser", "-u", "postgres", "--"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class PostgresServer:
    """A running server and how to talk to it."""

    binaries: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}"

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Create an empty database; drop it afterwards, ending connections left open."""
        import psycopg

        name = f"test_{secrets.token_hex(6)}"
        admin = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"{self.url}/{name}"
        finally:
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def stop_serving(self) -> None:
        """Stop at once, as a crash would: every connection is cut, transactions under way are lost."""
        self._control("-m", "immediate", "stop")

    def serve_again(self) -> None:
        """Start after `stop_serving`; what was committed is there."""
        self._control("-w", "-o", self.options, "-l", str(self.folder / "log"), "start")

    @property
    def options(self) -> str:
        return f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync=off -c full_page_writes=off"

    def _control(self, *arguments: str) -> None:
        command = [str(self.binaries / "pg_ctl"), "-D", str(self.folder / "db"), *arguments]
        quiet = subprocess.DEVNULL  # no pipe: the server would keep it open
        subprocess.run([*_as_server_user(), *command], check=True, stdout=quiet, stderr=quiet, cwd="/")

    def stop(self) -> None:
        """Stop at once and remove the folder."""
        command = [str(self.binaries / "pg_ctl"), "-D", str(self.folder / "db"), "-m", "immediate", "stop"]
        subprocess.run([*_as_server_user(), *command], check=False, capture_output=True, cwd="/")
        shutil.rmtree(self.folder, ignore_errors=True)


def start_postgres() -> PostgresServer | None:
    """Start a server, or None where PostgreSQL is not installed."""
    binaries = _binaries()
    if binaries is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="backbeat-pg-"))
    prefix = _as_server_user()
    if prefix:
        shutil.chown(folder, "postgres")
    port = _free_port()
    make = [str(binaries / "initdb"), "-D", str(folder / "db"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
    subprocess.run([*prefix, *make, "--locale=C.UTF-8"], check=True, capture_output=True, cwd="/")
    server = PostgresServer(binaries, folder, port)
    server.serve_again()
    return server
