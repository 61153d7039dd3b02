import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pilotharbor.facilities import queries
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.factories.callers import Caller
from tests.factories.facilities import EquipmentFactory, LineFactory, working_line
from tests.factories.parties import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    platform = OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)
    return MembershipFactory(organisation=platform, role=Role.PLATFORM_OPERATOR)


def test_a_line_is_built_by_its_operator(operator):
    caller = Caller(operator)
    engineer = MembershipFactory(organisation=operator.organisation, role=Role.EQUIPMENT_ENGINEER)

    line = caller.post("/lines", {"name": "连续流合成纯化线", "batch_kg_min": "0.5"})
    path = f"/lines/{line.json()['id']}"
    machine = caller.post(f"{path}/equipment", {"asset_no": "A-1", "name": "连续流反应器"})
    tariff = caller.post(
        f"{path}/tariffs", {"valid_from": "2026-01-01", "hourly_fen": 180000, "batch_fen": 9000000}
    )
    assigned = caller.post(f"{path}/engineers", {"membership_id": engineer.pk})

    assert [r.status_code for r in (line, machine, tariff, assigned)] == [201] * 4
    shown = caller.get(path).json()
    assert (shown["name"], shown["status"]) == ("连续流合成纯化线", "open")
    assert [m["asset_no"] for m in shown["equipment"]] == ["A-1"]
    assert [t["batch_fen"] for t in shown["tariffs"]] == [9000000]
    assert [e["membership_id"] for e in shown["engineers"]] == [engineer.pk]
    again = caller.post(
        f"{path}/tariffs", {"valid_from": "2026-03-01", "hourly_fen": 1, "batch_fen": 1}
    )
    assert (again.status_code, again.json()["code"]) == (409, "facilities.tariff_overlaps")


def test_keeping_a_line(operator):
    line = working_line(platform=operator.organisation)
    caller, path = Caller(operator), f"/lines/{line.pk}"
    tariff, machine = line.tariffs.get(), line.equipment.first()
    engineer = line.engineers.get()

    assert caller.patch(path, {"description": "新说明"}).json()["description"] == "新说明"
    assert caller.post(f"{path}/close", {"reason": "年度检修。"}).json()["status"] == "closed"
    assert caller.post(f"{path}/reopen").json()["is_open"] is True
    ended = caller.post(f"/tariffs/{tariff.pk}/end", {"valid_to": "2026-07-01"})
    assert ended.json()["valid_to"] == "2026-07-01"
    for verb, status in (
        ("maintain", "maintenance"),
        ("return", "in_service"),
        ("retire", "retired"),
    ):
        assert caller.post(f"/equipment/{machine.pk}/{verb}").json()["status"] == status
    gone = caller.delete(f"{path}/engineers/{engineer.membership_id}")
    assert gone.status_code == 204


def test_the_public_sees_open_services_without_the_inventory(operator):
    line = working_line(platform=operator.organisation)
    EquipmentFactory(line=line, is_shared=False, name="不共享")
    closed = LineFactory(is_open=False, closed_reason="检修。")
    suspended = LineFactory()
    Organisation.objects.filter(pk=suspended.platform_id).update(status="suspended")

    public = Caller(None)
    listed = public.get("/lines").json()["items"]
    shown = public.get(f"/lines/{line.pk}").json()

    assert [item["id"] for item in listed] == [line.pk]
    assert shown["engineers"] == []
    assert len(shown["equipment"]) == 2
    assert all("value_fen" not in m and "asset_no" not in m for m in shown["equipment"])
    for hidden in (closed, suspended):
        assert public.get(f"/lines/{hidden.pk}").status_code == 404
    assert public.get("/equipment").status_code == 401
    assert public.post("/lines", {"name": "线"}).status_code == 401


def test_equipment_values_are_for_the_platform_and_auditors(operator):
    line = working_line(platform=operator.organisation, machines=1)

    def first(actor):
        return Caller(actor).get("/equipment", line_id=line.pk).json()["items"][0]

    assert "value_fen" in first(operator)
    assert "value_fen" in first(MembershipFactory(role=Role.AUDITOR))
    assert "value_fen" not in first(MembershipFactory(role=Role.ENTERPRISE_MEMBER))


def test_who_else_may_not(operator):
    line = working_line(platform=operator.organisation)
    buyer = Caller(MembershipFactory(role=Role.ENTERPRISE_MEMBER))
    stranger = Caller(
        MembershipFactory(
            organisation=OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM),
            role=Role.PLATFORM_OPERATOR,
        )
    )

    assert buyer.post("/lines", {"name": "线"}).status_code == 403
    assert stranger.post(f"/lines/{line.pk}/close", {"reason": "x"}).status_code == 403


def test_malformed(operator):
    caller = Caller(operator)
    line = LineFactory(platform=operator.organisation)

    assert caller.post("/lines", {"name": ""}).status_code == 422
    assert caller.post("/lines", {"name": "线", "batch_kg_min": "-1"}).status_code == 422
    for price in (-1, 1.5, "1", 10**16):
        answer = caller.post(
            f"/lines/{line.pk}/tariffs",
            {"valid_from": "2026-01-01", "hourly_fen": price, "batch_fen": 1},
        )
        assert answer.status_code == 422, price


def test_lists_ask_the_same_number_of_questions_for_one_and_three_rows(operator):
    def count():
        with CaptureQueriesContext(connection) as asked:
            for line in queries.with_parts(queries.visible_lines(actor=operator)):
                str((line.platform, list(line.equipment.all()), list(line.tariffs.all())))
                str([e.membership.person for e in line.engineers.all()])
            for machine in queries.visible_equipment(actor=operator):
                str((machine.platform, machine.line))
        return len(asked)

    working_line(platform=operator.organisation)
    one = count()
    working_line(platform=operator.organisation)
    working_line()
    assert count() == one


def test_paging(operator):
    made = [LineFactory(platform=operator.organisation).pk for _ in range(3)]
    caller = Caller(operator)

    first = caller.get("/lines", limit=2).json()
    rest = caller.get("/lines", limit=2, cursor=first["next_cursor"]).json()

    assert [i["id"] for i in first["items"] + rest["items"]] == made
    named = caller.get("/lines", q="示例", platform_id=operator.organisation_id).json()
    assert len(named["items"]) == 3
