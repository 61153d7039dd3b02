import pytest

from pilotharbor.matching import index
from tests.factories.callers import Caller
from tests.factories.technologies import market

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_search_to_an_accepted_match_over_http():
    m = market()
    index.rebuild()

    found = Caller(None).get("/search", q="硫化物", kind="achievement").json()["items"]
    candidates = Caller(m.buyer).get(f"/demands/{m.demand.pk}/candidates").json()["items"]
    needs = Caller(m.tto).get(f"/achievements/{m.achievement.pk}/candidates").json()["items"]
    made = Caller(m.manager).post(
        "/matches", {"achievement_id": m.achievement.pk, "demand_id": m.demand.pk}
    )

    assert [(f["kind"], f["id"]) for f in found] == [("achievement", m.achievement.pk)]
    assert [c["id"] for c in candidates] == [m.achievement.pk]
    assert [n["id"] for n in needs] == [m.demand.pk]
    assert (made.status_code, made.json()["status"]) == (201, "proposed")
    pk = made.json()["id"]
    assert Caller(m.outsider).get(f"/matches/{pk}").status_code == 404
    assert Caller(m.outsider).post(f"/matches/{pk}/accept").status_code == 404
    assert Caller(m.buyer).post(f"/matches/{pk}/accept").json()["status"] == "accepted"
    assert [i["id"] for i in Caller(m.tto).get("/matches").json()["items"]] == [pk]
    assert Caller(m.tto).get("/matches", status="declined").json()["items"] == []
    again = Caller(m.buyer).post(f"/matches/{pk}/decline", {"reason": "后悔"})
    assert (again.status_code, again.json()["code"]) == (409, "kernel.move_not_allowed")


def test_declining_over_http():
    m = market()
    body = {"achievement_id": m.achievement.pk, "demand_id": m.demand.pk}
    pk = Caller(m.buyer).post("/matches", body).json()["id"]

    assert Caller(m.operator).post("/matches", body).json()["code"] == "matching.already_matched"
    assert Caller(m.tto).post(f"/matches/{pk}/decline", {}).status_code == 422
    declined = Caller(m.tto).post(f"/matches/{pk}/decline", {"reason": "不合"}).json()

    assert (declined["status"], declined["declined_reason"]) == ("declined", "不合")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/search", 200), ("/search?q=" + "x" * 3000, 200), ("/search?q=%27", 200), ("/search?q=%00", 422),
     ("/search?limit=0", 422), ("/search?kind=person", 422), ("/demands/0/candidates", 404),
     ("/achievements/0/candidates", 404), ("/matches", 401)],
)  # fmt: skip
def test_odd_questions_get_calm_answers(path, status):
    assert Caller(None).get(path).status_code == status
