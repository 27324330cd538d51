"""Fixtures every category may use. Anything only one room needs lives beside that room's tests.

`browser` and `station` are here because each may exist once in a process: two Playwrights refuse to run in one thread.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from module_sizes import sentence
from station_fixtures import browser, station
from throwaway_postgres import PostgresServer, start_postgres

from backbeat.installation import Installation

__all__ = ["browser", "station"]

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_report_header() -> str:
    """Say how the house stands on every run."""
    return f"backbeat: {sentence()}"


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """A fresh installation on the embedded database."""
    return Installation.open(tmp_path / "data", f"sqlite:///{tmp_path / 'backbeat.sqlite3'}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of reference data beside the checkout; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("reference data folder is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A real PostgreSQL on loopback, made for this test session and thrown away with it."""
    server = start_postgres()
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """SQLAlchemy URL of a fresh, empty PostgreSQL database."""
    with postgres_server.fresh_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLAlchemy URL of a fresh database, once for each database backbeat runs on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'backbeat.sqlite3'}"
    url = request.getfixturevalue("postgres_url")
    assert isinstance(url, str)
    return url
