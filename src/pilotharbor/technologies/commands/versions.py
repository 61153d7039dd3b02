"""What a published entry says is kept, each time it says something else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from pilotharbor.parties.models import Membership
from pilotharbor.technologies.models import (
    Achievement,
    Attachment,
    Demand,
    EntryVersion,
    Inventor,
    IpAsset,
    Scenario,
)
from pilotharbor.technologies.papers.owners import Owner

WORDS = ("title", "summary", "detail", "keywords", "industry", "region", "confidentiality")
FIELDS: dict[type[Owner], tuple[str, ...]] = {
    Achievement: (
        *WORDS, "discipline", "discipline_code", "trl_scale", "trl_level", "trl_evidence", "mrl", "source",
        "cooperation", "pricing", "price_fen",
    ),
    Demand: (*WORDS, "budget_fen", "cooperation", "trl_wanted", "answers"),
    Scenario: (
        *WORDS, "direction", "conditions", "frontier", "domestic_substitution", "budget_fen",
        "cooperation", "answers_until_date",
    ),
}  # fmt: skip


def keep(entries: Sequence[Owner], *, actor: Membership, at: datetime) -> None:
    """Keep what these entries of one kind say now, as part of the command that holds them locked.

    Source: R-TECH-32.
    """
    if not entries:
        return
    noun = _noun(entries[0])
    ids = [entry.pk for entry in entries]
    last: dict[int, int] = dict(
        EntryVersion.objects.filter(**{f"{noun}_id__in": ids})
        .values_list(f"{noun}_id")
        .annotate(last=Max("number"))
    )
    hanging = _hanging(noun, ids)
    EntryVersion.objects.bulk_create(
        [
            EntryVersion(
                **{noun: entry},
                number=last.get(entry.pk, 0) + 1,
                level=entry.confidentiality,
                content=_content(entry) | hanging[entry.pk],
                made_by=actor,
                made_at=at,
            )
            for entry in entries
        ]
    )


def keep_first(entry: Owner) -> None:
    """Before a published entry changes whose versions nobody has kept yet: what it said so far."""
    noun = _noun(entry)
    if entry.status != "published" or EntryVersion.objects.filter(**{noun: entry}).exists():
        return
    author = entry.disclosed_by if isinstance(entry, Achievement) else entry.posted_by
    first = entry.disclosed_at if isinstance(entry, Achievement) else entry.posted_at
    keep([entry], actor=entry.reviewed_by or author, at=entry.published_at or first)


def keep_if_published(entry: Owner, *, actor: Membership, at: datetime) -> None:
    """After a revision: what is published is kept, a draft is nobody's business."""
    if entry.status == "published":
        keep([entry], actor=actor, at=at)


def _noun(entry: Owner) -> str:
    return str(type(entry)._meta.model_name)  # noqa: SLF001


def _content(entry: Owner) -> dict[str, Any]:
    said = {name: getattr(entry, name) for name in FIELDS[type(entry)]}
    return {name: v.isoformat() if hasattr(v, "isoformat") else v for name, v in said.items()}


def _hanging(noun: str, ids: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    """Rights, inventors and files in words, by entry."""
    found: dict[int, dict[str, list[str]]] = defaultdict(dict)
    files = Attachment.objects.filter(**{f"{noun}_id__in": ids}, removed_at__isnull=True)
    _put(found, "files", ids, files.order_by("id").values_list(f"{noun}_id", "name"))
    if noun == "achievement":
        rights = IpAsset.objects.filter(achievement_id__in=ids).order_by("id")
        names = ("achievement_id", "kind", "application_no", "legal_status")
        said = ((pk, " · ".join(filter(None, rest))) for pk, *rest in rights.values_list(*names))
        _put(found, "ip", ids, said)
        people = Inventor.objects.filter(achievement_id__in=ids).order_by("position")
        rows = people.values_list("achievement_id", "membership__person__name")
        _put(found, "inventors", ids, rows)
    return found


def _put(
    found: dict[int, dict[str, list[str]]], name: str, ids: Sequence[int], rows: Iterable[Any]
) -> None:
    for pk in ids:
        found[pk][name] = []
    for pk, said in rows:
        found[pk][name].append(said)
