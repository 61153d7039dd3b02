"""The product's settings and the test-only app."""

from pilotharbor.web.settings import *  # noqa: F403
from pilotharbor.web.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.kernel.deeds.apps.DeedsConfig"]
