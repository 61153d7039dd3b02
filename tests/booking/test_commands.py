from datetime import timedelta

import pytest

from pilotharbor.booking import commands
from pilotharbor.booking.models import Allocation, Booking, Usage
from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.kernel.time import EmptyPeriod, NaiveTime
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import Project, TeamMember
from tests.factories.booking import NOW, dock, on
from tests.factories.facilities import EquipmentFactory, LineEngineerFactory, TariffFactory
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db


def names():
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def test_request_waits_for_review_and_takes_nothing():
    d = dock()

    booking = d.request(on(2), on(4, 18), batch_no=1, material=" 中间体 A ")

    assert booking.status == Booking.Status.SUBMITTED
    assert (booking.period.lower, booking.period.upper) == (on(2), on(4, 18))
    assert booking.material == "中间体 A"
    assert Allocation.objects.count() == 0
    event = Event.objects.get()
    assert event.name == "booking.booking.requested"
    assert (event.project_id, event.facts["line_id"]) == (d.project.pk, d.line.pk)


@pytest.mark.parametrize("who", ["researcher", "buyer", "operator"])
def test_parties_of_the_project_may_request(who):
    d = dock()

    assert d.request(actor=getattr(d, who)).requested_by == getattr(d, who)


def test_member_platform_requests_for_its_own_project():
    d = dock()
    member = MembershipFactory(organisation=d.project.platform, role=Role.MEMBER_PLATFORM)

    assert d.request(actor=member).requested_by == member


@pytest.mark.parametrize(
    ("role", "error"),
    [
        (Role.TTO_OFFICER, NotYourRole),
        (Role.TECHNOLOGY_MANAGER, NotYourRole),
        (Role.INVESTOR, NotYourRole),
        (Role.AUDITOR, NotYourRole),
        (Role.SYSTEM_ADMINISTRATOR, NotYourRole),
    ],
)
def test_roles_that_may_not_request(role, error):
    d = dock()
    actor = MembershipFactory(organisation=d.project.owner, role=role)

    with pytest.raises(error):
        d.request(actor=actor)

    assert names() == []


def test_an_engineer_sees_the_project_but_does_not_request():
    d = dock()
    TeamMember.objects.create(project=d.project, membership=d.engineer, added_at=NOW)

    with pytest.raises(commands.NotYourProject):
        d.request(actor=d.engineer)


def test_a_project_of_others_is_not_found():
    d, other = dock(), dock()

    with pytest.raises(NotFound):
        d.request(project_id=other.project.pk)
    with pytest.raises(NotFound):
        d.request(line_id=0)

    assert Booking.objects.count() == 0


@pytest.mark.parametrize(
    ("start", "end", "error", "field"),
    [
        (on(2), on(2), EmptyPeriod, "end"),
        (on(3), on(2), EmptyPeriod, "end"),
        (on(2).replace(tzinfo=None), on(3), NaiveTime, "start"),
        (on(1, 11), on(2), commands.StartsInThePast, "start"),
        (on(2), on(2) + timedelta(days=31, seconds=1), commands.TooLong, "end"),
    ],
)
def test_request_refuses_unsound_times(start, end, error, field):
    d = dock()

    with pytest.raises(error) as refused:
        d.request(start, end)

    assert list(refused.value.problems) == [field]
    assert (Booking.objects.count(), names()) == (0, [])


def test_request_takes_exactly_31_days():
    d = dock()

    assert d.request(on(2), on(2) + timedelta(days=31)).pk


def test_all_reasons_are_told_at_once_each_at_its_field():
    d = dock(Project.Status.PLANNING)
    d.line.is_open, d.line.closed_reason = False, "检修。"
    d.line.save()
    d.line.tariffs.all().delete()
    d.line.equipment.update(status="maintenance")

    with pytest.raises(commands.NotBookable) as refused:
        d.request(on(1, 8), on(1, 7), actor=d.operator)

    assert set(refused.value.problems) == {"start", "end", "line_id", "project_id"}
    assert refused.value.facts["codes"] == [
        "time.empty_period",
        "booking.starts_in_the_past",
        "booking.line_closed",
        "booking.no_equipment",
        "booking.no_tariff",
        "booking.project_may_not_book",
    ]
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("status", [s for s in Project.Status if s not in {"resourcing", "pilot"}])
def test_a_project_books_only_at_resourcing_and_pilot(status):
    d = dock()
    Project.objects.filter(pk=d.project.pk).update(status=status, ended_reason="理由")

    with pytest.raises(commands.ProjectMayNotBook):
        d.request()


def test_a_suspended_party_stops_bookings():
    d = dock()
    Organisation.objects.filter(pk=d.project.enterprise_id).update(status="suspended")

    with pytest.raises(commands.PartySuspended) as refused:
        d.request()

    assert refused.value.facts["name"] == d.project.enterprise.name


def test_a_suspended_platform_rents_no_line_out():
    d = dock()
    booking = d.request()
    Organisation.objects.filter(pk=d.line.platform_id).update(status="suspended")

    with pytest.raises(NotFound):
        d.request()
    with pytest.raises(NotFound):
        d.approve(booking)


def test_a_day_without_tariff_or_machine_is_refused():
    d = dock()
    d.line.tariffs.all().delete()

    with pytest.raises(commands.NoTariff):
        d.request()

    TariffFactory(line=d.line)
    d.line.equipment.update(status="retired")
    with pytest.raises(commands.NoEquipment):
        d.request()


def test_approval_allots_every_machine_in_service_at_the_price_of_the_first_day():
    d = dock()
    EquipmentFactory(line=d.line, status=Equipment.Status.MAINTENANCE)
    booking = d.request(on(2), on(4, 18))

    d.approve(booking, engineer_id=d.engineer.pk)

    booking.refresh_from_db()
    assert booking.status == Booking.Status.APPROVED
    assert (booking.price_fen, booking.tariff.batch_fen) == (9_000_000, 9_000_000)
    assert (booking.reviewed_by, booking.engineer) == (d.operator, d.engineer)
    taken = booking.allocations.filter(live=True)
    in_service = d.line.equipment.filter(status="in_service")
    assert {a.equipment_id for a in taken} == {e.pk for e in in_service}
    assert {a.period for a in taken} == {booking.period}


def test_approval_by_the_hour_fixes_the_price_pro_rata():
    d = dock()

    booking = d.allot(on(2), on(2, 9, 1), billing="hour")

    assert booking.price_fen == 183_000  # 61 minutes at 1,800.00 an hour


def test_first_approval_opens_the_pilot_and_lets_the_engineer_in():
    d = dock()
    one, two = d.request(on(2)), d.request(on(9))

    d.approve(one, engineer_id=d.engineer.pk)
    d.approve(two, engineer_id=d.engineer.pk)

    d.project.refresh_from_db()
    assert d.project.status == Project.Status.PILOT
    assert names().count("projects.gate.passed") == 1
    assert TeamMember.objects.filter(project=d.project, membership=d.engineer).count() == 1


@pytest.mark.parametrize(("start", "end"), [(9, 11), (8, 10), (10, 12), (8, 12)])
def test_approval_refuses_any_overlap_and_leaves_no_trace(start, end):
    d = dock()
    rival = d.request(on(3, start), on(3, end))
    d.allot(on(3, 9), on(3, 11))
    before = names()

    with pytest.raises(commands.SlotTaken) as refused:
        d.approve(rival)

    assert refused.value.facts["taken"] == "2026-03-03 09:00 – 2026-03-03 11:00"
    assert "2026-03-03 09:00" in refused.value.problems["start"]
    rival.refresh_from_db()
    assert rival.status == Booking.Status.SUBMITTED
    assert rival.allocations.count() == 0
    assert names() == before


def test_neighbouring_slots_may_touch():
    d = dock()
    d.allot(on(3, 9), on(3, 11))

    assert d.allot(on(3, 11), on(3, 12)).status == Booking.Status.APPROVED
    assert d.allot(on(3, 8), on(3, 9)).status == Booking.Status.APPROVED


def test_a_taken_slot_is_refused_when_asked_for():
    d = dock()
    d.allot(on(3, 9), on(3, 11))

    with pytest.raises(commands.SlotTaken):
        d.request(on(3, 10), on(3, 12))


def test_what_changed_since_the_request_is_refused_at_approval():
    d = dock()
    booking = d.request()
    d.line.is_open, d.line.closed_reason = False, "检修。"
    d.line.save()

    with pytest.raises(commands.LineClosed):
        d.approve(booking)


def test_an_engineer_of_another_line_is_refused():
    d = dock()
    booking, stranger = d.request(), LineEngineerFactory().membership

    with pytest.raises(commands.EngineerElsewhere) as refused:
        d.approve(booking, engineer_id=stranger.pk)

    assert list(refused.value.problems) == ["engineer_id"]


def test_only_an_operator_of_the_platform_decides():
    d, other = dock(), dock()
    booking = d.request()

    for actor in (d.researcher, d.buyer, d.engineer):
        with pytest.raises(NotYourRole):
            d.approve(booking, actor=actor)
    with pytest.raises(NotFound):
        d.approve(booking, actor=other.operator)
    with pytest.raises(NotYourRole):
        commands.reject(booking_id=booking.pk, reason="不", actor_id=d.buyer.pk, at=NOW)


def test_an_operator_of_the_projects_platform_does_not_decide_on_a_foreign_line():
    d, other = dock(), dock()
    booking = d.request(line_id=other.line.pk)

    with pytest.raises(commands.NotYourReview):
        d.approve(booking)

    assert other.approve(booking).status == Booking.Status.APPROVED


def test_afterwards_needs_the_reviewers_reason_on_record():
    d = dock()
    booking = d.request(on(1, 8), on(1, 10), retrospective=True)

    with pytest.raises(commands.OverrideMissing):
        d.approve(booking, override_reason="  ")

    d.approve(booking, override_reason="系统上线前已使用，补录。")
    booking.refresh_from_db()
    assert booking.override_reason == "系统上线前已使用，补录。"


def test_a_request_reviewed_too_late_needs_a_reason_too():
    d = dock()
    booking = d.request(on(2))

    with pytest.raises(commands.OverrideMissing):
        d.approve(booking, at=on(2, 9))


def test_approving_twice_is_refused():
    d = dock()
    booking = d.allot()

    with pytest.raises(MoveNotAllowed):
        d.approve(booking)

    assert booking.allocations.count() == 2


def test_reject_says_why_and_ends_it():
    d = dock()
    booking = d.request()

    with pytest.raises(commands.ReasonMissing):
        commands.reject(booking_id=booking.pk, reason=" ", actor_id=d.operator.pk, at=NOW)
    commands.reject(booking_id=booking.pk, reason="物料不符", actor_id=d.operator.pk, at=NOW)

    booking.refresh_from_db()
    assert (booking.status, booking.review_reason) == ("rejected", "物料不符")
    with pytest.raises(MoveNotAllowed):
        d.approve(booking)


@pytest.mark.parametrize("who", ["researcher", "operator"])
def test_cancel_frees_the_time(who):
    d = dock()
    booking = d.allot(on(3, 9), on(3, 11))

    commands.cancel(booking_id=booking.pk, reason="物料未到", actor_id=getattr(d, who).pk, at=NOW)

    assert booking.allocations.filter(live=True).count() == 0
    assert d.allot(on(3, 9), on(3, 11)).status == Booking.Status.APPROVED


def test_cancel_is_for_those_who_asked():
    d, other = dock(), dock()
    booking = d.allot()

    with pytest.raises(commands.NotYoursToCancel):
        commands.cancel(booking_id=booking.pk, reason="x", actor_id=d.buyer.pk, at=NOW)
    with pytest.raises(NotFound):
        commands.cancel(booking_id=booking.pk, reason="x", actor_id=other.operator.pk, at=NOW)
    with pytest.raises(commands.ReasonMissing):
        commands.cancel(booking_id=booking.pk, reason="", actor_id=d.researcher.pk, at=NOW)


def test_start_on_its_day_or_later():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 11))

    with pytest.raises(commands.TooEarly):
        commands.start(booking_id=booking.pk, actor_id=d.engineer.pk, at=on(2, 23, 59))
    commands.start(booking_id=booking.pk, actor_id=d.engineer.pk, at=on(3, 8))

    booking.refresh_from_db()
    assert (booking.status, booking.started_at) == ("in_use", on(3, 8))
    with pytest.raises(MoveNotAllowed):
        commands.start(booking_id=booking.pk, actor_id=d.engineer.pk, at=on(3, 9))
    with pytest.raises(MoveNotAllowed):
        commands.cancel(booking_id=booking.pk, reason="x", actor_id=d.researcher.pk, at=on(3, 9))


def test_only_engineers_of_the_line_and_operators_run_it():
    d = dock()
    booking = d.allot()
    colleague = MembershipFactory(organisation=d.line.platform, role=Role.EQUIPMENT_ENGINEER)

    for actor in (d.researcher, colleague):
        with pytest.raises(commands.NotYourLine):
            commands.start(booking_id=booking.pk, actor_id=actor.pk, at=on(2))
    assert commands.start(booking_id=booking.pk, actor_id=d.operator.pk, at=on(2)).pk


def test_usage_by_the_batch_costs_the_agreed_price():
    d = dock()
    booking = d.allot(on(2), on(4, 18), batch_no=1)

    usage = d.use(booking, on(2), on(4, 18))

    booking.refresh_from_db()
    assert booking.status == Booking.Status.COMPLETED
    assert (usage.amount_fen, usage.hours, usage.seconds) == (9_000_000, "58", 58 * 3600)
    event = Event.objects.get(name="booking.usage.recorded")
    assert event.facts["amount_fen"] == 9_000_000
    assert event.facts["platform_id"] == d.line.platform_id
    assert (event.project_id, event.facts["booking_id"]) == (d.project.pk, booking.pk)


def test_usage_by_the_hour_is_metered_to_the_second():
    d = dock()
    d.line.tariffs.all().delete()
    TariffFactory(line=d.line, hourly_fen=120_000)
    booking = d.allot(on(2), on(3, 20), billing="hour")

    usage = d.use(booking, on(2), on(3, 20))

    assert (usage.amount_fen, usage.hours) == (4_320_000, "36")


def test_usage_of_part_of_an_hour_reads_as_a_plain_decimal():
    d = dock()
    booking = d.allot(on(2), on(2, 12), billing="hour")

    usage = d.use(booking, on(2), on(2, 9, 20))

    assert (usage.hours, usage.amount_fen) == ("1.3333", 240_000)


def test_a_later_tariff_changes_nothing():
    d = dock()
    booking = d.allot(on(2), on(2, 10), billing="hour")
    d.line.tariffs.update(validity="[2026-01-01,2026-03-02)")
    TariffFactory(line=d.line, validity="[2026-03-02,)", hourly_fen=999_999)

    assert d.use(booking, on(2), on(2, 10)).amount_fen == 360_000


def test_usage_that_is_not_over_is_refused():
    d = dock()
    booking = d.allot(on(2), on(2, 10))

    with pytest.raises(commands.UsageInTheFuture):
        d.use(booking, on(2), on(2, 10), at=on(2, 9))
    with pytest.raises(EmptyPeriod):
        d.use(booking, on(2, 9), on(2, 9), at=on(3))

    booking.refresh_from_db()
    assert (booking.status, Usage.objects.count()) == ("approved", 0)


def test_usage_belongs_to_its_slot():
    d = dock()
    booking = d.allot(on(10), on(10, 10))

    for start, end in [(on(8), on(8, 10)), (on(13), on(13, 10)), (on(10), on(10) + timedelta(32))]:
        with pytest.raises(commands.UsageElsewhere):
            d.use(booking, start, end, at=on(10) + timedelta(40))

    assert d.use(booking, on(9, 20), on(10, 12)).hours == "16"


def test_usage_is_recorded_once():
    d = dock()
    booking = d.allot(on(2), on(2, 10))
    d.use(booking, on(2), on(2, 10))

    with pytest.raises(MoveNotAllowed):
        d.use(booking, on(2), on(2, 10))

    assert Usage.objects.count() == 1


def test_a_request_is_not_used():
    d = dock()
    booking = d.request(on(2), on(2, 10))

    with pytest.raises(MoveNotAllowed):
        d.use(booking, on(2), on(2, 10))


def test_nobody_came():
    d = dock()
    booking = d.allot(on(2), on(2, 10))

    def miss(at, reason="无人到场"):
        return commands.note_no_show(
            booking_id=booking.pk, reason=reason, actor_id=d.engineer.pk, at=at
        )

    with pytest.raises(commands.NotMissedYet):
        miss(on(2, 9))
    with pytest.raises(commands.ReasonMissing):
        miss(on(2, 11), reason="")
    miss(on(2, 11))

    booking.refresh_from_db()
    assert (booking.status, booking.cancel_reason) == ("no_show", "无人到场")
    assert booking.allocations.filter(live=True).count() == 0


def test_unknown_bookings_are_not_found():
    d = dock()

    with pytest.raises(NotFound):
        commands.start(booking_id=0, actor_id=d.engineer.pk, at=NOW)
    with pytest.raises(NotFound):
        commands.cancel(booking_id=0, reason="x", actor_id=d.researcher.pk, at=NOW)
    with pytest.raises(NotFound):
        commands.approve(booking_id=0, actor_id=d.operator.pk, at=NOW)
