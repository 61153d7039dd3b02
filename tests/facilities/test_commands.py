from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from pilotharbor.facilities import commands
from pilotharbor.facilities.models import Equipment, Line, LineEngineer, Tariff
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.factories.booking import NOW
from tests.factories.facilities import EquipmentFactory, LineFactory, TariffFactory, working_line
from tests.factories.parties import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    return OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)


@pytest.fixture
def operator(platform):
    return MembershipFactory(organisation=platform, role=Role.PLATFORM_OPERATOR)


@pytest.fixture
def line(platform):
    return LineFactory(platform=platform)


def who(actor):
    return {"actor_id": actor.pk, "at": NOW}


def test_register_line_of_ones_own_platform(operator):
    fields = {"name": "连续流线", "batch_kg_min": Decimal("0.5"), "batch_kg_max": Decimal(5)}

    line = commands.register_line(fields=fields, **who(operator))

    assert (line.platform, line.name, line.is_open) == (operator.organisation, "连续流线", True)
    assert Event.objects.get().name == "facilities.line.registered"


def test_a_member_platform_keeps_lines_too(platform):
    member = MembershipFactory(organisation=platform, role=Role.MEMBER_PLATFORM)

    assert commands.register_line(fields={"name": "线"}, **who(member)).platform == platform


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in {Role.PLATFORM_OPERATOR, Role.MEMBER_PLATFORM}]
)
def test_other_roles_keep_no_lines(platform, role):
    actor = MembershipFactory(organisation=platform, role=role)

    with pytest.raises(NotYourRole):
        commands.register_line(fields={"name": "线"}, **who(actor))

    assert (Line.objects.count(), Event.objects.count()) == (0, 0)


def test_only_a_platform_has_lines():
    actor = MembershipFactory(role=Role.MEMBER_PLATFORM)

    with pytest.raises(commands.PlatformsOnly):
        commands.register_line(fields={"name": "线"}, **who(actor))


def test_scale_in_order(operator, line):
    wrong = {"batch_kg_min": Decimal(5), "batch_kg_max": Decimal(1)}

    with pytest.raises(commands.ScaleReversed):
        commands.register_line(fields={"name": "线"} | wrong, **who(operator))
    with pytest.raises(commands.ScaleReversed):
        commands.revise_line(line_id=line.pk, fields=wrong, **who(operator))

    assert Event.objects.count() == 0


def test_revise_line_says_what_changed(operator, line):
    commands.revise_line(
        line_id=line.pk, fields={"name": line.name, "description": "新说明"}, **who(operator)
    )

    line.refresh_from_db()
    assert line.description == "新说明"
    assert Event.objects.get().facts == {"fields": ["description"]}


def test_lines_of_others_are_not_ones_own(line):
    stranger = MembershipFactory(
        organisation=OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM),
        role=Role.PLATFORM_OPERATOR,
    )

    with pytest.raises(commands.NotYourLine):
        commands.revise_line(line_id=line.pk, fields={"name": "x"}, **who(stranger))
    Line.objects.update(is_open=False, closed_reason="检修。")
    with pytest.raises(NotFound):
        commands.revise_line(line_id=line.pk, fields={"name": "x"}, **who(stranger))
    with pytest.raises(NotFound):
        commands.close_line(line_id=0, reason="x", **who(stranger))


def test_close_and_reopen(operator, line):
    with pytest.raises(commands.ReasonMissing):
        commands.close_line(line_id=line.pk, reason=" ", **who(operator))
    with pytest.raises(commands.LineUnchanged):
        commands.reopen_line(line_id=line.pk, **who(operator))

    closed = commands.close_line(line_id=line.pk, reason="年度检修。", **who(operator))
    assert (closed.is_open, closed.closed_reason) == (False, "年度检修。")
    with pytest.raises(commands.LineUnchanged):
        commands.close_line(line_id=line.pk, reason="又", **who(operator))

    opened = commands.reopen_line(line_id=line.pk, **who(operator))
    assert (opened.is_open, opened.closed_reason) == (True, "")


def test_equipment_queues_up_on_its_line(operator, line):
    one = commands.add_equipment(
        line_id=line.pk, fields={"asset_no": "A1", "name": "反应釜"}, **who(operator)
    )
    two = commands.add_equipment(
        line_id=line.pk, fields={"asset_no": "A2", "name": "干燥机"}, **who(operator)
    )

    assert (one.position, two.position, two.platform) == (1, 2, line.platform)


def test_asset_numbers_are_unique_within_a_platform(operator, line):
    EquipmentFactory(line=line, asset_no="A1")
    other = EquipmentFactory(line=line, asset_no="A2")
    EquipmentFactory(asset_no="A3")

    with pytest.raises(commands.AssetNumberTaken) as refused:
        commands.add_equipment(
            line_id=line.pk, fields={"asset_no": "A1", "name": "釜"}, **who(operator)
        )
    assert list(refused.value.problems) == ["asset_no"]
    with pytest.raises(commands.AssetNumberTaken):
        commands.revise_equipment(equipment_id=other.pk, fields={"asset_no": "A1"}, **who(operator))
    assert commands.add_equipment(
        line_id=line.pk, fields={"asset_no": "A3", "name": "釜"}, **who(operator)
    ).pk


def test_equipment_goes_out_of_service_and_back(operator, line):
    machine = EquipmentFactory(line=line)
    engineer = MembershipFactory(organisation=line.platform, role=Role.EQUIPMENT_ENGINEER)

    commands.send_to_maintenance(equipment_id=machine.pk, **who(engineer))
    with pytest.raises(MoveNotAllowed):
        commands.send_to_maintenance(equipment_id=machine.pk, **who(engineer))
    commands.return_to_service(equipment_id=machine.pk, **who(engineer))
    commands.retire_equipment(equipment_id=machine.pk, **who(operator))
    with pytest.raises(MoveNotAllowed):
        commands.return_to_service(equipment_id=machine.pk, **who(operator))

    machine.refresh_from_db()
    assert machine.status == Equipment.Status.RETIRED


def test_equipment_of_others(line):
    machine = EquipmentFactory(line=line)
    stranger = MembershipFactory(
        organisation=OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM),
        role=Role.PLATFORM_OPERATOR,
    )
    researcher = MembershipFactory(organisation=line.platform, role=Role.RESEARCHER)

    with pytest.raises(commands.NotYourEquipment):
        commands.send_to_maintenance(equipment_id=machine.pk, **who(stranger))
    with pytest.raises(NotYourRole):
        commands.send_to_maintenance(equipment_id=machine.pk, **who(researcher))
    Equipment.objects.update(is_shared=False)
    with pytest.raises(NotFound):
        commands.send_to_maintenance(equipment_id=machine.pk, **who(stranger))


def test_revise_and_move_equipment(operator, line):
    machine, other = EquipmentFactory(line=line), LineFactory(platform=line.platform)
    EquipmentFactory(line=other, position=4)
    loose = EquipmentFactory(line=None, platform=line.platform)

    commands.revise_equipment(
        equipment_id=machine.pk, fields={"name": "新名", "value_fen": 1}, **who(operator)
    )
    moved = commands.move_equipment(equipment_id=machine.pk, line_id=other.pk, **who(operator))
    taken = commands.move_equipment(equipment_id=loose.pk, line_id=other.pk, **who(operator))

    assert (moved.line, moved.position, moved.name) == (other, 5, "新名")
    assert (taken.line, taken.position) == (other, 6)


def test_tariffs_follow_each_other(operator, line):
    first = commands.set_tariff(
        line_id=line.pk, valid_from=date(2026, 1, 1), hourly_fen=180_000, batch_fen=9_000_000,
        **who(operator),
    )  # fmt: skip
    with pytest.raises(commands.TariffOverlaps) as refused:
        commands.set_tariff(
            line_id=line.pk, valid_from=date(2026, 7, 1), hourly_fen=1, batch_fen=1, **who(operator)
        )
    assert refused.value.facts["first"] == "2026-01-01"

    commands.end_tariff(tariff_id=first.pk, valid_to=date(2026, 7, 1), **who(operator))
    commands.set_tariff(
        line_id=line.pk, valid_from=date(2026, 7, 1), valid_to=date(2027, 1, 1),
        hourly_fen=200_000, batch_fen=9_500_000, **who(operator),
    )  # fmt: skip

    assert Tariff.objects.filter(line=line).count() == 2
    assert [e.name for e in Event.objects.order_by("id")] == [
        "facilities.tariff.set", "facilities.tariff.ended", "facilities.tariff.set",
    ]  # fmt: skip


def test_unsound_tariffs(operator, line):
    price = {"hourly_fen": 1, "batch_fen": 1}
    with pytest.raises(commands.NegativePrice) as refused:
        commands.set_tariff(
            line_id=line.pk, valid_from=date(2026, 1, 1), hourly_fen=-1, batch_fen=-1,
            **who(operator),
        )  # fmt: skip
    assert set(refused.value.problems) == {"hourly_fen", "batch_fen"}
    with pytest.raises(commands.ValidityEmpty):
        commands.set_tariff(
            line_id=line.pk, valid_from=date(2026, 1, 1), valid_to=date(2026, 1, 1),
            **price, **who(operator),
        )  # fmt: skip
    tariff = TariffFactory(line=line, validity="[2026-01-01,2026-06-01)")
    tariff.refresh_from_db()
    with pytest.raises(commands.TariffEnded):
        commands.end_tariff(tariff_id=tariff.pk, valid_to=date(2026, 6, 1), **who(operator))
    with pytest.raises(NotFound):
        commands.end_tariff(tariff_id=0, valid_to=date(2026, 6, 1), **who(operator))


def test_the_database_keeps_prices_and_refuses_overlap(line):
    tariff = TariffFactory(line=line)

    with pytest.raises(IntegrityError, match="keeps its prices"), transaction.atomic():
        Tariff.objects.filter(pk=tariff.pk).update(hourly_fen=1)
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        TariffFactory(line=line, validity="[2026-05-01,2026-06-01)")


def test_engineers_of_a_line(operator, line):
    engineer = MembershipFactory(organisation=line.platform, role=Role.EQUIPMENT_ENGINEER)
    stranger = MembershipFactory(role=Role.EQUIPMENT_ENGINEER)

    commands.assign_engineer(line_id=line.pk, membership_id=engineer.pk, **who(operator))
    with pytest.raises(commands.AlreadyEngineer):
        commands.assign_engineer(line_id=line.pk, membership_id=engineer.pk, **who(operator))
    for wrong in (stranger, operator):
        with pytest.raises(commands.NotAnEngineerHere):
            commands.assign_engineer(line_id=line.pk, membership_id=wrong.pk, **who(operator))

    commands.release_engineer(line_id=line.pk, membership_id=engineer.pk, **who(operator))
    with pytest.raises(NotFound):
        commands.release_engineer(line_id=line.pk, membership_id=engineer.pk, **who(operator))
    assert LineEngineer.objects.count() == 0


def test_keeping_a_booked_line_does_not_touch_what_was_allotted(platform, operator):
    line = working_line(platform=platform)

    commands.close_line(line_id=line.pk, reason="检修。", **who(operator))

    assert line.equipment.count() == 2
