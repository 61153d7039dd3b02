import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pilotharbor.booking import commands, queries
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import TeamMember
from tests.factories.booking import NOW, dock, on
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db


def seen(actor):
    return set(queries.visible_bookings(actor=actor).values_list("pk", flat=True))


def test_bookings_show_to_the_projects_parties_and_the_lines_platform():
    d, other = dock(), dock()
    mine, theirs = d.request(), other.request()

    for who in ("researcher", "buyer", "operator", "engineer"):
        assert seen(getattr(d, who)) == {mine.pk}
        assert seen(getattr(other, who)) == {theirs.pk}
    assert seen(None) == set()


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.TTO_OFFICER, True),
        (Role.TECHNOLOGY_MANAGER, False),
        (Role.INVESTOR, False),
        (Role.INDUSTRY_ADVISOR, False),
        (Role.EXPERT, False),
        (Role.GOVERNMENT_OFFICER, False),
        (Role.SYSTEM_ADMINISTRATOR, False),
    ],
)
def test_what_a_role_of_the_owner_sees(role, sees):
    d = dock()
    booking = d.request()

    actor = MembershipFactory(organisation=d.project.owner, role=role)

    assert seen(actor) == ({booking.pk} if sees else set())


def test_the_technology_manager_sees_only_the_projects_under_their_care():
    d, other = dock(), dock()
    mine = d.request()
    other.request()

    assert seen(d.project.technology_manager) == {mine.pk}
    newcomer = MembershipFactory(organisation=d.project.platform, role=Role.TECHNOLOGY_MANAGER)
    assert seen(newcomer) == set()
    TeamMember.objects.create(project=d.project, membership=newcomer, added_at=NOW)
    assert seen(newcomer) == {mine.pk}


def test_an_auditor_sees_all():
    d, other = dock(), dock()
    pks = {d.request().pk, other.request().pk}

    assert seen(MembershipFactory(role=Role.AUDITOR)) == pks


def test_calendar_hides_whose_time_it_is():
    d, other = dock(), dock()
    booking = d.allot(on(2, 8), on(2, 18))
    d.request(on(3, 8), on(3, 18))

    mine = queries.calendar(line=d.line, start=on(2, 0), end=on(9, 0), actor=d.buyer)
    theirs = queries.calendar(line=d.line, start=on(2, 0), end=on(9, 0), actor=other.buyer)

    assert next((s.status, s.booking and s.booking.pk) for s in mine) == ("approved", booking.pk)
    assert [s.status for s in mine] == ["approved", "submitted"]
    assert [(s.status, s.booking, s.start, s.end) for s in theirs] == [
        ("taken", None, on(2, 8), on(2, 18))
    ]


def test_review_queue_is_the_platforms_own():
    d, other = dock(), dock()
    late, early = d.request(on(9)), d.request(on(2))
    other.request()
    d.allot(on(20))

    assert list(queries.review_queue(actor=d.operator)) == [early, late]
    assert list(queries.review_queue(actor=d.engineer)) == []


def test_workbench_lists_the_day_and_what_is_still_running():
    d, other = dock(), dock()
    today, tomorrow = d.allot(on(3, 9), on(3, 11)), d.allot(on(4, 9), on(4, 11))
    running = d.allot(on(2, 9), on(2, 11))
    commands.start(booking_id=running.pk, actor_id=d.engineer.pk, at=on(2, 9))
    other.allot(on(3, 9), on(3, 11))

    rows = list(queries.to_run(actor=d.engineer, start=on(3, 0), end=on(4, 0)))
    assert rows == [running, today]
    assert list(queries.to_run(actor=d.operator, start=on(4, 0), end=on(5, 0))) == [
        running, tomorrow,
    ]  # fmt: skip


def test_overdue_lists_slots_whose_usage_nobody_recorded():
    d = dock()
    forgotten = d.allot(on(2, 9), on(2, 11))
    d.allot(on(3, 9), on(3, 11))

    assert list(queries.overdue(actor=d.engineer, start=on(3, 0))) == [forgotten]


def test_bookable_projects_are_ones_own_at_the_right_step():
    d, other = dock(), dock()
    dock(status="planning")

    assert list(queries.bookable_projects(actor=d.researcher)) == [d.project]
    assert list(queries.bookable_projects(actor=other.buyer)) == [other.project]
    assert list(queries.bookable_projects(actor=d.engineer)) == []
    assert list(queries.bookable_projects(actor=None)) == []


def test_lists_ask_the_same_number_of_questions_for_one_and_three_rows():
    d = dock()

    def count():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            for b in queries.visible_bookings(actor=d.operator):
                str(
                    (b.line.platform, b.project, b.requested_by, b.engineer, getattr(b, "usage", 0))
                )
            queries.calendar(line=d.line, start=on(1, 0), end=on(31, 0), actor=d.operator)
        return len(asked)

    d.allot(on(2))
    one = count()
    d.allot(on(9))
    d.allot(on(16))
    assert count() == one


def test_request_and_approval_ask_a_bounded_number_of_questions():
    d = dock(machines=5)
    with CaptureQueriesContext(connection) as asked:
        booking = d.request()
    assert len(asked) <= 12
    with CaptureQueriesContext(connection) as asked:
        d.approve(booking, engineer_id=d.engineer.pk)
    assert len(asked) <= 42
