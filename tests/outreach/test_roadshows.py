"""A roadshow from its plan to its end, and who may know of it."""

from datetime import timedelta

import pytest

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.outreach.commands import pitches
from pilotharbor.outreach.commands import roadshows as commands
from pilotharbor.outreach.models import Pitch, Roadshow, Series
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.roles import Role
from tests.conftest import AT
from tests.factories.outreach import DAY, PitchFactory, RegistrationFactory, RoadshowFactory, plan
from tests.factories.parties import MembershipFactory
from tests.factories.technologies import AchievementFactory, market

pytestmark = pytest.mark.django_db


def test_an_organiser_plans_and_opens_and_an_event_says_so():
    m = market()
    series = commands.found_series(name="科里科气·科创荟", words="", actor_id=m.operator.pk, at=AT)

    roadshow = commands.plan(content=plan(series_id=series.pk), actor_id=m.operator.pk, at=AT)
    pitches.add(
        roadshow_id=roadshow.pk, title="固态电解质", team="示例大学", minutes=15,
        achievement_id=m.achievement.pk, actor_id=m.operator.pk, at=AT,
    )  # fmt: skip
    commands.open_up(roadshow_id=roadshow.pk, actor_id=m.operator.pk, at=AT)

    roadshow.refresh_from_db()
    assert (roadshow.status, roadshow.opened_at) == ("open", AT)
    assert roadshow.criteria == [
        {"key": "technology", "weight_bp": 6000}, {"key": "market", "weight_bp": 4000},
    ]  # fmt: skip
    names = Event.objects.filter(name__startswith="outreach").order_by("id")
    assert list(names.values_list("name", flat=True)) == [
        "outreach.series.founded", "outreach.roadshow.planned", "outreach.pitch.added",
        "outreach.roadshow.opened",
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["buyer", "inventor", "expert", "auditor", "administrator"])
def test_others_hold_no_events(who):
    m = market()

    with pytest.raises(commands.NotAnOrganiser):
        commands.plan(content=plan(), actor_id=getattr(m, who).pk, at=AT)
    assert not Roadshow.objects.exists()


def test_the_people_of_an_organisation_that_is_not_approved_hold_none():
    m = market()
    Organisation.objects.filter(pk=m.university.pk).update(status="applied")

    with pytest.raises(commands.NotAnOrganiser):
        commands.plan(content=plan(), actor_id=m.tto.pk, at=AT)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"end": DAY}, "end"),
        ({"capacity": 0}, "capacity"),
        ({"place": "", "online_url": ""}, "place"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"kind": "party"}, "kind"),
        ({"register_until": DAY + timedelta(days=9)}, "register_until"),
        ({"criteria_bp": {"technology": 9999}}, "criteria_bp"),
        ({"criteria_bp": {"technology": 10001, "market": -1}}, "criteria_bp"),
        ({"series_id": 424242}, "series_id"),
    ],
)
def test_a_plan_that_does_not_hold_together_is_refused_at_its_field(wrong, field):
    m = market()

    with pytest.raises(commands.PlanWrong) as refusal:
        commands.plan(content=plan(**wrong), actor_id=m.operator.pk, at=AT)
    assert set(refusal.value.problems) == {field}
    assert not Roadshow.objects.exists()


def test_a_series_of_somebody_else_is_no_choice():
    m = market()
    theirs = Series.objects.create(
        organiser=m.university, name="别家", founded_by=m.tto, founded_at=AT
    )

    with pytest.raises(commands.PlanWrong):
        commands.plan(content=plan(series_id=theirs.pk), actor_id=m.operator.pk, at=AT)


def test_nobody_else_knows_of_it_before_it_is_announced():
    planned = RoadshowFactory(status="planned", opened_at=None)
    stranger = MembershipFactory(role=Role.PLATFORM_OPERATOR)

    for actor in (None, stranger):
        with pytest.raises(NotFound):
            queries.visible_roadshow(actor=actor, roadshow_id=planned.pk)
    with pytest.raises(NotFound):
        commands.open_up(roadshow_id=planned.pk, actor_id=stranger.pk, at=AT)
    assert queries.visible_roadshow(actor=planned.planned_by, roadshow_id=planned.pk) == planned


def test_an_event_for_members_is_not_for_the_public():
    m = market()
    inside = RoadshowFactory(audience="members")

    assert list(queries.visible_roadshows(actor=None)) == []
    assert list(queries.visible_roadshows(actor=m.buyer)) == [inside]


def test_only_the_organiser_runs_it():
    roadshow = RoadshowFactory(status="open")
    other = MembershipFactory(role=Role.PLATFORM_OPERATOR)
    colleague = MembershipFactory(role=Role.EQUIPMENT_ENGINEER, organisation=roadshow.organiser)

    for actor in (other, colleague):
        with pytest.raises(commands.NotYourEvent):
            commands.start(roadshow_id=roadshow.pk, actor_id=actor.pk, at=AT)
    roadshow.refresh_from_db()
    assert roadshow.status == "open"


def test_the_steps_come_in_their_order():
    roadshow = RoadshowFactory(status="open")
    who = roadshow.planned_by.pk

    with pytest.raises(MoveNotAllowed):
        commands.close(roadshow_id=roadshow.pk, actor_id=who, at=AT)
    commands.start(roadshow_id=roadshow.pk, actor_id=who, at=AT)
    with pytest.raises(MoveNotAllowed):
        commands.cancel(roadshow_id=roadshow.pk, reason="暴雨", actor_id=who, at=AT)
    assert commands.close(roadshow_id=roadshow.pk, actor_id=who, at=AT).status == "closed"


def test_a_roadshow_without_pitches_or_too_late_is_not_announced():
    roadshow = RoadshowFactory(status="planned", opened_at=None)
    who = roadshow.planned_by.pk

    with pytest.raises(commands.NothingOnTheAgenda):
        commands.open_up(roadshow_id=roadshow.pk, actor_id=who, at=AT)
    PitchFactory(roadshow=roadshow)
    with pytest.raises(commands.PlanWrong):
        commands.open_up(roadshow_id=roadshow.pk, actor_id=who, at=DAY)


def test_a_lecture_needs_no_pitches():
    lecture = RoadshowFactory(status="planned", opened_at=None, kind="ip_lecture")

    done = commands.open_up(roadshow_id=lecture.pk, actor_id=lecture.planned_by.pk, at=AT)

    assert done.status == "open"


def test_calling_off_says_why():
    roadshow = RoadshowFactory(status="open")

    with pytest.raises(commands.ReasonMissing):
        commands.cancel(roadshow_id=roadshow.pk, reason=" ", actor_id=roadshow.planned_by.pk, at=AT)
    done = commands.cancel(
        roadshow_id=roadshow.pk, reason="台风", actor_id=roadshow.planned_by.pk, at=AT
    )
    assert (done.status, done.cancelled_reason) == ("cancelled", "台风")


@pytest.mark.parametrize(
    ("audience", "level", "status", "shown"),
    [
        ("public", "public", "published", True),
        ("public", "members", "published", False),
        ("members", "members", "published", True),
        ("members", "project", "published", True),
        ("members", "core", "published", False),
        ("public", "public", "draft", False),
    ],
)
def test_what_the_audience_may_not_see_does_not_stand_on_the_agenda(audience, level, status, shown):
    roadshow = RoadshowFactory(status="planned", opened_at=None, audience=audience)
    result = AchievementFactory(confidentiality=level, status=status)
    given = {"title": "一", "team": "二", "minutes": 5, "achievement_id": result.pk}
    who = {"actor_id": roadshow.planned_by.pk, "at": AT}

    if shown:
        assert pitches.add(roadshow_id=roadshow.pk, **given, **who).achievement == result
    else:
        with pytest.raises(commands.PlanWrong) as refusal:
            pitches.add(roadshow_id=roadshow.pk, **given, **who)
        assert set(refusal.value.problems) == {"achievement_id"}
        assert not Pitch.objects.exists()


def test_an_event_with_a_members_result_is_not_opened_to_the_public_afterwards():
    roadshow = RoadshowFactory(status="planned", opened_at=None, audience="members")
    PitchFactory(roadshow=roadshow, achievement=AchievementFactory(confidentiality="members"))

    with pytest.raises(commands.PlanWrong) as refusal:
        commands.revise(
            roadshow_id=roadshow.pk, content=plan(audience="public"),
            actor_id=roadshow.planned_by.pk, at=AT,
        )  # fmt: skip
    assert set(refusal.value.problems) == {"audience"}


def test_the_link_to_a_result_is_for_those_who_may_open_it():
    result = AchievementFactory(confidentiality="members")
    pitch = PitchFactory(achievement=result)

    assert queries.openable([pitch], actor=None) == set()
    assert queries.openable([pitch], actor=MembershipFactory()) == {result.pk}


def test_an_agenda_is_put_in_order_and_shortened():
    roadshow = RoadshowFactory()
    first, second, third = (PitchFactory(roadshow=roadshow, position=n) for n in (1, 2, 3))
    who = {"actor_id": roadshow.planned_by.pk, "at": AT}

    pitches.reorder(roadshow_id=roadshow.pk, pitch_ids=[third.pk, first.pk], **who)

    assert queries.agenda(roadshow) == [third, first]
    with pytest.raises(commands.PlanWrong):
        pitches.reorder(roadshow_id=roadshow.pk, pitch_ids=[second.pk], **who)
    with pytest.raises(commands.PlanWrong):
        pitches.reorder(roadshow_id=roadshow.pk, pitch_ids=[], **who)


def test_one_item_is_on_at_a_time_and_none_before_the_beginning():
    roadshow = RoadshowFactory()
    one, two = (PitchFactory(roadshow=roadshow, position=n) for n in (1, 2))
    who = {"actor_id": roadshow.planned_by.pk, "at": AT}

    with pytest.raises(pitches.NotRunning):
        pitches.begin(pitch_id=one.pk, **who)
    commands.start(roadshow_id=roadshow.pk, **who)
    pitches.begin(pitch_id=one.pk, **who)
    with pytest.raises(pitches.AnotherIsOn):
        pitches.begin(pitch_id=two.pk, **who)
    with pytest.raises(commands.PitchStillOn):
        commands.close(roadshow_id=roadshow.pk, **who)
    assert pitches.end(pitch_id=one.pk, **who).status == "ended"


def test_the_figures_say_of_how_many():
    roadshow = RoadshowFactory(capacity=5, seats_taken=3)
    came, _stayed = RegistrationFactory.create_batch(2, roadshow=roadshow)
    came.status, came.checked_in_at, came.checked_in_by = "attended", AT, roadshow.planned_by
    came.save()
    RegistrationFactory(
        roadshow=roadshow, membership=None, guest_name="来宾", guest_organisation="某基金",
        consent="2026-11",
    )  # fmt: skip
    RegistrationFactory(roadshow=roadshow, status="waitlisted")
    PitchFactory(roadshow=roadshow)

    found = queries.turnout(Roadshow.objects.all())

    assert (found.seats, found.registered, found.attended) == (5, 3, 1)
    assert (found.guests, found.waiting, found.pitches) == (1, 1, 1)
