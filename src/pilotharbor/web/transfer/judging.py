"""What may a row refer to, and what was found wrong with it?"""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from pilotharbor.booking import queries as booking
from pilotharbor.crew import queries as crew
from pilotharbor.crew.models import Course
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Line, Site
from pilotharbor.kernel.bulk import Incoming
from pilotharbor.kernel.time import local_date
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.models import Scenario


@dataclass
class References:
    """What rows may refer to, seen with the eyes of who imports; looked up once a run."""

    actor: Membership
    at: datetime
    submit: bool = False
    owners: dict[str, int | None] = field(default_factory=dict)
    people: dict[str, int | None] = field(default_factory=dict)
    # What earlier lines of the file say: engineer → line → stretch.
    planned: dict[int, dict[int, tuple[datetime, datetime]]] = field(default_factory=dict)
    # Bookings that earlier lines of the file ask for: line → row → stretch.
    asked: dict[int, dict[int, tuple[datetime, datetime]]] = field(default_factory=dict)
    # Examinations of earlier lines: key → first line.
    sat: dict[str, int] = field(default_factory=dict)

    @cached_property
    def members(self) -> dict[str, int]:
        """Active members of the actor's organisation by e-mail."""
        found = Membership.objects.filter(
            organisation_id=self.actor.organisation_id, status=Membership.Status.ACTIVE
        )
        pairs = found.order_by("-pk").values_list("person__email", "pk")
        return {email.lower(): pk for email, pk in pairs}

    @cached_property
    def lines(self) -> dict[str, int]:
        """Lines of the actor's platform by name."""
        found = Line.objects.filter(platform_id=self.actor.organisation_id)
        return dict(found.order_by("-pk").values_list("name", "pk"))

    @cached_property
    def places(self) -> dict[str, int]:
        """Sites of the actor's platform by name."""
        found = Site.objects.filter(platform_id=self.actor.organisation_id)
        return dict(found.order_by("-pk").values_list("name", "pk"))

    @cached_property
    def engineers(self) -> dict[str, int]:
        """Engineers of the actor's platform by e-mail."""
        found = facilities.engineers_to_choose(platform_id=self.actor.organisation_id)
        return {email.lower(): pk for email, pk in found.values_list("person__email", "pk")}

    @cached_property
    def duty(self) -> dict[int, list[tuple[datetime, datetime]]]:
        """When each of them is on shift already."""
        found: dict[int, list[tuple[datetime, datetime]]] = {}
        for shift in crew.shifts().filter(membership_id__in=self.engineers.values()):
            span = shift.period.lower, shift.period.upper
            found.setdefault(shift.membership_id, []).append(span)
        return found

    @cached_property
    def away(self) -> dict[int, list[tuple[datetime, datetime]]]:
        """When each of them is on leave."""
        found: dict[int, list[tuple[datetime, datetime]]] = {}
        for leave in crew.granted_leave().filter(membership_id__in=self.engineers.values()):
            span = leave.period.lower, leave.period.upper
            found.setdefault(leave.membership_id, []).append(span)
        return found

    @cached_property
    def scenarios(self) -> set[str]:
        """What the actor's organisation has already brought in or may name by its own number."""
        found = Scenario.objects.filter(owner_id=self.actor.organisation_id)
        return {key or f"n:PH-{pk}" for pk, key in found.values_list("pk", "import_key")}

    @cached_property
    def courses(self) -> dict[str, Course]:
        """Open courses of the actor's platform by name."""
        found = crew.visible_courses(actor=self.actor).filter(
            platform_id=self.actor.organisation_id, status=Course.Status.OPEN
        )
        return {course.name: course for course in found}

    @cached_property
    def bookable_lines(self) -> dict[str, list[Line]]:
        """Lines the actor may see, by name."""
        found: dict[str, list[Line]] = {}
        for line in facilities.visible_lines(actor=self.actor).order_by("pk"):
            found.setdefault(line.name, []).append(line)
        return found

    @cached_property
    def bookable_projects(self) -> dict[str, list[int]]:
        """Projects the actor may book for, by title."""
        found: dict[str, list[int]] = {}
        for project in booking.bookable_projects(actor=self.actor):
            found.setdefault(project.title, []).append(project.pk)
        return found

    @cached_property
    def today(self) -> date:
        """The day it is, in Shanghai."""
        return local_date(self.at)

    def somebody(self, email: str) -> int | None:
        """The person who acts for an organisation here under this address."""
        if email not in self.people:
            member = parties.standing().filter(person__email__iexact=email).first()
            self.people[email] = member.person_id if member else None
        return self.people[email]

    def organisation(self, text: str) -> int | None:
        """The organisation of this code or name, if the actor may see it."""
        if text not in self.owners:
            seen = parties.visible_organisations(actor=self.actor)
            by_code = seen.filter(uscc=text.strip().upper().replace(" ", ""))
            found = list((by_code or seen.filter(name=text)).values_list("pk", flat=True)[:2])
            self.owners[text] = found[0] if len(found) == 1 else None
        return self.owners[text]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong (or only doubtful) with a value of an otherwise readable row."""

    column: str
    problem: str
    remedy: str = ""


@dataclass(slots=True)
class Judged:
    """A row turned into what the domain takes in, with what was found on the way."""

    incoming: Incoming
    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)
