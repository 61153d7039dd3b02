"""R-PARTY-8: counters of attempts count the caller, behind proxies too, and are not dropped."""

import subprocess
import sys

import pytest
from allauth.core import ratelimit
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import RequestFactory

SPOOFED = "203.0.113.9"
PROXY = "10.0.0.1"


@pytest.fixture
def limit(db, settings):
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"register_organisation": "2/h/ip"}

    def attempt(forwarded: str = "", client: str = PROXY) -> bool:
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        request = RequestFactory().post("/register", headers=headers, REMOTE_ADDR=client)
        return bool(ratelimit.consume(request, action="register_organisation"))

    return attempt


def test_who_says_they_were_forwarded_is_not_believed(limit):
    attempts = [limit(f"203.0.113.{n}") for n in range(3)]

    assert attempts == [True, True, False]


def test_behind_one_proxy_each_caller_counts_alone(limit, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    first = [limit("198.51.100.1") for _ in range(3)]
    other = limit("198.51.100.2")
    # What the caller wrote stands left of what the proxy added.
    spoofed = [limit(f"203.0.113.{n}, 198.51.100.3") for n in range(3)]

    assert (first, other, spoofed) == ([True, True, False], True, [True, True, False])


@pytest.mark.parametrize(("said", "count"), [("", 0), ("2", 2)])
def test_the_environment_says_how_many_proxies_stand_in_front(said, count):
    shown = subprocess.run(
        [sys.executable, "-c", "from pilotharbor.web import settings as s; print(s.ALLAUTH_TRUSTED_PROXY_COUNT)"],
        env={"PYTHONPATH": "src", "PILOTHARBOR_TRUSTED_PROXIES": said, "PATH": ""},
        check=True, capture_output=True, text=True,
    )  # fmt: skip

    assert int(shown.stdout) == count


def test_many_other_counters_do_not_drop_a_live_one(limit):
    attempts = [limit(client="10.9.9.9") for _ in range(2)]
    for n in range(400):
        cache.set(f"a-noise-{n:04d}", n, 900)
        cache.set(f"~noise-{n:04d}", n, 900)

    assert [*attempts, limit(client="10.9.9.9")] == [True, True, False]
    assert django_settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 1_000_000
