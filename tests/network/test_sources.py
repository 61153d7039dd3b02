"""Who may look after sources, what a source must say, and what of it is refused without a trace."""

from datetime import timedelta

import pytest

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.network import commands, desk, queries
from pilotharbor.network.engine.reading import Identity
from pilotharbor.network.models import HarvestRun, Source
from pilotharbor.parties.models import Notification
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from tests.factories.network import HarvestRunFactory, SourceFactory
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.repository import identify
from tests.factories.technologies import market
from tests.factories.worker import work

pytestmark = pytest.mark.django_db
IDENTITY = Identity("示例大学机构库", "YYYY-MM-DDThh:mm:ssZ")


def given(here, **changes):
    said = {
        "name": "示例机构库", "base_url": "https://repository.example.org/oai", "set_spec": "",
        "prefix": "oai_dc", "author_id": here.tto.pk, "every_hours": 24,
    }  # fmt: skip
    return said | changes


def add(here, at, actor=None, **changes):
    return commands.add_source(
        given=given(here, **changes), identity=IDENTITY, actor_id=(actor or here.operator).pk, at=at
    )


def test_an_operator_adds_a_source_and_its_author_hears_of_it(at):
    here = market()

    added = add(here, at, name=" 示例 机构库 ")
    work()

    assert (added.name, added.organisation, added.repository) == (
        "示例 机构库", here.university, "示例大学机构库",
    )  # fmt: skip
    event = Event.objects.get(name="network.source.added")
    assert event.facts["author_id"] == here.tto.pk
    assert Notification.objects.get().person == here.tto.person


@pytest.mark.parametrize("role", [r for r in Role if r != Role.PLATFORM_OPERATOR])
def test_nobody_else_may(at, role):
    here = market()
    host_member = role == Role.SYSTEM_ADMINISTRATOR
    actor = MembershipFactory(
        role=role, organisation=here.host if host_member else OrganisationFactory()
    )
    source = SourceFactory(added_by=here.operator)
    allowed = queries.may_harvest(actor)

    assert allowed == host_member
    if not allowed:
        for change in (
            lambda: add(here, at, actor),
            lambda: commands.pause_source(source_id=source.pk, actor_id=actor.pk, at=at),
            lambda: commands.request_run(source_id=source.pk, actor_id=actor.pk, at=at),
        ):
            with pytest.raises(NotYourRole):
                change()
        assert (Source.objects.count(), Event.objects.count()) == (1, 0)
        assert list(queries.visible_sources(actor=actor)) == []


def test_operators_of_other_platforms_may_not(at):
    here = market()

    with pytest.raises(NotYourRole):
        add(here, at, MembershipFactory(role=Role.PLATFORM_OPERATOR))


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "}, {"name": "长" * 121}, {"base_url": "ftp://a.example/oai"}, {"base_url": ""},
        {"base_url": "https://a.example/" + "x" * 500}, {"set_spec": "a b"}, {"prefix": "marc"},
        {"base_url": "http://127.0.0.1:8000/oai"}, {"every_hours": 1}, {"author_id": 0},
        {"base_url": "http://127.0.0.1:8000/oai/"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_leaves_no_trace(at, change):
    here = market()

    with pytest.raises(commands.SourceWrong) as refusal:
        add(here, at, **change)

    assert set(refusal.value.problems) == set(change)
    assert (Source.objects.count(), Event.objects.count()) == (0, 0)


def test_an_author_is_someone_who_may_submit_results(at):
    here = market()

    for member in (here.buyer, here.operator, here.expert):
        with pytest.raises(commands.SourceWrong):
            add(here, at, author_id=member.pk)


def test_the_same_repository_and_set_are_added_once(at):
    here = market()
    add(here, at)
    other = add(here, at, set_spec="results")

    with pytest.raises(commands.SourceThere):
        add(here, at)
    with pytest.raises(commands.SourceThere):
        commands.change_source(
            source_id=other.pk, given=given(here), identity=IDENTITY,
            actor_id=here.operator.pk, at=at,
        )  # fmt: skip


def test_what_is_fetched_anew_is_asked_for_from_its_beginning(at):
    here = market()
    added = add(here, at)

    def change(**changes):
        Source.objects.update(harvested_at=at)
        return commands.change_source(
            source_id=added.pk, given=given(here, **changes), identity=IDENTITY,
            actor_id=here.operator.pk, at=at,
        ).harvested_at  # fmt: skip

    assert change(name="另一个名称") == at
    assert change(set_spec="results") is None
    assert change(set_spec="results", prefix="pilotharbor") is None


def test_a_paused_source_is_not_fetched_until_it_is_resumed(at):
    here = market()
    source = add(here, at)
    ids = {"source_id": source.pk, "actor_id": here.operator.pk, "at": at}
    commands.pause_source(**ids)
    commands.pause_source(**ids)

    with pytest.raises(commands.SourcePaused):
        commands.request_run(**ids)
    commands.resume_source(**ids)

    assert commands.request_run(**ids).status == "waiting"
    assert Event.objects.filter(name="network.source.paused").count() == 1


def test_a_paused_sources_waiting_run_ends(at, go, there, source):
    run = commands.request_run(source_id=source.pk, actor_id=source.added_by_id, at=at)
    Source.objects.update(active=False)

    with pytest.raises(commands.SourcePaused):
        commands.begin_run(run_id=run.pk, actor_id=source.added_by_id, at=at)


def test_the_repository_is_asked_before_anything_is_kept(at, there):
    here = market()
    there.answers = [identify(days=True)]

    added = desk.add(given=given(here, base_url=there.url), actor=here.operator, at=at)

    assert (added.repository, added.granularity) == ("示例大学机构库", "YYYY-MM-DD")
    assert there.asked == [{"verb": "Identify"}]


@pytest.mark.parametrize(
    "answer", ["<html/>", identify(version="1.1"), (404, {}, ""), (503, {"Retry-After": "1"}, "")]
)
def test_who_does_not_answer_as_a_repository_is_not_kept(at, there, answer):
    here = market()
    there.answers = [answer]

    with pytest.raises(desk.RepositoryUnusable) as refusal:
        desk.add(given=given(here, base_url=there.url), actor=here.operator, at=at)

    assert set(refusal.value.problems) == {"base_url"}
    assert Source.objects.count() == 0


def test_nobody_else_makes_this_server_knock_at_addresses(at, there):
    here = market()
    there.answers = [identify()]

    with pytest.raises(desk.NotYourSources):
        desk.add(given=given(here, base_url=there.url), actor=here.tto, at=at)
    with pytest.raises(NotFound):
        desk.change(source_id=SourceFactory(added_by=here.operator).pk,
                    given=given(here, base_url=there.url), actor=here.tto, at=at)  # fmt: skip

    assert there.asked == []


def test_sources_become_due_by_their_hours(at):
    never = SourceFactory(every_hours=0)
    by = {"added_by": never.added_by}
    new, paused = (
        SourceFactory(every_hours=24, **by),
        SourceFactory(every_hours=24, active=False, **by),
    )
    daily = SourceFactory(every_hours=24, **by)
    HarvestRunFactory(source=daily, requested_at=at, told_at=at, ended_at=at, status="completed")

    assert queries.due(at=at + timedelta(hours=23)) == [new]
    assert queries.due(at=at + timedelta(hours=24)) == [new, daily]
    assert paused not in queries.due(at=at + timedelta(days=99))


def test_a_due_run_is_asked_for_in_the_name_of_who_added_it(at):
    source = SourceFactory(every_hours=24)

    run = commands.request_due_run(source_id=source.pk, actor_id=source.added_by_id, at=at)

    assert run.requested_by == source.added_by
    with pytest.raises(commands.RunUnderWay):
        commands.request_due_run(source_id=source.pk, actor_id=source.added_by_id, at=at)
    assert HarvestRun.objects.count() == 1
