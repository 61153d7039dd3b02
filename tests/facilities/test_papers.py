"""Photos, papers and proofs of machines; who opens them, and which run out."""

from datetime import date, timedelta

import pytest

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.models import EquipmentPaper, EquipmentQualification
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.files import store
from pilotharbor.kernel.files.contents import FileRefused
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.secrecy import StateSecretRefused
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from pilotharbor.web.home.waiting import waiting_for
from tests.factories.facilities import EquipmentFactory
from tests.factories.files import PDF, archive, png
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def add(machine, operator, by):
    def do(content=PDF, name="合格证.pdf", kind="certificate", actor=operator, of=machine, **more):
        with store.staged([content], name=name) as file:
            return commands.add_paper(equipment_id=of.pk, file=file, kind=kind, **more, **by(actor))

    return do


@pytest.fixture
def prove(machine, operator, by, at):
    today = local_date(at)

    def do(days=None, *, issued=400, of=machine, actor=operator, **more):
        fields = {
            "kind": "gmp", "issued_date": today - timedelta(days=issued),
            "last_day": None if days is None else today + timedelta(days=days), **more,
        }  # fmt: skip
        return commands.add_qualification(equipment_id=of.pk, fields=fields, **by(actor))

    return do


def stored(folder):
    return [p.name for p in (folder / "attachments").rglob("*") if p.is_file()]


def test_a_photo_is_kept_under_its_hash(add, machine, engineer, data_folder):
    photo = add(png(), "外观.png", "photo", actor=engineer, is_public=True, about=" 正面 ")

    assert (photo.form, photo.about, photo.is_public) == ("png", "正面", True)
    assert stored(data_folder) == [photo.sha256]
    assert Event.objects.get().name == "facilities.equipment.paper_added"


def test_refusals_leave_nothing(add, machine, stranger, data_folder):
    with pytest.raises(commands.PhotoIsNoPicture) as refused:
        add(kind="photo")
    assert list(refused.value.problems) == ["file"]
    with pytest.raises(commands.AboutTooLong):
        add(about="长" * 201)
    with pytest.raises(FileRefused):
        add(archive(), "图.png", "photo")
    with pytest.raises(StateSecretRefused):
        add(name="机密★.pdf")
    with pytest.raises(commands.NotYourEquipment):
        add(actor=stranger)
    with pytest.raises(NotYourRole):
        add(actor=MembershipFactory(organisation=machine.platform, role=Role.RESEARCHER))

    assert (stored(data_folder), EquipmentPaper.objects.count()) == ([], 0)
    assert Event.objects.count() == 0


def test_the_same_file_once_and_at_most_thirty(add, operator, by):
    first = add()
    with pytest.raises(commands.SamePaper):
        add(name="又.pdf")
    for n in range(29):
        add(PDF + str(n).encode())
    with pytest.raises(commands.TooManyPapers):
        add(PDF + b"one more")

    commands.remove_paper(paper_id=first.pk, **by(operator))
    assert add().pk
    with pytest.raises(NotFound):
        commands.remove_paper(paper_id=first.pk, **by(operator))


def test_who_opens_a_paper(add, machine, operator, engineer, stranger):
    secret, public = add(), add(png(), "图.png", "photo", is_public=True)
    auditor = MembershipFactory(role=Role.AUDITOR)
    buyer = MembershipFactory(role=Role.ENTERPRISE_MEMBER)

    def open_to(actor):
        return set(queries.papers(actor=actor))

    assert open_to(operator) == open_to(engineer) == open_to(auditor) == {secret, public}
    assert open_to(buyer) == open_to(stranger) == open_to(None) == {public}
    machine.is_shared = False
    machine.save()
    assert open_to(buyer) == open_to(None) == set()
    assert open_to(operator) == {secret, public}


def test_a_proof_rests_on_a_paper(add, prove, machine, operator, by):
    paper, other = add(), EquipmentFactory(line=machine.line)
    proof = prove(10, paper_id=paper.pk)

    with pytest.raises(commands.PaperRestedOn):
        commands.remove_paper(paper_id=paper.pk, **by(operator))
    with pytest.raises(commands.PaperElsewhere) as refused:
        prove(10, of=other, paper_id=paper.pk)
    assert list(refused.value.problems) == ["paper_id"]
    commands.withdraw_qualification(qualification_id=proof.pk, **by(operator))
    prove(-1, paper_id=paper.pk)
    commands.remove_paper(paper_id=paper.pk, **by(operator))

    with pytest.raises(NotFound):
        commands.withdraw_qualification(qualification_id=proof.pk, **by(operator))
    with pytest.raises(NotFound):
        commands.withdraw_qualification(qualification_id=0, **by(operator))


def test_days_of_a_proof(prove, stranger):
    with pytest.raises(commands.LastDayFirst) as refused:
        prove(-401)
    assert list(refused.value.problems) == ["last_day"]
    with pytest.raises(commands.IssuedAhead):
        prove(issued=-1)
    with pytest.raises(commands.NotYourEquipment):
        prove(1, actor=stranger)
    assert prove(-400).pk
    assert EquipmentQualification.objects.count() == 1


def test_what_runs_out_waits_for_its_keepers(prove, machine, operator, engineer, stranger, by, at):
    other, gone = EquipmentFactory(line=machine.line), EquipmentFactory(line=machine.line)
    soon, over = prove(60), prove(-3, kind="calibration")
    prove(61, kind="pressure")
    prove(None, kind="explosion")
    renewed = prove(5, of=other)
    prove(700, of=other)
    prove(5, of=gone)
    commands.retire_equipment(equipment_id=gone.pk, **by(operator))
    withdrawn = prove(5, kind="other", name="防雷")
    commands.withdraw_qualification(qualification_id=withdrawn.pk, **by(operator))

    def waits_for(actor):
        return list(queries.running_out(actor=actor, today=local_date(at)))

    assert waits_for(operator) == waits_for(engineer) == [over, soon]
    assert renewed not in waits_for(operator)
    researcher = MembershipFactory(organisation=machine.platform, role=Role.RESEARCHER)
    assert waits_for(stranger) == waits_for(researcher) == []


def test_permits_that_run_out(line, operator, engineer, by, at):
    today = local_date(at)

    def item(text, day):
        fields = {"topic": "environment", "text": text, "last_day": day}
        return commands.add_safety_item(line_id=line.pk, fields=fields, **by(operator))

    late = item("环评批复", today - timedelta(days=1))
    item("危化品许可", date(2027, 1, 1))
    item("防护", None)

    assert list(queries.permits_running_out(actor=operator, today=today)) == [late]
    assert list(queries.permits_running_out(actor=engineer, today=today)) == []


def test_what_runs_out_stands_on_the_home_of_its_keepers(
    prove, machine, line, operator, engineer, by, at
):
    prove(20)
    fields = {"topic": "environment", "text": "环评", "last_day": local_date(at)}
    commands.add_safety_item(line_id=line.pk, fields=fields, **by(operator))

    def waits_for(actor):
        return [w.url for w in waiting_for(actor, at) if "Renew" in w.what or "续办" in w.what]

    assert waits_for(operator) == [f"/lines/{line.pk}/safety", f"/equipment/{machine.pk}"]
    assert waits_for(engineer) == [f"/equipment/{machine.pk}"]
