"""Seats: the last one, the queue behind it, guests, tickets and the door."""

from datetime import timedelta

import pytest
from django.db import connection

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.outreach import tasks, tickets
from pilotharbor.outreach.commands import registrations as commands
from pilotharbor.outreach.commands import roadshows
from pilotharbor.outreach.models import Registration, Roadshow
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.parties.roles import Role
from tests.conftest import AT
from tests.factories.outreach import DAY, RegistrationFactory, RoadshowFactory, juror_of, plan
from tests.factories.parties import MembershipFactory
from tests.factories.race import race

pytestmark = pytest.mark.django_db
GUEST = {"name": "周来宾", "organisation": "示例基金", "consent": True}


def taken(roadshow):
    return Roadshow.objects.get(pk=roadshow.pk).seats_taken


def test_seats_go_until_none_is_left_then_people_wait():
    roadshow = RoadshowFactory(capacity=1)
    first, second = MembershipFactory.create_batch(2)

    has = commands.register(roadshow_id=roadshow.pk, actor_id=first.pk, at=AT)
    waits = commands.register(roadshow_id=roadshow.pk, actor_id=second.pk, at=AT)

    assert (has.status, waits.status, taken(roadshow)) == ("registered", "waitlisted", 1)
    assert queries.place_in_queue(waits) == 1


def test_nobody_takes_two_seats():
    roadshow = RoadshowFactory()
    actor = MembershipFactory()
    commands.register(roadshow_id=roadshow.pk, actor_id=actor.pk, at=AT)

    with pytest.raises(commands.AlreadyRegistered):
        commands.register(roadshow_id=roadshow.pk, actor_id=actor.pk, at=AT)
    assert taken(roadshow) == 1


def test_registration_ends_with_its_day_and_with_the_event():
    actor = MembershipFactory()
    for roadshow, at in (
        (RoadshowFactory(), DAY),
        (RoadshowFactory(status="closed"), AT),
        (RoadshowFactory(status="cancelled", cancelled_reason="台风"), AT),
    ):
        with pytest.raises(commands.RegistrationClosed):
            commands.register(roadshow_id=roadshow.pk, actor_id=actor.pk, at=at)
    assert not Registration.objects.exists()


def test_giving_a_seat_back_lets_the_longest_waiting_move_up():
    roadshow = RoadshowFactory(capacity=1)
    people = MembershipFactory.create_batch(3)
    seats = [commands.register(roadshow_id=roadshow.pk, actor_id=one.pk, at=AT) for one in people]

    commands.withdraw(registration_id=seats[0].pk, actor_id=people[0].pk, at=AT)

    statuses = [Registration.objects.get(pk=one.pk).status for one in seats]
    assert statuses == ["cancelled", "registered", "waitlisted"]
    assert taken(roadshow) == 1
    moved = Event.objects.get(name="outreach.registration.moved_up")
    assert moved.subject_id == seats[1].pk


def test_who_gave_up_waiting_frees_no_seat():
    roadshow = RoadshowFactory(capacity=1)
    people = MembershipFactory.create_batch(2)
    seats = [commands.register(roadshow_id=roadshow.pk, actor_id=one.pk, at=AT) for one in people]

    commands.withdraw(registration_id=seats[1].pk, actor_id=people[1].pk, at=AT)

    assert taken(roadshow) == 1


def test_more_seats_let_the_queue_in_and_fewer_than_taken_are_refused():
    roadshow = RoadshowFactory(capacity=1)
    for one in MembershipFactory.create_batch(3):
        commands.register(roadshow_id=roadshow.pk, actor_id=one.pk, at=AT)
    who = {"actor_id": roadshow.planned_by.pk, "at": AT}

    roadshows.revise(roadshow_id=roadshow.pk, content=plan(capacity=2), **who)

    assert taken(roadshow) == 2
    with pytest.raises(roadshows.PlanWrong) as refusal:
        roadshows.revise(roadshow_id=roadshow.pk, content=plan(capacity=1), **who)
    assert set(refusal.value.problems) == {"capacity"}


def test_another_ones_seat_is_not_given_back():
    seat = RegistrationFactory(roadshow__seats_taken=1)
    stranger = MembershipFactory()

    with pytest.raises(NotFound):
        commands.withdraw(registration_id=seat.pk, actor_id=stranger.pk, at=AT)
    with pytest.raises(NotFound):
        commands.withdraw(registration_id=seat.pk, ticket="1-x", actor_id=None, at=AT)
    seat.refresh_from_db()
    assert seat.status == "registered"


def test_a_guest_says_name_and_organisation_and_agrees():
    roadshow = RoadshowFactory()

    seat = commands.register_guest(roadshow_id=roadshow.pk, **GUEST, actor_id=None, at=AT)

    assert (seat.guest_name, seat.consent, seat.membership) == ("周来宾", "2026-11", None)
    assert taken(roadshow) == 1


@pytest.mark.parametrize(
    ("lacking", "field"),
    [
        ({"name": ""}, "name"),
        ({"organisation": " "}, "organisation"),
        ({"consent": False}, "consent"),
    ],
)
def test_a_guest_without_consent_is_not_kept(lacking, field):
    roadshow = RoadshowFactory()

    with pytest.raises(commands.GuestIncomplete) as refusal:
        commands.register_guest(roadshow_id=roadshow.pk, **(GUEST | lacking), actor_id=None, at=AT)
    assert set(refusal.value.problems) == {field}
    assert (taken(roadshow), Registration.objects.count()) == (0, 0)


def test_one_form_sent_twice_is_one_guest():
    roadshow = RoadshowFactory()
    sent = {**GUEST, "form_key": "k" * 24}

    one = commands.register_guest(roadshow_id=roadshow.pk, **sent, actor_id=None, at=AT)
    two = commands.register_guest(roadshow_id=roadshow.pk, **sent, actor_id=None, at=AT)

    assert (one, taken(roadshow)) == (two, 1)


def test_a_guest_comes_to_no_event_for_members_unless_invited_by_its_organiser():
    roadshow = RoadshowFactory(audience="members")

    with pytest.raises(NotFound):
        commands.register_guest(roadshow_id=roadshow.pk, **GUEST, actor_id=None, at=AT)
    with pytest.raises(roadshows.NotYourEvent):
        commands.register_guest(
            roadshow_id=roadshow.pk, **GUEST, actor_id=MembershipFactory().pk, at=AT
        )
    seat = commands.register_guest(
        roadshow_id=roadshow.pk, **GUEST, actor_id=roadshow.planned_by.pk, at=AT
    )
    assert seat.status == "registered"


def test_a_ticket_cannot_be_made_up_or_used_for_another():
    one, other = RegistrationFactory(), RegistrationFactory()
    ticket = tickets.ticket_of(one)

    assert tickets.registration_of(ticket) == one
    assert tickets.registration_of(ticket.replace(str(one.pk), str(other.pk), 1)) is None
    assert tickets.registration_of(f"{one.pk}-{one.nonce}.forged") is None
    Registration.objects.filter(pk=one.pk).update(nonce="renewed")
    assert tickets.registration_of(ticket) is None


def test_the_door_opens_once():
    seat = RegistrationFactory(roadshow__status="running")
    who = {"actor_id": seat.roadshow.planned_by.pk, "at": AT}
    ticket = tickets.ticket_of(seat)

    done = commands.check_in(ticket=ticket, **who)

    assert (done.status, done.checked_in_at) == ("attended", AT)
    with pytest.raises(commands.CheckedInAlready) as refusal:
        commands.check_in(ticket=ticket, **who)
    assert refusal.value.facts == {"name": seat.membership.person.name, "when": "09:00"}


def test_the_door_is_kept_by_the_organiser_on_the_day():
    seat = RegistrationFactory(roadshow__status="open")
    other = MembershipFactory(role=Role.PLATFORM_OPERATOR)
    ticket, who = tickets.ticket_of(seat), seat.roadshow.planned_by.pk

    with pytest.raises(commands.NotTheDay):
        commands.check_in(ticket=ticket, actor_id=who, at=AT)
    with pytest.raises(roadshows.NotYourEvent):
        commands.check_in(ticket=ticket, actor_id=other.pk, at=AT)
    with pytest.raises(commands.NoSuchTicket):
        commands.check_in(ticket="1-2.3", actor_id=who, at=AT)


@pytest.mark.parametrize("status", ["waitlisted", "cancelled"])
def test_without_a_seat_nobody_comes_in(status):
    seat = RegistrationFactory(roadshow__status="running", status=status)

    with pytest.raises(commands.NoSeat):
        commands.check_in(
            ticket=tickets.ticket_of(seat), actor_id=seat.roadshow.planned_by.pk, at=AT
        )


def test_a_juror_takes_no_seat():
    roadshow = RoadshowFactory(capacity=1)
    expert = MembershipFactory(role=Role.EXPERT)
    call = {"roadshow_id": roadshow.pk, "actor_id": roadshow.planned_by.pk, "at": AT}

    seat = commands.call_juror(membership_id=expert.pk, **call)

    assert (seat.part, taken(roadshow)) == ("jury", 0)
    with pytest.raises(commands.AlreadyRegistered):
        commands.call_juror(membership_id=expert.pk, **call)
    with pytest.raises(commands.NotAJuror):
        commands.call_juror(membership_id=MembershipFactory(role=Role.AUDITOR).pk, **call)
    juror_of(roadshow)
    commands.withdraw(registration_id=seat.pk, actor_id=roadshow.planned_by.pk, at=AT)
    assert taken(roadshow) == 0


def test_who_comes_is_for_the_organiser_and_auditors():
    roadshow = RoadshowFactory()

    assert queries.sees_visitors(roadshow.planned_by, roadshow)
    assert queries.sees_visitors(MembershipFactory(role=Role.AUDITOR), roadshow)
    assert not queries.sees_visitors(MembershipFactory(role=Role.PLATFORM_OPERATOR), roadshow)
    assert not queries.sees_visitors(None, roadshow)


def rush(people, roadshow):
    return race(
        *(
            lambda one=one: commands.register(roadshow_id=roadshow.pk, actor_id=one.pk, at=AT)
            for one in people
        )
    )


@pytest.mark.django_db(transaction=True)
def test_two_who_want_the_last_seat_get_one_seat_and_one_place_in_the_queue():
    for _ in range(5):
        roadshow = RoadshowFactory(capacity=1)
        outcomes = rush(MembershipFactory.create_batch(2), roadshow)

        assert sorted(one.status for one in outcomes) == ["registered", "waitlisted"]
        assert taken(roadshow) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_last_seat_goes_twice(monkeypatch):
    """The control: the race above is real."""

    def unlocked(roadshow_id):
        row = Roadshow.objects.get(pk=roadshow_id)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        return row

    monkeypatch.setattr(commands, "_locked_row", unlocked)
    roadshow = RoadshowFactory(capacity=1)

    outcomes = rush(MembershipFactory.create_batch(2), roadshow)

    assert [one.status for one in outcomes] == ["registered", "registered"]


@pytest.mark.django_db(transaction=True)
def test_one_ticket_shown_at_two_doors_lets_one_in():
    seat = RegistrationFactory(roadshow__status="running")
    ticket, who = tickets.ticket_of(seat), seat.roadshow.planned_by.pk

    def enter():
        return commands.check_in(ticket=ticket, actor_id=who, at=AT)

    outcomes = race(enter, enter)

    refused = [one for one in outcomes if isinstance(one, commands.CheckedInAlready)]
    assert (len(refused), Registration.objects.get(pk=seat.pk).status) == (1, "attended")


def test_the_names_of_guests_go_a_year_after_the_event():
    seat = RegistrationFactory(
        membership=None, guest_name="周来宾", guest_organisation="示例基金", consent="2026-11"
    )

    assert tasks.forget_guests(int((DAY + timedelta(days=365)).timestamp())) == 0
    assert tasks.forget_guests(int((DAY + timedelta(days=366)).timestamp())) == 1
    assert tasks.forget_guests(int((DAY + timedelta(days=367)).timestamp())) == 0
    seat.refresh_from_db()
    assert (seat.guest_name, seat.guest_organisation) == ("—", "—")
