"""Photos and papers of a machine, and what it is proved fit for."""

from datetime import date, datetime
from typing import TypedDict

from pilotharbor.facilities.commands.equipment import equipment_keeper, locked_machine
from pilotharbor.facilities.models import Equipment, EquipmentPaper, EquipmentQualification
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.files import store
from pilotharbor.kernel.files.kinds import PICTURES
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties.models import Membership

MOST = 30
ABOUT_LENGTH = 200


class QualificationFields(TypedDict, total=False):
    """What one may say about a qualification; ``last_day`` empty: no end."""

    kind: str
    name: str
    number: str
    issuer: str
    issued_date: date
    last_day: date | None
    paper_id: int | None


class TooManyPapers(Conflict):
    """A machine has at most thirty photos and papers; take one off first."""

    code = "facilities.too_many_papers"


class SamePaper(Conflict):
    """This very file belongs to the machine already."""

    code = "facilities.same_paper"


class PhotoIsNoPicture(Invalid):
    """A photo is a PNG or JPEG picture; add anything else as another kind of paper."""

    code = "facilities.photo_is_no_picture"


class AboutTooLong(Invalid):
    """Say in at most 200 characters what it shows."""

    code = "facilities.about_too_long"


class PaperRestedOn(Conflict):
    """A qualification that is still valid rests on this paper; withdraw that one first."""

    code = "facilities.paper_rested_on"


class LastDayFirst(Invalid):
    """The last day cannot come before the day of issue."""

    code = "facilities.last_day_first"


class IssuedAhead(Invalid):
    """The day of issue lies in the future."""

    code = "facilities.issued_ahead"


class PaperElsewhere(Invalid):
    """This paper does not belong to the machine; choose one of its own."""

    code = "facilities.paper_elsewhere"


@command
def add_paper(
    *,
    equipment_id: int,
    file: store.Staged,
    kind: str,
    actor_id: int,
    at: datetime,
    about: str = "",
    is_public: bool = False,
) -> EquipmentPaper:
    """Add a photo or paper to a machine; ``file`` was examined when it came in.

    Raises: NotYourRole, AboutTooLong, PhotoIsNoPicture, NotFound, NotYourEquipment, TooManyPapers, SamePaper.
    Source: R-FAC-20.
    """
    actor = equipment_keeper(actor_id)
    if len(about.strip()) > ABOUT_LENGTH:
        raise AboutTooLong(problems={"about": str(AboutTooLong())})
    if kind == EquipmentPaper.Kind.PHOTO and file.kind not in PICTURES:
        raise PhotoIsNoPicture(problems={"file": str(PhotoIsNoPicture())})
    machine = locked_machine(equipment_id=equipment_id, actor=actor)
    if machine.papers.filter(removed_at__isnull=True).count() >= MOST:
        raise TooManyPapers
    with refusing(facilities_paper_once_per_machine=SamePaper(problems={"file": str(SamePaper())})):
        paper = EquipmentPaper.objects.create(
            equipment=machine, kind=EquipmentPaper.Kind(kind), name=file.name, about=about.strip(),
            form=file.kind, size=file.size, sha256=file.sha256, is_public=is_public,
            added_by=actor, added_at=at,
        )  # fmt: skip
    events.record(
        "facilities.equipment.paper_added", machine, actor=actor, at=at, paper_id=paper.pk,
        sha256=file.sha256, is_public=is_public,
    )  # fmt: skip
    # The last step, so that a refusal leaves no bytes behind; the same bytes again change nothing.
    store.keep(file)
    return paper


@command
def remove_paper(*, paper_id: int, actor_id: int, at: datetime) -> EquipmentPaper:
    """Take a photo or paper off its machine; it is served no more.

    Raises: NotYourRole, NotFound, NotYourEquipment, PaperRestedOn. Source: R-FAC-20.
    """
    actor = equipment_keeper(actor_id)
    found = EquipmentPaper.objects.filter(pk=paper_id).first()
    if found is None:
        raise NotFound
    machine = locked_machine(equipment_id=found.equipment_id, actor=actor)
    paper = EquipmentPaper.objects.filter(pk=paper_id, removed_at__isnull=True).first()
    if paper is None:
        raise NotFound
    resting = machine.qualifications.filter(paper=paper, withdrawn_at__isnull=True)
    if any(one.last_day is None or one.last_day >= local_date(at) for one in resting):
        raise PaperRestedOn
    paper.removed_by, paper.removed_at = actor, at
    paper.save(update_fields=["removed_by", "removed_at"])
    events.record(
        "facilities.equipment.paper_removed", machine, actor=actor, at=at, paper_id=paper.pk
    )
    return paper


@command
def add_qualification(
    *, equipment_id: int, fields: QualificationFields, actor_id: int, at: datetime
) -> EquipmentQualification:
    """Note what a machine is proved fit for, by whom and until when.

    Raises: NotYourRole, IssuedAhead, LastDayFirst, NotFound, NotYourEquipment, PaperElsewhere.
    Source: R-FAC-19.
    """
    actor = equipment_keeper(actor_id)
    issued, last = fields["issued_date"], fields.get("last_day")
    if issued > local_date(at):
        raise IssuedAhead(problems={"issued_date": str(IssuedAhead())})
    if last is not None and last < issued:
        raise LastDayFirst(problems={"last_day": str(LastDayFirst())})
    machine = locked_machine(equipment_id=equipment_id, actor=actor)
    _require_paper(machine, fields.get("paper_id"))
    made = EquipmentQualification.objects.create(equipment=machine, **fields)
    _record("qualified", machine, made, actor, at)
    return made


@command
def withdraw_qualification(
    *, qualification_id: int, actor_id: int, at: datetime
) -> EquipmentQualification:
    """Take a qualification back, whatever day it says.

    Raises: NotYourRole, NotFound, NotYourEquipment. Source: R-FAC-19.
    """
    actor = equipment_keeper(actor_id)
    found = EquipmentQualification.objects.filter(pk=qualification_id).first()
    if found is None:
        raise NotFound
    machine = locked_machine(equipment_id=found.equipment_id, actor=actor)
    gone = machine.qualifications.filter(pk=found.pk, withdrawn_at__isnull=True).first()
    if gone is None:
        raise NotFound
    gone.withdrawn_at = at
    gone.save(update_fields=["withdrawn_at"])
    _record("disqualified", machine, gone, actor, at)
    return gone


def _require_paper(machine: Equipment, paper_id: int | None) -> None:
    if paper_id is None:
        return
    if not machine.papers.filter(pk=paper_id, removed_at__isnull=True).exists():
        raise PaperElsewhere(problems={"paper_id": str(PaperElsewhere())})


def _record(
    done: str, machine: Equipment, one: EquipmentQualification, actor: Membership, at: datetime
) -> None:
    events.record(
        f"facilities.equipment.{done}", machine, actor=actor, at=at, qualification_id=one.pk,
        kind=one.kind, last_day=one.last_day.isoformat() if one.last_day else None,
        platform_id=machine.platform_id,
    )  # fmt: skip
