"""Files of results, needs and scenarios: add, take off, open, destroy."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as translate

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, NotFound
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import commands as parties_commands
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.commands import versions
from pilotharbor.technologies.commands.rules import NotOpenForChange, NotYourEntry
from pilotharbor.technologies.content import ContentWrong, plain_text
from pilotharbor.technologies.models import Attachment
from pilotharbor.technologies.papers import owners, queries, store

MOST = 10
ABOUT_LENGTH = 200


class TooManyFiles(Conflict):
    """An entry has at most ten files; take one off first."""

    code = "technologies.too_many_files"


class SameFile(Conflict):
    """This very file belongs to the entry already."""

    code = "technologies.same_file"


@command
def add_attachment(
    *,
    noun: str,
    entry_id: int,
    file: store.Staged,
    confidential: bool,
    actor_id: int,
    at: datetime,
    about: str = "",
) -> Attachment:
    """Add a file to an entry that one may change; ``file`` was examined when it came in.

    Raises: NotFound, NotYourEntry, NotOpenForChange, ContentWrong, TooManyFiles, SameFile,
    StateSecretRefused.
    Source: R-TECH-30, R-TECH-31.
    """
    actor = parties.actor(actor_id=actor_id)
    about = plain_text(about)
    if len(about) > ABOUT_LENGTH:
        said = translate("At most {count} characters, please.").format(count=ABOUT_LENGTH)
        raise ContentWrong(problems={"about": said})
    market, entry = _changeable(noun, entry_id, actor, at)
    live = queries.live(noun, entry.pk)
    if live.filter(sha256=file.sha256).exists():
        raise SameFile
    if live.count() >= MOST:
        raise TooManyFiles
    already = {f"technologies_attachment_once_per_{one}": SameFile() for one in owners.MARKETS}
    versions.keep_first(entry)
    with refusing(**already):
        made = Attachment.objects.create(
            **{f"{noun}_id": entry.pk}, name=file.name, about=about, kind=file.kind, size=file.size,
            sha256=file.sha256, confidential=confidential, added_by=actor, added_at=at,
        )  # fmt: skip
    events.record(
        f"technologies.{market.noun}.file_added", entry, actor=actor, at=at,
        attachment_id=made.pk, sha256=file.sha256, confidential=confidential,
    )  # fmt: skip
    versions.keep_if_published(entry, actor=actor, at=at)
    # The last step, so that a refusal leaves no bytes behind; the same bytes again change nothing.
    store.keep(file)
    return made


@command
def remove_attachment(*, attachment_id: int, actor_id: int, at: datetime) -> Attachment:
    """Take a file off its entry; it is not served any more.

    Raises: NotFound, NotYourEntry, NotOpenForChange.
    Source: R-TECH-31.
    """
    actor = parties.actor(actor_id=actor_id)
    found = Attachment.objects.filter(pk=attachment_id, removed_at__isnull=True).first()
    if found is None:
        raise NotFound
    market, entry_id = owners.of(found)
    _market, entry = _changeable(market.noun, entry_id, actor, at)
    row = Attachment.objects.select_for_update(no_key=True).get(pk=attachment_id)
    if row.removed_at is not None:
        raise NotFound
    versions.keep_first(entry)
    row.removed_by, row.removed_at = actor, at
    row.save(update_fields=["removed_by", "removed_at"])
    versions.keep_if_published(entry, actor=actor, at=at)
    events.record(
        f"technologies.{market.noun}.file_removed", entry, actor=actor, at=at,
        attachment_id=row.pk,
    )  # fmt: skip
    return row


def _changeable(
    noun: str, entry_id: int, actor: Membership, at: datetime
) -> tuple[owners.Market, Any]:
    """The entry, locked, for somebody who may change its files now."""
    market = owners.market(noun)
    seen = market.one(entry_id, actor, at)
    if not market.writes(seen, actor):
        raise NotYourEntry
    entry = _locked(market, entry_id)
    if not owners.may_change(market, entry, actor):
        raise NotOpenForChange(status=str(entry.status))
    return market, entry


def _locked(market: owners.Market, entry_id: int) -> Any:
    rows: Any = market.model._default_manager.select_for_update(no_key=True)  # noqa: SLF001
    return rows.get(pk=entry_id)


@command
def destroy_file(*, attachment_id: int, at: datetime) -> bool:
    """Delete the bytes of a file taken off long ago, unless anything needs them; whether they went.

    Raises: NotFound. Source: R-TECH-34.
    """
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None:
        raise NotFound
    market, entry_id = owners.of(found)
    # Before the bytes: who adds a file holds its entry when it comes to them.
    entry = _locked(market, entry_id)
    store.let_nobody_keep(found.sha256)
    needed = queries.still_needed(digest=found.sha256, at=at)
    if needed or store.named_elsewhere(digest=found.sha256, besides=Attachment):
        return False
    events.record(
        f"technologies.{market.noun}.file_destroyed", entry, at=at, attachment_id=found.pk,
        sha256=found.sha256,
    )  # fmt: skip
    store.destroy(found.sha256)
    return True


@command
def open_attachment(*, attachment_id: int, actor_id: int, at: datetime) -> Attachment:
    """Let somebody read a file; one of a confidential detail is recorded like the detail.

    Raises: NotFound.
    Source: R-TECH-6, R-TECH-31.
    """
    actor = parties.actor(actor_id=actor_id)
    found, entry, market = queries.attachment(attachment_id=attachment_id, actor=actor, at=at)
    if not queries.leaves_a_trace(attachment=found, entry=entry, actor=actor, at=at):
        return found
    if getattr(market.reading(entry, actor, at), "by_glass", False):
        label = market.model._meta.label_lower  # noqa: SLF001
        parties_commands.use_break_glass(
            subject_type=label, subject_id=entry.pk, actor_id=actor.pk, at=at
        )
    events.record(
        f"technologies.{market.noun}.detail_viewed", entry, actor=actor, at=at,
        level=entry.confidentiality, attachment_id=found.pk,
    )  # fmt: skip
    return found
