import pytest
from django.test import Client

from pilotharbor.leads.models import Lead
from tests.factories.leads import brought_to, exchange, log, opened, pooled

pytestmark = pytest.mark.django_db(transaction=True)


def as_(member):
    client = Client(headers={"accept-language": "en"})
    client.force_login(member.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("who", ["manager", "operator", "auditor", "buyer", "tto"])
@pytest.mark.parametrize("path", ["/leads", "/leads?view=board", "/leads?reply=late&q=固态"])
def test_the_lists_open(who, path):
    m = exchange()
    log(opened(m), m.manager)

    assert as_(getattr(m, who)).get(path).status_code == 200


@pytest.mark.parametrize("who", ["expert", "administrator", "official", "advisor"])
def test_the_lists_do_not_open_for_others(who):
    m = exchange()

    assert as_(getattr(m, who)).get("/leads").status_code == 404
    assert as_(getattr(m, who)).get("/leads/pool").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 200), ("operator", 200), ("auditor", 200), ("buyer", 200), ("tto", 404),
     ("other", 404), ("outsider", 404)],
)  # fmt: skip
def test_who_opens_a_lead(who, status):
    m = exchange()
    lead = opened(m)
    log(lead, m.manager, side="enterprise", words="仅自己可见")
    log(lead, m.manager, side="enterprise", words="给企业", shared="enterprise")

    page = as_(getattr(m, who)).get(f"/leads/{lead.pk}")

    assert page.status_code == status
    if who == "buyer":
        assert "给企业" in text(page)
        assert "仅自己可见" not in text(page)
        assert "Log a contact" not in text(page)


def test_a_manager_opens_logs_plans_and_moves():
    m = exchange()
    client = as_(m.manager)

    made = client.post("/leads/new", {"achievement_id": m.achievement.pk, "demand_id": m.demand.pk})
    lead = Lead.objects.get()
    assert made["Location"] == f"/leads/{lead.pk}"
    dragged = client.post(f"/leads/{lead.pk}/move", {"to": "contacted"})
    assert dragged["Location"] == f"/leads/{lead.pk}/log"
    empty = client.post(f"/leads/{lead.pk}/log", {"kind": "call", "side": "both"})
    assert (empty.status_code, Lead.objects.get().status) == (422, "found")
    client.post(f"/leads/{lead.pk}/log", {"kind": "meeting", "side": "both", "words": "见面"})
    client.post(f"/leads/{lead.pk}/move", {"to": "met"})
    client.post(
        f"/leads/{lead.pk}/step",
        {"words": "寄样", "due_date": "2099-01-01", "owner_id": m.manager.pk},
    )
    lead.refresh_from_db()
    assert (lead.status, lead.next_step) == ("met", "寄样")
    client.post(f"/leads/{lead.pk}/step/done", {"outcome": "好"})
    lost = client.post(f"/leads/{lead.pk}/move", {"to": "lost"})
    assert lost["Location"] == f"/leads/{lead.pk}/lose"
    client.post(f"/leads/{lead.pk}/lose", {"reason": "price", "words": "贵"})
    client.post(f"/leads/{lead.pk}/reopen")

    assert list(Lead.objects.order_by("id").values_list("status", flat=True)) == ["lost", "found"]


def test_a_taken_pair_leads_to_the_contest():
    m = exchange()
    opened(m)
    client = as_(m.other)

    page = client.post("/leads/new", {"achievement_id": m.achievement.pk, "demand_id": m.demand.pk})
    url = f"/leads/contest?achievement={m.achievement.pk}&demand={m.demand.pk}"
    assert page.status_code == 422
    assert url.replace("&", "&amp;") in text(page)
    client.post(url, {"words": "我先谈的"})
    claim = Lead.objects.get().claims.get(status="contested")
    pool = as_(m.operator).get("/leads/pool")
    assert "我先谈的" in text(pool)
    as_(m.operator).post(f"/claims/{claim.pk}/decide", {"granted": "yes", "reason": "记录为证"})

    assert Lead.objects.get().manager == m.other
    assert as_(m.manager).get(f"/claims/{claim.pk}/decide").status_code == 404


def test_from_the_pool_to_another_and_back():
    m = exchange()
    lead = pooled(m)
    client = as_(m.manager)

    assert "I carry it" in text(client.get("/leads/pool"))
    assert client.post(f"/leads/{lead.pk}/claim")["Location"] == f"/leads/{lead.pk}"
    client.post(f"/leads/{lead.pk}/offer", {"manager_id": m.other.pk, "reason": "您来"})
    claim = lead.claims.get(status="offered")
    assert "Take it over" in text(as_(m.other).get(f"/leads/{lead.pk}"))
    as_(m.other).post(f"/claims/{claim.pk}/accept")
    lead.refresh_from_db()
    assert lead.manager == m.other
    as_(m.other).post(f"/leads/{lead.pk}/release", {"reason": "转岗"})
    as_(m.operator).post(f"/leads/{lead.pk}/assign", {"manager_id": m.manager.pk, "reason": "对口"})
    lead.refresh_from_db()
    assert lead.manager == m.manager


def test_a_company_asks_with_one_press_and_writes():
    m = exchange()
    client = as_(m.buyer)
    panel = text(client.get(f"/achievements/{m.achievement.pk}/leads"))
    assert "Ask for contact" in panel

    asked = client.post("/leads/ask", {"achievement_id": m.achievement.pk})
    lead = Lead.objects.get()
    assert asked["Location"] == f"/leads/{lead.pk}"
    assert "Ask for contact" not in text(client.get(f"/achievements/{m.achievement.pk}/leads"))
    client.post(f"/leads/{lead.pk}/write", {"words": "请尽快联系"})
    assert "请尽快联系" in text(client.get(f"/leads/{lead.pk}"))


def test_signing_asks_when_and_for_how_much():
    m = exchange()
    lead = brought_to(opened(m), "negotiating", m.manager)
    client = as_(m.manager)

    moved = client.post(f"/leads/{lead.pk}/move", {"to": "signed"})
    assert moved["Location"] == f"/leads/{lead.pk}/sign"
    client.post(f"/leads/{lead.pk}/sign", {"signed_date": "2026-03-01", "amount_fen": "80万"})

    lead.refresh_from_db()
    assert (lead.status, lead.amount_fen) == ("signed", 80_000_000)


def test_the_open_side_is_named_on_its_page():
    m = exchange()
    lead = opened(m, achievement_id=m.achievement.pk)

    as_(m.manager).post(f"/leads/{lead.pk}/complete", {"demand_id": m.demand.pk})

    lead.refresh_from_db()
    assert lead.demand == m.demand


def test_pages_of_others_are_not_found():
    m = exchange()
    lead = opened(m)
    log(lead, m.manager)

    for page in ("log", "step", "lose", "sign", "assign"):
        assert as_(m.buyer).get(f"/leads/{lead.pk}/{page}").status_code == 404
