"""A harbour inside the test process: the real site over its WSGI door, the worker's work on demand."""

import secrets
import time
from datetime import UTC, datetime

import httpx
import pytest

from pilotharbor.kernel import feeder
from pilotharbor.parties import commands as parties
from pilotharbor.web.voyage import checks
from pilotharbor.web.voyage.client import Harbour
from pilotharbor.web.voyage.player import HOST, Voyage
from pilotharbor.web.wsgi import application
from tests.factories.finance import restore_rules

PASSWORD = secrets.token_urlsafe(16)
HOST_CODE = "12330200MB0A0000XC"


def settle():
    until = time.monotonic() + 60
    while feeder.drain() or feeder.backlog():
        assert time.monotonic() < until, "a handler keeps failing"
        time.sleep(0.01)


@pytest.fixture
def harbour(transactional_db, settings):
    restore_rules()
    settings.EXERCISE_CLOCK = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    parties.found(
        name="测试港",
        uscc=HOST_CODE,
        administrator_name="管理员",
        email="admin@harbor.example",
        password=PASSWORD,
        at=datetime(2025, 6, 1, tzinfo=UTC),
    )
    transport = httpx.WSGITransport(app=application)
    with httpx.Client(transport=transport, base_url="http://127.0.0.1") as http:
        made = Harbour(http, settle=settle)
        made.knows(HOST, "admin@harbor.example", PASSWORD, role="platform_operator")
        yield made


@pytest.fixture
def play(harbour):
    """Play a case given as data; the voyage with its outcome."""

    def run(data):
        case = checks.parse(data)
        harbour.at = None
        voyage = Voyage(
            case=case,
            harbour=harbour,
            password=PASSWORD,
            say=lambda *_: None,
            email=lambda key: f"{key}@{case.id}.example",
        )
        voyage.play()
        return voyage

    return run
