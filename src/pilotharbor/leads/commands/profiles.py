"""What technology managers show of themselves, and what operators confirm."""

from collections.abc import Sequence
from datetime import date, datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.codes import BadCode, normalise_industry
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command
from pilotharbor.leads import queries
from pilotharbor.leads.commands.access import manager, operator, required, tidy
from pilotharbor.leads.models import ManagerProfile, Qualification
from pilotharbor.parties.models import Membership

MOST = 20


class BadProfile(Invalid):
    """Fields are codes of GB/T 4754, regions two to six digits of GB/T 2260; at most twenty of each."""

    code = "leads.bad_profile"


class BadLevel(Invalid):
    """The level is junior, intermediate, senior or none; say what it rests on."""

    code = "leads.bad_level"


class BadQualification(Invalid):
    """A training or credential has a title, an issuer and a day that is not ahead; it expires later."""

    code = "leads.bad_qualification"


class OwnPaper(Conflict):
    """Another operator confirms this; nobody confirms a paper of their own."""

    code = "leads.own_paper"


class ConfirmedAlready(Conflict):
    """This is confirmed already."""

    code = "leads.confirmed_already"


def _profile(member: Membership, at: datetime) -> ManagerProfile:
    """The manager's profile, locked; an empty one the first time."""
    row, _made = ManagerProfile.objects.get_or_create(
        membership=member, defaults={"registered_date": local_date(member.since_at or at)}
    )
    return ManagerProfile.objects.select_for_update(no_key=True).get(pk=row.pk)


@command
def describe(
    *,
    fields: Sequence[str],
    regions: Sequence[str],
    languages: Sequence[str],
    about: str,
    actor_id: int,
    at: datetime,
) -> ManagerProfile:
    """Say what one knows, where one works and in which languages; for the manager alone.

    Raises: NotFound, NotYourRole, BadProfile.
    Source: R-LEAD-12.
    """
    actor = manager(actor_id)
    codes, problems = [], {}
    for given in fields:
        try:
            codes.append(normalise_industry(given.strip()))
        except BadCode:
            problems["fields"] = str(BadProfile())
    places = [given.strip() for given in regions]
    if any(not (p.isascii() and p.isdigit() and 2 <= len(p) <= 6) for p in places):
        problems["regions"] = str(BadProfile())
    words = [tidy(given) for given in languages]
    if any(not 1 <= len(word) <= 40 for word in words):
        problems["languages"] = str(BadProfile())
    lists = {"fields": codes, "regions": places, "languages": words}
    problems |= {name: str(BadProfile()) for name, many in lists.items() if len(many) > MOST}
    if problems:
        raise BadProfile(problems=problems)
    row = _profile(actor, at)
    row.fields, row.regions, row.languages = codes, places, words
    row.about = tidy(about)[:2000]
    row.save(update_fields=["fields", "regions", "languages", "about"])
    events.record("leads.profile.described", row, actor=actor, at=at)
    return row


@command
def set_level(
    *, membership_id: int, level: str, basis: str, actor_id: int, at: datetime
) -> ManagerProfile:
    """Enter a manager's level and what it rests on, for operators.

    Raises: NotFound, NotYourRole, BadLevel.
    Source: R-LEAD-12.
    """
    actor = operator(actor_id)
    member = queries.a_manager(membership_id=membership_id)
    said = tidy(basis)
    if level not in ManagerProfile.Level.values or (level and not 1 <= len(said) <= 200):
        raise BadLevel(problems={"level_basis": str(BadLevel())})
    row = _profile(member, at)
    row.level, row.level_basis = level, said if level else ""
    row.save(update_fields=["level", "level_basis"])
    events.record("leads.profile.levelled", row, actor=actor, at=at, level=level)
    return row


@command
def add_qualification(
    *,
    kind: str,
    title: str,
    issuer: str,
    obtained_date: date,
    actor_id: int,
    at: datetime,
    number: str = "",
    hours: int | None = None,
    expires_date: date | None = None,
) -> Qualification:
    """Add a training or a credential of one's own; it counts as unconfirmed until an operator saw it.

    Raises: NotFound, NotYourRole, WordsMissing, BadQualification.
    Source: R-LEAD-12.
    """
    actor = manager(actor_id)
    named, by = required("title", title, most=200), required("issuer", issuer, most=200)
    bad = {
        "kind": kind not in Qualification.Kind.values,
        "obtained_date": obtained_date > local_date(at),
        "expires_date": expires_date is not None and expires_date < obtained_date,
        "hours": hours is not None and not 1 <= hours <= 10_000,
    }
    if any(bad.values()):
        problems = {name: str(BadQualification()) for name, wrong in bad.items() if wrong}
        raise BadQualification(problems=problems)
    row = Qualification.objects.create(
        profile=_profile(actor, at), kind=kind, title=named, issuer=by, number=tidy(number)[:80],
        hours=hours, obtained_date=obtained_date, expires_date=expires_date, recorded_at=at,
    )  # fmt: skip
    events.record("leads.qualification.added", row, actor=actor, at=at, kind=kind)
    return row


@command
def confirm_qualification(*, qualification_id: int, actor_id: int, at: datetime) -> Qualification:
    """Confirm, as an operator, to have seen the paper behind a training or credential.

    Raises: NotFound, NotYourRole, OwnPaper, ConfirmedAlready.
    Source: R-LEAD-12.
    """
    actor = operator(actor_id)
    row = (
        Qualification.objects.select_for_update(no_key=True, of=("self",))
        .select_related("profile__membership")
        .filter(pk=qualification_id)
        .first()
    )
    if row is None:
        raise NotFound
    if row.profile.membership.person_id == actor.person_id:
        raise OwnPaper
    if row.verified_by_id is not None:
        raise ConfirmedAlready
    row.verified_by, row.verified_at = actor, at
    row.save(update_fields=["verified_by", "verified_at"])
    events.record("leads.qualification.confirmed", row, actor=actor, at=at)
    return row
