"""Every rule: what is refused, in which words, and who may set it aside."""

from datetime import time, timedelta
from decimal import Decimal

import pytest

from pilotharbor.booking import commands
from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import (
    Closure,
    Consumable,
    EquipmentLink,
    OpeningHours,
    SafetyItem,
)
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import period
from pilotharbor.parties.models import Organisation
from tests.factories.booking import NOW, dock, on
from tests.factories.crew import ShiftFactory, course_for
from tests.factories.facilities import EquipmentFactory, TariffFactory, working_line
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db


def weekdays(line, opens=time(8), closes=time(18)):
    for weekday in range(5):
        OpeningHours.objects.create(line=line, weekday=weekday, opens=opens, closes=closes)


def shut(d, start, end, **of):
    return Closure.objects.create(
        kind="maintenance", period=period(start, end), reason="年检。", declared_by=d.operator,
        declared_at=NOW, **(of or {"line": d.line}),
    )  # fmt: skip


def codes(act):
    with pytest.raises(commands.NotBookable) as refused:
        act()
    return refused.value.facts["codes"]


def test_outside_the_hours_is_refused_with_when_it_is_open():
    d = dock()
    weekdays(d.line)

    with pytest.raises(commands.errors.OutsideHours) as refused:
        d.request(on(3, 17), on(3, 20))

    assert refused.value.facts["open_then"] == "08:00–18:00"
    assert refused.value.facts["reasons"] == [
        {
            "code": "booking.outside_hours",
            "field": "start",
            "sentence": str(refused.value),
            "remedy": str(commands.errors.ANOTHER_TIME),
            "overridable": True,
        }
    ]
    assert Booking.objects.count() == 0


def test_a_closed_day_and_a_public_holiday_are_said_by_name():
    d = dock()
    weekdays(d.line)

    with pytest.raises(commands.errors.ClosedThatDay):
        d.request(on(7, 9), on(7, 10))  # a Saturday
    with pytest.raises(commands.errors.PublicHoliday) as refused:
        d.request(on(6, 9) + timedelta(days=31), on(6, 10) + timedelta(days=31))  # 清明
    assert refused.value.facts["day"] == "2026-04-06"


def test_overnight_only_where_the_line_runs_overnight():
    d = dock()
    weekdays(d.line)

    with pytest.raises(commands.errors.OutsideHours):
        d.request(on(3, 9), on(4, 17))

    d.line.multi_day = True
    d.line.save()
    assert d.request(on(3, 9), on(4, 17)).pk


def test_a_shut_line_or_machine_is_refused_and_an_operator_may_override():
    d = dock()
    shut(d, on(3, 10), on(3, 12))
    shut(d, on(5, 10), on(5, 12), equipment=d.line.equipment.first())

    with pytest.raises(commands.errors.ShutMeanwhile) as refused:
        d.request(on(3, 11), on(3, 13))
    assert "年检。" in str(refused.value)
    with pytest.raises(commands.errors.ShutMeanwhile):
        d.request(on(5, 11), on(5, 13))
    assert d.request(on(3, 12), on(3, 13)).pk

    with pytest.raises(commands.NotBookable):
        d.request(on(3, 11), on(3, 13), override_reason="急")
    made = d.request(on(3, 11), on(3, 13), actor=d.operator, override_reason="与维护方约定")
    assert made.overridden == ["booking.shut_meanwhile"]
    asked = Event.objects.filter(name="booking.booking.requested").latest("id")
    assert asked.facts["overridden"] == ["booking.shut_meanwhile"]
    assert d.approve(made).status == Booking.Status.APPROVED


def test_what_came_up_after_the_request_is_overridden_by_the_reviewer_on_record():
    d = dock()
    booking = d.request(on(3, 11), on(3, 13))
    shut(d, on(3, 10), on(3, 12))

    with pytest.raises(commands.errors.ShutMeanwhile):
        d.approve(booking)
    d.approve(booking, override_reason="维护改期")

    booking.refresh_from_db()
    assert (booking.overridden, booking.override_reason) == (["booking.shut_meanwhile"], "维护改期")
    assert booking.reviews.get().overridden == ["booking.shut_meanwhile"]
    approved = Event.objects.get(name="booking.booking.approved")
    assert approved.facts["overridden"] == ["booking.shut_meanwhile"]


def test_what_is_never_overridden():
    d = dock()
    d.allot(on(3, 9), on(3, 11))
    taken = d.request(on(4, 9), on(4, 11))
    with pytest.raises(commands.SlotTaken):
        commands.move(
            booking_id=taken.pk, start=on(3, 10), end=on(3, 12), actor_id=d.operator.pk, at=NOW,
            override_reason="一定要",
        )  # fmt: skip
    Organisation.objects.filter(pk=d.project.enterprise_id).update(status="suspended")
    with pytest.raises(commands.PartySuspended):
        d.approve(taken, override_reason="一定要")


def test_no_tariff_is_never_overridden():
    d = dock()
    d.line.tariffs.all().delete()

    with pytest.raises(commands.NoTariff):
        d.request(actor=d.operator, override_reason="一定要")


def test_nobody_unqualified_comes_without_an_engineer():
    d = dock()
    course_for(d.line)

    assert d.request(on(3)).pk  # with an engineer
    with pytest.raises(commands.crew.Unqualified) as refused:
        d.request(on(9), wants_engineer=False)

    assert list(refused.value.problems) == ["wants_engineer"]
    assert refused.value.facts["reasons"][0]["overridable"] is False
    with pytest.raises(commands.crew.Unqualified):
        d.request(on(9), actor=d.operator, wants_engineer=False, override_reason="一定要")


def test_nobody_unqualified_starts_without_an_engineer():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 11))
    course_for(d.line)

    with pytest.raises(commands.crew.Unqualified):
        commands.start(booking_id=booking.pk, actor_id=d.operator.pk, at=on(3, 9))
    started = commands.start(booking_id=booking.pk, actor_id=d.engineer.pk, at=on(3, 9))
    assert started.status == Booking.Status.IN_USE


def test_an_engineer_off_shift_or_on_another_slot_is_refused():
    d = dock()
    other = working_line(platform=d.line.platform)
    other.engineers.update(membership=d.engineer)
    d.approve(d.request(on(3, 9), on(3, 11)), engineer_id=d.engineer.pk)
    rival = d.request(on(3, 10), on(3, 12), line_id=other.pk)

    with pytest.raises(commands.EngineerTaken) as refused:
        d.approve(rival, engineer_id=d.engineer.pk, override_reason="一定要")
    assert refused.value.facts["engineer"] == d.engineer.person.name
    assert d.approve(rival).status == Booking.Status.APPROVED  # with nobody yet

    ShiftFactory(membership=d.engineer, period=period(on(5, 8), on(5, 16)))
    late = d.request(on(5, 15), on(5, 17))
    with pytest.raises(commands.crew.OffShift):
        d.approve(late, engineer_id=d.engineer.pk)
    assert d.approve(late, engineer_id=d.engineer.pk, override_reason="加班").overridden == [
        "crew.off_shift"
    ]


def test_an_organisation_stays_within_its_hours_of_a_week():
    d = dock(quota_hours_week=10, hold_hours=24)
    d.request(on(3, 8), on(3, 14))

    with pytest.raises(commands.errors.OverQuota) as refused:
        d.request(on(5, 8), on(5, 13))
    assert refused.value.facts["wanted"] == "11"
    assert d.request(on(5, 8), on(5, 12)).pk
    assert d.request(on(10, 8), on(10, 18)).pk  # the next week
    with pytest.raises(commands.errors.OverQuota):
        d.request(on(12, 8), on(12, 9))


def test_safety_requirements_are_acknowledged_for_hazardous_work():
    d = dock()
    item = SafetyItem.objects.create(line=d.line, topic="chemicals", text="通风橱内操作")
    SafetyItem.objects.filter(pk=item.pk).update(only_with_hazard=True)

    assert d.request(on(3)).pk
    with pytest.raises(commands.errors.SafetyNotAcknowledged):
        d.request(on(9), hazard="易燃")
    assert d.request(on(9), hazard="易燃", acknowledged=[item.pk]).acknowledged == [item.pk]


def test_a_batch_suits_the_scale_of_its_line():
    d = dock(batch_kg_min=Decimal(1), batch_kg_max=Decimal(10))

    with pytest.raises(commands.errors.OutOfScale):
        d.request(batch_kg=Decimal(12))
    assert d.request(batch_kg=Decimal(10)).pk


def test_consumables_of_another_line_are_refused():
    d, other = dock(), dock()
    own = Consumable.objects.create(line=d.line, name="滤膜", unit="片", unit_fen=2_500)
    strange = Consumable.objects.create(line=other.line, name="氮气", unit="瓶", unit_fen=10_000)

    with pytest.raises(commands.errors.NotUsedUp):
        d.request(consumables={strange.pk: Decimal(1)})
    booking = d.approve(d.request(consumables={own.pk: Decimal(4)}))
    assert booking.price_fen == 9_000_000 + 10_000


def test_linked_equipment_is_taken_together_or_not_at_all():
    d = dock()
    other = working_line(platform=d.line.platform)
    EquipmentLink.objects.create(equipment=d.line.equipment.first(), other=other.equipment.first())
    d.allot(on(3, 9), on(3, 11))

    with pytest.raises(commands.SlotTaken):
        d.request(on(3, 10), on(3, 12), line_id=other.pk)
    rival = d.request(on(3, 11), on(3, 12), line_id=other.pk)
    assert d.approve(rival).allocations.count() == 3


def test_whoever_comes_belongs_to_a_party_of_the_project():
    d = dock()

    assert d.request(on(3), used_by_id=d.buyer.pk).used_by == d.buyer
    with pytest.raises(commands.errors.UserElsewhere):
        d.request(on(9), used_by_id=MembershipFactory().pk)


def test_every_reason_has_a_code_a_sentence_and_a_remedy():
    reasons = [
        one for one in vars(commands.errors).values()
        if isinstance(one, type) and issubclass(one, commands.errors.Reason)
        and one is not commands.errors.Reason
    ]  # fmt: skip

    assert len(reasons) > 25
    assert [one.__name__ for one in reasons if not str(one.remedy)] == []
    assert len({one.code for one in reasons}) == len(reasons)


def test_all_kinds_of_reasons_come_at_once():
    d = dock()
    weekdays(d.line)
    shut(d, on(3, 19), on(3, 22))
    d.line.quota_hours_week = 1
    d.line.save()
    SafetyItem.objects.create(line=d.line, topic="chemicals", text="x", only_with_hazard=False)
    TariffFactory(line=EquipmentFactory().line)

    found = codes(lambda: d.request(on(3, 17), on(3, 20)))

    assert found == [
        "booking.safety_not_acknowledged",
        "booking.outside_hours",
        "booking.shut_meanwhile",
        "booking.over_quota",
    ]
