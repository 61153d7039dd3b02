"""The pages of schedules without a browser: what is refused, to whom, and where one is led."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from pilotharbor.scheduling.models import Apart, Changeover, Proposal
from tests.factories.booking import on
from tests.factories.scheduling import NOW, plant

pytestmark = pytest.mark.django_db
FORM = {
    "kind": "requests", "first_day": "2026-03-02", "last_day": "2026-03-06", "limit_s": "10",
}  # fmt: skip


class Pages:
    """The pages as somebody sees them at ``NOW``."""

    def __init__(self, member):
        self.client = Client(headers={"X-Harbor-Time": NOW.isoformat(), "Accept-Language": "en"})
        self.client.force_login(
            member.person, backend="allauth.account.auth_backends.AuthenticationBackend"
        )

    def get(self, path):
        return self.client.get(path)

    def post(self, path, **data):
        return self.client.post(path, data)

    def said(self, answer):
        return [str(one) for one in get_messages(answer.wsgi_request)]


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def test_asking_leads_to_the_schedule_and_again_to_the_same_one():
    p = plant()
    p.ask(4, (on(2, 8), on(7, 0)))
    pages = Pages(p.d.operator)

    answer = pages.post("/schedules/new", **FORM)

    one = Proposal.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/schedules/{one.pk}")
    assert (one.horizon.lower, one.horizon.upper) == (on(2, 0), on(7, 0))
    again = pages.post("/schedules/new", **FORM)
    assert (again.status_code, again.url) == (302, f"/schedules/{one.pk}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_day": "2026-03-01"}, {"first_day": "2026-02-01"}, {"last_day": "2026-06-30"},
        {"kind": "magic"}, {"limit_s": "7"}, {"first_day": "2026-03-09", "last_day": "2026-03-10"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_comes_back_with_the_field(wrong):
    p = plant()
    p.ask(4, (on(2, 8), on(7, 0)))

    answer = Pages(p.d.operator).post("/schedules/new", **(FORM | wrong))

    assert answer.status_code == 422
    assert "form-error" in answer.content.decode()
    assert not Proposal.objects.exists()


def test_others_are_not_led_in():
    p = plant()
    p.ask(4, (on(2, 8), on(7, 0)))
    one = p.plan()
    for member in (p.d.researcher, p.d.engineer):
        pages = Pages(member)
        assert pages.get("/schedules").status_code == 200
        assert "No schedule to be seen" in pages.get("/schedules").content.decode()
        assert pages.get("/schedules/new").status_code == 403
        assert pages.get("/schedules/rules").status_code == 403
        for path in ("", "/fresh"):
            assert pages.get(f"/schedules/{one.pk}{path}").status_code == 404
        for path in ("/accept", "/discard"):
            assert pages.post(f"/schedules/{one.pk}{path}").status_code == 404


def test_a_schedule_says_when_something_has_changed():
    p = plant()
    p.ask(4, (on(2, 8), on(7, 0)))
    one = p.plan()
    pages = Pages(p.d.operator)
    assert "has changed" not in pages.get(f"/schedules/{one.pk}/fresh").content.decode()

    p.ask(4, (on(2, 8), on(7, 0)), by=p.rival)

    assert "has changed" in pages.get(f"/schedules/{one.pk}/fresh").content.decode()


def test_accepting_nothing_is_said_and_a_refusal_stands_beside_its_slot():
    p = plant()
    asked = p.ask(4, (on(2, 8), on(7, 0)))
    one = p.plan()
    pages = Pages(p.d.operator)
    answer = pages.post(f"/schedules/{one.pk}/accept")
    assert "Nothing was ticked" in pages.said(answer)[0]

    place = one.placements.get()
    p.d.allot(place.start_at, place.end_at, billing="hour")
    pages.post(f"/schedules/{one.pk}/accept", placement=place.pk)

    place.refresh_from_db()
    page = pages.get(f"/schedules/{one.pk}").content.decode()
    assert (place.status, place.outcome) == ("refused", "booking.slot_taken")
    assert place.said.split()[0] in page
    asked.refresh_from_db()
    assert asked.status == "submitted"


def test_discarding_twice_says_so():
    p = plant()
    p.ask(4, (on(2, 8), on(7, 0)))
    one = p.plan()
    pages = Pages(p.d.operator)

    assert pages.post(f"/schedules/{one.pk}/discard").url == "/schedules"
    assert pages.post(f"/schedules/{one.pk}/discard").url == f"/schedules/{one.pk}"
    assert pages.get(f"/schedules/{one.pk}").status_code == 200


def test_what_schedules_keep_to_is_kept_by_hand():
    p = plant()
    pages = Pages(p.d.operator)

    pages.post(f"/schedules/rules/lines/{p.d.line.pk}", minutes="45")
    assert Changeover.objects.get().minutes == 45
    pages.post(f"/schedules/rules/lines/{p.d.line.pk}", minutes="x")
    assert Changeover.objects.get().minutes == 45
    pages.post(f"/schedules/rules/lines/{p.d.line.pk}", minutes="0")
    assert not Changeover.objects.exists()
    pages.post("/schedules/rules", one="易燃", other="氧化")
    assert pages.post("/schedules/rules", one="易燃", other="易燃").status_code == 422
    pages.post(f"/schedules/rules/apart/{Apart.objects.get().pk}")
    assert not Apart.objects.exists()
