"""What the national register asks, what is missing for it, and the file with exactly its columns."""

import csv
import io

import openpyxl
import pytest
from django.test import Client

from pilotharbor.kernel.models import Event
from pilotharbor.kernel.secrecy import StateSecretRefused
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.technologies.commands import registration as commands
from pilotharbor.technologies.commands.rules import NotYourEntry
from pilotharbor.technologies.content import ContentWrong
from pilotharbor.technologies.registration import queries, sheet
from tests.factories.callers import Caller
from tests.factories.technologies import AchievementFactory, market
from tests.technologies.test_pages import browse

pytestmark = pytest.mark.django_db(transaction=True)
SAID = {
    "category": "applied", "attribute": "original", "form": "process", "level": "unjudged",
    "stage": "middle", "keywords": ["电池", "电解质"], "recommended_by": "示例市科技局",
    "research_from": "2023-01", "research_to": "2025-12", "proofs": ["test", "novelty"],
}  # fmt: skip
HEADINGS = [
    "登记号", "成果名称", "成果类别", "关键词（不超过三个）", "推荐单位", "登记单位", "登记日期", "研究起始年月",
    "研究截止年月", "密级", "成果属性", "成果体现形式", "成果水平", "所处阶段", "成果简介（不超过 2000 字）", "完成人",
    "知识产权", "附件材料",
]  # fmt: skip


def describe(m, at, *, by=None, **said):
    return commands.describe_registration(
        achievement_id=m.achievement.pk, content=said, actor_id=(by or m.tto).pk, at=at
    )


def test_what_is_missing_is_named_with_what_helps(at):
    m = market()

    before = [gap.name for gap in queries.gaps(m.achievement)]
    describe(m, at, **SAID)
    m.achievement.refresh_from_db()

    assert before == [
        "category", "keywords", "recommended_by", "research_from", "research_to", "attribute",
        "form", "level", "stage", "proofs",
    ]  # fmt: skip
    assert queries.gaps(m.achievement) == []
    event = Event.objects.get()
    assert event.name == "technologies.achievement.registration_described"
    assert event.facts["fields"] == sorted(SAID)
    describe(m, at, **SAID)
    assert Event.objects.count() == 1


def test_a_summary_that_is_too_long_wants_an_account_of_its_own(at):
    m = market()
    m.achievement.summary = "长" * 2001
    m.achievement.save()

    assert "brief" in [gap.name for gap in queries.gaps(m.achievement)]
    describe(m, at, brief="短")
    m.achievement.refresh_from_db()
    assert "brief" not in [gap.name for gap in queries.gaps(m.achievement)]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"category": "magic"}, "category"),
        ({"proofs": ["magic"]}, "proofs"),
        ({"keywords": ["a", "b", "c", "d"]}, "keywords"),
        ({"brief": "长" * 2001}, "brief"),
        ({"number": "123"}, "number"),
        ({"registered_on": "soon"}, "registered_on"),
        ({"research_from": "2023-13"}, "research_from"),
        ({"research_from": "2023-05", "research_to": "2023-04"}, "research_to"),
    ],
)
def test_what_the_register_would_not_take_is_told_at_its_field(at, said, field):
    m = market()

    with pytest.raises(ContentWrong) as refused:
        describe(m, at, **said)

    assert list(refused.value.problems) == [field]
    m.achievement.refresh_from_db()
    assert m.achievement.registration == {}


def test_who_may_write_the_result_writes_for_the_register_and_no_state_secret(at):
    m = market()

    for who, error in ((m.buyer, NotYourRole), (m.colleague, NotYourEntry)):
        with pytest.raises(error):
            describe(m, at, by=who, **SAID)
    with pytest.raises(StateSecretRefused):
        describe(m, at, brief="机密★")
    describe(m, at, by=m.inventor, **SAID, number="001 2026y0001")

    m.achievement.refresh_from_db()
    assert m.achievement.registration["number"] == "0012026Y0001"


def test_the_file_has_exactly_the_columns_of_the_register_in_chinese(at):
    m = market()
    describe(m, at, **SAID)
    address = f"/registrations.csv?id={m.achievement.pk}"

    answer = browse(m.tto).get(address)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(
        io.BytesIO(browse(m.tto).get(address.replace("csv", "xlsx")).content)
    )

    assert rows[0] == HEADINGS
    assert rows[1][1:6] == [
        m.achievement.title, "应用技术", "电池、电解质", "示例市科技局", "示例大学",
    ]  # fmt: skip
    assert rows[1][9:14] == ["非涉密", "原始创新", "新工艺", "未评价", "中期阶段（中试）"]
    assert rows[1][15] == m.inventor.person.name
    assert [cell.value for cell in book.active[1]] == HEADINGS


def test_no_file_has_a_gap_and_the_page_says_what_is_missing(at):
    m = market()
    describe(m, at, **{**SAID, "level": ""})

    page = browse(m.tto).get(f"/registrations.csv?id={m.achievement.pk}")
    api = Caller(m.tto).get("/registrations.csv", id=m.achievement.pk)

    assert page.status_code == 422
    assert "Level of the result" in page.content.decode()
    assert api.json()["code"] == "technologies.registration_incomplete"
    assert browse(m.tto).get("/registrations.csv").status_code == 422
    with pytest.raises(sheet.NothingChosen):
        sheet.of(actor=m.tto, ids=range(501), suffix="csv")


def test_only_the_own_office_takes_results_to_the_register(at):
    m = market()
    describe(m, at, **SAID)
    foreign = AchievementFactory(registration=SAID)

    for who in (m.inventor, m.buyer, m.operator, m.auditor):
        assert browse(who).get("/registrations").status_code == 404
        assert Caller(who).get("/registrations").status_code == 404
        answer = Caller(who).get("/registrations.csv", id=m.achievement.pk)
        assert answer.status_code == 404
    assert Client().get("/registrations").status_code == 302
    assert browse(m.tto).get(f"/registrations.csv?id={foreign.pk}").status_code == 404
    listed = browse(m.tto).get("/registrations").content.decode()
    assert m.achievement.title in listed
    assert foreign.title not in listed
    assert browse(m.tto).get(f"/registrations.pdf?id={m.achievement.pk}").status_code == 404


def test_a_cell_that_looks_like_a_formula_stays_text(at):
    m = market()
    m.achievement.title = "=1+1"
    m.achievement.save()
    describe(m, at, **SAID)

    text = (
        browse(m.tto).get(f"/registrations.csv?id={m.achievement.pk}").content.decode("utf-8-sig")
    )

    assert "'=1+1" in text


def test_the_form_gives_back_what_was_typed_and_saves(at):
    m = market()
    page = f"/achievements/{m.achievement.pk}/registration"
    said = SAID | {"keywords": "电池，电解质", "research_from": "2023-99"}

    bad = browse(m.tto).post(page, said)
    good = browse(m.tto).post(
        page, said | {"research_from": "2023-01", "registered_on": "2026-01-05"}
    )

    assert bad.status_code == 422
    assert "2023-99" in bad.content.decode()
    assert good.url == page
    m.achievement.refresh_from_db()
    assert m.achievement.registration["registered_on"] == "2026-01-05"
    assert browse(m.tto).get(page).status_code == 200
    assert browse(m.buyer).get(page).status_code == 403


def test_the_register_over_http(at):
    m = market()
    office = Caller(m.tto)

    made = office.patch(f"/achievements/{m.achievement.pk}/registration", SAID)
    assert made.status_code == 200, made.content
    assert made.json()["gaps"] == []
    less = office.patch(f"/achievements/{m.achievement.pk}/registration", {"level": None}).json()
    assert [gap["name"] for gap in less["gaps"]] == ["level"]
    assert "level" not in less["registration"]
    assert office.get("/registrations").json()["items"][0]["achievement_id"] == m.achievement.pk
    assert Caller(m.buyer).get(f"/achievements/{m.achievement.pk}/registration").status_code == 403
