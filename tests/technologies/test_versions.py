"""What a published entry said before: kept, never changed, and read like its detail."""

import re

import pytest
from django.db import IntegrityError
from django.test import Client

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.parties.rights import Kind
from pilotharbor.technologies import bulk, commands
from pilotharbor.technologies.commands import history, patents
from pilotharbor.technologies.content import GivenRight
from pilotharbor.technologies.models import EntryVersion, IpAsset
from pilotharbor.technologies.papers import differences
from pilotharbor.technologies.papers import history as former
from tests.factories.callers import Caller
from tests.factories.race import race
from tests.factories.technologies import let_in, market
from tests.technologies.test_pages import browse

pytestmark = pytest.mark.django_db(transaction=True)


def revise(m, at, **content):
    return commands.revise(
        achievement_id=m.achievement.pk, content=content, actor_id=m.tto.pk, at=at
    )


def read(answer):
    """What stands on the page, without its marks."""
    return re.sub(r"</?(?:ins|del)>", "", answer.content.decode())


def numbers(entry):
    return list(entry.versions.order_by("number").values_list("number", "content__title"))


def test_publishing_keeps_the_first_version_and_each_revision_the_next(at):
    m = market(status="draft")
    pk = m.achievement.pk
    commands.revise(
        achievement_id=pk, content={"title": "草稿"}, actor_id=m.inventor.pk, at=at,
        ip=[GivenRight("software", "2020SR1", "granted")],
    )  # fmt: skip
    commands.submit(achievement_id=pk, actor_id=m.inventor.pk, at=at)
    assert not EntryVersion.objects.exists()

    commands.publish(achievement_id=pk, actor_id=m.tto.pk, at=at)
    revise(m, at, title="新题")
    revise(m, at, title="新题")

    assert numbers(m.achievement) == [(1, "草稿"), (2, "新题")]
    first = m.achievement.versions.get(number=1)
    assert first.made_by_id == m.tto.pk
    assert first.content["ip"] == ["software · 2020SR1 · granted"]
    assert first.content["inventors"] == [m.inventor.person.name]
    assert first.content["detail"] == "烧结温度与助剂配比"


def test_what_was_published_before_versions_were_kept_is_kept_with_its_first_change(at):
    m = market()
    before = m.achievement.title

    revise(m, at, title="新题")

    assert numbers(m.achievement) == [(1, before), (2, "新题")]


def test_a_right_that_lapses_makes_a_version(at):
    m = market()
    right = IpAsset.objects.create(
        achievement=m.achievement, kind="software", legal_status="granted"
    )

    patents.describe_right(
        right_id=right.pk, content={"legal_status": "lapsed"}, actor_id=m.tto.pk, at=at
    )

    said = [v.content["ip"] for v in m.achievement.versions.order_by("number")]
    assert said == [["software · granted"], ["software · lapsed"]]


def test_lists_that_go_public_at_once_are_kept_too(at):
    m = market(status="submitted", import_key="a1")
    m.achievement.submitted_by = m.inventor
    m.achievement.save()

    bulk.publish_submitted(kind=Kind.ACHIEVEMENT, limit=9, actor_id=m.tto.pk, at=at)

    assert numbers(m.achievement) == [(1, m.achievement.title)]


def test_a_version_never_changes():
    m = market()
    made = EntryVersion.objects.create(
        achievement=m.achievement, number=1, level="public", content={}, made_by=m.tto,
        made_at=m.achievement.disclosed_at,
    )  # fmt: skip

    for refused in (made.delete, lambda: EntryVersion.objects.update(level="core")):
        with pytest.raises(IntegrityError):
            refused()


def test_two_revising_at_once_make_two_versions_in_a_row(at):
    m = market()

    outcomes = race(lambda: revise(m, at, title="一"), lambda: revise(m, at, title="二"))

    assert not any(isinstance(o, Exception) for o in outcomes), outcomes
    assert [number for number, _title in numbers(m.achievement)] == [1, 2, 3]


def test_who_reads_the_detail_reads_its_history_and_leaves_the_same_trace(at):
    m = market(confidentiality="project")
    let_in(m.achievement, m.outsider, "named")
    revise(m, at, detail="新的烧结制度")
    page = f"/achievements/{m.achievement.pk}/versions"

    for who in (m.buyer, m.expert):
        assert browse(who).get(page).status_code == 404
        assert Caller(who).get(page).status_code == 404
    assert Client().get(page).status_code == 302
    seen = read(browse(m.outsider).get(f"{page}?old=1&new=2"))

    assert "烧结制度" in seen.replace("温", "").replace("与助剂配比", "")
    assert "与助剂配比" in seen
    event = Event.objects.get(name="technologies.achievement.detail_viewed")
    assert (event.person_id, event.facts["versions"]) == (m.outsider.person_id, [1, 2])
    assert browse(m.outsider).get(f"{page}?old=1&new=9").status_code == 404


def test_a_manager_who_may_write_but_not_read_sees_no_detail_of_any_version(at):
    m = market(confidentiality="core")
    revise(m, at, detail="新的烧结制度", title="新题")

    said = read(browse(m.tto).get(f"/achievements/{m.achievement.pk}/versions?old=1&new=2"))

    assert "新题" in said
    assert "烧结" not in said
    assert not Event.objects.filter(name__endswith="detail_viewed").exists()
    one = Caller(m.tto).get(f"/achievements/{m.achievement.pk}/versions/2").json()
    assert "detail" not in one["content"]


def test_what_was_secret_then_stays_so_when_the_entry_is_opened(at):
    m = market(confidentiality="core")
    revise(m, at, confidentiality="members", detail="可公开的部分")

    said = read(browse(m.buyer).get(f"/achievements/{m.achievement.pk}/versions?old=1&new=2"))

    assert "助剂配比" not in said
    assert "可公开的部分" in said
    versions = history.view_versions(
        noun="achievement", entry_id=m.achievement.pk, numbers=[2], actor_id=m.buyer.pk, at=at
    )
    assert versions[0].content["detail"] == "可公开的部分"


def test_a_blind_reviewer_reads_no_history(at):
    m = market()
    revise(m, at, title="新题")
    let_in(m.achievement, m.expert, "blind")

    assert browse(m.expert).get(f"/achievements/{m.achievement.pk}/versions").status_code == 404


def test_the_public_reads_no_history_whoever_asks_for_it(at):
    m = market()
    revise(m, at, title="新题")

    with pytest.raises(NotFound):
        former.versions(noun="achievement", entry=m.achievement, actor=None, at=at)


def test_versions_over_http(at):
    m = market()
    revise(m, at, title="新题")

    listed = Caller(m.buyer).get(f"/achievements/{m.achievement.pk}/versions").json()
    one = Caller(m.buyer).get(f"/achievements/{m.achievement.pk}/versions/2").json()

    assert [row["number"] for row in listed] == [2, 1]
    assert one["content"]["title"] == "新题"
    assert Caller(m.buyer).get(f"/achievements/{m.achievement.pk}/versions/7").status_code == 404
    assert Caller(None).get(f"/achievements/{m.achievement.pk}/versions").status_code == 401


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("收率75%", "收率80%", [("same", "收率"), ("gone", "75"), ("new", "80"), ("same", "%")]),
        ("", "新", [("new", "新")]),
        ("旧", "", [("gone", "旧")]),
        (
            "第一句。" * 70 + "第二句。", "第一句。" * 70 + "第三句。",
            [("same", "第一句。" * 70), ("gone", "第二句。"), ("new", "第三句。")],
        ),
    ],
)  # fmt: skip
def test_a_difference_reads_word_by_word_or_sentence_by_sentence(old, new, said):
    assert [(p.kind, p.text) for p in differences.pieces(old, new)] == said


def test_pieces_put_together_are_both_texts_again():
    old, new = (
        "批间偏差 ≤ 3%。\n收率约 75%，纯度 99.5%。",
        "批间偏差不超过 2%。\n收率 80%，纯度 99.5%。",
    )
    found = differences.pieces(old, new)

    assert "".join(p.text for p in found if p.kind != "new") == old
    assert "".join(p.text for p in found if p.kind != "gone") == new
