"""Under which names does this harbour appear to other repositories?"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from pilotharbor.network.models import OaiRecord
from pilotharbor.network.queries import Listed

# What an oai-identifier may begin with: a domain name with a dot, no number.
_DOMAIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z][A-Za-z0-9-]*)+")
_NOWHERE = "pilotharbor.invalid"
_PAGES = {
    OaiRecord.Kind.RESULT: "achievement_detail",
    OaiRecord.Kind.NEED: "demand_detail",
    OaiRecord.Kind.SCENARIO: "scenario_detail",
}


def namespace() -> str:
    """The domain name in identifiers; a reserved one while the harbour has none."""
    named = settings.OAI_NAMESPACE or urlsplit(settings.PUBLIC_URL).hostname or ""
    return named if _DOMAIN.fullmatch(named) else _NOWHERE


def identifier_of(kind: str, object_id: int) -> str:
    """The identifier a new record gets."""
    return f"oai:{namespace()}:{kind}/{object_id}"


def admin_email() -> str:
    """Whom harvesters write to."""
    return str(settings.OAI_EMAIL or f"oai@{namespace()}")


def base_url() -> str:
    """Where the provider answers."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("oai")


def schema_url() -> str:
    """Where the schema of our own format lies."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("oai_schema")


def page_of(kind: str, entry: Listed) -> str:
    """The entry's public page."""
    return settings.PUBLIC_URL.rstrip("/") + reverse(_PAGES[OaiRecord.Kind(kind)], args=[entry.pk])
