"""Results: disclose, revise; who made them and which rights belong to them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as translate

from pilotharbor.kernel import events
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.commands import versions
from pilotharbor.technologies.commands.rules import (
    NotYourEntry,
    acting,
    locked_achievement,
    require_open,
    require_writer,
)
from pilotharbor.technologies.content import (
    Content,
    ContentWrong,
    GivenRight,
    checked_rights,
    cleaned,
    texts_of,
)
from pilotharbor.technologies.models import Achievement, Inventor, IpAsset
from pilotharbor.technologies.patents import rows
from pilotharbor.technologies.secrecy import refuse_state_secrets

INVENTORS = 50


@command
def disclose(
    *,
    content: Content,
    actor_id: int,
    at: datetime,
    ip: Sequence[GivenRight] = (),
    inventor_ids: Sequence[int] = (),
) -> Achievement:
    """Write down a result of one's organisation, as a draft.

    A researcher who names no inventor is the inventor; an office names them (R-TECH-9).

    Raises: NotYourRole, NotYourEntry, StateSecretRefused, ContentWrong.
    Source: R-TECH-1…3, R-TECH-8.
    """
    actor = acting(actor_id, Verb.WRITE, Kind.ACHIEVEMENT)
    if Scope.OWN not in rights.scopes(actor, Verb.WRITE, Kind.ACHIEVEMENT):
        raise NotYourEntry
    refuse_state_secrets([*texts_of(content), *(r.application_no for r in ip)])
    fields = cleaned(content, {})
    assets = checked_rights(ip)
    if not inventor_ids and actor.role == Role.RESEARCHER:
        inventor_ids = [actor.pk]
    inventors = _inventors(inventor_ids, actor.organisation_id)

    achievement = Achievement.objects.create(
        **fields, owner_id=actor.organisation_id, disclosed_by=actor, disclosed_at=at
    )
    _write_rights(achievement, assets)
    _write_inventors(achievement, inventors)
    events.record("technologies.achievement.disclosed", achievement, actor=actor, at=at)
    return achievement


@command
def revise(
    *,
    achievement_id: int,
    content: Content,
    actor_id: int,
    at: datetime,
    ip: Sequence[GivenRight] | None = None,
    inventor_ids: Sequence[int] | None = None,
) -> Achievement:
    """Change what is given and leave the rest; rights and inventors are replaced as a whole.

    What already stood there is no change, and is not told as one.

    Raises: NotFound, NotYourRole, NotYourEntry, NotOpenForChange, StateSecretRefused, ContentWrong.
    Source: R-TECH-4, R-TECH-8.
    """
    actor = acting(actor_id, Verb.WRITE, Kind.ACHIEVEMENT)
    refuse_state_secrets([*texts_of(content), *(r.application_no for r in ip or ())])
    achievement = locked_achievement(achievement_id, actor)
    require_writer(achievement, actor)
    require_open(achievement, actor)
    fields = cleaned(content, present(achievement))
    assets = None if ip is None else checked_rights(ip)
    named = list(achievement.inventors.order_by("position").values_list("membership_id", flat=True))
    inventors = None
    if inventor_ids is not None:
        inventors = _inventors(inventor_ids, achievement.owner_id, named)

    changed = differing(achievement, fields)
    versions.keep_first(achievement)
    save(achievement, fields)
    if assets is not None:
        present_ones = list(achievement.ip_assets.order_by("id"))
        if rows.said(assets) != rows.said(present_ones):
            changed.append("ip")
            settled = rows.settle(present_ones, assets)
            rows.write(settled)
            _write_rights(achievement, settled.new)
    if inventors is not None and [member.pk for member in inventors] != named:
        changed.append("inventors")
        achievement.inventors.all().delete()
        _write_inventors(achievement, inventors)
    if changed:
        versions.keep_if_published(achievement, actor=actor, at=at)
        events.record(
            "technologies.achievement.revised",
            achievement,
            actor=actor,
            at=at,
            fields=sorted(changed),
        )
    return achievement


def present(entry: Any) -> dict[str, Any]:
    """What an entry says now about the fields that are checked together."""
    names = ("title", "summary", "trl_scale", "trl_level", "trl_evidence")
    return {name: getattr(entry, name) for name in names if hasattr(entry, name)}


def differing(entry: Any, fields: Mapping[str, Any]) -> list[str]:
    """The fields that say something else than the entry does now."""
    return [name for name, value in fields.items() if getattr(entry, name) != value]


def save(entry: Any, fields: Mapping[str, Any]) -> None:
    """Write these fields of a locked entry."""
    for name, value in fields.items():
        setattr(entry, name, value)
    if fields:
        entry.save(update_fields=list(fields))


def _write_rights(achievement: Achievement, assets: Iterable[IpAsset]) -> None:
    for asset in assets:
        asset.achievement = achievement
        asset.save(force_insert=True)


def _inventors(ids: Sequence[int], owner_id: int, named: Sequence[int] = ()) -> list[Membership]:
    """The inventors in the given order, all of the owner's organisation.

    ``named`` are inventors already: they stay it when they have left the organisation since.
    Source: R-TECH-9.
    """
    if len(set(ids)) < len(ids):
        raise ContentWrong(problems={"inventors": translate("Name each inventor once.")})
    found = Membership.objects.filter(
        Q(status=Membership.Status.ACTIVE) | Q(pk__in=named), pk__in=ids, organisation_id=owner_id
    ).in_bulk()
    if len(found) < len(ids) or len(ids) > INVENTORS:
        said = translate("Inventors are active members of the organisation that owns the result.")
        raise ContentWrong(problems={"inventors": said})
    if len({member.person_id for member in found.values()}) < len(ids):
        raise ContentWrong(problems={"inventors": translate("Name each inventor once.")})
    return [found[pk] for pk in ids]


def _write_inventors(achievement: Achievement, members: Sequence[Membership]) -> None:
    Inventor.objects.bulk_create(
        Inventor(achievement=achievement, membership=member, position=position)
        for position, member in enumerate(members, start=1)
    )
