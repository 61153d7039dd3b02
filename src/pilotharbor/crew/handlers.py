"""Who hears of shifts, leave, places, examinations, and of what runs out."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pilotharbor.crew.models import (
    Course,
    EngineerSkill,
    Enrolment,
    Examination,
    Leave,
    UserQualification,
)
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel.events import Fact
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import SHANGHAI
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.parties import queries as people


def _moment(value: object) -> str:
    return f"{datetime.fromisoformat(str(value)).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _left(days: object) -> str:
    count = int(str(days))
    if count == 0:
        return translate("its last day")
    return ngettext("{days} day left", "{days} days left", count).format(days=count)


def _outcome(passed: object) -> str:
    return translate("passed") if passed else translate("not passed")


notices.say(
    "crew.shift.planned", _("You are on shift from {start} to {end}."), start=_moment, end=_moment
)
notices.say(
    "crew.shift.withdrawn",
    _("Your shift from {start} to {end} is withdrawn."),
    start=_moment,
    end=_moment,
)
notices.say(
    "crew.pattern.planned", _("{shifts} shifts are planned for you from {start} on."), start=_moment
)
notices.say(
    "crew.pattern.ended", _("{shifts} of your shifts from {start} on are withdrawn."), start=_moment
)
notices.say(
    "crew.shifts.imported",
    _("{shifts} shifts from {start} on were entered for you from a list."),
    start=_moment,
)
notices.say(
    "crew.leave.asked",
    _("{person} asks for leave from {start} to {end}."),
    start=_moment,
    end=_moment,
)
notices.say(
    "crew.leave.approved",
    _("Your leave from {start} to {end} is granted."),
    start=_moment,
    end=_moment,
)
notices.say(
    "crew.leave.refused",
    _("Your leave from {start} to {end} is refused: {reason}"),
    start=_moment,
    end=_moment,
)
notices.say(
    "crew.leave.withdrawn",
    _("The leave of {person} from {start} to {end} is withdrawn."),
    start=_moment,
    end=_moment,
)
notices.say(
    "crew.leave.ended",
    _("The leave of {person} from {start} to {end} has ended early."),
    start=_moment,
    end=_moment,
)
notices.say("crew.engineer_skill.granted", _("You have been granted the skill “{skill}”."))
notices.say("crew.engineer_skill.withdrawn", _("Your skill “{skill}” has been withdrawn: {reason}"))
notices.say(
    "crew.engineer_skill.expiring",
    _("The skill “{skill}” of {person} holds until {last_day}: {days}."),
    days=_left,
)
notices.say("crew.enrolment.asked", _("{person} asks for a place in “{course}”."))
notices.say(
    "crew.examination.recorded", _("Your examination in “{course}”: {passed}."), passed=_outcome
)
notices.say(
    "crew.qualification.withdrawn", _("Your qualification “{course}” has been withdrawn: {reason}")
)
notices.say(
    "crew.qualification.expiring",
    _("Your qualification “{course}” holds until {last_day}: {days}."),
    days=_left,
)
notices.say("crew.qualification.expiring_here", _("The qualification of {person} in “{course}” holds until {last_day}: {days}."), days=_left)  # fmt: skip


def _tell(
    event: Event,
    url: str,
    *,
    members: Iterable[int] = (),
    persons: Iterable[int] = (),
    kind: str = "",
    **facts: Fact,
) -> None:
    parties.notify(
        member_ids=members, person_ids=persons, not_to=event.person_id, kind=kind or event.name,
        url=url, event=event, at=event.at, facts=facts,
    )  # fmt: skip


def _keepers(platform_id: int) -> set[int]:
    rows = people.people_of(organisation_id=platform_id, roles=facilities.LINE_KEEPERS)
    return set(rows.values_list("pk", flat=True))


@handles(
    "crew.shift.planned",
    "crew.shift.withdrawn",
    "crew.shifts.imported",
    "crew.pattern.planned",
    "crew.pattern.ended",
)
def tell_whose_shift_it_is(event: Event) -> None:
    """The engineer hears when they are on duty, and when no longer."""
    facts = {name: event.facts[name] for name in ("start", "end", "shifts") if name in event.facts}
    _tell(event, reverse("my_shifts"), members=[event.facts["membership_id"]], **facts)


@handles("crew.leave.asked", "crew.leave.withdrawn", "crew.leave.ended")
def tell_who_plans(event: Event) -> None:
    """The platform's operators: somebody asks for leave, or is back."""
    leave = Leave.objects.select_related("membership__person").get(pk=event.subject_id)
    _tell(
        event, reverse("leave_detail", args=[leave.pk]),
        members=_keepers(leave.membership.organisation_id), person=leave.membership.person.name,
        start=event.facts["start"], end=event.facts["end"],
    )  # fmt: skip


@handles("crew.leave.approved", "crew.leave.refused")
def tell_who_asked_for_leave(event: Event) -> None:
    """The engineer hears what was decided."""
    leave = Leave.objects.get(pk=event.subject_id)
    _tell(
        event, reverse("my_shifts"), members=[leave.membership_id], start=event.facts["start"],
        end=event.facts["end"], reason=leave.decision_reason,
    )  # fmt: skip


@handles("crew.engineer_skill.granted", "crew.engineer_skill.withdrawn")
def tell_whose_skill_it_is(event: Event) -> None:
    """The engineer hears what they are held to be good for."""
    grant = EngineerSkill.objects.select_related("skill").get(pk=event.subject_id)
    _tell(
        event, reverse("my_shifts"), members=[grant.membership_id], skill=grant.skill.name,
        reason=grant.withdrawn_reason,
    )  # fmt: skip


@handles("crew.engineer_skill.expiring")
def tell_of_a_skill_that_runs_out(event: Event) -> None:
    """The engineer, and on the last day the operators too."""
    grant = EngineerSkill.objects.select_related("skill", "membership__person").get(
        pk=event.subject_id
    )
    told = {grant.membership_id}
    if event.facts["days"] == 0:
        told |= _keepers(grant.skill.platform_id)
    _tell(
        event, reverse("my_shifts"), members=told, skill=grant.skill.name,
        person=grant.membership.person.name, days=event.facts["days"],
        last_day=event.facts["last_day"],
    )  # fmt: skip


@handles("crew.enrolment.asked")
def tell_who_trains(event: Event) -> None:
    """The platform's operators see who waits for a place."""
    place = Enrolment.objects.select_related("course", "person").get(pk=event.subject_id)
    _tell(
        event, reverse("course_detail", args=[place.course_id]),
        members=_keepers(place.course.platform_id), person=place.person.name,
        course=place.course.name,
    )  # fmt: skip


@handles("crew.examination.recorded")
def tell_who_was_examined(event: Event) -> None:
    """The person hears whether they passed."""
    one = Examination.objects.select_related("course").get(pk=event.subject_id)
    _tell(
        event, reverse("qualifications"), persons=[one.person_id], course=one.course.name,
        passed=one.passed,
    )  # fmt: skip


@handles("crew.qualification.withdrawn")
def tell_who_lost_it(event: Event) -> None:
    """The person hears that it is gone, and why."""
    one = UserQualification.objects.select_related("course").get(pk=event.subject_id)
    _tell(
        event, reverse("qualifications"), persons=[one.person_id], course=one.course.name,
        reason=one.withdrawn_reason,
    )  # fmt: skip


@handles("crew.qualification.expiring")
def tell_of_a_qualification_that_runs_out(event: Event) -> None:
    """The person, and on the last day the platform's operators too."""
    one = UserQualification.objects.select_related("course", "person").get(pk=event.subject_id)
    course: Course = one.course
    facts: dict[str, Fact] = {
        "course": course.name, "days": event.facts["days"], "last_day": event.facts["last_day"],
        "person": one.person.name,
    }  # fmt: skip
    parties.notify(
        person_ids=[one.person_id], kind=event.name, url=reverse("qualifications"), event=event,
        at=event.at, facts=facts,
    )  # fmt: skip
    if event.facts["days"] == 0:
        parties.notify(
            member_ids=_keepers(course.platform_id), kind="crew.qualification.expiring_here",
            url=reverse("qualified"), event=event, at=event.at, facts=facts,
        )  # fmt: skip
