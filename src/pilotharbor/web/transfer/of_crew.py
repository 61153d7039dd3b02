"""What does a row of a roster or of a list of examinations become?"""

from typing import Any

from django.utils.translation import gettext as translate

from pilotharbor.crew import commands, rhythm
from pilotharbor.crew.commands.shifts import stretch_said
from pilotharbor.crew.models import Examination
from pilotharbor.crew.spans import Span
from pilotharbor.kernel.bulk import Incoming
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.sheets import Row
from pilotharbor.web.transfer.judging import Fault, Judged, References


def shift(row: Row, references: References) -> Judged:
    """One shift of one engineer."""
    given: Any = row.values
    email, day = str(given.get("email") or "").lower(), given.get("day")
    starts, ends = given.get("starts"), given.get("ends")
    faults: list[Fault] = []
    member = references.engineers.get(email)
    if email and member is None:
        problem = translate("No engineer of your platform has this address")
        remedy = translate("Invite the person as an equipment engineer first.")
        faults.append(Fault("email", problem, remedy))
    fields: dict[str, object] = {"membership_id": member, "note": given.get("note") or ""}
    if day and starts and ends:
        span = rhythm.stretch(day, starts, ends)
        fields |= {"start": span[0], "end": span[1]}
        try:
            commands.shifts.require_sound(*span, at=references.at)
        except DomainError as refused:
            faults.append(Fault("day", str(refused)))
        if member is not None:
            faults += _in_the_way(row.line, member, span, references)
    return Judged(Incoming(row.line, f"{email} {day} {starts}", fields), faults)


def _in_the_way(line: int, member: int, span: Span, references: References) -> list[Fault]:
    others = references.planned.setdefault(member, {})
    there = [other for other in references.duty.get(member, []) if other != span]
    before = [other for number, other in others.items() if number < line and other != span]
    others[line] = span
    faults = []
    for spans, problem in (
        (there, translate("The engineer is on shift already: {taken}")),
        (before, translate("An earlier row puts the engineer on shift: {taken}")),
        (references.away.get(member, []), translate("The engineer is on leave: {taken}")),
    ):
        met = next((s for s in spans if s[0] < span[1] and span[0] < s[1]), None)
        if met is not None:
            said = problem.format(taken=stretch_said(*met))
            faults.append(
                Fault("starts", said, translate("Choose another time, or leave the row out."))
            )
    return faults


def examination(row: Row, references: References) -> Judged:
    """One examination of one person."""
    given: Any = row.values
    email = str(given.get("email") or "")
    course = references.courses.get(str(given.get("course") or ""))
    person = references.somebody(email) if email else None
    held, mark = given.get("held_date"), given.get("mark")
    faults: list[Fault] = []
    if given.get("course") and course is None:
        known = "、".join(list(references.courses)[:8]) or translate("none yet")
        remedy = translate("Your open courses: {courses}.").format(courses=known)
        faults.append(Fault("course", translate("Your platform has no such open course"), remedy))
    if email and person is None:
        problem = translate("Nobody who acts for an organisation here has this address")
        faults.append(Fault("email", problem, translate("Let the person register first.")))
    if person is not None and person == references.actor.person_id:
        faults.append(Fault("email", str(commands.ExaminedOneself())))
    if course is not None:
        try:
            commands.examinations.require_mark(course, mark)
        except DomainError as refused:
            faults.append(Fault("mark", str(refused)))
    if course is not None and person is not None and held:
        there = Examination.objects.filter(course=course, person_id=person, held_date=held)
        rival = there.filter(corrected_by=None).first()
        if rival is not None and rival.mark != mark:
            problem = translate("On record with another mark: {mark}").format(mark=rival.mark)
            remedy = translate("Correct the record on the page of the course.")
            faults.append(Fault("mark", problem, remedy))
    if held and held > references.today:
        faults.append(Fault("held_date", str(commands.HeldLater())))
    key = f"{course.pk if course else None} {email.lower()} {held}"
    first = references.sat.setdefault(key, row.line)
    if first != row.line:
        problem = translate("Line {line} is about the same examination").format(line=first)
        faults.append(Fault("email", problem, translate("Keep one of the two rows.")))
    fields = {
        "course_id": course.pk if course else None,
        "email": email,
        "held_date": held,
        "mark": mark,
        "note": given.get("note") or "",
    }
    return Judged(Incoming(row.line, key, fields), faults)
