"""What arrives: once, for review, in whose name; what changes and what goes."""

from datetime import UTC, datetime, timedelta

import pytest

from pilotharbor.kernel.models import Event
from pilotharbor.network import commands, harvest
from pilotharbor.network.models import HarvestedRecord, HarvestRun
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.technologies import commands as technologies
from pilotharbor.technologies.models import Achievement
from tests.factories.network import SourceFactory
from tests.factories.parties import MembershipFactory
from tests.factories.repository import deleted, error, page, record
from tests.factories.technologies import AchievementFactory

pytestmark = pytest.mark.django_db


def counts(run):
    return (run.status, run.created, run.updated, run.unchanged, run.withdrawn, run.bad)


def faults(run):
    return [(f.identifier, f.kind) for f in run.faults.order_by("id")]


def office(source):
    return MembershipFactory(organisation=source.organisation, role=Role.TTO_OFFICER)


def test_records_arrive_submitted_in_the_authors_name(there, source, go):
    words = "<dc:subject>电池；固态</dc:subject><dc:subject>电池</dc:subject>"
    there.answers = [page(record("oai:a:1", more=words))]

    run = go(source)

    entry = Achievement.objects.get()
    assert counts(run) == ("completed", 1, 0, 0, 0, 0)
    assert (entry.status, entry.submitted_by, entry.owner) == (
        "submitted", source.author, source.organisation,
    )  # fmt: skip
    assert (entry.title, entry.keywords) == ("电解质的制备", ["电池", "固态"])
    assert entry.source == "OAI-PMH oai:a:1"
    assert entry.inventors.count() == 0
    assert there.asked == [{"verb": "ListRecords", "metadataPrefix": "oai_dc"}]
    told = Event.objects.filter(name__startswith="network.").values_list("name", flat=True)
    assert list(told) == ["network.run.requested", "network.run.completed"]


def test_the_author_cannot_publish_it_another_of_the_office_can(there, source, go, at):
    there.answers = [page(record("oai:a:1"))]
    go(source)
    entry = Achievement.objects.get()

    with pytest.raises(technologies.OwnSubmission):
        technologies.publish(achievement_id=entry.pk, actor_id=source.author_id, at=at)
    technologies.publish(achievement_id=entry.pk, actor_id=office(source).pk, at=at)


def test_the_same_records_again_change_nothing(there, source, go):
    there.answers = [page(record("oai:a:1"), record("oai:a:2"))]
    go(source)
    before = (Event.objects.exclude(name__startswith="network.").count(), _rows())

    again = go(source)

    assert counts(again) == ("completed", 0, 0, 2, 0, 0)
    assert before == (Event.objects.exclude(name__startswith="network.").count(), _rows())


def _rows():
    return list(Achievement.objects.order_by("pk").values())


def test_the_next_run_asks_only_for_what_has_changed_since(there, source, go, at):
    there.answers = [page(record("oai:a:1"), date="2026-02-28T20:00:00Z")]
    go(source)
    there.answers = [error("noRecordsMatch")]
    second = go(source)

    assert there.asked[1]["from"] == "2026-02-28T19:55:00Z"
    assert counts(second) == ("completed", 0, 0, 0, 0, 0)


def test_a_repository_of_days_is_asked_by_days(there, source, go):
    source.granularity = "YYYY-MM-DD"
    source.set_spec = "results:new"
    source.save()
    there.answers = [page(record("oai:a:1"))]
    go(source)
    go(source)

    assert [(a.get("from"), a["set"]) for a in there.asked] == [
        (None, "results:new"), ("2026-02-28", "results:new"),
    ]  # fmt: skip


def test_a_clock_that_runs_ahead_leaves_nothing_out(there, source, go, at):
    there.answers = [page(record("oai:a:1"), date="2999-01-01T00:00:00Z")]

    go(source)

    assert source.harvested_at == at


def test_pages_follow_their_tokens(there, source, go):
    there.answers = [
        page(record("oai:a:1"), token="t&amp;1"), page(record("oai:a:2"), token="t2"),
        page(record("oai:a:3")),
    ]  # fmt: skip

    run = go(source)

    assert (run.pages, run.created) == (3, 3)
    assert there.asked[1:] == [
        {"verb": "ListRecords", "resumptionToken": "t&1"},
        {"verb": "ListRecords", "resumptionToken": "t2"},
    ]


def test_bad_records_are_told_one_by_one_and_keep_no_good_one_out(there, source, go):
    there.answers = [page(
        record("oai:a:1"), record("oai:a:2", title=""), record("oai:a:3", summary=""),
        record("oai:a:4", title="长" * 201), record("oai:a:5", summary="密级：机密★10年"),
        record("", title="x"), "<record><header><identifier>oai:a:7</identifier>"
        "<datestamp>2026-03-01</datestamp></header></record>",
    )]  # fmt: skip

    run = go(source)

    assert counts(run) == ("completed", 1, 0, 0, 0, 6)
    assert sorted(faults(run)) == [
        ("", "no_identifier"),
        ("oai:a:2", "technologies.content_wrong"),
        ("oai:a:3", "technologies.content_wrong"),
        ("oai:a:4", "technologies.content_wrong"),
        ("oai:a:5", "kernel.state_secret_refused"),
        ("oai:a:7", "no_metadata"),
    ]
    wrong = run.faults.get(identifier="oai:a:2").said
    assert wrong == {"zh-hans": "标题: 此项必填。", "en": "Title: This is needed."}
    assert run.faults.get(identifier="oai:a:5").said == {}


def test_a_secret_even_in_an_identifier_is_kept_nowhere(there, source, go):
    there.answers = [page(record("oai:a:密级：机密★10年", title=""), record("oai:a:2"))]

    run = go(source)

    assert counts(run) == ("completed", 1, 0, 0, 0, 1)
    assert "机密" not in faults(run)[0][0]


def test_a_change_under_review_waits_and_is_asked_for_again(there, source, go, at):
    changed = "2026-02-20T00:00:00Z"
    there.answers = [page(record("oai:a:1"))]
    go(source)
    there.answers = [page(record("oai:a:1", title="新的标题", date=changed))]
    held = go(source)
    entry = Achievement.objects.get()
    technologies.return_(achievement_id=entry.pk, note="请补充", actor_id=office(source).pk, at=at)
    taken = go(source)

    assert counts(held) == ("completed", 0, 0, 0, 0, 1)
    assert faults(held) == [("oai:a:1", "under_review")]
    assert there.asked[-1]["from"] == changed
    assert counts(taken) == ("completed", 0, 1, 0, 0, 0)
    entry.refresh_from_db()
    assert (entry.title, entry.status) == ("新的标题", "submitted")


def test_what_is_published_is_not_overwritten_from_outside(there, source, go, at):
    there.answers = [page(record("oai:a:1"))]
    go(source)
    entry = Achievement.objects.get()
    technologies.publish(achievement_id=entry.pk, actor_id=office(source).pk, at=at)
    there.answers = [page(record("oai:a:1", title="被篡改的标题"))]

    first, second = go(source), go(source)

    entry.refresh_from_db()
    assert (entry.title, entry.status) == ("电解质的制备", "published")
    assert faults(first) == [("oai:a:1", "is_published")]
    assert counts(second) == ("completed", 0, 0, 1, 0, 0)


def test_what_was_corrected_here_is_not_undone_by_the_same_record(there, source, go, at):
    there.answers = [page(record("oai:a:1"))]
    go(source)
    entry = Achievement.objects.get()
    colleague = office(source)
    technologies.return_(achievement_id=entry.pk, note="改", actor_id=colleague.pk, at=at)
    technologies.revise(
        achievement_id=entry.pk, content={"title": "更好的标题"}, actor_id=colleague.pk, at=at
    )

    go(source)

    entry.refresh_from_db()
    assert entry.title == "更好的标题"


@pytest.mark.parametrize("state", ["returned", "published"])
def test_what_its_source_deletes_is_withdrawn(there, source, go, at, state):
    there.answers = [page(record("oai:a:1"))]
    go(source)
    entry = Achievement.objects.get()
    given = {"achievement_id": entry.pk, "actor_id": office(source).pk, "at": at}
    if state == "returned":
        technologies.return_(note="改", **given)
    else:
        technologies.publish(**given)
    there.answers = [page(deleted("oai:a:1"))]

    run, again = go(source), go(source)

    entry.refresh_from_db()
    assert entry.status == "withdrawn"
    assert (counts(run), counts(again)) == (
        ("completed", 0, 0, 0, 1, 0), ("completed", 0, 0, 1, 0, 0),
    )  # fmt: skip


def test_what_is_deleted_under_review_is_withdrawn_once_that_has_ended(there, source, go, at):
    there.answers = [page(record("oai:a:1"))]
    go(source)
    there.answers = [page(deleted("oai:a:1"))]
    held = go(source)
    entry = Achievement.objects.get()
    technologies.publish(achievement_id=entry.pk, actor_id=office(source).pk, at=at)
    after = go(source)

    assert faults(held) == [("oai:a:1", "under_review")]
    assert counts(after) == ("completed", 0, 0, 0, 1, 0)


def test_what_was_never_here_cannot_be_deleted(there, source, go):
    there.answers = [page(deleted("oai:a:9"))]

    assert counts(go(source)) == ("completed", 0, 0, 1, 0, 0)
    assert HarvestedRecord.objects.count() == 0


def test_what_was_withdrawn_here_does_not_come_back(there, source, go, at):
    there.answers = [page(record("oai:a:1"))]
    go(source)
    entry = Achievement.objects.get()
    colleague = office(source)
    technologies.publish(achievement_id=entry.pk, actor_id=colleague.pk, at=at)
    technologies.withdraw(achievement_id=entry.pk, actor_id=colleague.pk, at=at)
    there.answers = [page(record("oai:a:1", title="又来了"))]

    run = go(source)

    assert faults(run) == [("oai:a:1", "is_withdrawn")]
    assert Achievement.objects.get().status == "withdrawn"


def test_no_foreign_name_reaches_entries_of_the_house(there, source, go):
    """Neither the number of an own entry, nor its import key, nor another source's record."""
    own = AchievementFactory(owner=source.organisation, status="returned")
    numbered = AchievementFactory(
        owner=source.organisation, status="returned", import_key="n:oai:a:2"
    )
    there.answers = [page(record(f"PH-{own.pk}"), record("oai:a:2"), deleted(f"PH-{own.pk}"))]
    go(source)

    own.refresh_from_db()
    numbered.refresh_from_db()
    assert (own.status, numbered.status) == ("returned", "returned")
    assert (own.title, numbered.title) != ("电解质的制备", "电解质的制备")


def test_the_same_name_of_two_repositories_is_two_results(there, source, go):
    other = SourceFactory(
        base_url=there.url.replace("127.0.0.1", "localhost"), organisation=source.organisation,
        author=source.author, added_by=source.added_by,
    )  # fmt: skip
    there.answers = [page(record("oai:a:1"))]
    go(source)
    there.answers = [page(deleted("oai:a:1"), record("oai:a:1"))]
    go(other)

    assert Achievement.objects.filter(status="submitted").count() == 2


def test_our_own_format_brings_codes_levels_and_rights(there, source, go):
    source.prefix = "pilotharbor"
    source.save()

    def entry(name, kind, inner):
        return (
            f"<record><header><identifier>{name}</identifier><datestamp>2026-03-01</datestamp>"
            f'</header><metadata><entry xmlns="urn:pilotharbor:market:1" kind="{kind}"><title>甲'
            f"</title><summary>乙</summary>{inner}</entry></metadata></record>"
        )

    full = (
        '<keyword>电池</keyword><industry code="C2613">x</industry><discipline>材料</discipline>'
        '<region code="320500">x</region><readiness scale="TRL-9" level="5">中试报告</readiness>'
        '<manufacturingReadiness level="4"/>'
        '<right kind="invention_patent" status="granted">202310000000.1</right>'
    )
    there.answers = [page(
        entry("oai:b:1", "result", full), entry("oai:b:2", "need", ""),
        entry("oai:b:3", "result", '<readiness scale="TRL-9" level="12">甲</readiness>'),
        entry("oai:b:4", "result", '<right kind="spell" status="granted">1</right>'),
        entry("oai:b:5", "result", '<readiness scale="TRL-9" level="6"/>'), record("oai:b:6"),
    )]  # fmt: skip

    run = go(source)

    one = Achievement.objects.get(source="OAI-PMH oai:b:1")
    assert (one.industry, one.region, one.trl_level, one.mrl) == ("C2613", "320500", 5, 4)
    assert one.ip_assets.get().kind == "invention_patent"
    assert Achievement.objects.get(source="OAI-PMH oai:b:5").trl_level is None
    assert sorted(faults(run)) == [
        ("oai:b:2", "not_a_result"), ("oai:b:3", "technologies.content_wrong"),
        ("oai:b:4", "technologies.content_wrong"), ("oai:b:6", "no_metadata"),
    ]  # fmt: skip


def test_an_author_who_has_left_lets_nothing_in(there, source, go):
    there.answers = [page(record("oai:a:1"))]
    Membership.objects.filter(pk=source.author_id).update(status="suspended")

    run = go(source)

    assert (run.status, run.reason) == ("failed", "refused_here")
    assert Achievement.objects.count() == 0


def test_a_run_that_fell_silent_gives_way(there, source, go, at):
    there.answers = [page(record("oai:a:1"))]
    silent = commands.request_run(source_id=source.pk, actor_id=source.added_by_id, at=at)
    commands.begin_run(run_id=silent.pk, actor_id=source.added_by_id, at=at)

    with pytest.raises(commands.RunUnderWay):
        go(source, when=at + timedelta(minutes=14))
    run = go(source, when=at + timedelta(minutes=15))

    silent.refresh_from_db()
    assert (silent.status, silent.reason) == ("failed", "broken_off")
    assert run.status == "completed"
    with pytest.raises(commands.RunOver):
        commands.take_page(
            run_id=silent.pk, arrivals=[], faults=[], actor_id=source.author_id, at=at
        )


def test_a_run_is_carried_out_once(there, source, go, at):
    there.answers = [page(record("oai:a:1"))]
    run = go(source)

    harvest.carry_out(run_id=run.pk, clock=lambda: datetime(2026, 4, 1, tzinfo=UTC))

    assert len(there.asked) == 1
    assert HarvestRun.objects.get().ended_at == at
