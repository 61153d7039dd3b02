"""What every test may use."""

import os
from datetime import UTC, datetime

import hypothesis
import pytest

# A machine that is busy with something else is no fault of the code.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop.

AT = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Let several runs on one machine keep apart: PILOTHARBOR_TEST_SUFFIX names the database.

    Workers of one run have one each.
    """
    from django.conf import settings

    suffix = os.environ.get("PILOTHARBOR_TEST_SUFFIX")
    if suffix:
        name = f"test_{suffix}_{os.environ.get('PYTEST_XDIST_WORKER', '')}".rstrip("_")
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let the test database be emptied between tests that commit, as no other database can be.

    Django does that by TRUNCATE, which the append-only tables refuse; their refusal is proved in
    ``tests/kernel/test_append_only.py``, with the guards back in place.
    """
    from django.db import connection

    from pilotharbor.kernel import append_only

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in append_only.TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")


@pytest.fixture
def at() -> datetime:
    """The instant at which a test's commands happen."""
    return AT
