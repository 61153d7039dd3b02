"""Price notices on pages and over HTTP: everybody reads and objects, the office alone acts."""

import pytest
from django.core.cache import cache
from django.test import Client

from pilotharbor.technologies.models import NoticeRule, Objection, PriceNotice
from tests.factories.callers import Caller
from tests.factories.notices import SAID, drafted, opened, with_rules
from tests.factories.technologies import let_in, market
from tests.technologies.test_notices import OVER
from tests.technologies.test_pages import browse

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {
    "title": "电解质", "summary": "一种电解质。", "way": "licence", "price_fen": "120万",
    "taker": "示例公司", "relation": "inventor", "relation_note": "完成人持股30%",
    "places": "本单位官网", "first_date": "2099-03-01", "last_date": "2099-03-31",
}  # fmt: skip
OBJECTION = {"name": "示例人", "contact": "示例电话", "text": "价格偏低的理由"}


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def when(at):
    return {"X-Harbor-Time": at.isoformat()}


def test_the_office_gives_notice_from_the_page_of_a_result():
    m = market()
    with_rules()
    office = browse(m.tto)

    asked = office.get(f"/achievements/{m.achievement.pk}/price-notices/new")
    bad = office.post(f"/achievements/{m.achievement.pk}/price-notices/new",
                      FORM | {"relation_note": ""})  # fmt: skip
    made = office.post(f"/achievements/{m.achievement.pk}/price-notices/new", FORM)
    notice = PriceNotice.objects.get()
    office.post(f"/price-notices/{notice.pk}/open")

    assert m.achievement.title in asked.content.decode()
    assert bad.status_code == 422
    assert "示例公司" in bad.content.decode()
    assert made.url == f"/price-notices/{notice.pk}"
    notice.refresh_from_db()
    assert (notice.status, notice.price_fen) == ("open", 120_000_000)
    result = Client().get(f"/achievements/{m.achievement.pk}").content.decode()
    assert f"/price-notices/{notice.pk}" in result


def test_everybody_reads_what_was_public_and_nobody_a_draft(at):
    m = market()
    draft = drafted(m, at)

    assert Client().get(f"/price-notices/{draft.pk}").status_code == 404
    assert browse(m.buyer).get(f"/price-notices/{draft.pk}").status_code == 404
    assert browse(m.inventor).get(f"/price-notices/{draft.pk}").status_code == 404
    assert Caller(None).get(f"/price-notices/{draft.pk}").status_code == 404
    assert browse(m.tto).get(f"/price-notices/{draft.pk}").status_code == 200
    assert draft.title not in Client().get("/price-notices").content.decode()

    public = opened(m, at, relation="interested", relation_note="其配偶任董事")
    page = Client().get(f"/price-notices/{public.pk}").content.decode()
    for said in ("其配偶任董事", "¥1,200,000.00", SAID["taker"], "示例依据", "示例大学"):
        assert said in page
    assert public.title in Client().get("/price-notices").content.decode()


def test_anybody_objects_on_the_page_and_only_the_office_reads_who(at):
    cache.clear()
    m = market()
    notice = opened(m, at)
    page = f"/price-notices/{notice.pk}"

    bad = Client().post(f"{page}/object", OBJECTION | {"name": ""}, headers=when(at))
    sent = Client().post(f"{page}/object", OBJECTION, headers=when(at))
    objection = Objection.objects.get()

    assert bad.status_code == 422
    assert OBJECTION["text"] in bad.content.decode()
    assert sent.status_code == 302
    for reader in (Client(), browse(m.inventor), browse(m.buyer)):
        seen = reader.get(page).content.decode()
        assert OBJECTION["text"] not in seen
        assert OBJECTION["contact"] not in seen
    for reader in (browse(m.tto), browse(m.auditor)):
        assert OBJECTION["text"] in reader.get(page).content.decode()
    assert browse(m.buyer).post(
        f"/objections/{objection.pk}/answer", {"upheld": "no", "answer": "无"}
    ).status_code == 403  # fmt: skip
    empty = browse(m.tto).post(f"/objections/{objection.pk}/answer", {"answer": "已核查"})
    assert (empty.status_code, "已核查" in empty.content.decode()) == (422, True)
    browse(m.tto).post(f"/objections/{objection.pk}/answer", {"upheld": "no", "answer": "已核查"})
    assert "已核查" in Client().get(page).content.decode()


def test_the_end_is_confirmed_by_a_button_that_comes_with_the_day(at):
    m = market()
    notice = opened(m, at)
    office, page = browse(m.tto), f"/price-notices/{notice.pk}"

    before = office.get(page, headers=when(at)).content.decode()
    after = office.get(page, headers=when(OVER)).content.decode()
    office.post(f"{page}/conclude", headers=when(OVER))

    assert f"{page}/conclude" not in before
    assert f"{page}/conclude" in after
    notice.refresh_from_db()
    assert notice.status == "closed"


def test_a_blind_reviewer_learns_no_owner_from_a_notice(at):
    m = market(confidentiality="core")
    let_in(m.achievement, m.expert, "blind")
    notice = opened(m, at)

    page = browse(m.expert).get(f"/achievements/{m.achievement.pk}").content.decode()

    assert f"/price-notices/{notice.pk}" not in page


def test_a_notice_lives_over_http(at):
    cache.clear()
    m = market()
    with_rules()
    office = Caller(m.tto, at=at)
    body = SAID | {"first_date": "2026-03-01", "last_date": "2026-03-10"}

    made = office.post(f"/achievements/{m.achievement.pk}/price-notices", body)
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    short = office.post(f"/price-notices/{pk}/open")
    assert (short.status_code, short.json()["code"]) == (422, "technologies.notice_too_short")
    assert "2026-03-16" in short.content.decode()
    office.patch(f"/price-notices/{pk}", {"last_date": "2026-03-16"})
    assert office.post(f"/price-notices/{pk}/open").json()["status"] == "open"
    assert office.patch(f"/price-notices/{pk}", {"price_fen": 1}).status_code == 409
    objected = Caller(None, at=at).post(f"/price-notices/{pk}/objections", OBJECTION)
    assert (objected.status_code, objected.json()["status"]) == (201, "objected")
    assert objected.json()["objections"][0]["text"] is None
    seen = office.get(f"/price-notices/{pk}").json()["objections"][0]
    assert seen["text"] == OBJECTION["text"]
    answered = office.post(
        f"/objections/{seen['id']}/answer", {"upheld": False, "answer": "已核查"}
    )
    assert answered.json()["status"] == "open"
    assert Caller(m.buyer, at=at).post(f"/price-notices/{pk}/open").status_code == 403
    listed = Caller(None).get("/price-notices", status="open").json()["items"]
    assert [row["id"] for row in listed] == [pk]
    ended = Caller(m.tto, at=OVER).post(f"/price-notices/{pk}/conclude")
    assert ended.json()["status"] == "closed"


def test_too_many_objections_from_one_address_are_refused(at, settings):
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"raise_objection": "1/h/ip"}
    m = market()
    notice = opened(m, at)

    public = Caller(None, at=at)
    first = public.post(f"/price-notices/{notice.pk}/objections", OBJECTION)
    second = public.post(f"/price-notices/{notice.pk}/objections", OBJECTION)

    assert (first.status_code, second.status_code) == (201, 429)
    assert Objection.objects.count() == 1
    cache.clear()


def test_rules_are_read_by_everybody_and_kept_by_operators():
    m = market()
    with_rules()
    body = {
        "jurisdiction": "CN-GD",
        "from_date": "2026-05-01",
        "least_days": "10",
        "source": "示例",
    }

    assert "示例依据" in Client().get("/price-notices/rules").content.decode()
    browse(m.tto).post("/price-notices/rules", body)
    assert not NoticeRule.objects.filter(jurisdiction="CN-GD").exists()
    browse(m.operator).post("/price-notices/rules", body)
    assert NoticeRule.objects.get(jurisdiction="CN-GD").least_days == 10
    assert len(Caller(None).get("/notice-rules").json()) == 3
    again = Caller(m.operator).post("/notice-rules", body | {"least_days": 5, "binding": True})
    assert again.status_code == 422


def test_a_list_of_notices_asks_as_often_for_three_as_for_one(at, django_assert_num_queries):
    m = market()
    opened(m, at)
    client = Caller(None)
    client.get("/price-notices")
    with django_assert_num_queries(2):
        client.get("/price-notices")
    opened(m, at)
    opened(m, at)
    with django_assert_num_queries(2):
        assert len(client.get("/price-notices").json()["items"]) == 3
