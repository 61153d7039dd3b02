"""What search engines are told: all that is public, and nothing else."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from pilotharbor.technologies import commands
from pilotharbor.technologies.models import Scenario
from pilotharbor.web.findable import views
from tests.factories.notices import drafted, opened
from tests.factories.parties import JOINED
from tests.factories.technologies import AchievementFactory, DemandFactory, let_in, market
from tests.technologies.test_pages import browse

pytestmark = pytest.mark.django_db(transaction=True)
LEVELS = ("public", "members", "nda", "project", "core")
STATES = ("draft", "submitted", "returned", "published", "withdrawn")
NAMES = {"s": views.NAMESPACE}


@pytest.fixture(autouse=True)
def _address(settings):
    settings.PUBLIC_URL = "https://harbour.example"


def read(path):
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return ET.fromstring(answer.content)  # noqa: S314 - our own answer


def addresses(path):
    return [found.text for found in read(path).findall(".//s:loc", NAMES)]


def everything():
    """Every address of the sitemap, by way of its index."""
    found = []
    for page in addresses("/sitemap.xml"):
        found += addresses(page.removeprefix("https://harbour.example"))
    return found


def head_of(path, client=None, **params):
    answer = (client or Client()).get(path, params)
    return answer.status_code, answer.content.decode().split("</head>")[0]


def structured(head):
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', head, re.DOTALL)
    return json.loads(found[1]) if found else None


def scenario(m, **fields):
    return Scenario.objects.create(
        owner=m.company, posted_by=m.buyer, posted_at=JOINED, direction="scenario_seeks_product",
        title="示例场景", summary="一处示例场景。",
        **{"status": "published", "published_at": JOINED} | fields,
    )  # fmt: skip


def test_the_sitemap_holds_what_everybody_reads_and_nothing_else(at):
    m = market()
    public = {
        f"https://harbour.example/achievements/{m.achievement.pk}",
        f"https://harbour.example/demands/{m.demand.pk}",
        f"https://harbour.example/scenarios/{scenario(m).pk}",
    }
    for level in LEVELS:
        for status in STATES:
            if (level, status) == ("public", "published"):
                continue
            AchievementFactory(confidentiality=level, status=status)
            DemandFactory(confidentiality=level, status=status)
            scenario(m, confidentiality=level, status=status)
    drafted(m, at)
    public.add(f"https://harbour.example/price-notices/{opened(m, at).pk}")

    entries = {a for a in everything() if re.search(r"/\d+$", a)}

    assert entries == public
    for address in everything():
        assert Client().get(address.removeprefix("https://harbour.example")).status_code == 200


def test_no_head_tells_what_is_not_public(at):
    m = market()
    for level in LEVELS:
        for status in STATES:
            if (level, status) == ("public", "published"):
                continue
            entry = AchievementFactory(
                owner=m.university, disclosed_by=m.inventor, title="标记题", summary="标记摘要",
                confidentiality=level, status=status,
            )  # fmt: skip
            page = f"/achievements/{entry.pk}"
            code, head = head_of(page)
            assert (code, "标记" in head) == (404, False)
            for who in (m.tto, m.buyer, m.operator):
                code, head = head_of(page, browse(who))
                meta = head.replace(f"<title>{entry.title}", "")
                assert "标记" not in meta, (level, status, who.role)
                assert "ld+json" not in head
                assert "canonical" not in head


def test_a_head_never_holds_the_detail_nor_a_blind_reviewers_owner():
    m = market()
    let_in(m.achievement, m.expert, "blind")

    _code, head = head_of(f"/achievements/{m.achievement.pk}")
    _code, blind = head_of(f"/achievements/{m.achievement.pk}", browse(m.expert))

    assert m.achievement.summary in head
    assert m.achievement.detail not in head
    assert m.university.name not in blind
    assert 'content="noindex"' in blind


def test_a_result_describes_itself_to_machines():
    m = market(price_fen=120_000_050, keywords=["电池", "电解质"])
    page = f"https://harbour.example/achievements/{m.achievement.pk}"

    _code, head = head_of(f"/achievements/{m.achievement.pk}")
    said = structured(head)

    assert (said["@type"], said["name"]) == ("Product", m.achievement.title)
    assert said["manufacturer"] == {"@type": "Organization", "name": "示例大学"}
    assert said["offers"]["price"] == "1200000.50"
    assert (said["url"], said["keywords"]) == (page, "电池, 电解质")
    assert f'<link rel="canonical" href="{page}">' in head
    assert f'hreflang="en" href="{page}?lang=en"' in head
    assert f'hreflang="x-default" href="{page}"' in head
    assert '<meta property="og:title"' in head
    assert '<meta name="description"' in head


def test_needs_scenarios_and_notices_describe_themselves_too(at):
    m = market()

    assert structured(head_of(f"/demands/{m.demand.pk}")[1])["@type"] == "Demand"
    assert structured(head_of(f"/scenarios/{scenario(m).pk}")[1])["@type"] == "CreativeWork"
    notice = opened(m, at)
    head = head_of(f"/price-notices/{notice.pk}")[1]
    assert f'href="https://harbour.example/price-notices/{notice.pk}"' in head


def test_a_title_cannot_break_out_of_the_data():
    m = market()
    evil = '</script><script>alert("1")</script>&<!--'
    m.achievement.title = evil
    m.achievement.save()

    _code, head = head_of(f"/achievements/{m.achievement.pk}")

    assert structured(head)["name"] == evil
    assert "<script>alert" not in head


def test_each_language_has_an_address():
    m = market()
    page = f"/achievements/{m.achievement.pk}"

    _code, english = head_of(page, Client(headers={"Accept-Language": "zh-CN"}), lang="en")
    _code, chinese = head_of(page, Client(headers={"Accept-Language": "en"}), lang="zh-hans")
    _code, other = head_of(page, lang="xx")

    assert '<html lang="en"' in english
    assert f'canonical" href="https://harbour.example{page}?lang=en"' in english
    assert '<html lang="zh-Hans"' in chinese
    assert f'canonical" href="https://harbour.example{page}"' in other


def test_lastmod_is_when_it_last_said_something_else(at):
    m = market()
    commands.revise(
        achievement_id=m.achievement.pk, content={"title": "新题"}, actor_id=m.tto.pk, at=at
    )

    times = read("/sitemap-achievements-1.xml").findall(".//s:lastmod", NAMES)

    assert [found.text for found in times] == ["2026-03-01T01:00:00+00:00"]


def test_a_long_list_has_pages(monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    m = market()
    for _n in range(4):
        AchievementFactory(owner=m.university)

    index = addresses("/sitemap.xml")

    assert [a for a in index if "achievements" in a] == [
        f"https://harbour.example/sitemap-achievements-{n}.xml" for n in (1, 2, 3)
    ]
    assert [len(addresses(f"/sitemap-achievements-{n}.xml")) for n in (1, 2, 3)] == [2, 2, 1]
    for gone in ("achievements-4", "achievements-0", "secrets-1", "pages-2"):
        assert Client().get(f"/sitemap-{gone}.xml").status_code == 404


def test_robots_are_told_what_to_leave_alone(settings):
    said = Client().get("/robots.txt").content.decode()
    settings.EXERCISE_CLOCK = True
    exercise = Client().get("/robots.txt").content.decode()

    assert "Disallow: /api/" in said
    assert said.endswith("Sitemap: https://harbour.example/sitemap.xml\n")
    assert exercise == "User-agent: *\nDisallow: /\n"


def test_an_address_is_the_harbours_own_and_not_the_requests(settings):
    settings.ALLOWED_HOSTS = ["*"]
    m = market()

    answer = Client().get(f"/achievements/{m.achievement.pk}", headers={"Host": "evil.example"})

    assert "evil.example" not in answer.content.decode()
