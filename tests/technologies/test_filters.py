"""What a filter leaves, what its chip says, and that the count is the true one."""

import pytest

from pilotharbor.technologies import queries
from pilotharbor.technologies.models import Achievement, Demand, Reader
from tests.factories.callers import Caller
from tests.factories.technologies import AchievementFactory, DemandFactory, let_in, market
from tests.technologies.test_pages import browse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shelf():
    AchievementFactory(
        title="宁波膜", region="330200", discipline="430", trl_level=4, trl_evidence="报告",
        cooperation=["licence"], price_fen=50_000_000, industry="C3463",
    )  # fmt: skip
    AchievementFactory(
        title="上海膜", region="310000", discipline="43040 材料失效", trl_level=7, trl_evidence="报告",
        cooperation=["licence", "equity"], price_fen=None, industry="C26",
    )  # fmt: skip
    AchievementFactory(title="十三级", trl_scale="GB-13", trl_level=5, trl_evidence="报告")
    DemandFactory(title="要七级", trl_wanted=7, budget_fen=100, cooperation=["service"])
    DemandFactory(title="不限", region="330106")


def results(**wanted):
    rows = queries.filtered(Achievement.objects.all(), queries.Filters(**wanted), actor=None)
    return set(rows.values_list("title", flat=True))


def needs(**wanted):
    rows = queries.filtered(Demand.objects.all(), queries.Filters(**wanted), actor=None)
    return set(rows.values_list("title", flat=True))


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ({"region": "330000"}, {"宁波膜"}),
        ({"region": "330200"}, {"宁波膜"}),
        ({"region": "33"}, {"宁波膜"}),
        ({"region": "331"}, set()),
        ({"region": "x"}, {"宁波膜", "上海膜", "十三级"}),
        ({"discipline": "430"}, {"宁波膜", "上海膜"}),
        ({"discipline": "材料"}, {"上海膜"}),
        ({"trl_from": 4}, {"宁波膜", "上海膜"}),
        ({"trl_from": 4, "trl_to": 6}, {"宁波膜"}),
        ({"trl_to": 9}, {"宁波膜", "上海膜"}),
        ({"cooperation": "licence"}, {"宁波膜", "上海膜"}),
        ({"cooperation": "equity"}, {"上海膜"}),
        ({"fen_from": 1}, {"宁波膜"}),
        ({"fen_to": 49_999_999}, set()),
        ({"fen_from": 50_000_000, "fen_to": 50_000_000}, {"宁波膜"}),
    ],
)
def test_a_filter_leaves_what_it_says(shelf, wanted, left):
    assert results(**wanted) == left


def test_needs_are_narrowed_by_what_they_ask_for(shelf):
    assert needs(trl_from=5) == needs(trl_to=7) == needs(fen_to=100) == {"要七级"}
    assert needs(region="330000") == {"不限"}
    assert needs(discipline="430") == {"要七级", "不限"}
    assert needs(direction="scenario_seeks_product", domestic=True) == {"要七级", "不限"}


def test_a_region_tells_a_blind_reviewer_nothing():
    m = market(confidentiality="core", region="330000")
    let_in(m.achievement, m.expert, Reader.Via.BLIND)
    rows = queries.visible_achievements(actor=m.expert)

    def found(**wanted):
        return set(queries.filtered(rows, queries.Filters(**wanted), actor=m.expert))

    assert found() == {m.achievement}
    assert found(region="330000") == set()


def test_chips_count_and_take_one_filter_away_at_a_time(shelf):
    page = (
        browse().get("/achievements?region=330000&trl_from=4&fen_to=80万&cursor=").content.decode()
    )

    assert "1 of 3 fits" in page
    assert "Region: Zhejiang" in page
    assert 'href="?trl_from=4&amp;fen_to=80%E4%B8%87"' in page
    assert "Up to ¥800,000.00" in page
    assert "3 entries" in browse().get("/achievements").content.decode()


def test_what_cannot_be_read_is_said_and_left_out(shelf):
    page = browse().get("/achievements?fen_from=lots&region=zz&cooperation=barter").content.decode()

    assert "“lots” could not be read" in page
    assert "“zz” could not be read" in page
    assert "3 entries" in page


def test_the_api_narrows_by_the_same_names(shelf):
    def titles(path):
        return {row["title"] for row in Caller(None).get(path).json()["items"]}

    assert titles("/achievements?trl_from=4&trl_to=6&cooperation=licence") == {"宁波膜"}
    assert titles("/achievements?discipline=430&region=310000") == {"上海膜"}
    assert titles("/demands?fen_from=1&cooperation=service") == {"要七级"}
