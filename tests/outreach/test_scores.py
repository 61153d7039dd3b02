"""Points: who gives them, how they count, when they are shown; and what people want of a pitch."""

import pytest

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.outreach import tickets
from pilotharbor.outreach.commands import intents, pitches, scoring
from pilotharbor.outreach.models import Intent, Roadshow, Score
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.outreach.queries import scores
from pilotharbor.parties.models import Notification
from pilotharbor.parties.notices import sentence
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from tests.conftest import AT
from tests.factories.outreach import PitchFactory, RegistrationFactory, RoadshowFactory, juror_of
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.technologies import market
from tests.factories.worker import work

pytestmark = pytest.mark.django_db
FULL = {"technology": 90, "market": 80}


def stage(**fields):
    roadshow = RoadshowFactory(status="running", **fields)
    return roadshow, PitchFactory(roadshow=roadshow, status="live", begun_at=AT)


def give(pitch, seat, points=FULL, **more):
    return scoring.give(
        pitch_id=pitch.pk, points=points, actor_id=seat.membership_id, at=AT, **more
    )


def attended(roadshow, **fields):
    return RegistrationFactory(
        roadshow=roadshow, status="attended", checked_in_at=AT, checked_in_by=roadshow.planned_by,
        **fields,
    )  # fmt: skip


def end(pitch):
    pitches.end(pitch_id=pitch.pk, actor_id=pitch.roadshow.planned_by.pk, at=AT)


def test_points_are_weighed_in_whole_hundredths():
    """R-OUT-7: 0.6 × 90 + 0.4 × 80 = 86.00; 1/3 of a point rounds half up once, at the end."""
    assert scores.weighed(FULL, {"technology": 6000, "market": 4000}) == 8600
    assert scores.weighed({"a": 1, "b": 0}, {"a": 3333, "b": 6667}) == 33
    assert scores.weighed({"a": 1, "b": 0}, {"a": 3350, "b": 6650}) == 34


def test_nothing_is_shown_before_the_pitch_is_over():
    roadshow, pitch = stage()
    give(pitch, juror_of(roadshow), comment="工艺扎实")

    sealed = scores.results(roadshow)[0]
    end(pitch)
    shown = scores.results(roadshow)[0]

    assert (sealed.jury, sealed.comments, sealed.jury_count, sealed.rank) == (None, (), 1, None)
    assert (shown.jury, shown.comments, shown.rank) == (8600, ("工艺扎实",), 1)


def test_jury_and_audience_are_never_added_up():
    roadshow, pitch = stage()
    give(pitch, juror_of(roadshow))
    give(pitch, juror_of(roadshow), {"technology": 70, "market": 70})
    give(pitch, attended(roadshow), {"overall": 50})
    end(pitch)

    (shown,) = scores.results(roadshow)

    assert (shown.jury, shown.jury_count) == (7800, 2)
    assert (shown.audience, shown.audience_count) == (5000, 1)


def test_other_points_take_the_place_of_the_first():
    roadshow, pitch = stage()
    juror = juror_of(roadshow)

    give(pitch, juror)
    give(pitch, juror, {"technology": 0, "market": 100})

    assert Score.objects.get().total == 4000


def test_when_it_is_over_no_points_are_given():
    roadshow, pitch = stage()
    juror = juror_of(roadshow)
    end(pitch)

    with pytest.raises(scoring.NotOnNow):
        give(pitch, juror)
    assert not Score.objects.exists()


@pytest.mark.parametrize(
    "points",
    [
        {"technology": 90}, {"technology": 90, "market": 101}, {"technology": -1, "market": 0},
        {**FULL, "looks": 3}, {"overall": 50},
    ],
)  # fmt: skip
def test_points_fit_the_criteria(points):
    roadshow, pitch = stage()

    with pytest.raises(scoring.BadPoints):
        give(pitch, juror_of(roadshow), points)
    assert not Score.objects.exists()


def test_the_audience_has_a_voice_once_it_is_there():
    roadshow, pitch = stage()
    absent = RegistrationFactory(roadshow=roadshow)

    with pytest.raises(scoring.NoVoice):
        give(pitch, absent, {"overall": 50})
    with pytest.raises(scoring.NoVoice):
        scoring.give(
            pitch_id=pitch.pk, points={"overall": 50}, actor_id=MembershipFactory().pk, at=AT
        )
    give(pitch, attended(roadshow), {"overall": 50})


def test_online_a_seat_is_enough():
    roadshow, pitch = stage(place="", online_url="https://live.harbor.example/1")

    assert give(pitch, RegistrationFactory(roadshow=roadshow), {"overall": 50}).total == 5000


def test_nobody_judges_their_own():
    m = market()
    roadshow, pitch = stage()
    pitch.achievement = m.achievement
    pitch.save()
    own = RegistrationFactory(roadshow=roadshow, membership=m.colleague, part="jury")

    with pytest.raises(scoring.NoVoice):
        give(pitch, own)


def test_a_guest_gives_points_by_the_ticket_and_no_member_by_one():
    roadshow, pitch = stage()
    guest = attended(
        roadshow, membership=None, guest_name="来宾", guest_organisation="基金", consent="2026-11"
    )
    member = attended(roadshow)

    scoring.give(
        pitch_id=pitch.pk, points={"overall": 60}, ticket=tickets.ticket_of(guest), actor_id=None,
        at=AT,
    )  # fmt: skip

    with pytest.raises(NotFound):
        scoring.give(
            pitch_id=pitch.pk, points={"overall": 60}, ticket=tickets.ticket_of(member),
            actor_id=None, at=AT,
        )  # fmt: skip
    assert Score.objects.get().registration == guest


def presented(m):
    roadshow = RoadshowFactory(status="running", organiser=m.host, planned_by=m.operator)
    return PitchFactory(roadshow=roadshow, achievement=m.achievement)


def declare(pitch, actor, **changes):
    given = {"kind": "invest", "words": "拟领投A轮"} | changes
    return intents.declare(pitch_id=pitch.pk, **given, actor_id=actor.pk, at=AT)


def test_an_intent_reaches_organiser_and_owner_and_nobody_else():
    m = market()
    pitch = presented(m)

    intent = declare(pitch, m.buyer)
    work()

    told = Notification.objects.filter(kind="outreach.intent.declared")
    assert {one.membership for one in told} == {m.operator, m.tto, m.inventor}
    assert "示例电池股份有限公司" in sentence(told[0])
    for actor, sees in ((m.buyer, 1), (m.operator, 1), (m.tto, 1), (m.auditor, 1), (m.outsider, 0)):
        assert queries.visible_intents(actor=actor).count() == sees
    assert intent.status == "declared"


def test_an_intent_is_declared_once_with_words_and_not_for_ones_own():
    m = market()
    pitch = presented(m)
    declare(pitch, m.buyer)

    with pytest.raises(intents.IntentOpen):
        declare(pitch, m.buyer)
    with pytest.raises(intents.OwnPitch):
        declare(pitch, m.tto)
    with pytest.raises(intents.IntentIncomplete):
        declare(pitch, m.outsider, words=" ")
    with pytest.raises(intents.IntentIncomplete):
        declare(pitch, m.outsider, kind="marry")
    Roadshow.objects.update(status="open")
    with pytest.raises(intents.NotPresentedYet):
        declare(pitch, m.outsider)
    assert Intent.objects.count() == 1


def test_people_of_an_organisation_that_waits_for_approval_declare_nothing():
    m = market()
    waiting = MembershipFactory(organisation=OrganisationFactory(status="applied"))

    with pytest.raises(NotYourRole):
        declare(presented(m), waiting)


def test_an_intent_is_followed_up_to_its_amount():
    m = market()
    intent = declare(presented(m), m.buyer)
    follow = {"intent_id": intent.pk, "at": AT}

    with pytest.raises(intents.NotYoursToFollow):
        intents.follow(to="in_talks", actor_id=m.buyer.pk, **follow)
    with pytest.raises(NotFound):
        intents.follow(to="in_talks", actor_id=m.outsider.pk, **follow)
    intents.follow(to="in_talks", actor_id=m.tto.pk, **follow)
    with pytest.raises(intents.AmountMissing):
        intents.follow(to="signed", actor_id=m.operator.pk, **follow)
    done = intents.follow(to="signed", signed_fen=300_000_000, actor_id=m.operator.pk, **follow)

    assert (done.status, done.signed_fen) == ("signed", 300_000_000)
    with pytest.raises(MoveNotAllowed):
        intents.follow(to="dropped", actor_id=m.operator.pk, **follow)
    assert queries.turnout(Roadshow.objects.all()).signed_fen == 300_000_000


def test_technology_managers_of_elsewhere_do_not_read_intents():
    m = market()
    declare(presented(m), m.buyer)
    manager = MembershipFactory(role=Role.TECHNOLOGY_MANAGER)

    assert not queries.visible_intents(actor=manager).exists()
