"""Consumables, safety lists and links."""

import pytest
from django.db import IntegrityError, transaction

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.models import Consumable, EquipmentLink, SafetyItem
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.parties.rights import NotYourRole
from tests.factories.facilities import EquipmentFactory, LineFactory

pytestmark = pytest.mark.django_db
NITROGEN = {"name": "氮气", "unit": "瓶", "unit_fen": 8_550}
VENTED = {"topic": "chemicals", "text": "使用前检查通风"}


def test_a_consumable_is_repriced_by_a_new_row(line, operator, by):
    old = commands.add_consumable(line_id=line.pk, **NITROGEN, **by(operator))
    new = commands.reprice_consumable(consumable_id=old.pk, unit_fen=9_000, **by(operator))

    old.refresh_from_db()
    assert (old.unit_fen, bool(old.withdrawn_at)) == (8_550, True)
    assert (new.name, new.unit, new.unit_fen, new.withdrawn_at) == ("氮气", "瓶", 9_000, None)
    with pytest.raises(NotFound):
        commands.reprice_consumable(consumable_id=old.pk, unit_fen=1, **by(operator))
    commands.withdraw_consumable(consumable_id=new.pk, **by(operator))
    assert commands.add_consumable(line_id=line.pk, **NITROGEN, **by(operator)).pk
    assert [e.name.rsplit(".")[-1] for e in Event.objects.order_by("id")] == [
        "offered", "offered", "withdrawn", "offered",
    ]  # fmt: skip


def test_unsound_consumables(line, operator, engineer, stranger, by):
    commands.add_consumable(line_id=line.pk, **NITROGEN, **by(operator))

    for wrong, error, fields in (
        ({"name": " ", "unit": ""}, commands.TextMissing, {"name", "unit"}),
        ({"unit_fen": -1}, commands.NegativePrice, {"unit_fen"}),
        ({"unit_fen": 10**15 + 1}, commands.PriceTooLarge, {"unit_fen"}),
        ({}, commands.ConsumableTaken, {"name"}),
    ):
        with pytest.raises(error) as refused:
            commands.add_consumable(line_id=line.pk, **NITROGEN | wrong, **by(operator))
        assert set(refused.value.problems) == fields
    with pytest.raises(NotYourRole):
        commands.add_consumable(line_id=line.pk, **NITROGEN, **by(engineer))
    with pytest.raises(commands.NotYourLine):
        commands.withdraw_consumable(consumable_id=Consumable.objects.get().pk, **by(stranger))
    with pytest.raises(NotFound):
        commands.withdraw_consumable(consumable_id=0, **by(operator))
    assert Consumable.objects.count() == 1


@pytest.mark.parametrize("change", [{"unit_fen": 1}, {"name": "x"}, {"unit": "x"}])
def test_the_database_keeps_the_price_of_a_consumable(line, operator, at, by, change):
    made = commands.add_consumable(line_id=line.pk, **NITROGEN, **by(operator))

    with pytest.raises(IntegrityError, match="keeps its price"), transaction.atomic():
        Consumable.objects.filter(pk=made.pk).update(**change)
    Consumable.objects.filter(pk=made.pk).update(withdrawn_at=at)
    with pytest.raises(IntegrityError, match="keeps its price"), transaction.atomic():
        Consumable.objects.filter(pk=made.pk).update(withdrawn_at=None)


def test_a_safety_list_grows_and_shrinks(line, operator, engineer, stranger, by):
    first = commands.add_safety_item(line_id=line.pk, fields=VENTED, **by(operator))
    second = commands.add_safety_item(
        line_id=line.pk,
        fields={"topic": "waste", "text": "废液入桶", "only_with_hazard": False},
        **by(operator),
    )

    assert [(i.position, i.only_with_hazard) for i in (first, second)] == [(1, True), (2, False)]
    with pytest.raises(commands.SafetyItemTaken) as refused:
        commands.add_safety_item(line_id=line.pk, fields=VENTED, **by(operator))
    assert list(refused.value.problems) == ["text"]
    with pytest.raises(commands.TextMissing):
        commands.add_safety_item(line_id=line.pk, fields=VENTED | {"text": " "}, **by(operator))
    with pytest.raises(NotYourRole):
        commands.add_safety_item(line_id=line.pk, fields=VENTED, **by(engineer))
    with pytest.raises(commands.NotYourLine):
        commands.withdraw_safety_item(item_id=first.pk, **by(stranger))
    commands.withdraw_safety_item(item_id=first.pk, **by(operator))
    for gone in (first.pk, 0):
        with pytest.raises(NotFound):
            commands.withdraw_safety_item(item_id=gone, **by(operator))
    assert SafetyItem.objects.filter(withdrawn_at=None).get() == second


def test_machines_are_linked_and_taken_apart(line, operator, engineer, by):
    one, two = line.equipment.order_by("id")

    link = commands.link_equipment(
        equipment_id=two.pk, other_id=one.pk, reason="共用真空", **by(engineer)
    )

    assert (link.equipment, link.other) == (one, two)
    with pytest.raises(commands.AlreadyLinked) as refused:
        commands.link_equipment(equipment_id=one.pk, other_id=two.pk, **by(operator))
    assert list(refused.value.problems) == ["other_id"]
    partners = queries.partners(machines=[one, two])
    assert [p.equipment for p in partners[one.pk]] == [two]
    assert [p.equipment for p in partners[two.pk]] == [one]
    commands.unlink_equipment(link_id=link.pk, **by(operator))
    with pytest.raises(NotFound):
        commands.unlink_equipment(link_id=link.pk, **by(operator))
    assert not EquipmentLink.objects.exists()


def test_links_that_cannot_be(machine, operator, stranger, by):
    foreign = EquipmentFactory()
    hidden = EquipmentFactory(is_shared=False)
    other = EquipmentFactory(line=LineFactory(platform=machine.platform))

    with pytest.raises(commands.LinkedToItself):
        commands.link_equipment(equipment_id=machine.pk, other_id=machine.pk, **by(operator))
    with pytest.raises(commands.NotYourEquipment):
        commands.link_equipment(equipment_id=machine.pk, other_id=foreign.pk, **by(operator))
    for missing in (hidden.pk, 0):
        with pytest.raises(NotFound):
            commands.link_equipment(equipment_id=machine.pk, other_id=missing, **by(operator))
    link = commands.link_equipment(equipment_id=machine.pk, other_id=other.pk, **by(operator))
    with pytest.raises(commands.NotYourEquipment):
        commands.unlink_equipment(link_id=link.pk, **by(stranger))
