"""Fixtures for the redaction desk inside the test process."""

from contextlib import contextmanager

import desk_cases  # noqa: F401 - sets Django up before any test imports it
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def django_queries():
    """A context manager that gathers the queries Django's own connection is asked."""

    @contextmanager
    def gather():
        with CaptureQueriesContext(connection) as asked:
            yield asked

    return gather
