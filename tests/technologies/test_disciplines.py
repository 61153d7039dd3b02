"""Disciplines by GB/T 13745: what a code is read from, chosen, found, exported and taken over."""

import importlib

import pytest
from django.apps import apps
from django.utils.translation import override

from pilotharbor.kernel.codes import BadCode
from pilotharbor.parties.roles import Role
from pilotharbor.technologies import commands, disciplines, queries
from pilotharbor.technologies.content import ContentWrong
from pilotharbor.technologies.models import Achievement
from pilotharbor.web.transfer import exporter, importer
from tests.conftest import AT
from tests.factories.parties import MembershipFactory
from tests.factories.technologies import AchievementFactory


def test_the_table_has_every_first_level_and_its_second_levels():
    codes = disciplines.table()

    first = [code for code in codes if len(code) == 3]
    assert (len(first), len(codes)) == (62, 800)
    assert all(code[:3] in codes for code in codes)
    assert all(name.zh and name.en for name in codes.values())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("530", "530"), ("530.64", "53064"), ("53064", "53064"), ("５３０．６４", "53064"),
        ("530.64 制药工程", "53064"), ("制药工程", "53064"), ("480.6", "48060"),
        ("530.6410", "5306410"), ("5306410", "5306410"), ("530.64.10", "5306410"),
        ("化学工程", "530"), ("chemical engineering", "530"), ("530 化学工程", "530"),
    ],
)  # fmt: skip
def test_a_code_is_read_as_people_write_it(text, code):
    assert disciplines.normalise(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "999",
        "530.65",
        "110 kV",
        "510.101",
        "530.64 化学",
        "材料科学与工程",
        "53",
        "5306",
        "-530",
    ],
)
def test_what_is_no_code_is_refused_with_an_example(text):
    with pytest.raises(BadCode, match=r"530\.64"):
        disciplines.normalise(text)


def test_labels_follow_the_language_and_deeper_levels_keep_their_digits():
    assert disciplines.label("5306410") == "530.6410 制药工程"
    assert disciplines.label("") == ""
    with override("en"):
        assert disciplines.label("530") == "530 Chemical engineering"
        assert disciplines.label("53064") == "530.64 制药工程"
    assert disciplines.name_of("999") == ""


@pytest.mark.django_db
def test_a_result_says_its_code_and_its_own_words():
    officer = MembershipFactory(role=Role.TTO_OFFICER)
    content = {
        "title": "甲",
        "summary": "乙",
        "discipline": "连续流",
        "discipline_code": "制药工程",
    }

    made = commands.disclose(content=content, actor_id=officer.pk, at=AT)

    assert (made.discipline, made.discipline_code) == ("连续流", "53064")
    with pytest.raises(ContentWrong) as refused:
        commands.disclose(content={**content, "discipline_code": "999"}, actor_id=officer.pk, at=AT)
    assert set(refused.value.problems) == {"discipline_code"}


@pytest.mark.django_db
def test_a_search_finds_a_code_with_what_lies_below_it_and_words_of_both():
    below = AchievementFactory(discipline_code="53064")
    typed = AchievementFactory(discipline="530.64")
    words = AchievementFactory(discipline="制药工程学")
    AchievementFactory(discipline_code="430")

    def found(said):
        rows = queries.visible_achievements(actor=None)
        wanted = queries.Filters(discipline=said)
        return set(queries.filtered(rows, wanted, actor=None))

    assert found("530") == {below, typed}
    assert found("530.64") == {below, typed}
    assert found("制药") == {below, words}
    assert found("化学工程") == {below}
    assert found("5306410") == set()
    assert found("\x00") == set(queries.visible_achievements(actor=None))


@pytest.mark.django_db
def test_the_page_shows_the_name_says_what_was_not_checked_and_offers_the_choice(client):
    officer = MembershipFactory(role=Role.TTO_OFFICER)
    made = AchievementFactory(
        owner=officer.organisation, discipline_code="53064", discipline="连续流", status="draft",
        published_at=None,
    )  # fmt: skip
    client.force_login(officer.person)

    shown = client.get(f"/achievements/{made.pk}").content.decode()
    form = client.get(f"/achievements/{made.pk}/edit/place").content.decode()
    saved = client.post(
        f"/achievements/{made.pk}/edit/place",
        {"industry": "", "discipline_code": "430", "discipline": "连续流", "region": ""},
    )
    listed = client.get("/achievements?discipline=530.64").content.decode()

    assert "530.64 制药工程" in shown
    assert "未与标准原文核对" in shown
    assert "连续流" in shown
    assert '<optgroup label="530 化学工程">' in form
    assert '<option value="53064" selected>530.64 制药工程</option>' in form
    assert saved.status_code == 302
    made.refresh_from_db()
    assert (made.discipline_code, made.discipline) == ("430", "连续流")
    assert "530.64 制药工程" in listed


@pytest.mark.django_db(transaction=True)
def test_lists_bring_codes_in_and_take_them_out(tmp_path):
    officer = MembershipFactory(role=Role.TTO_OFFICER)
    path = tmp_path / "a.csv"
    path.write_text(
        "外部编号,成果名称,摘要,学科,学科代码\n"
        "1,甲,乙,连续流,530.64 制药工程\n2,丙,丁,,480.6\n3,戊,己,随便,\n",
        "utf-8",
    )

    report = importer.run(importer.kind_of("achievements"), path, actor=officer, at=AT)
    out = tmp_path / "out.xlsx"
    exporter.write(exporter.export_of("achievements"), out, actor=officer)
    again = importer.run(importer.kind_of("achievements"), out, actor=officer, at=AT)

    rows = Achievement.objects.order_by("import_key").values_list("discipline", "discipline_code")
    assert report.bad == []
    assert list(rows) == [("连续流", "53064"), ("", "48060"), ("随便", "")]
    assert (again.bad, again.outcome.unchanged) == ([], 3)


@pytest.mark.django_db(transaction=True)
def test_a_bad_code_in_a_list_is_named(tmp_path):
    officer = MembershipFactory(role=Role.TTO_OFFICER)
    path = tmp_path / "a.csv"
    path.write_text("成果名称,摘要,学科代码\n甲,乙,999\n", "utf-8")

    report = importer.run(importer.kind_of("achievements"), path, actor=officer, at=AT)

    assert [(c.line, c.column) for c in report.bad] == [(2, "学科代码")]
    assert not Achievement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_list_that_writes_the_code_where_words_are_asked_is_understood(tmp_path):
    officer = MembershipFactory(role=Role.TTO_OFFICER)
    path = tmp_path / "a.csv"
    path.write_text("成果名称,摘要,学科\n甲,乙,530.64\n丙,丁,110 kV 电缆\n", "utf-8")

    importer.run(importer.kind_of("achievements"), path, actor=officer, at=AT)

    # As it came in before there were codes: known again by what the row says, and given its code.
    Achievement.objects.update(discipline_code="")
    again = importer.run(importer.kind_of("achievements"), path, actor=officer, at=AT)

    rows = Achievement.objects.order_by("title").values_list("discipline", "discipline_code")
    assert (again.outcome.created, again.outcome.updated) == (0, 1)
    assert set(rows) == {("530.64", "53064"), ("110 kV 电缆", "")}


@pytest.mark.django_db
def test_the_migration_keeps_every_word_and_gives_codes_only_to_exact_ones():
    exact = AchievementFactory(discipline="制药工程")
    dotted = AchievementFactory(discipline="530.64")
    free = AchievementFactory(discipline="材料科学与工程")
    module = "pilotharbor.technologies.migrations.0012_disciplines_and_families"

    importlib.import_module(module).take_over(apps, None)

    for entry, words, code in (
        (exact, "制药工程", "53064"), (dotted, "530.64", "53064"), (free, "材料科学与工程", ""),
    ):  # fmt: skip
        entry.refresh_from_db()
        assert (entry.discipline, entry.discipline_code) == (words, code)
