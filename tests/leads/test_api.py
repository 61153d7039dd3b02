import pytest

from pilotharbor.leads.models import Problem
from tests.conftest import AT
from tests.factories.callers import Caller
from tests.factories.leads import exchange, opened, pooled

pytestmark = pytest.mark.django_db(transaction=True)
CALL = {"kind": "call", "side": "both", "words": "约好见面"}


def test_a_lead_from_the_pool_to_the_signature():
    m = exchange()
    api, other = Caller(m.manager), Caller(m.other)
    body = {"achievement_id": m.achievement.pk, "demand_id": m.demand.pk}
    pk = Caller(m.operator).post("/leads", body).json()["id"]

    assert api.post("/leads", body).json()["code"] == "leads.pair_taken"
    assert api.post(f"/leads/{pk}/claim").json()["standing"] == "manager"
    assert other.post(f"/leads/{pk}/claim").json()["code"] == "leads.taken"
    assert other.get(f"/leads/{pk}").status_code == 404
    refused = api.post(f"/leads/{pk}/move", {"to": "contacted"})
    assert (refused.status_code, refused.json()["code"]) == (409, "leads.contact_missing")
    assert api.post(f"/leads/{pk}/log", CALL).status_code == 201
    api.post(f"/leads/{pk}/log", CALL | {"kind": "meeting", "shared": "both", "words": "谈指标"})
    for to in ("met", "evaluated", "negotiating"):
        assert api.post(f"/leads/{pk}/move", {"to": to}).json()["status"] == to
    half = api.put(f"/leads/{pk}/credits/match", {"shares": {str(m.manager.pk): 5000}})
    assert (half.status_code, half.json()["code"]) == (422, "leads.bad_credits")
    signed = api.post(f"/leads/{pk}/sign", {"amount_fen": 100}).json()
    assert (signed["status"], signed["amount_fen"]) == ("signed", 100)
    parts = api.get(f"/leads/{pk}/credits").json()
    assert {p["share_bp"] for p in parts["items"]} == {10000}

    buyer = Caller(m.buyer)
    assert [e["words"] for e in buyer.get(f"/leads/{pk}/log").json()["items"]] == ["谈指标"]
    assert buyer.get(f"/leads/{pk}/credits").status_code == 404
    assert buyer.get(f"/leads/{pk}/claims").status_code == 404
    assert buyer.get("/leads").json()["items"][0]["next_step"] is None
    assert Caller(m.outsider).get("/leads").json()["items"] == []


def test_asking_offering_contesting_and_deciding_over_http():
    m = exchange()
    pair = {"achievement_id": m.achievement.pk, "demand_id": m.demand.pk}
    asked = Caller(m.buyer).post("/leads/ask", pair)
    pk = asked.json()["id"]
    api, other, operator = Caller(m.manager), Caller(m.other), Caller(m.operator)

    assert (asked.status_code, asked.json()["standing"]) == (201, "enterprise")
    assert Caller(m.buyer).post(f"/leads/{pk}/messages", {"words": "请联系"}).status_code == 201
    api.post(f"/leads/{pk}/claim")
    offer = api.post(f"/leads/{pk}/offer", {"manager_id": m.other.pk, "words": "请接"}).json()["id"]
    assert (
        other.post(f"/claims/{offer}/decline", {"outcome": "没空"}).json()["status"] == "declined"
    )
    claim = other.post("/leads/contest", pair | {"words": "我先"}).json()["id"]
    assert (
        other.post(f"/claims/{claim}/decide", {"granted": True, "reason": "x"}).status_code == 403
    )
    decided = operator.post(f"/claims/{claim}/decide", {"granted": True, "reason": "记录"}).json()
    assert decided["manager"]["id"] == m.other.pk
    assert api.get(f"/leads/{pk}").status_code == 404
    step = {"words": "寄样", "due_date": "2099-01-01", "owner_id": m.other.pk}
    assert other.post(f"/leads/{pk}/step", step).json()["next_step"]["words"] == "寄样"
    assert other.post(f"/leads/{pk}/step/settle", {}).json()["next_step"] is None
    other.post(f"/leads/{pk}/release", {"reason": "转岗"})
    given = {"manager_id": m.manager.pk, "reason": "对口"}
    assert operator.post(f"/leads/{pk}/assign", given).json()["manager"]["id"] == m.manager.pk
    paper = api.post(f"/leads/{pk}/papers", {"title": "说明"}).json()["id"]
    assert len(Caller(m.buyer).get(f"/leads/{pk}/papers").json()["items"]) == 1
    assert operator.get(f"/leads/{pk}/papers").status_code == 404
    assert api.delete(f"/lead-papers/{paper}").status_code == 204
    assert api.post(f"/leads/{pk}/project-request").json()["code"] == "leads.no_match"
    lost = api.post(f"/leads/{pk}/lose", {"reason": "price", "words": "贵"}).json()
    assert lost["lost_reason"] == "price"
    assert api.post(f"/leads/{pk}/reopen").json()["reopens_id"] == pk
    states = [c["status"] for c in operator.get(f"/leads/{pk}/claims").json()["items"]]
    assert states == ["held", "released", "declined", "overruled"]


def test_a_retried_opening_makes_one_lead():
    m = exchange()
    body = {"achievement_id": m.achievement.pk}
    api = Caller(m.manager)

    first = api.post("/leads", body, key="one-and-the-same")
    again = api.post("/leads", body, key="one-and-the-same")

    assert first.json()["id"] == again.json()["id"]


def test_visits_teams_managers_and_figures_over_http():
    m = exchange()
    opened(m)
    api, operator, buyer = Caller(m.manager, at=None), Caller(m.operator), Caller(m.buyer)

    visit = api.post(
        "/visits",
        {"enterprise_id": m.company.pk, "visit_date": "2026-03-01", "people": "王工",
         "problems": [{"title": "能耗", "words": "高"}]},
    )  # fmt: skip
    assert visit.status_code == 201
    pk = visit.json()["id"]
    more = api.post(
        f"/visits/{pk}/problems", {"title": "粉尘", "words": "多", "field": "C26"}
    ).json()
    assert buyer.get(f"/visits/{pk}").json()["problems"] == []
    api.post(f"/problems/{more['id']}/offer")
    assert buyer.post(f"/problems/{more['id']}/take").json()["status"] == "taken"
    first = Problem.objects.order_by("id")[0].pk
    assert api.post(f"/problems/{first}/answer", {"words": "换泵"}).json()["answer"] == "换泵"
    assert api.post(f"/problems/{first}/drop", {"words": "x"}).status_code == 409
    assert Caller(m.outsider).get(f"/visits/{pk}").status_code == 404
    assert len(api.get("/visits").json()["items"]) == 1

    team = operator.post("/teams", {"name": "专班", "member_ids": [m.manager.pk]}).json()
    assert team["member_ids"] == [m.manager.pk]
    joined = operator.post(f"/teams/{team['id']}/members", {"membership_id": m.expert.pk}).json()
    assert m.expert.pk in joined["member_ids"]
    operator.post(f"/teams/{team['id']}/members/{m.expert.pk}/leave")
    assert operator.post(f"/teams/{team['id']}/dissolve").status_code == 200
    assert api.get("/teams").json()["items"] == []

    assert api.put("/managers/me", {"fields": ["C26"]}).json()["fields"] == ["C26"]
    training = {"kind": "training", "title": "班", "issuer": "基地", "obtained_date": "2026-01-01"}
    row = api.post("/managers/me/qualifications", training).json()["id"]
    assert operator.post(f"/qualifications/{row}/confirm").json()["verified_at"]
    level = {"level": "junior", "basis": "证书"}
    assert operator.put(f"/managers/{m.manager.pk}/level", level).json()["level"] == "junior"
    assert len(buyer.get("/managers").json()["items"]) == 3
    assert buyer.get(f"/managers/{m.manager.pk}").json()["qualifications"][0]["id"] == row
    span = {"first": "2026-01-01", "last": "2026-12-31"}
    assert api.get(f"/managers/{m.manager.pk}/record", **span).json()["visits"] == 1
    assert buyer.get(f"/managers/{m.manager.pk}/record", **span).status_code == 404
    told = api.get("/lead-statistics", **span).json()
    assert (told["replies"]["opened"], told["signed"]) == (1, 0)
    assert buyer.get("/lead-statistics", **span).status_code == 404
    assert api.get("/lead-statistics", first="2026-02-01", last="2026-01-01").status_code == 422
    assert api.get("/managers/coverage").json()["total"] == {
        "key": "", "covered": 1, "enterprises": 2,
    }  # fmt: skip
    assert api.get("/lead-policy").json()["reply_working_days"] == 3
    rule = {"valid_from_date": "2099-01-01", "reply_working_days": 2, "protection_days": 30,
            "source": "细则"}  # fmt: skip
    assert operator.post("/lead-policy", rule).status_code == 201
    assert api.post("/lead-policy", rule).status_code == 403


@pytest.mark.parametrize("path", ["/leads", "/visits", "/teams", "/managers", "/lead-policy"])
def test_nobody_in_particular_reads_nothing(path):
    assert Caller(None).get(path).status_code == 401


def test_the_open_side_over_http():
    m = exchange()
    lead = pooled(m)
    half = Caller(m.manager).post("/leads", {"achievement_id": m.achievement.pk}).json()["id"]

    taken = Caller(m.manager).post(f"/leads/{half}/complete", {"demand_id": m.demand.pk})

    assert (taken.status_code, taken.json()["code"]) == (409, "leads.pair_taken")
    assert lead.opened_at == AT
