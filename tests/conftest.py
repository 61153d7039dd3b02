"""What every test may use."""

import os
from datetime import UTC, datetime

import pytest

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop.

AT = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Let several runs on one machine keep apart: PILOTHARBOR_TEST_SUFFIX names the database."""
    from django.conf import settings

    suffix = os.environ.get("PILOTHARBOR_TEST_SUFFIX")
    if suffix:
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_{suffix}"


@pytest.fixture
def at() -> datetime:
    """The instant at which a test's commands happen."""
    return AT
