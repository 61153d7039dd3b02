"""Series are no models: what a test has committed of them, Django does not empty."""

import pytest
from django.db import connection

from pilotharbor.telemetry.commands import series


@pytest.fixture(autouse=True)
def _no_series_left(request):
    marker = request.node.get_closest_marker("django_db")
    yield
    if marker is None or not marker.kwargs.get("transaction"):
        return
    request.getfixturevalue("django_db_blocker").unblock()
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent::regclass::text"
                " IN ('telemetry_sample', 'telemetry_minute', 'telemetry_hour')"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TABLE {name}")
            cursor.execute("TRUNCATE telemetry_latest")
    finally:
        request.getfixturevalue("django_db_blocker").restore()
    series._room.clear()
