"""What the pages do beside what the API does: words kept, secrets hidden, buttons where they belong."""

import pytest
from django.test import Client

from pilotharbor.kernel.models import Event
from pilotharbor.technologies.models import Achievement, Demand, Reader
from tests.factories.technologies import let_in, market

pytestmark = pytest.mark.django_db(transaction=True)


def browse(member=None):
    client = Client(headers={"Accept-Language": "en"})
    if member is not None:
        client.force_login(
            member.person, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
    return client


def test_a_refused_step_keeps_every_word():
    m = market()

    answer = browse(m.inventor).post(
        "/achievements/new", {"title": "催化剂", "summary": "机密★", "keywords": "a，b"}
    )

    assert answer.status_code == 422
    assert "催化剂" in answer.content.decode()
    assert "机密★" in answer.content.decode()
    assert Achievement.objects.count() == 1


def test_a_need_is_written_step_by_step_and_submitted():
    m = market()
    buyer = browse(m.buyer)

    first = buyer.post(
        "/demands/new/text", {"title": "供样", "summary": "公斤级", "keywords": "a；b"}
    )
    need = Demand.objects.get(title="供样")
    assert first.url == f"/demands/{need.pk}/edit/place"
    bad = buyer.post(first.url, {"budget_fen": "many"})
    assert bad.status_code == 422
    buyer.post(
        first.url,
        {
            "budget_fen": "50万",
            "cooperation": ["licence", "service"],
            "trl_wanted": "5",
            "industry": "C26",
            "region": "330000",
        },
    )
    last = buyer.post(
        f"/demands/{need.pk}/edit/readers", {"confidentiality": "members", "detail": "用量"}
    )
    assert last.url == f"/demands/{need.pk}"
    buyer.post(f"/demands/{need.pk}/submit")

    need.refresh_from_db()
    assert (need.status, need.budget_fen, need.keywords, need.industry, need.detail) == (
        "submitted", 50_000_000, ["a", "b"], "C26", "用量",
    )  # fmt: skip
    assert (need.cooperation, need.trl_wanted) == (["licence", "service"], 5)
    shown = buyer.get(f"/demands/{need.pk}").content.decode()
    assert "Licence, Technical service" in shown
    assert "TRL 5 or above" in shown
    assert "供样" in browse(m.operator).get("/reviews").content.decode()
    browse(m.operator).post(f"/demands/{need.pk}/publish")
    need.refresh_from_db()
    assert need.status == "published"


def test_the_detail_opens_on_demand_and_is_recorded_then():
    m = market(confidentiality="project")
    page = f"/achievements/{m.achievement.pk}"
    office = browse(m.tto)

    closed = office.get(page).content.decode()
    assert "烧结温度" not in closed
    assert not Event.objects.exists()
    opened = office.get(page + "?detail=open").content.decode()

    assert "烧结温度" in opened
    assert "watermark" in opened
    assert Event.objects.get().name == "technologies.achievement.detail_viewed"


def test_an_expert_reads_the_page_without_names():
    m = market(confidentiality="core")
    let_in(m.achievement, m.expert, Reader.Via.BLIND)
    expert = browse(m.expert)

    for path in (f"/achievements/{m.achievement.pk}", "/achievements"):
        shown = expert.get(path).content.decode()
        assert m.achievement.title in shown
        assert m.university.name not in shown
        assert m.inventor.person.name + "<" not in shown


def test_whoever_may_not_read_the_detail_does_not_overwrite_it():
    m = market(confidentiality="core", status="draft")

    browse(m.tto).post(
        f"/achievements/{m.achievement.pk}/edit/readers",
        {"confidentiality": "project", "detail": ""},
    )

    m.achievement.refresh_from_db()
    assert (m.achievement.confidentiality, m.achievement.detail) == (
        "project",
        "烧结温度与助剂配比",
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [("/achievements?cursor=x", 422), ("/achievements?q=%00", 422), ("/achievements?owner=x&trl_from=zz", 200),
     ("/achievements/999999999", 404), ("/demands/new", 302), ("/search?q=%27", 200), ("/search?q=%27%00", 422),
     ("/search/suggest?q=ab", 200), ("/search", 200)],
)  # fmt: skip
def test_odd_addresses_answer_calmly(path, status):
    market()

    assert browse().get(path).status_code == status


def test_rights_are_replaced_and_removed():
    m = market(status="draft")
    path = f"/achievements/{m.achievement.pk}/edit/rights"
    form = {"ip-TOTAL_FORMS": 1, "ip-INITIAL_FORMS": 0, "ip-0-kind": "software",
            "ip-0-application_no": "2024SR0000001"}  # fmt: skip

    browse(m.inventor).post(path, form)
    assert [r.application_no for r in m.achievement.ip_assets.all()] == ["2024SR0000001"]
    browse(m.inventor).post(path, form | {"ip-INITIAL_FORMS": 1, "ip-0-DELETE": "on"})

    assert not m.achievement.ip_assets.exists()


def test_readers_are_named_by_mail_and_removed():
    m = market(confidentiality="core")
    page = f"/achievements/{m.achievement.pk}/readers"
    author = browse(m.inventor)

    author.post(page, {"email": "nobody@harbor.example"})
    assert not Reader.objects.exists()
    author.post(page, {"email": m.buyer.person.email})
    assert Reader.objects.get().membership == m.buyer
    author.post(f"{page}/{m.buyer.pk}/remove")
    assert not Reader.objects.exists()


def test_the_office_returns_with_a_note():
    m = market(status="submitted", published_at=None)
    page = f"/achievements/{m.achievement.pk}/return"
    office = browse(m.tto)

    assert office.post(page, {"note": ""}).status_code == 422
    assert office.post(page, {"note": "补充"}).status_code == 302

    m.achievement.refresh_from_db()
    assert (m.achievement.status, m.achievement.review_note) == ("returned", "补充")
    assert "补充" in browse(m.inventor).get(f"/achievements/{m.achievement.pk}").content.decode()


def inventors(achievement):
    rows = achievement.inventors.order_by("position")
    return list(rows.values_list("membership_id", flat=True))


def rows(*members, initial=0):
    said = {"inventor-TOTAL_FORMS": "5", "inventor-INITIAL_FORMS": str(initial)}
    return said | {f"inventor-{i}-membership_id": m.pk for i, m in enumerate(members)}


def test_an_office_names_the_inventors_in_their_order():
    m = market()
    office = browse(m.tto)
    first = office.post("/achievements/new", {"title": "催化剂", "summary": "高选择性"})
    made = Achievement.objects.get(title="催化剂")
    assert first.url == f"/achievements/{made.pk}/edit/inventors"
    page = office.get(first.url)
    offered = set(page.context["form"].forms[0].fields["membership_id"].queryset)
    assert offered == {m.inventor, m.colleague, m.tto}

    answer = office.post(first.url, rows(m.colleague, m.inventor))

    assert answer.url == f"/achievements/{made.pk}/edit/maturity"
    assert inventors(made) == [m.colleague.pk, m.inventor.pk]
    page = office.get(f"/achievements/{made.pk}").content.decode()
    assert "Revised: Inventors" in page


def test_an_inventor_is_crossed_out_and_nobody_named_twice():
    m = market(status="draft", published_at=None)
    path = f"/achievements/{m.achievement.pk}/edit/inventors"
    mine = browse(m.inventor)

    twice = mine.post(path, rows(m.inventor, m.colleague, m.colleague, initial=1))
    assert twice.status_code == 422
    assert "each inventor once" in twice.content.decode()
    assert inventors(m.achievement) == [m.inventor.pk]

    said = rows(m.inventor, m.colleague, initial=1) | {"inventor-0-DELETE": "on"}
    assert mine.post(path, said).status_code == 302
    assert inventors(m.achievement) == [m.colleague.pk]


def test_a_patent_says_where_it_stands():
    m = market(status="draft", published_at=None)
    path = f"/achievements/{m.achievement.pk}/edit/rights"
    said = {
        "ip-TOTAL_FORMS": "3", "ip-INITIAL_FORMS": "0",
        "ip-0-kind": "invention_patent", "ip-0-application_no": "", "ip-0-legal_status": "",
        "ip-1-kind": "technical_secret", "ip-1-legal_status": "",
    }  # fmt: skip

    back = browse(m.inventor).post(path, said)
    assert list(back.context["form"].forms[0].errors) == ["legal_status"]

    browse(m.inventor).post(path, said | {"ip-0-legal_status": "pending"})
    stands = m.achievement.ip_assets.order_by("id").values_list("legal_status", flat=True)
    assert list(stands) == ["pending", "none"]


def test_the_history_names_what_was_changed_and_not_what_was_saved_again():
    m = market(status="draft", published_at=None)
    mine, path = browse(m.inventor), f"/achievements/{m.achievement.pk}/edit/words"
    same = {"title": m.achievement.title, "summary": m.achievement.summary, "keywords": ""}

    mine.post(path, same)
    mine.post(path, same | {"title": "新标题"})

    told = Event.objects.filter(name="technologies.achievement.revised")
    assert [event.facts["fields"] for event in told] == [["title"]]
    assert "Revised: Title" in mine.get(f"/achievements/{m.achievement.pk}").content.decode()
