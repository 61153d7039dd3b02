"""CPC beside IPC, and the entries of one family together: one way to group them."""

import importlib

import pytest
from django.apps import apps
from django.test import Client

from pilotharbor.kernel.codes import BadCode, normalise_cpc
from pilotharbor.technologies import commands
from pilotharbor.technologies.commands import patents
from pilotharbor.technologies.content import ContentWrong, GivenRight
from pilotharbor.technologies.models import IpAsset
from pilotharbor.technologies.patents import families, queries
from tests.conftest import AT
from tests.factories.callers import Caller
from tests.factories.technologies import AchievementFactory, market
from tests.technologies.test_pages import browse

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = "201810000001.4"


def right(achievement, **fields):
    given = {"kind": "invention_patent", "application_no": "", "legal_status": "granted"} | fields
    return IpAsset.objects.create(achievement=achievement, **given)


def describe(m, one, **content):
    return patents.describe_right(right_id=one.pk, content=content, actor_id=m.tto.pk, at=AT)


@pytest.mark.parametrize(
    ("text", "symbol"),
    [("y02e60/10", "Y02E 60/10"), ("H01M 10/0562", "H01M 10/0562"), ("Y02", "Y02"), ("A", "A"),
     ("H01M 2300/0068", "H01M 2300/0068")],
)  # fmt: skip
def test_a_cpc_symbol_is_read(text, symbol):
    assert normalise_cpc(text) == symbol


@pytest.mark.parametrize("text", ["", "Z02E", "Y2E 60/10", "Y02E 60", "Y02E 60/1", "Y02E 0/10"])
def test_what_is_no_cpc_symbol_is_refused(text):
    with pytest.raises(BadCode, match="CPC"):
        normalise_cpc(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("CN201810000001.4", FIRST), ("ZL 2018100000014", FIRST), ("US 17/123,456", "US17/123456"),
     ("PCT/CN2018/000001", None), ("CN201810000001.6", None), ("随便", None), ("", "")],
)  # fmt: skip
def test_the_number_of_a_first_filing_has_one_form(text, number):
    if number is None and text.startswith("PCT"):
        assert families.priority_number(text) == "PCT/CN2018/000001"
    elif number is None:
        with pytest.raises(BadCode):
            families.priority_number(text)
    else:
        assert families.priority_number(text) == number


def test_the_register_is_copied_with_cpc_first_filing_and_family():
    m = market()
    one = right(m.achievement)

    describe(m, one, cpc=["y02e60/10", "Y02E 60/10"], priority_no=f"CN{FIRST}", family=" 5723 4511")

    one.refresh_from_db()
    assert (one.cpc, one.priority_no, one.family) == (["Y02E 60/10"], FIRST, "57234511")
    assert one.family_key == "F:57234511"
    with pytest.raises(ContentWrong) as refused:
        describe(m, one, cpc=["Z99"], priority_no="CN201810000001.6", family="第五族", ipc=["Y02E"])
    assert set(refused.value.problems) == {"cpc", "priority_no", "family", "ipc"}


def test_the_first_filing_and_what_claims_it_are_one_family():
    m = market()
    first = right(m.achievement, application_no=FIRST)
    model = right(m.achievement, kind="utility_model", priority_no=FIRST)
    abroad = right(m.achievement, application_no="US17/123456", priority_no=FIRST)
    alone = right(m.achievement, application_no="US17/999999")
    nameless = right(m.achievement), right(m.achievement)
    stated = right(m.achievement, priority_no=FIRST, family="57234511")

    def others(one):
        one.refresh_from_db()
        return set(families.relatives(one, actor=m.tto))

    assert others(first) == {model, abroad}
    assert others(abroad) == {first, model}
    assert others(alone) == others(nameless[0]) == others(stated) == set()


def test_who_may_not_see_a_result_does_not_learn_of_it_by_its_family():
    m = market()
    first = right(m.achievement, application_no=FIRST)
    hidden = AchievementFactory(confidentiality="core")
    right(hidden, priority_no=FIRST)
    first.refresh_from_db()

    assert not families.relatives(first, actor=m.buyer).exists()
    assert list(families.leading(queries.visible_rights(actor=m.buyer))) == [first]


def test_the_list_shows_a_family_once_and_each_of_it_on_request():
    m = market()
    first = right(m.achievement, application_no=FIRST, title="母案")
    later = right(m.achievement, priority_no=FIRST, title="后案", cpc=["Y02E 60/10"])
    bare = right(m.achievement, title="无号")
    rows = queries.visible_rights(actor=m.buyer).order_by("-id")

    shown = families.together(families.leading(rows), rows)

    assert [(one, others) for one, others in shown] == [(bare, []), (later, [first])]
    buyer = browse(m.buyer)
    page = buyer.get("/rights").content.decode()
    apart = buyer.get("/rights?apart=1").content.decode()
    narrowed = buyer.get("/rights?cpc=y02e").content.decode()
    detail = buyer.get(f"/rights/{first.pk}").content.decode()
    assert "and 1 more of its family" in page
    assert "of its family" not in apart
    assert ("后案" in narrowed, "母案" in narrowed) == (True, False)
    assert "Patent family" in detail
    assert "后案" in detail


def test_a_family_costs_no_more_queries_for_three_than_for_one(django_assert_num_queries):
    m = market()
    right(m.achievement, application_no=FIRST)
    rows = queries.visible_rights(actor=m.tto)
    for _again in range(2):
        right(m.achievement, priority_no=FIRST)
        with django_assert_num_queries(2):
            families.together(list(families.leading(rows)), rows)


def test_rights_that_are_named_again_keep_their_family():
    m = market()
    one = right(m.achievement, application_no=FIRST, cpc=["Y02E"], family="57234511")

    commands.revise(
        achievement_id=m.achievement.pk, content={},
        ip=[GivenRight("invention_patent", FIRST, "in_force")], actor_id=m.tto.pk, at=AT,
    )  # fmt: skip

    one.refresh_from_db()
    assert (one.legal_status, one.cpc, one.family_key) == ("in_force", ["Y02E"], "F:57234511")


def test_programs_read_and_write_it():
    m = market()
    one = right(m.achievement, application_no=FIRST)
    caller = Caller(m.tto)

    done = caller.patch(f"/rights/{one.pk}", {"cpc": ["Y02E 60/10"], "family": "57234511"}).json()
    bad = caller.patch(f"/rights/{one.pk}", {"cpc": ["x"]}).json()
    listed = Client().get("/api/v1/rights?family=F:57234511&cpc=Y02E").json()["items"]

    assert (done["cpc"], done["family_key"]) == (["Y02E 60/10"], "F:57234511")
    assert bad["code"] == "technologies.content_wrong"
    assert [row["id"] for row in listed] == [one.pk]


def test_the_migration_takes_the_number_out_of_the_words_where_its_check_digit_is_right():
    m = market()
    good = right(m.achievement, priority=f"CN {FIRST}，2018-05-04，国家知识产权局")
    wrong = right(m.achievement, priority="CN 201810000001.6")
    module = "pilotharbor.technologies.migrations.0012_disciplines_and_families"

    importlib.import_module(module).take_over(apps, None)

    good.refresh_from_db()
    wrong.refresh_from_db()
    assert (good.priority_no, wrong.priority_no) == (FIRST, "")
    assert good.priority.startswith("CN 201810000001.4，")
