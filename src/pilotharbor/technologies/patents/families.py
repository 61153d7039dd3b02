"""Which entries are one invention? Families by the number of the first filing, or as stated."""

import re
import unicodedata
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.codes import BadCode, normalise_application_number
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.models import IpAsset
from pilotharbor.technologies.patents import queries

PRIORITY = _("priority number")
FAMILY = _("family number")
# Filings elsewhere: office, then letters, digits and what sets them apart, such as US17/123456.
_ELSEWHERE = re.compile(r"[A-Z]{2}[A-Z0-9/.\-]{4,36}")
_FAMILY = re.compile(r"[A-Z0-9\-]{1,40}")


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).upper().split()).replace(",", "")


def priority_number(text: str) -> str:
    """The number of an earlier filing, in the form in which application numbers are kept.

    A Chinese one with its check digit, one of elsewhere with the letters of its office.

    Raises: BadCode.
    """
    plain = _plain(text)
    if not plain:
        return ""
    try:
        return normalise_application_number(plain)
    except BadCode as doubt:
        if _ELSEWHERE.fullmatch(plain) and not plain.startswith(("CN", "ZL")):
            return plain
        if plain[0].isdigit() or plain.startswith(("CN", "ZL")):
            raise
        example = "202310001234.7, US17/123456"
        raise BadCode(kind=str(PRIORITY), text=text.strip(), example=example) from doubt


def family_number(text: str) -> str:
    """The number of a family as a register states it, without blanks.

    Raises: BadCode.
    """
    plain = _plain(text)
    if plain and not _FAMILY.fullmatch(plain):
        raise BadCode(kind=str(FAMILY), text=text.strip(), example="57234511")
    return plain


def relatives(right: IpAsset, *, actor: Membership | None) -> QuerySet[IpAsset]:
    """The other entries of its family that the actor may see, the earliest filing first.

    Source: R-TECH-43.
    """
    rows = queries.visible_rights(actor=actor).exclude(pk=right.pk)
    if not right.family_key:
        return rows.none()
    return rows.filter(family_key=right.family_key).order_by("filing_date", "pk")


def leading(rows: QuerySet[IpAsset]) -> QuerySet[IpAsset]:
    """Of each family among these rows the newest entry alone; what has no family stays.

    Source: R-TECH-43.
    """
    newer = (
        rows.order_by()
        .exclude(family_key="")
        .filter(family_key=OuterRef("family_key"), pk__gt=OuterRef("pk"))
    )
    return rows.exclude(Exists(newer))


def together(
    leaders: Iterable[IpAsset], rows: QuerySet[IpAsset]
) -> list[tuple[IpAsset, list[IpAsset]]]:
    """Each of these entries with the others of its family among the rows; one more query for all."""
    leaders = list(leaders)
    keys = {right.family_key for right in leaders} - {""}
    others: dict[str, list[IpAsset]] = {}
    for right in rows.filter(family_key__in=keys).order_by("filing_date", "pk"):
        others.setdefault(right.family_key, []).append(right)
    return [(one, [r for r in others.get(one.family_key, []) if r.pk != one.pk]) for one in leaders]
