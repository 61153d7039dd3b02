"""R-MATCH-6: the index follows whatever happens to what is found, and mends its own gaps."""

import threading

import pytest
from django.db import connection, transaction

from pilotharbor.facilities import commands as facilities
from pilotharbor.kernel.models import Event
from pilotharbor.matching import index
from pilotharbor.matching.findable import FINDABLE
from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND, EXPERT, LINE, RIGHT, SCENARIO
from pilotharbor.matching.models import IndexEntry
from pilotharbor.parties import commands as parties
from pilotharbor.parties.roles import Role
from pilotharbor.technologies import commands as technologies
from pilotharbor.technologies.content import GivenRight
from pilotharbor.technologies.models import Achievement, Demand, IpAsset
from tests.conftest import AT
from tests.factories.facilities import EquipmentFactory, LineFactory
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.scenarios import ScenarioFactory, stage
from tests.factories.technologies import market
from tests.factories.worker import work

pytestmark = pytest.mark.django_db(transaction=True)


def happened(name, subject, **facts):
    """As if its domain had just recorded it."""
    Event.objects.create(
        name=name, subject_type=subject._meta.label_lower, subject_id=subject.pk, at=AT, facts=facts
    )


def there(kind, entry):
    return IndexEntry.objects.filter(kind=kind, object_id=entry.pk, status="published").first()


@pytest.fixture
def m():
    made = market()
    index.rebuild()
    return made


@pytest.fixture
def line(m):
    made = LineFactory(platform=m.host, name="湿法中试线")
    index.rebuild()
    return made


def test_a_line_that_is_closed_is_gone_and_is_back_when_reopened(m, line):
    facilities.close_line(line_id=line.pk, reason="检修", actor_id=m.operator.pk, at=AT)
    work()
    assert there(LINE, line) is None

    facilities.reopen_line(line_id=line.pk, actor_id=m.operator.pk, at=AT)
    work()
    assert there(LINE, line).title == "湿法中试线"


def test_a_line_is_found_by_its_machines_as_they_are_called_now(m, line):
    machine = EquipmentFactory(line=line, name="砂磨机")
    other = LineFactory(platform=m.host, name="干法中试线")
    happened("facilities.line.registered", other)
    happened("facilities.equipment.registered", machine)
    work()
    assert "砂磨机" in there(LINE, line).body

    machine.name = "双螺杆挤出机"
    machine.save()
    happened("facilities.equipment.revised", machine)
    work()
    assert "双螺杆" in there(LINE, line).body
    assert "砂磨" not in there(LINE, line).body

    facilities.move_equipment(
        equipment_id=machine.pk, line_id=other.pk, actor_id=m.operator.pk, at=AT
    )
    work()
    assert "双螺杆" in there(LINE, other).body
    assert "双螺杆" not in there(LINE, line).body


def test_a_machine_that_is_retired_or_not_shared_says_nothing(m, line):
    machine = EquipmentFactory(line=line, name="砂磨机")
    EquipmentFactory(line=line, name="机密釜", is_shared=False)
    happened("facilities.equipment.registered", machine)
    work()
    assert "砂磨机" in there(LINE, line).body
    assert "机密" not in there(LINE, line).body

    facilities.retire_equipment(equipment_id=machine.pk, actor_id=m.operator.pk, at=AT)
    work()
    assert "砂磨机" not in there(LINE, line).body


@pytest.fixture
def known(m):
    """An expert with a field, in an organisation of their own."""
    made = MembershipFactory(role=Role.EXPERT, field="烧结工艺", is_admin=False)
    index.rebuild()
    return made


def test_an_expert_who_is_suspended_is_not_found_until_reinstated(m, known):
    for change, there_then in (
        (lambda: parties.suspend_member(
            membership_id=known.pk, reason="核查", actor_id=m.operator.pk, at=AT), False),
        (lambda: parties.reinstate_member(membership_id=known.pk, actor_id=m.operator.pk, at=AT), True),
    ):  # fmt: skip
        change()
        work()
        assert bool(there(EXPERT, known)) is there_then


def test_an_expert_whose_person_is_suspended_is_not_found_until_reinstated(m, known):
    parties.suspend_person(
        person_id=known.person_id, reason="核查", actor_id=m.administrator.pk, at=AT
    )
    work()
    assert there(EXPERT, known) is None

    parties.reinstate_person(person_id=known.person_id, actor_id=m.administrator.pk, at=AT)
    work()
    assert there(EXPERT, known)


def test_an_organisation_takes_its_experts_and_lines_with_it(m, known):
    member = OrganisationFactory(kind="pilot_platform")
    line = LineFactory(platform=member)
    index.rebuild()
    for organisation, kind, entry in ((known.organisation, EXPERT, known), (member, LINE, line)):
        assert there(kind, entry)
        parties.suspend_organisation(
            organisation_id=organisation.pk, reason="核查", actor_id=m.operator.pk, at=AT
        )
        work()
        assert there(kind, entry) is None
        parties.reinstate_organisation(
            organisation_id=organisation.pk, actor_id=m.operator.pk, at=AT
        )
        work()
        assert there(kind, entry)


def test_an_applicants_lines_and_experts_are_found_once_it_is_approved(m):
    applicant = OrganisationFactory(kind="pilot_platform", status="applied")
    line = LineFactory(platform=applicant)
    expert = MembershipFactory(role=Role.EXPERT, field="烧结", organisation=applicant)
    index.fill_gaps()
    assert there(LINE, line) is there(EXPERT, expert) is None

    parties.approve_organisation(organisation_id=applicant.pk, actor_id=m.operator.pk, at=AT)
    work()

    assert there(LINE, line)
    assert there(EXPERT, expert)


def test_no_name_of_an_expert_stands_in_the_index(m, known):
    row = there(EXPERT, known)

    said = f"{row.title} {row.text} {row.body} {row.marks}"
    assert known.field in said
    assert known.person.name not in said
    assert known.organisation.name not in said


@pytest.mark.parametrize(("status", "reason"), [("closed", "无人应答"), ("withdrawn", "")])
def test_a_scenario_that_is_over_is_gone(status, reason):
    s = stage()
    index.rebuild()
    assert there(SCENARIO, s.scenario)

    s.scenario.status, s.scenario.closing_reason = status, reason
    s.scenario.save()
    happened(f"technologies.scenario.{status}", s.scenario)
    work()

    assert there(SCENARIO, s.scenario) is None


def test_a_scenario_with_a_chosen_answer_is_gone():
    s = stage()
    index.rebuild()
    s.scenario.status, s.scenario.chosen = "unveiled", s.answers[0]
    s.scenario.unveiled_at = AT
    s.scenario.save()
    happened(
        "technologies.scenario.unveiled", s.scenario, answer_id=s.answers[0].pk, not_chosen_ids=[]
    )
    work()

    assert there(SCENARIO, s.scenario) is None


def test_a_right_that_its_result_has_lost_is_gone_and_a_new_one_is_there(m):
    kept = IpAsset.objects.create(
        achievement=m.achievement, kind="invention_patent", application_no="2023100000017"
    )
    index.rebuild()
    assert there(RIGHT, kept)

    technologies.revise(
        achievement_id=m.achievement.pk, content={}, ip=[GivenRight(kind="software")],
        actor_id=m.tto.pk, at=AT,
    )  # fmt: skip
    work()

    (now,) = IpAsset.objects.all()
    assert now.pk != kept.pk
    assert there(RIGHT, kept) is None
    assert there(RIGHT, now)


def test_a_right_goes_with_its_result(m):
    right = IpAsset.objects.create(achievement=m.achievement, kind="software")
    index.rebuild()

    technologies.withdraw(achievement_id=m.achievement.pk, actor_id=m.inventor.pk, at=AT)
    work()

    assert there(RIGHT, right) is there(ACHIEVEMENT, m.achievement) is None


def whole():
    columns = ("kind", "object_id", "title", "text", "status", "body", "marks", "level", "owner_id")
    return list(IndexEntry.objects.order_by("kind", "object_id").values(*columns))


@pytest.fixture
def full(m):
    IpAsset.objects.create(achievement=m.achievement, kind="software")
    ScenarioFactory()
    LineFactory(platform=m.host)
    MembershipFactory(role=Role.EXPERT, field="烧结")
    index.rebuild()
    return m


def test_gaps_are_filled_for_every_kind_after_a_copy_was_restored(full):
    before = whole()
    assert {row["kind"] for row in before} == set(FINDABLE)
    IndexEntry.objects.all().delete()

    assert index.fill_gaps() == len(before)
    assert whole() == before
    assert index.fill_gaps() == 0


def test_entries_of_an_older_version_are_written_anew(full):
    before = whole()
    IndexEntry.objects.update(marks=[], body="")

    shown = sum(row["status"] == "published" for row in before)
    assert index.fill_gaps() == shown
    assert whole() == before
    assert index.fill_gaps() == 0


def test_gaps_are_filled_a_part_at_a_time(full):
    count = len(whole())
    IndexEntry.objects.all().delete()

    assert index.fill_gaps(most=2) == 2
    assert index.fill_gaps(most=count) == count - 2


def test_what_is_published_while_gaps_are_filled_is_found_all_the_same(m):
    """Its event has a lower number than the newest, and is committed after the gaps were looked for."""
    draft = Achievement.objects.create(
        owner=m.university, disclosed_by=m.inventor, disclosed_at=AT, title="慢提交", summary="慢",
        status="draft",
    )  # fmt: skip
    newest = Event.objects.create(
        name="technologies.demand.posted", subject_type=DEMAND, subject_id=m.demand.pk, at=AT
    )
    under_way = Event(
        pk=newest.pk - 1, name="technologies.achievement.published", subject_type=ACHIEVEMENT,
        subject_id=draft.pk, at=AT, facts={},
    )  # fmt: skip
    index.fill_gaps()

    Achievement.objects.filter(pk=draft.pk).update(status="published", published_at=AT)
    index.reflect(events=[under_way])

    assert there(ACHIEVEMENT, draft)


def test_an_older_event_never_overwrites_where_one_subject_tells(full):
    IndexEntry.objects.update(event_id=10_000_000)
    before = whole()
    Demand.objects.update(title="另一题")

    for kind, found in FINDABLE.items():
        if kind in index.MANY_VOICED:
            continue
        for pk in found.model.objects.values_list("pk", flat=True):
            index.reflect(
                events=[Event(pk=5, name="x", subject_type=kind, subject_id=pk, at=AT, facts={})]
            )

    assert [row for row in whole() if row["title"] == "另一题"] == []
    assert before == [row for row in whole() if row in before]


def test_a_line_says_what_is_true_though_its_events_come_in_another_order(m, line):
    """A machine's event had the greater number and was committed first."""
    machine = EquipmentFactory(platform=m.host, line=line, name="薄膜蒸发器")
    late = Event(
        pk=there(LINE, line).event_id + 1, name="facilities.line.revised", subject_type=LINE,
        subject_id=line.pk, at=AT, facts={},
    )  # fmt: skip
    early = Event(
        pk=late.pk + 1, name="facilities.equipment.revised",
        subject_type="facilities.equipment", subject_id=machine.pk, at=AT, facts={},
    )  # fmt: skip
    index.reflect(events=[early])
    before = there(LINE, line).event_id
    type(line).objects.filter(pk=line.pk).update(name="干法中试线")

    index.reflect(events=[late])

    now = there(LINE, line)
    assert now.title == "干法中试线"
    # The finder tells by the number that there is something new.
    assert now.event_id > before
    index.reflect(events=[late])
    assert there(LINE, line).event_id == now.event_id


def test_the_same_event_twice_writes_a_line_once(m, line):
    again = Event(
        pk=there(LINE, line).event_id, name="facilities.line.revised", subject_type=LINE,
        subject_id=line.pk, at=AT, facts={},
    )  # fmt: skip
    before = IndexEntry.objects.filter(kind=LINE).values("event_id", "touched").get()

    index.reflect(events=[again])

    assert IndexEntry.objects.filter(kind=LINE).values("event_id", "touched").get() == before


def test_two_who_write_a_line_at_once_leave_the_newer_state(m, line):
    """One worker reads the line and is slow; another reads and writes a newer state meanwhile."""
    reading, go_on = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            index._hold(LINE)
            reading.set()
            go_on.wait(10)
        connection.close()

    def writer():
        index.reflect(events=[Event(
            pk=1, name="facilities.line.revised", subject_type=LINE, subject_id=line.pk, at=AT,
            facts={},
        )])  # fmt: skip
        connection.close()

    first = threading.Thread(target=slow)
    first.start()
    assert reading.wait(10)
    second = threading.Thread(target=writer)
    second.start()
    second.join(0.5)
    waited = second.is_alive()
    type(line).objects.filter(pk=line.pk).update(name="后改的名")
    go_on.set()
    first.join(10)
    second.join(10)

    assert waited
    assert there(LINE, line).title == "后改的名"


def test_rebuilding_twice_changes_nothing(full):
    before = whole()

    index.rebuild()

    assert whole() == before
