"""How do thousands of results come in at once, or come again?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from django.utils.translation import gettext as translate

from pilotharbor.kernel import bulk
from pilotharbor.kernel.bulk import Incoming, Outcome
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.bulk import rules
from pilotharbor.technologies.commands import versions
from pilotharbor.technologies.content import ContentWrong, GivenRight, checked_rights
from pilotharbor.technologies.models import Achievement, Inventor, IpAsset, Status
from pilotharbor.technologies.patents import rows as rights_of

ACHIEVEMENT_FIELDS = frozenset({
    "title", "summary", "detail", "keywords", "industry", "discipline",
    "discipline_code", "region", "trl_scale",
    "trl_level", "trl_evidence", "mrl", "confidentiality", "source", "cooperation", "pricing",
    "price_fen",
})  # fmt: skip

type Pair = tuple[Achievement, Incoming]


@command
def import_achievements(
    *, rows: Iterable[Incoming], submit: bool, actor_id: int, at: datetime
) -> Outcome:
    """Take in results of the actor's organisation: new ones, and changes by the same number.

    ``extra`` may hold ``ip`` (kind, application number, legal status) and ``inventors`` (membership
    id). New rows are drafts, or with ``submit`` up for review by another person. The same rows
    again change nothing.

    Raises: NotYourRole, NotYourEntry, ContentWrong, StateSecretRefused, ImportedMeanwhile.
    """
    actor = rules.importing(actor_id, Kind.ACHIEVEMENT)
    outcome = Outcome()
    for some in batched(rules.all_ready(rows), bulk.AT_ONCE):
        with refusing(technologies_achievement_import_once=rules.ImportedMeanwhile()):
            _take(some, outcome, submit=submit, actor=actor, at=at)
    return outcome


def _take(
    rows: Sequence[Incoming], outcome: Outcome, *, submit: bool, actor: Membership, at: datetime
) -> None:
    present = rules.present(Achievement, actor.organisation_id, rows)
    hanging = _hanging([record.pk for record in present.values()])
    fresh, changed = bulk.sort_out(
        rows,
        present,
        outcome,
        differ=lambda record, row: (
            bulk.differs(record, row.fields)
            or any(set(hanging[name][record.pk]) != set(said) for name, said in row.extra.items())
        ),
        may_change=lambda record: rules.may_change(actor, record),
    )
    _require_members(rows, actor.organisation_id)
    state = rules.arrival(actor, submit=submit)
    made = bulk.copy_in([
        Achievement(
            **row.fields, **state, owner_id=actor.organisation_id, import_key=row.key,
            disclosed_by=actor, disclosed_at=at,
        )
        for row in fresh
    ])  # fmt: skip
    rules.record("technologies.achievement.disclosed", made, actor=actor, at=at)
    if submit:
        rules.record("technologies.achievement.submitted", made, actor=actor, at=at)
    altered = [record for record, _ in changed]
    bulk.rewrite(Achievement, altered, ACHIEVEMENT_FIELDS)
    rules.record("technologies.achievement.revised", altered, actor=actor, at=at)
    new = list(zip(made, fresh, strict=True))
    _hang(new, changed)
    public = [record for record in altered if record.status == Status.PUBLISHED]
    versions.keep(public, actor=actor, at=at)
    if actor.role == Role.RESEARCHER:
        # A researcher who says nothing of inventors is the inventor, as when disclosing one result.
        alone = [record for record, row in new if "inventors" not in row.extra]
        bulk.copy_in([Inventor(achievement=a, membership=actor, position=1) for a in alone])


def _require_members(rows: Sequence[Incoming], owner_id: int) -> None:
    named = {member for row in rows for (member,) in row.extra.get("inventors", ())}
    known = Membership.objects.filter(
        pk__in=named, organisation_id=owner_id, status=Membership.Status.ACTIVE
    )
    if known.count() < len(named):
        said = translate("Inventors are active members of the organisation that owns the result.")
        raise ContentWrong(problems={"inventors": said})


def _hanging(ids: list[int]) -> dict[str, dict[int, list[tuple[Any, ...]]]]:
    """What hangs on these achievements now, in the shape of ``Incoming.extra``."""
    found: dict[str, dict[int, list[tuple[Any, ...]]]] = {
        "ip": defaultdict(list),
        "inventors": defaultdict(list),
    }
    for pk, *asset in IpAsset.objects.filter(achievement_id__in=ids).values_list(
        "achievement_id", "kind", "application_no", "legal_status"
    ):
        found["ip"][pk].append(tuple(asset))
    for pk, member in Inventor.objects.filter(achievement_id__in=ids).values_list(
        "achievement_id", "membership_id"
    ):
        found["inventors"][pk].append((member,))
    return found


def _hang(new: Sequence[Pair], changed: Sequence[Pair]) -> None:
    """Write rights and inventors; those of changed records give way to what the file says."""
    gone = [record.pk for record, row in changed if "inventors" in row.extra]
    if gone:
        Inventor.objects.filter(achievement_id__in=gone).delete()
    present: dict[int, list[IpAsset]] = defaultdict(list)
    named = [record.pk for record, row in changed if "ip" in row.extra]
    for asset in IpAsset.objects.filter(achievement_id__in=named).order_by("id"):
        present[asset.achievement_id].append(asset)
    pairs = [*new, *changed]
    assets = []
    for record, row in pairs:
        if "ip" not in row.extra:
            continue
        given = checked_rights([GivenRight(*given) for given in row.extra["ip"]])
        settled = rights_of.settle(present[record.pk], given)
        rights_of.write(settled)
        for asset in settled.new:
            asset.achievement = record
            assets.append(asset)
    bulk.copy_in(assets)
    bulk.copy_in([
        Inventor(achievement=record, membership_id=member, position=position)
        for record, row in pairs
        for position, (member,) in enumerate(row.extra.get("inventors", ()), start=1)
    ])  # fmt: skip
