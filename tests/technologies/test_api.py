import pytest

from pilotharbor.kernel.models import Event
from pilotharbor.technologies.models import Achievement, Reader
from tests.factories.callers import Caller
from tests.factories.technologies import let_in, market

pytestmark = pytest.mark.django_db(transaction=True)
BODY = {
    "title": "硫化物固态电解质", "summary": "离子电导率高。", "detail": "配方", "keywords": ["固态电池"],
    "industry": "C3985", "trl": {"scale": "TRL-9", "level": 3, "evidence": "报告"}, "mrl": 3,
    "ip": [{"kind": "technical_secret"}], "confidentiality": "project",
}  # fmt: skip


def test_a_result_goes_to_the_market_over_http():
    m = market()
    professor, office, buyer = Caller(m.inventor), Caller(m.tto), Caller(m.buyer)

    made = professor.post("/achievements", BODY | {"inventors": [m.inventor.pk]})
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert (made.json()["status"], made.json()["trl"]["level"]) == ("draft", 3)
    assert buyer.get(f"/achievements/{pk}").status_code == 404
    assert professor.patch(f"/achievements/{pk}", {"mrl": None}).json()["mrl"] is None
    assert professor.post(f"/achievements/{pk}/submit").json()["status"] == "submitted"
    assert professor.post(f"/achievements/{pk}/publish").status_code == 403
    returned = office.post(f"/achievements/{pk}/return", {"note": "补充"}).json()
    assert (returned["status"], returned["review_note"]) == ("returned", "补充")
    professor.post(f"/achievements/{pk}/submit")
    assert office.post(f"/achievements/{pk}/publish").json()["status"] == "published"

    seen = buyer.get(f"/achievements/{pk}").json()
    assert (seen["title"], seen["detail"], seen["detail_open"]) == (BODY["title"], None, False)
    assert seen["review_note"] == ""


def test_each_reading_of_a_confidential_detail_is_recorded():
    m = market(confidentiality="project")

    answer = Caller(m.tto).get(f"/achievements/{m.achievement.pk}")

    assert answer.json()["detail"] == "烧结温度与助剂配比"
    assert Event.objects.get().name == "technologies.achievement.detail_viewed"


def test_the_public_reads_what_is_public():
    m = market()

    answer = Caller(None).get(f"/achievements/{m.achievement.pk}")
    listed = Caller(None).get("/achievements", q="电解质")

    assert answer.json()["owner"]["name"] == "示例大学"
    assert [row["id"] for row in listed.json()["items"]] == [m.achievement.pk]
    assert "detail" not in listed.json()["items"][0]
    assert not Event.objects.exists()


@pytest.mark.parametrize("level", ["public", "core"])
def test_an_expert_learns_neither_owner_nor_names_nor_numbers(level):
    m = market(confidentiality=level)
    m.achievement.ip_assets.create(kind="invention_patent", application_no="202310001234.7")
    let_in(m.achievement, m.expert, Reader.Via.BLIND)
    expert = Caller(m.expert)

    one = expert.get(f"/achievements/{m.achievement.pk}").json()
    listed = expert.get("/achievements").json()["items"][0]

    assert (one["owner"], one["inventors"], one["ip"][0]["application_no"]) == (None, [], "")
    assert listed["owner"] is None
    assert m.university.name not in str(one) + str(listed)


def test_a_state_secret_is_refused_with_what_to_do():
    m = market()

    answer = Caller(m.inventor).post("/achievements", BODY | {"summary": "机密★20年"})

    assert (answer.status_code, answer.json()["code"]) == (403, "kernel.state_secret_refused")
    assert Achievement.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"surprise": 1}, {"title": 5}, {"confidentiality": "secret"}, {"keywords": "词"},
     {"trl": {"level": 3}}, {"inventors": ["x"]}, {"summary": None}],
)  # fmt: skip
def test_a_malformed_body_is_422(change):
    m = market()

    assert Caller(m.inventor).post("/achievements", BODY | change).status_code == 422


@pytest.mark.parametrize(
    ("path", "status"),
    [("/achievements/9999999999999999999999", 404), ("/achievements/0", 404),
     ("/achievements?cursor=zz", 422), ("/achievements?limit=0", 422), ("/demands?limit=201", 422),
     ("/achievements?q=%00", 422), ("/achievements?owner=99999999999999999999", 200)],
)  # fmt: skip
def test_odd_addresses_answer_calmly(path, status):
    market()

    assert Caller(None).get(path).status_code == status


def test_wrong_fields_come_back_one_by_one():
    m = market()

    answer = Caller(m.inventor).post("/achievements", BODY | {"title": " ", "industry": "Z1"})

    assert (answer.status_code, answer.json()["code"]) == (422, "technologies.content_wrong")
    assert {e["field"] for e in answer.json()["errors"]} == {"title", "industry"}


def test_readers_are_named_and_removed_over_http():
    m = market(confidentiality="core")
    path = f"/achievements/{m.achievement.pk}/readers"

    named = Caller(m.inventor).post(path, {"membership_id": m.outsider.pk})
    seen = Caller(m.outsider).get(f"/achievements/{m.achievement.pk}")
    gone = Caller(m.inventor).delete(f"{path}/{m.outsider.pk}")

    assert (named.status_code, seen.json()["detail_open"], gone.status_code) == (200, True, 204)
    assert Caller(m.outsider).get(f"/achievements/{m.achievement.pk}").status_code == 404


def test_a_need_goes_to_the_market_over_http():
    m = market()
    buyer, operator = Caller(m.buyer), Caller(m.operator)

    made = buyer.post(
        "/demands", {"title": "供样", "summary": "公斤级", "budget_fen": 50_000_000}
    ).json()
    buyer.patch(f"/demands/{made['id']}", {"keywords": ["电解质"]})
    buyer.post(f"/demands/{made['id']}/submit")
    operator.post(f"/demands/{made['id']}/return", {"note": "用量"})
    buyer.post(f"/demands/{made['id']}/submit")
    published = operator.post(f"/demands/{made['id']}/publish").json()

    assert (published["status"], published["budget_fen"]) == ("published", 50_000_000)
    assert len(Caller(None).get("/demands").json()["items"]) == 2
    assert buyer.post(f"/demands/{made['id']}/withdraw").json()["status"] == "withdrawn"
    assert Caller(None).get(f"/demands/{made['id']}").status_code == 404
