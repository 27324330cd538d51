"""Installations for the runner's tests, and the functions that other processes must be able to import."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backbeat.installation import Installation
from backbeat.runner import JobQueue, Terms

sys.path.insert(0, str(Path(__file__).parent))  # other processes get this path and import runner_units from it


@pytest.fixture
def any_installation(any_database: str, tmp_path: Path) -> Iterator[Installation]:
    """An installation, once on each database."""
    installation = Installation.open(tmp_path / "data", any_database)
    yield installation
    installation.engine.dispose()


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now_ms = 1_000_000

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(any_installation: Installation, clock: Clock) -> JobQueue:
    """A queue with a lease of one second and a back-off of 100 ms, on each database, in simulated time."""
    return JobQueue.open(any_installation, terms=Terms(lease_ms=1000, backoff_ms=100), clock=clock)
