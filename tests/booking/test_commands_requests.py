"""Who may ask for a slot, when, and what every refusal says."""

from datetime import timedelta

import pytest

from pilotharbor.booking import commands
from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import EmptyPeriod, NaiveTime
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import Project, TeamMember
from tests.factories.booking import NOW, dock, on
from tests.factories.facilities import TariffFactory
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
