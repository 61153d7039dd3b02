"""What keeps an engineer from a booking, and a person from a machine: one sentence each.

Whoever books collects these beside their own and tells all of them at once.
"""

from dataclasses import dataclass
from datetime import date

from pilotharbor.kernel.errors import Conflict


class Problem(Conflict):
    """This engineer cannot take that."""

    code = "crew.problem"


class OffShift(Problem):
    """{engineer} is not on shift for all of that time; choose another engineer or another time."""

    code = "crew.off_shift"


class OnLeave(Problem):
    """{engineer} is on leave from {start} to {end}; choose another engineer or another time."""

    code = "crew.on_leave"


class SkillMissing(Problem):
    """{engineer} lacks a skill this line asks for: “{skill}”. Choose another engineer or have it granted."""

    code = "crew.skill_missing"


class SkillExpired(Problem):
    """The skill “{skill}” of {engineer} does not hold for all of that time; choose another engineer or have it renewed."""

    code = "crew.skill_expired"


class Unqualified(Conflict):
    """{person} has not passed “{course}”, which this line asks for: have an engineer run it, or pass the course first."""

    code = "crew.unqualified"


class QualificationExpired(Unqualified):
    """What {person} passed in “{course}” does not hold on that day: have an engineer run it, or pass again first."""

    code = "crew.qualification_expired"


@dataclass(frozen=True, slots=True)
class Missing:
    """A course without which this person may not run the line alone on that day.

    ``target``  the line or machine that asks for it
    ``since``   since when an earlier pass no longer holds; ``None`` where there never was one
    """

    course_id: int
    course: str
    target: str
    since: date | None

    def error(self, *, person: str) -> Unqualified:
        """The same as a refusal."""
        kind = Unqualified if self.since is None else QualificationExpired
        since = self.since.isoformat() if self.since else None
        return kind(person=person, course=self.course, course_id=self.course_id, since=since)
