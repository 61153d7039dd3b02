"""What an entry said before: the list of its versions, and what changed between two."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pilotharbor.kernel import clock, money
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.ids import id_in
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.roles import Confidentiality
from pilotharbor.parties.views.pages import speaks_chinese
from pilotharbor.technologies.commands import history as commands
from pilotharbor.technologies.models import Cooperation, IpAsset, Pricing
from pilotharbor.technologies.papers import differences, history, owners
from pilotharbor.technologies.views.entry_words import FIELDS


@acting
@require_GET
def version_list(request: ActorRequest, noun: str, pk: int) -> HttpResponse:
    """Which versions are there, and what changed between two of them?"""
    market, at, actor = owners.market(noun), clock.now(request), request.actor
    entry = market.one(pk, actor, at)
    rows = list(history.versions(noun=noun, entry=entry, actor=actor, at=at))
    old, new = _chosen(request, len(rows), [row.number for row in rows])
    changes: list[dict[str, Any]] | None = None
    if old and new:
        shown = commands.view_versions(
            noun=noun, entry_id=pk, numbers=[old, new], actor_id=actor.pk, at=at
        )
        said = [history.content(row, noun=noun, entry=entry, actor=actor, at=at) for row in shown]
        changes = _told(said[0], said[1])
    back = reverse(f"{noun}_detail", args=[pk])
    context = {
        "entry": entry,
        "noun": noun,
        "rows": rows,
        "old": old,
        "new": new,
        "changes": changes,
        "closed": bool(rows)
        and not history.detail_open(rows[0], noun=noun, entry=entry, actor=actor, at=at),
        "crumbs": [(entry.title, back), (_("Versions"), "")],
    }
    return render(request, "technologies/version_list.html", context)


def _chosen(request: ActorRequest, count: int, numbers: list[int]) -> tuple[int, int]:
    """The two numbers that are asked for, the earlier one first; none asked is none shown."""
    if count < 2 or not {"old", "new"} & set(request.GET):
        return 0, 0
    old, new = (id_in(request.GET.get(name, "")) for name in ("old", "new"))
    if old not in numbers or new not in numbers:
        raise NotFound
    return min(old, new), max(old, new)


def _told(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The changed fields by the names people call them, each in pieces."""
    names = [name for name in FIELDS if name in old or name in new]
    names += sorted((set(old) | set(new)) - set(names))
    a, b = _words(old), _words(new)
    return [
        {"label": FIELDS.get(change.field, change.field), "pieces": change.pieces}
        for change in differences.changes(a, b, names)
    ]


def _words(content: Mapping[str, Any]) -> dict[str, str]:
    return {name: _said(name, value) for name, value in content.items()}


KNOWN: dict[str, Any] = {"confidentiality": Confidentiality, "pricing": Pricing}


def _said(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name.endswith("_fen"):
        return money.format_cny(int(value))
    if name in KNOWN and value in KNOWN[name].values:
        return str(KNOWN[name](value).label)
    if isinstance(value, list):
        return _listed(name, value)
    if isinstance(value, dict):
        return "\n".join(f"{key}: {said}" for key, said in value.items())
    return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value)


def _listed(name: str, values: list[str]) -> str:
    """Files and rights stand one a line, shorter things side by side."""
    if name == "cooperation":
        values = [str(Cooperation(way).label) for way in values]
    elif name == "ip":
        values = [_right(said) for said in values]
    lines = name in {"ip", "files"}
    return ("\n" if lines else "、" if speaks_chinese() else ", ").join(map(str, values))


def _right(said: str) -> str:
    """``kind · number · status`` with its words."""
    words = dict(IpAsset.Kind.choices) | dict(IpAsset.LegalStatus.choices)
    return " · ".join(str(words.get(part, part)) for part in said.split(" · "))
