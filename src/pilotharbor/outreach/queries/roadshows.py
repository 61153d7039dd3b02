"""Which roadshows may one know of, who comes to them, and how far are they?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from pilotharbor.kernel.errors import NotFound
from pilotharbor.outreach.models import Intent, Pitch, Registration, Roadshow, Series
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.parties.roles import Confidentiality, Role
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement
from pilotharbor.technologies.models import Status as Entry

# Who holds roadshows, opens challenges and looks after what comes of them, for their organisation.
ORGANISERS = (
    Role.PLATFORM_OPERATOR,
    Role.MEMBER_PLATFORM,
    Role.TECHNOLOGY_MANAGER,
    Role.TTO_OFFICER,
    Role.GOVERNMENT_OFFICER,
)
R = Registration.Status
SEATED = (R.REGISTERED, R.ATTENDED)


def may_organise(actor: Membership | None) -> bool:
    """Whether the actor holds roadshows and opens challenges at all.

    Source: R-OUT-1.
    """
    return rights.acts_as(actor, *ORGANISERS)


def organises(actor: Membership | None, organiser_id: int) -> bool:
    """Whether this organiser's roadshows and challenges are the actor's business."""
    return rights.acts_as(actor, *ORGANISERS) and actor.organisation_id == organiser_id


def visible_series(*, actor: Membership | None) -> QuerySet[Series]:
    """Brands one may see: with an announced event in them, and those of one's own organisation."""
    announced = Exists(visible_roadshows(actor=actor).filter(series=OuterRef("pk")))
    shown = Q(announced)
    if may_organise(actor) and actor is not None:
        shown |= Q(organiser_id=actor.organisation_id)
    return Series.objects.filter(shown).select_related("organiser")


def visible_roadshows(*, actor: Membership | None) -> QuerySet[Roadshow]:
    """Events one may know of: announced ones, for their audience; one's own from the first day.

    Source: R-OUT-2.
    """
    rows = Roadshow.objects.select_related("organiser", "series")
    if rights.audits(actor):
        return rows
    announced = Q(opened_at__isnull=False)
    shown = announced & Q(audience=Roadshow.Audience.PUBLIC)
    if actor is None:
        return rows.filter(shown)
    if rights.trusted(actor):
        shown |= announced
    if may_organise(actor):
        shown |= Q(organiser_id=actor.organisation_id)
    mine = Registration.objects.filter(roadshow=OuterRef("pk"), membership=actor)
    return rows.filter(shown | Q(Exists(mine)))


def visible_roadshow(*, actor: Membership | None, roadshow_id: int) -> Roadshow:
    """One event one may know of.

    Raises: NotFound.
    """
    found = visible_roadshows(actor=actor).filter(pk=roadshow_id).first()
    if found is None:
        raise NotFound
    return found


def coming(rows: QuerySet[Roadshow], *, at: datetime) -> QuerySet[Roadshow]:
    """Those that are not over yet."""
    return rows.filter(period__endswith__gt=at).exclude(
        status__in=[Roadshow.Status.CLOSED, Roadshow.Status.CANCELLED]
    )


# What an audience may be told about a result without any further reason (R-TECH-5).
LEVELS = {
    Roadshow.Audience.PUBLIC: (Confidentiality.PUBLIC,),
    Roadshow.Audience.MEMBERS: technologies.LISTED_FOR_MEMBERS,
}


def presentable(*, roadshow: Roadshow, actor: Membership) -> QuerySet[Achievement]:
    """Results that may stand on this agenda: seen by who puts them there, and by its audience.

    Source: R-OUT-4.
    """
    levels = LEVELS[Roadshow.Audience(roadshow.audience)]
    return technologies.visible_achievements(actor=actor).filter(
        status=Entry.PUBLISHED, confidentiality__in=levels
    )


def agenda(roadshow: Roadshow) -> list[Pitch]:
    """What is on, in order."""
    rows = roadshow.pitches.select_related("achievement__owner").order_by("position", "id")
    return list(rows)


def openable(pitches: Iterable[Pitch], *, actor: Membership | None) -> set[int]:
    """Ids of the presented results whose page the reader may open."""
    wanted = [p.achievement_id for p in pitches if p.achievement_id]
    rows = technologies.visible_achievements(actor=actor).filter(pk__in=wanted)
    return set(rows.values_list("pk", flat=True))


def belongs(actor: Membership, pitch: Pitch) -> bool:
    """Whether the actor is of the organisation whose result is presented: no judge of it."""
    return pitch.achievement is not None and pitch.achievement.owner_id == actor.organisation_id


def registration_of_member(*, roadshow: Roadshow, actor: Membership | None) -> Registration | None:
    """The actor's own seat or place in the queue, if it was not withdrawn."""
    if actor is None:
        return None
    rows = roadshow.registrations.filter(membership=actor).exclude(status=R.CANCELLED)
    return rows.first()


def place_in_queue(registration: Registration) -> int:
    """How many would have to go before this one moves up, itself included."""
    return Registration.objects.filter(
        roadshow_id=registration.roadshow_id,
        part=registration.part,
        status=R.WAITLISTED,
        pk__lte=registration.pk,
    ).count()


def visitors(roadshow: Roadshow) -> QuerySet[Registration]:
    """Everybody who registered; for the organiser alone."""
    return roadshow.registrations.select_related(
        "membership__person", "membership__organisation", "checked_in_by__person"
    ).order_by("id")


def sees_visitors(actor: Membership | None, roadshow: Roadshow) -> bool:
    """Whether the actor reads who comes: the organiser and auditors.

    Source: R-OUT-3.
    """
    return organises(actor, roadshow.organiser_id) or rights.audits(actor)


def callable_jurors(roadshow: Roadshow) -> QuerySet[Membership]:
    """Who can be called to the jury: people of approved organisations who judge, invest or advise."""
    taken = roadshow.registrations.exclude(status=R.CANCELLED).filter(membership__isnull=False)
    return (
        Membership.objects.filter(
            role__in=[
                Role.EXPERT, Role.INVESTOR, Role.INDUSTRY_ADVISOR, Role.TECHNOLOGY_MANAGER,
                Role.ENTERPRISE_MEMBER,
            ],
            status=Membership.Status.ACTIVE,
            person__is_active=True,
            organisation__status=Organisation.Status.APPROVED,
        )
        .exclude(pk__in=taken.values("membership_id"))
        .select_related("person", "organisation")
        .order_by("person__name", "pk")
    )  # fmt: skip


def visible_intents(*, actor: Membership | None) -> QuerySet[Intent]:
    """Intents one declared, those to one's own results, and those at one's own roadshows.

    Source: R-OUT-8.
    """
    rows = Intent.objects.select_related(
        "pitch__roadshow", "pitch__achievement__owner", "declared_by__person",
        "declared_by__organisation",
    )  # fmt: skip
    if actor is None:
        return rows.none()
    if rights.audits(actor):
        return rows
    shown = Q(declared_by=actor)
    if may_organise(actor):
        shown |= Q(pitch__roadshow__organiser_id=actor.organisation_id)
    if rights.may(actor, Verb.WRITE, Kind.ACHIEVEMENT):
        shown |= Q(pitch__achievement__owner_id=actor.organisation_id)
    return rows.filter(shown)


@dataclass(frozen=True, slots=True)
class Turnout:
    """What a roadshow or a series came to; each share with what it is a share of.

    ``signed_fen``  the sum of what was signed, in fen
    """

    events: int
    seats: int
    registered: int
    attended: int
    waiting: int
    guests: int
    pitches: int
    intents: int
    talks: int
    signed: int
    signed_fen: int


def turnout(roadshows: QuerySet[Roadshow]) -> Turnout:
    """The figures of some roadshows together; counted anew each time, none is kept."""
    ids = list(roadshows.values_list("pk", flat=True))
    seats = Registration.objects.filter(roadshow__in=ids, part=Registration.Part.AUDIENCE)
    by_status = dict(seats.values_list("status").annotate(n=Count("pk")).order_by())
    intents = Intent.objects.filter(pitch__roadshow__in=ids)
    stages = dict(intents.values_list("status").annotate(n=Count("pk")).order_by())
    amounts = intents.filter(status=Intent.Status.SIGNED).values_list("signed_fen", flat=True)
    attended = by_status.get(R.ATTENDED, 0)
    return Turnout(
        events=len(ids),
        seats=sum(Roadshow.objects.filter(pk__in=ids).values_list("capacity", flat=True)),
        registered=by_status.get(R.REGISTERED, 0) + attended,
        attended=attended,
        waiting=by_status.get(R.WAITLISTED, 0),
        guests=seats.filter(membership=None, status__in=SEATED).count(),
        pitches=Pitch.objects.filter(roadshow__in=ids).count(),
        intents=sum(stages.values()),
        talks=stages.get(Intent.Status.IN_TALKS, 0) + stages.get(Intent.Status.SIGNED, 0),
        signed=stages.get(Intent.Status.SIGNED, 0),
        signed_fen=sum(amount or 0 for amount in amounts),
    )
