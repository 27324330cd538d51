"""Fixtures for the crime desk inside the test process."""

from contextlib import contextmanager

import crime_desk  # noqa: F401 - sets Django up before any test imports it
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
