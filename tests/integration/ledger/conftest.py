import pytest

from backbeat.installation import Installation


@pytest.fixture
def anywhere(any_database: str, tmp_path):
    """An installation on each database, its connections closed afterwards."""
    installation = Installation.open(tmp_path / "data", any_database)
    yield installation
    installation.engine.dispose()
