"""Hours, closures, prices, safety, papers, proofs and sites by hand, in a browser without script."""

from datetime import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pilotharbor.facilities.models import (
    Closure,
    Consumable,
    EquipmentLink,
    EquipmentPaper,
    EquipmentQualification,
    SafetyItem,
    Site,
    Tariff,
)
from pilotharbor.parties.roles import Role
from tests.factories.facilities import LineFactory
from tests.factories.files import PDF, png
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _exercise(settings, tmp_path):
    settings.EXERCISE_CLOCK = True
    settings.DATA_DIR = tmp_path


@pytest.fixture
def visit(at):
    """A person at a browser at that instant; paths that begin with one slash."""

    def one(membership=None, **more):
        client = Client(headers={"X-Harbor-Time": at.isoformat(), "Accept-Language": "en"} | more)
        if membership is not None:
            client.force_login(membership.person, backend=BACKEND)
        return client

    return one


def test_a_week_is_written_as_people_write_it(visit, line, operator):
    me, path = visit(operator), f"/lines/{line.pk}/hours"

    done = me.post(
        path,
        {
            "hours-day0": "08:00-12:00, 13：30—24:00",
            "hours-day6": "9-12；14-17:30",
            "hours-multi_day": "on",
        },
    )

    assert done.url == path
    rows = line.hours.order_by("weekday", "opens")
    assert [(h.weekday, h.opens, h.closes) for h in rows] == [
        (0, time(8), time(12)), (0, time(13, 30), time(0)),
        (6, time(9), time(12)), (6, time(14), time(17, 30)),
    ]  # fmt: skip
    line.refresh_from_db()
    assert (line.multi_day, line.open_on_holidays) == (True, False)
    shown = me.get(path)
    assert shown.context["hours_form"].initial["day0"] == "08:00-12:00, 13:30-24:00"
    assert "13:30–24:00" in shown.content.decode()


def test_wrong_hours_come_back_at_their_day(visit, line, operator):
    me, path = visit(operator), f"/lines/{line.pk}/hours"

    odd = me.post(path, {"hours-day0": "morning", "hours-day1": "25-26", "hours-day2": "8-9"})
    crossed = me.post(path, {"hours-day3": "8-12, 11-13", "hours-day5": "13-12"})

    assert set(odd.context["hours_form"].errors) == {"day0", "day1"}
    assert set(crossed.context["hours_form"].errors) == {"day3", "day5"}
    assert (odd.status_code, line.hours.count()) == (422, 0)


def test_a_closure_is_declared_and_called_off(visit, line, machine, engineer):
    me, path = visit(engineer), f"/lines/{line.pk}"
    wrong = me.post(f"{path}/closures", {"shut-kind": "outage", "shut-unit": "weeks"})
    assert set(wrong.context["closure_form"].errors) == {"start", "reason", "until"}
    late = me.post(
        f"{path}/closures",
        {
            "shut-kind": "maintenance", "shut-start": "2026-03-05T08:00", "shut-reason": "检修",
            "shut-end": "2026-03-05T07:00",
        },
    )  # fmt: skip
    assert set(late.context["closure_form"].errors) == {"end"}

    me.post(
        f"{path}/closures",
        {
            "shut-equipment_id": machine.pk, "shut-kind": "calibration", "shut-reason": "月度校准",
            "shut-start": "2026-03-05T08:00", "shut-end": "2026-03-05T12:00",
            "shut-unit": "months", "shut-every": "1", "shut-until": "2026-06-30",
        },
    )  # fmt: skip

    made = list(Closure.objects.order_by("period"))
    assert (len(made), made[0].equipment) == (4, machine)
    page = me.get(f"{path}/hours").content.decode()
    assert "月度校准" in page
    assert "and 3 times more" in page
    me.post(f"{path}/closures/{made[1].pk}/lift", {"following": "1"})
    assert Closure.objects.filter(lifted_at=None).get() == made[0]
    assert me.post(f"{path}/closures/0/lift").status_code == 404


def test_all_terms_of_a_price_by_hand(visit, platform, operator):
    line = LineFactory(platform=platform)
    me, path = visit(operator), f"/lines/{line.pk}"

    wrong = me.post(
        f"{path}/tariffs",
        {
            "tariff-valid_from": "2026-01-01", "tariff-hourly_fen": "1,200",
            "tariff-batch_fen": "9万", "tariff-peak_weekdays": ["0"], "tariff-sme_bp": "1001",
        },
    )  # fmt: skip
    assert set(wrong.context["tariff_form"].errors) == {"sme_bp"}
    me.post(
        f"{path}/tariffs",
        {
            "tariff-valid_from": "2026-01-01", "tariff-hourly_fen": "1,200",
            "tariff-batch_fen": "9万", "tariff-peak_hourly_fen": "1800",
            "tariff-peak_weekdays": ["0", "4"], "tariff-peak_from": "09:00",
            "tariff-peak_to": "17:00", "tariff-sme_bp": "80%", "tariff-engineer_hourly_fen": "300",
            "tariff-minimum_fen": "2000", "tariff-free_cancel_hours": "24",
            "tariff-late_cancel_bp": "50", "tariff-deposit_fen": "",
        },
    )  # fmt: skip

    tariff = Tariff.objects.get()
    assert (tariff.peak_weekdays, tariff.sme_bp, tariff.member_bp) == ([0, 4], 8_000, 10_000)
    assert (tariff.late_cancel_bp, tariff.deposit_fen, tariff.minimum_fen) == (5_000, 0, 200_000)
    page = me.get(f"{path}/prices").content.decode()
    # Eight hours of Monday 2 March 2026 in the peak, for everybody and for an SME.
    assert "¥14,400.00" in page
    assert "¥11,520.00" in page
    assert "¥14,400.00" in visit().get(f"/services/{line.pk}").content.decode()


def test_consumables_and_the_safety_list_by_hand(visit, line, operator):
    me, path = visit(operator), f"/lines/{line.pk}"
    me.post(
        f"{path}/consumables",
        {"goods-name": "氮气", "goods-unit": "瓶", "goods-unit_fen": "85.5"},
    )
    again = me.post(
        f"{path}/consumables", {"goods-name": "氮气", "goods-unit": "瓶", "goods-unit_fen": "1"}
    )
    assert set(again.context["goods_form"].errors) == {"name"}
    first = Consumable.objects.get()
    me.post(f"{path}/consumables/{first.pk}/reprice", {"reprice-unit_fen": "90"})
    odd = me.post(f"{path}/consumables/{first.pk}/reprice", {"reprice-unit_fen": "x"})
    assert odd.status_code == 422
    second = Consumable.objects.get(withdrawn_at=None)
    assert second.unit_fen == 9_000
    me.post(f"{path}/consumables/{second.pk}/withdraw")
    assert not Consumable.objects.filter(withdrawn_at=None).exists()

    empty = me.post(f"{path}/safety/new", {"safety-topic": "chemicals"})
    assert set(empty.context["safety_form"].errors) == {"text"}
    me.post(
        f"{path}/safety/new",
        {
            "safety-topic": "environment", "safety-text": "废气经吸附后排放",
            "safety-reference": "甬环批〔2025〕1号", "safety-last_day": "2026-02-01",
        },
    )  # fmt: skip
    item = SafetyItem.objects.get()
    assert item.only_with_hazard is False
    page = me.get(f"{path}/safety").content.decode()
    assert "permit ran out on" in page
    me.post(f"{path}/safety/{item.pk}/withdraw")
    assert me.post(f"{path}/safety/{item.pk}/withdraw").status_code == 404


def test_a_machine_with_photo_paper_proof_and_partner(visit, line, machine, operator, stranger):
    me, path = visit(operator), f"/equipment/{machine.pk}"
    other = line.equipment.exclude(pk=machine.pk).get()

    def send(content, name, kind, **more):
        file = SimpleUploadedFile(name, content)
        return me.post(
            f"{path}/papers", {"paper-file": file, "paper-kind": kind, "paper-about": "外观"} | more
        )

    send(png(), "a.png", "photo", **{"paper-is_public": "on"})
    send(PDF, "证书.pdf", "certificate")
    refused = send(PDF, "b.png", "photo")
    assert list(refused.context["paper_form"].errors) == ["file"]
    photo, paper = EquipmentPaper.objects.order_by("id")
    me.post(
        f"{path}/proofs",
        {
            "proof-kind": "gmp", "proof-issued_date": "2025-03-01", "proof-last_day": "2026-03-20",
            "proof-paper_id": paper.pk,
        },
    )  # fmt: skip
    me.post(f"{path}/links", {"link-other_id": other.pk, "link-reason": "共用真空"})

    shown = me.get(path)
    text = shown.content.decode()
    assert shown.status_code == 200
    assert "Runs out soon" in text
    assert f"/equipment/papers/{photo.pk}" in text
    assert f"always with {other.name}" in me.get(f"/lines/{line.pk}").content.decode()
    stuck = me.post(f"{path}/papers/{paper.pk}/remove", follow=True)
    assert "rests on this paper" in stuck.content.decode()

    public = visit()
    assert public.get(f"/equipment/papers/{photo.pk}").status_code == 200
    assert public.get(f"/equipment/papers/{photo.pk}")["Content-Type"] == "image/png"
    assert public.get(f"/equipment/papers/{paper.pk}").status_code == 404
    assert f"/equipment/papers/{photo.pk}" in public.get(f"/services/{line.pk}").content.decode()
    guest = visit(stranger)
    assert guest.get(path).status_code == 200
    assert guest.post(f"{path}/papers", {}).status_code == 403

    proof, link = EquipmentQualification.objects.get(), EquipmentLink.objects.get()
    me.post(f"{path}/proofs/{proof.pk}/withdraw")
    me.post(f"{path}/links/{link.pk}/remove")
    me.post(f"{path}/papers/{paper.pk}/remove")
    for gone in ("proofs/0/withdraw", "links/0/remove", f"papers/{paper.pk}/remove"):
        assert me.post(f"{path}/{gone}").status_code == 404
    assert not EquipmentLink.objects.exists()
    assert EquipmentPaper.objects.filter(removed_at=None).get() == photo


def test_sites_by_hand(visit, line, operator, stranger):
    me = visit(operator)
    me.post("/sites", {"name": "二号车间", "kind": "workshop", "address": "示例路 1 号"})
    site = Site.objects.get()
    twice = me.post("/sites", {"name": "二号车间", "kind": "lab"})
    assert list(twice.context["form"].errors) == ["name"]
    me.post(f"/sites/{site.pk}", {"name": "二号实验室", "kind": "lab"})
    me.post(f"/lines/{line.pk}/edit", {"name": line.name, "site": "workshop", "place_id": site.pk})

    line.refresh_from_db()
    assert (line.place, line.site) == (site, "lab")
    assert "二号实验室" in me.get(f"/lines/{line.pk}").content.decode()
    stuck = me.post(f"/sites/{site.pk}/remove", follow=True)
    assert "still holds 1 lines" in stuck.content.decode()
    assert visit(stranger).get(f"/sites/{site.pk}").status_code == 404
    assert visit(stranger).get("/sites").status_code == 200


def test_who_sees_hours_prices_and_safety_without_forms(visit, line):
    buyer = visit(MembershipFactory(role=Role.ENTERPRISE_MEMBER))

    for part in ("hours", "prices", "safety"):
        page = buyer.get(f"/lines/{line.pk}/{part}")
        assert page.status_code == 200
        assert "<form" not in page.content.decode().split("<main")[1].split("</main>")[0]
    assert buyer.post(f"/lines/{line.pk}/hours", {}).status_code == 403
    assert buyer.post(f"/lines/{line.pk}/closures", {}).status_code == 403
    for part in ("tariffs", "consumables", "safety/new"):
        assert buyer.post(f"/lines/{line.pk}/{part}", {}).status_code == 403


def test_an_unknown_year_is_said(visit, line, operator):
    me = visit(operator, **{"X-Harbor-Time": "2026-12-25T08:00:00+08:00"})
    assert "2027 have not been announced" not in me.get(f"/lines/{line.pk}/hours").content.decode()
    me.post(f"/lines/{line.pk}/hours", {"hours-day0": "8-20"})

    assert "2027 have not been announced" in me.get(f"/lines/{line.pk}/hours").content.decode()
