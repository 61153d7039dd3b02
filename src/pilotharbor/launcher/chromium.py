"""Where is a real browser for the tests, and how do we get one?"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from pilotharbor.launcher import console
from pilotharbor.launcher.trouble import Trouble

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
DEBIAN_PACKAGES = ("chromium", "fonts-noto-cjk")


def find() -> str | None:
    """Path of a Chromium that starts, None if there is none."""
    for name in (os.environ.get("PILOTHARBOR_CHROMIUM", ""), *NAMES, *_downloaded()):
        path = shutil.which(name) if name else None
        if path and _starts(path):
            return path
    return None


def _downloaded() -> Iterator[str]:
    stores = [
        Path.home() / ".cache" / "ms-playwright",
        Path.home() / "Library" / "Caches" / "ms-playwright",
    ]
    for store in stores:
        for pattern in ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*/*/MacOS/*"):
            yield from (str(path) for path in sorted(store.glob(pattern)))


def _starts(path: str) -> bool:
    # Ubuntu's chromium-browser may be a stub that only names the snap to install.
    try:
        done = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def obtain() -> str:
    """A Chromium that starts, installed if it has to be.

    Raises: Trouble when no way of installing one works.
    """
    found = find()
    if found:
        return found
    for command in _ways():
        with console.step("installing_chromium"):
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )
        found = find() if done.returncode == 0 else None
        if found:
            return found
    raise Trouble("no_chromium")


def _ways() -> Iterator[list[str]]:
    apt = shutil.which("apt-get")
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if apt and (not prefix or shutil.which("sudo")):
        for verb in (["update"], ["install", "-y", "--no-install-recommends", *DEBIAN_PACKAGES]):
            yield [*prefix, apt, "-q", *verb]
    yield [sys.executable, "-m", "playwright", "install", "chromium"]
    if apt:
        yield [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
