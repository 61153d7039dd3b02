import pytest

from pilotharbor.facilities.models import Equipment, Line, LineEngineer, Tariff
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.booking.test_pages import Visitor
from tests.factories.facilities import EquipmentFactory, LineFactory, TariffFactory, working_line
from tests.factories.parties import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


@pytest.fixture
def operator():
    platform = OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)
    return MembershipFactory(organisation=platform, role=Role.PLATFORM_OPERATOR)


def test_open_services_need_no_sign_in(operator):
    line = working_line(platform=operator.organisation, batch_kg_min=1, batch_kg_max=100)
    closed = LineFactory(is_open=False, closed_reason="检修。")

    listed = Visitor().get("/services")
    shown = Visitor().get(f"/services/{line.pk}")

    assert line.name in listed.content.decode()
    assert "¥1,800.00" in shown.content.decode()
    assert closed.name not in listed.content.decode()
    assert Visitor().get(f"/services/{closed.pk}").status_code == 404
    assert Visitor(operator).get("/services", q="没有").status_code == 200


def test_a_line_is_built_by_hand(operator):
    me = Visitor(operator)
    engineer = MembershipFactory(organisation=operator.organisation, role=Role.EQUIPMENT_ENGINEER)

    wrong = me.post("/lines/new", name="线", site="lab", batch_kg_min="5", batch_kg_max="1")
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["batch_kg_min"])
    me.post("/lines/new", name="连续流线", site="lab")
    line = Line.objects.get()
    path = f"/lines/{line.pk}"
    me.post(
        f"{path}/equipment/new", asset_no="A1", name="反应釜", kind="production", value_fen="80万"
    )
    me.post(
        f"{path}/tariffs",
        **{
            "tariff-valid_from": "2026-01-01",
            "tariff-hourly_fen": "1,800",
            "tariff-batch_fen": "9万",
        },
    )
    me.post(f"{path}/engineers", membership_id=engineer.pk)

    assert Equipment.objects.get().value_fen == 80_000_000
    tariff = Tariff.objects.get()
    assert (tariff.hourly_fen, tariff.batch_fen) == (180_000, 9_000_000)
    assert LineEngineer.objects.get().membership == engineer
    assert me.get(path).status_code == 200
    assert me.get("/lines", mine="1").status_code == 200
    assert me.get("/equipment").status_code == 200


def test_small_forms_come_back_with_their_error(operator):
    line = LineFactory(platform=operator.organisation)
    TariffFactory(line=line)
    me, path = Visitor(operator), f"/lines/{line.pk}"

    overlap = me.post(
        f"{path}/tariffs",
        **{"tariff-valid_from": "2026-05-01", "tariff-hourly_fen": "1", "tariff-batch_fen": "1"},
    )
    dear = me.post(
        f"{path}/tariffs",
        **{
            "tariff-valid_from": "2026-05-01",
            "tariff-hourly_fen": "9" * 16,
            "tariff-batch_fen": "x",
        },
    )
    silent = me.post(f"{path}/close", **{"close-reason": ""})

    assert list(overlap.context["tariff_form"].errors) == ["valid_from"]
    assert set(dear.context["tariff_form"].errors) == {"hourly_fen", "batch_fen"}
    assert list(silent.context["close_form"].errors) == ["reason"]


def test_keeping_by_hand(operator):
    line = working_line(platform=operator.organisation, machines=1)
    me, path = Visitor(operator), f"/lines/{line.pk}"
    tariff, machine = line.tariffs.get(), line.equipment.get()
    engineer = line.engineers.get().membership

    me.post(f"{path}/edit", name="新名", site="lab")
    me.post(f"{path}/close", **{"close-reason": "检修。"})
    me.post(f"{path}/tariffs/{tariff.pk}/end", **{"end-valid_to": "2026-07-01"})
    me.post(f"{path}/engineers/{engineer.pk}/release")
    me.post(
        f"/equipment/{machine.pk}/edit", asset_no="B1", name="新釜", kind="experiment", is_shared=""
    )
    me.post(f"/equipment/{machine.pk}/maintain")

    line.refresh_from_db()
    machine.refresh_from_db()
    assert (line.name, line.is_open, line.engineers.count()) == ("新名", False, 0)
    assert (machine.asset_no, machine.kind, machine.status) == ("B1", "experiment", "maintenance")
    assert me.get(path).status_code == 200
    me.post(f"{path}/reopen")
    assert Line.objects.get().is_open
    twice = me.post(f"/equipment/{machine.pk}/maintain")
    assert twice.url == "/equipment"
    for page in (
        f"{path}/edit",
        f"{path}/equipment/new",
        f"/equipment/{machine.pk}/edit",
        "/lines/new",
    ):
        assert me.get(page).status_code == 200


def test_who_may_not_keep_is_told_so(operator):
    line = working_line(platform=operator.organisation, machines=1)
    machine = EquipmentFactory(line=line)
    buyer = Visitor(MembershipFactory(role=Role.ENTERPRISE_MEMBER))

    assert buyer.get(f"/lines/{line.pk}").status_code == 200
    assert buyer.get(f"/lines/{line.pk}/edit").status_code == 403
    assert buyer.get(f"/equipment/{machine.pk}/edit").status_code == 403
    assert buyer.post(f"/equipment/{machine.pk}/explode").status_code == 404
    assert buyer.post("/lines/new", name="线", site="lab").status_code == 422
    assert buyer.get("/lines/0").status_code == 404
