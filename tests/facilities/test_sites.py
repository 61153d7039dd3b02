"""Places of a platform, and what stands there."""

import pytest

from pilotharbor.facilities import commands
from pilotharbor.facilities.models import Site
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.parties.rights import NotYourRole
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(operator, by):
    return commands.add_site(fields={"name": "二号车间", "kind": "workshop"}, **by(operator))


def test_a_line_takes_on_the_kind_of_its_place(site, line, operator, by):
    lab = commands.add_site(fields={"name": "实验室", "kind": "lab"}, **by(operator))

    moved = commands.revise_line(line_id=line.pk, fields={"place_id": lab.pk}, **by(operator))
    assert (moved.place, moved.site) == (lab, "lab")
    stubborn = commands.revise_line(line_id=line.pk, fields={"site": "warehouse"}, **by(operator))
    assert stubborn.site == "lab"
    commands.revise_site(site_id=lab.pk, fields={"kind": "warehouse"}, **by(operator))
    line.refresh_from_db()
    assert line.site == "warehouse"
    fresh = commands.register_line(fields={"name": "线", "place_id": site.pk}, **by(operator))
    assert fresh.site == "workshop"
    left = commands.revise_line(
        line_id=line.pk, fields={"place_id": None, "site": "lab"}, **by(operator)
    )
    assert (left.place, left.site) == (None, "lab")


def test_a_name_is_there_once_within_a_platform(site, operator, stranger, by):
    with pytest.raises(commands.SiteNameTaken) as refused:
        commands.add_site(fields={"name": "二号车间"}, **by(operator))
    assert list(refused.value.problems) == ["name"]
    other = commands.add_site(fields={"name": "三号"}, **by(operator))
    with pytest.raises(commands.SiteNameTaken):
        commands.revise_site(site_id=other.pk, fields={"name": "二号车间"}, **by(operator))
    assert commands.add_site(fields={"name": "二号车间"}, **by(stranger)).pk


def test_a_site_goes_once_nothing_stands_there(site, line, machine, operator, by):
    commands.revise_line(line_id=line.pk, fields={"place_id": site.pk}, **by(operator))
    commands.revise_equipment(equipment_id=machine.pk, fields={"place_id": site.pk}, **by(operator))

    with pytest.raises(commands.SiteInUse) as refused:
        commands.remove_site(site_id=site.pk, **by(operator))
    assert (refused.value.facts["lines"], refused.value.facts["machines"]) == (1, 1)
    commands.revise_line(line_id=line.pk, fields={"place_id": None}, **by(operator))
    commands.revise_equipment(equipment_id=machine.pk, fields={"place_id": None}, **by(operator))
    commands.remove_site(site_id=site.pk, **by(operator))

    assert not Site.objects.exists()
    assert Event.objects.order_by("id").last().name == "facilities.site.removed"


def test_sites_of_others(site, line, machine, stranger, operator, by):
    elsewhere = commands.add_site(fields={"name": "别处"}, **by(stranger))

    for act in (
        lambda: commands.revise_site(site_id=site.pk, fields={"name": "x"}, **by(stranger)),
        lambda: commands.remove_site(site_id=site.pk, **by(stranger)),
    ):
        with pytest.raises(NotFound):
            act()
    for act in (
        lambda: commands.revise_line(
            line_id=line.pk, fields={"place_id": elsewhere.pk}, **by(operator)
        ),
        lambda: commands.register_line(
            fields={"name": "线", "place_id": elsewhere.pk}, **by(operator)
        ),
        lambda: commands.revise_equipment(
            equipment_id=machine.pk, fields={"place_id": elsewhere.pk}, **by(operator)
        ),
        lambda: commands.add_equipment(
            line_id=line.pk,
            fields={"asset_no": "Z", "name": "釜", "place_id": elsewhere.pk},
            **by(operator),
        ),
    ):
        with pytest.raises(commands.SiteElsewhere) as refused:
            act()
        assert list(refused.value.problems) == ["place_id"]


def test_who_may_not_name_places(engineer, by):
    with pytest.raises(NotYourRole):
        commands.add_site(fields={"name": "x"}, **by(engineer))
    member = MembershipFactory(role="member_platform")
    with pytest.raises(commands.PlatformsOnly):
        commands.add_site(fields={"name": "x"}, **by(member))


def test_terms_of_a_line_out_of_range_are_each_named(line, operator, by):
    wrong = {"reviews_needed": 4, "hold_hours": 721, "quota_hours_week": 0}

    with pytest.raises(commands.TermsOutOfRange) as refused:
        commands.revise_line(line_id=line.pk, fields=wrong, **by(operator))
    with pytest.raises(commands.TermsOutOfRange):
        commands.register_line(fields={"name": "线", "reviews_needed": 0}, **by(operator))

    assert set(refused.value.problems) == set(wrong)
    right = {"reviews_needed": 3, "hold_hours": 720, "quota_hours_week": 168}
    assert commands.revise_line(line_id=line.pk, fields=right, **by(operator)).reviews_needed == 3


def test_the_scale_of_a_machine(machine, operator, by):
    machine = commands.revise_equipment(
        equipment_id=machine.pk, fields={"scale_min_g": 2, "scale_max_g": 5000}, **by(operator)
    )
    assert machine.scale_up == 2500
    for wrong in ({"scale_min_g": 6000}, {"scale_min_g": 0}, {"scale_max_g": -1}):
        with pytest.raises(commands.MachineScaleReversed) as refused:
            commands.revise_equipment(equipment_id=machine.pk, fields=wrong, **by(operator))
        assert list(refused.value.problems) == ["scale_min_g"]
