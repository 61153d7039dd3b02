"""A real Chromium, at a desk and on a phone, in both languages, with checks any page must pass."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

HERE = Path(__file__).parent
SHOTS = HERE.parents[1] / "screenshots"
CHECKS = (HERE / "checks.js").read_text(encoding="utf-8")
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What the Content-Security-Policy would refuse: style and handler attributes, inline scripts.
INLINE = re.compile(
    r"<[^>]*\s(?:style|on[a-z]+)=[^>]*>|<script(?![^>]*(?:src=|application/(?:ld\+)?json))[^>]*>",
    re.IGNORECASE,
)
# Words that stay Latin in a Chinese page: names, codes, units.
ALLOWED = [
    "PilotHarbor", "English", "Esc", "App", "app", "Excel", "Word", "PowerPoint", "Chrome", "Chromium", "HeadlessChrome", "Safari",
    "Mozilla", "AppleWebKit", "Gecko", "Linux", "KHTML", "like", "pH", "kg", "mg", "mL", "mm", "kW", "kWh", "MPa",
    "bp", "min", "example", "invalid", "INV", "Bearer", "OpenAPI",
    # What is typed as it stands: kinds of addresses, keys of tags.
    "mqtt", "mqtts", "opc", "tcp", "ns", "temperature", "plant",
]  # fmt: skip


@dataclass
class Watched:
    """A page and what went wrong on it so far."""

    page: Page
    base: str
    noise: list[str] = field(default_factory=list)

    def go(self, path: str, *, status: int = 200) -> Page:
        """Open a path of the harbour and wait until it is at rest."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        for inline in INLINE.findall(answer.text()):
            self.noise.append(f"{path}: inline {inline.strip()}")
        self.page.wait_for_load_state("networkidle")
        return self.page

    def complaints(self) -> list[str]:
        """Everything the checks dislike on the page as it is now."""
        return [*self.noise, *self.page.evaluate(CHECKS, ALLOWED)]

    def shot(self, name: str) -> Path:
        """Write a picture of the whole page to ``screenshots/``, for people to look at."""
        SHOTS.mkdir(exist_ok=True)
        path = SHOTS / f"{name}.png"
        size = self.page.viewport_size
        assert size is not None
        height = self.page.evaluate("document.documentElement.scrollHeight")
        # A window as tall as the page keeps sticky bars where people see them.
        self.page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
        self.page.screenshot(path=path, animations="disabled")
        self.page.set_viewport_size(size)
        return path

    def assert_fine(self, name: str) -> None:
        """Take the picture, then fail with every complaint at once."""
        self.shot(name)
        complaints = self.complaints()
        assert not complaints, "\n".join([name, *complaints])


def _chromium() -> str | None:
    named = os.environ.get("PILOTHARBOR_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run: the system's if there is one, else Playwright's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        yield browser
        browser.close()


expect.set_options(timeout=30_000)

type Open = Callable[..., Watched]


@pytest.fixture
def open_page(browser: Browser, live_server) -> Iterator[Open]:
    """``open_page(size="phone", language="en", theme="dark", person=…)`` → a watched page."""
    contexts: list[BrowserContext] = []

    def opened(
        *,
        size: str = "desk",
        language: str = "zh-hans",
        theme: str = "light",
        person=None,
        membership=None,
    ) -> Watched:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=size == "phone",
            locale="zh-CN" if language.startswith("zh") else "en-GB",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        contexts.append(context)
        host = urlsplit(live_server.url).hostname
        cookies = {settings.LANGUAGE_COOKIE_NAME: language, "harbor_theme": theme}
        if person is not None:
            client = Client()
            client.force_login(
                person, backend="allauth.account.auth_backends.AuthenticationBackend"
            )
            if membership is not None:
                session = client.session
                session["acting_for"] = membership.pk
                session.save()
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[
                settings.SESSION_COOKIE_NAME
            ].value
        context.add_cookies(
            [
                {"name": name, "value": value, "domain": host, "path": "/"}
                for name, value in cookies.items()
            ]
        )
        # A busy machine is slow, not wrong.
        context.set_default_timeout(60_000)
        page = context.new_page()
        watched = Watched(page, live_server.url)
        _watch(watched, host)
        return watched

    yield opened
    for context in contexts:
        context.close()


def _watch(watched: Watched, host: str | None) -> None:
    def said(message) -> None:
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            watched.noise.append(f"console {message.type}: {message.text}")

    def asked(request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.hostname != host:
            watched.noise.append(f"outside host: {request.url}")

    def answered(response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            watched.noise.append(f"{response.status}: {response.url}")

    watched.page.on("console", said)
    watched.page.on("pageerror", lambda error: watched.noise.append(f"script error: {error}"))
    watched.page.on("request", asked)
    watched.page.on("response", answered)
