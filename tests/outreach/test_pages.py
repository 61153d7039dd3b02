"""The pages of events: what each kind of reader sees and does there."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from pilotharbor.outreach import tickets
from pilotharbor.outreach.models import Intent, Pitch, Registration, Roadshow, Score
from pilotharbor.parties.roles import Role
from tests.factories.outreach import PitchFactory, RegistrationFactory, RoadshowFactory, juror_of
from tests.factories.parties import MembershipFactory
from tests.factories.technologies import market

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
SOON = (NOW + timedelta(days=2), NOW + timedelta(days=2, hours=3))


def browser(member=None):
    client = Client(headers={"Accept-Language": "en"})
    if member is not None:
        client.force_login(member.person)
        session = client.session
        session["membership"] = member.pk
        session.save()
    return client


def coming(**fields):
    return RoadshowFactory(period=SOON, register_until_at=SOON[0], **fields)


def page(client, name, *args, status=200):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == status
    return answer.content.decode()


def test_everybody_finds_a_public_event_and_its_agenda():
    roadshow = coming()
    PitchFactory(roadshow=roadshow, title="公斤级制备")
    coming(audience="members", title="会员专场")

    listed = page(browser(), "roadshows")
    shown = page(browser(), "roadshow_detail", roadshow.pk)

    assert roadshow.title in listed
    assert "会员专场" not in listed
    assert "公斤级制备" in shown
    assert "Who comes, and the door" not in shown


def test_an_event_is_planned_with_its_criteria_and_announced():
    member = MembershipFactory(role=Role.TTO_OFFICER)
    client = browser(member)
    local = (NOW + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    later = (NOW + timedelta(days=4)).strftime("%Y-%m-%dT%H:%M")
    sent = {
        "kind": "roadshow", "title": "校友路演", "words": "", "start": local, "end": later,
        "place": "图书馆", "online_url": "", "language": "zh", "capacity": "30",
        "register_until": local, "audience": "public", "criteria-TOTAL_FORMS": "2",
        "criteria-INITIAL_FORMS": "0", "criteria-0-key": "Technology", "criteria-0-weight": "60",
        "criteria-1-key": "落地条件", "criteria-1-weight": "30",
    }  # fmt: skip

    refused = client.post(reverse("roadshow_new"), sent)
    made = client.post(reverse("roadshow_new"), sent | {"criteria-1-weight": "40"})

    assert refused.status_code == 422
    assert "校友路演" in refused.content.decode()
    assert "落地条件" in refused.content.decode()
    roadshow = Roadshow.objects.get()
    assert made["Location"] == reverse("roadshow_detail", args=[roadshow.pk])
    assert roadshow.criteria == [
        {"key": "technology", "weight_bp": 6000}, {"key": "落地条件", "weight_bp": 4000},
    ]  # fmt: skip
    client.post(
        reverse("pitch_add", args=[roadshow.pk]), {"title": "一", "team": "甲", "minutes": "9"}
    )
    client.post(reverse("roadshow_step", args=[roadshow.pk, "open"]))
    roadshow.refresh_from_db()
    assert roadshow.status == "open"


def test_who_may_not_organise_gets_no_form():
    assert browser(MembershipFactory()).get(reverse("roadshow_new")).status_code == 403
    roadshow = coming()
    stranger = browser(MembershipFactory(role=Role.PLATFORM_OPERATOR))
    assert stranger.get(reverse("roadshow_edit", args=[roadshow.pk])).status_code == 403
    assert stranger.get(reverse("door", args=[roadshow.pk])).status_code == 404


def test_a_member_registers_opens_the_ticket_and_gives_the_seat_back():
    roadshow, member = coming(online_url="https://live.harbor.example"), MembershipFactory()
    client = browser(member)
    assert "live.harbor.example" not in page(client, "roadshow_detail", roadshow.pk)

    client.post(reverse("roadshow_register", args=[roadshow.pk]))

    seat = Registration.objects.get()
    assert "live.harbor.example" in page(client, "roadshow_detail", roadshow.pk)
    assert "data:image/svg+xml" in page(client, "my_ticket", roadshow.pk)
    page(browser(MembershipFactory()), "my_ticket", roadshow.pk, status=404)
    # The address with the code shows a member's ticket to nobody.
    page(browser(), "ticket", tickets.ticket_of(seat), status=404)
    client.post(reverse("give_back", args=[seat.pk]))
    seat.refresh_from_db()
    assert seat.status == "cancelled"


def test_a_guest_registers_with_consent_and_gets_a_secret_address():
    roadshow, client = coming(), browser()
    url = reverse("roadshow_guest", args=[roadshow.pk])
    sent = {"name": "周来宾", "organisation": "示例基金", "form_key": "x" * 30}

    refused = client.post(url, sent)
    made = client.post(url, sent | {"consent": "on"})

    assert refused.status_code == 422
    assert "周来宾" in refused.content.decode()
    seat = Registration.objects.get()
    ticket = tickets.ticket_of(seat)
    assert made["Location"] == reverse("ticket", args=[ticket])
    assert "data:image/svg+xml" in page(client, "ticket", ticket)
    client.post(reverse("give_back", args=[seat.pk]), {"ticket": ticket})
    seat.refresh_from_db()
    assert seat.status == "cancelled"


def test_the_door_finds_people_and_lets_them_in_once():
    roadshow = RoadshowFactory(status="running")
    guest = RegistrationFactory(
        roadshow=roadshow, membership=None, guest_name="周来宾", guest_organisation="示例基金",
        consent="2026-11",
    )  # fmt: skip
    keeper, ticket = browser(roadshow.planned_by), tickets.ticket_of(guest)

    assert "周来宾" in keeper.get(reverse("door", args=[roadshow.pk]) + "?q=周").content.decode()
    typed = keeper.post(
        reverse("code_typed", args=[roadshow.pk]),
        {"ticket": f"http://testserver/tickets/{ticket}/check-in"},
    )
    assert typed["Location"] == reverse("check_in", args=[ticket])
    assert "Let in" in page(keeper, "check_in", ticket)
    keeper.post(reverse("check_in", args=[ticket]))
    again = keeper.post(reverse("check_in", args=[ticket]))

    guest.refresh_from_db()
    assert (guest.status, again.status_code) == ("attended", 409)
    assert browser(MembershipFactory()).get(reverse("check_in", args=[ticket])).status_code == 403
    assert browser().get(reverse("check_in", args=[ticket])).status_code == 302


def test_points_are_given_on_the_live_page_and_shown_when_it_is_over():
    roadshow = RoadshowFactory(status="running")
    pitch = PitchFactory(roadshow=roadshow)
    juror, keeper = juror_of(roadshow), browser(roadshow.planned_by)
    url = reverse("roadshow_live", args=[roadshow.pk])
    keeper.post(reverse("pitch_step", args=[roadshow.pk, pitch.pk, "begin"]))

    desk = browser(juror.membership)
    bad = desk.post(url, {"points.technology": "101", "points.market": "80"})
    desk.post(url, {"points.technology": "90", "points.market": "80", "comment": "工艺扎实"})

    assert bad.status_code == 422
    assert Score.objects.get().total == 8600
    sealed = page(browser(), "roadshow_results", roadshow.pk)
    assert ("86.00" in sealed, "工艺扎实" in sealed, "n = 1" in sealed) == (False, False, True)
    keeper.post(reverse("pitch_step", args=[roadshow.pk, pitch.pk, "end"]))
    shown = page(browser(), "roadshow_results", roadshow.pk)
    assert ("86.00" in shown, "工艺扎实" in shown) == (True, True)


def test_a_guest_gives_points_by_the_ticket():
    roadshow = RoadshowFactory(status="running")
    PitchFactory(roadshow=roadshow, status="live", begun_at=NOW)
    guest = RegistrationFactory(
        roadshow=roadshow, membership=None, guest_name="周来宾", guest_organisation="示例基金",
        consent="2026-11", status="attended", checked_in_at=NOW, checked_in_by=roadshow.planned_by,
    )  # fmt: skip
    url = reverse("guest_live", args=[roadshow.pk, tickets.ticket_of(guest)])

    browser().post(url, {"points.overall": "77"})

    assert Score.objects.get().total == 7700
    other = RoadshowFactory(status="running")
    foreign = reverse("guest_live", args=[other.pk, tickets.ticket_of(guest)])
    assert browser().get(foreign).status_code == 404


def test_the_part_that_polls_says_when_the_next_pitch_is_on():
    roadshow = RoadshowFactory(status="running")
    pitch = PitchFactory(roadshow=roadshow, status="live", begun_at=NOW)
    url = reverse("roadshow_results", args=[roadshow.pk])

    assert "The next pitch has begun" in browser().get(url + "?on=0").content.decode()
    assert "The next pitch" not in browser().get(f"{url}?on={pitch.pk}").content.decode()


def test_an_intent_is_declared_listed_and_followed_up():
    m = market()
    roadshow = RoadshowFactory(status="running", organiser=m.host, planned_by=m.operator)
    pitch = PitchFactory(roadshow=roadshow, achievement=m.achievement)

    browser(m.buyer).post(
        reverse("intent_new", args=[pitch.pk]), {"kind": "develop", "words": "联合开发"}
    )
    intent = Intent.objects.get()
    assert "联合开发" in page(browser(m.operator), "intents")
    assert "联合开发" not in page(browser(m.outsider), "intents")
    follow = reverse("intent_follow", args=[intent.pk])
    lacking = browser(m.operator).post(follow, {"to": "signed", "signed_fen": ""})
    browser(m.operator).post(follow, {"to": "signed", "signed_fen": "300万"})

    intent.refresh_from_db()
    assert (lacking.status_code, intent.status, intent.signed_fen) == (422, "signed", 300_000_000)
    assert browser(m.outsider).get(follow).status_code == 404


def test_a_series_shows_its_events_and_best_pitches():
    member = MembershipFactory(role=Role.MEMBER_PLATFORM)
    client = browser(member)
    made = client.post(reverse("series_new"), {"name": "科创荟", "words": ""})
    again = client.post(reverse("series_new"), {"name": "科创荟", "words": ""})
    roadshow = coming(organiser=member.organisation, planned_by=member, status="closed")
    Roadshow.objects.update(series_id=int(made["Location"].rpartition("/")[2]))
    Score.objects.create(
        pitch=PitchFactory(roadshow=roadshow, status="ended", begun_at=NOW, ended_at=NOW),
        registration=juror_of(roadshow), points={"technology": 90, "market": 80}, total=8600,
        given_at=NOW,
    )  # fmt: skip

    shown = client.get(made["Location"]).content.decode()

    assert again.status_code == 422
    assert (roadshow.title in shown, "86.00" in shown) == (True, True)
    assert Pitch.objects.get().status == "ended"


def test_a_secret_address_is_shown_once_and_taken_away():
    client = browser(MembershipFactory())

    made = client.post(reverse("event_calendar")).content.decode()
    later = page(client, "event_calendar")

    assert "/mine.ics" in made
    assert "/mine.ics" not in later
    token = later.partition('name="token_id" value="')[2].partition('"')[0]
    client.post(reverse("event_calendar_revoke"), {"token_id": token})
    assert 'name="token_id"' not in page(client, "event_calendar")


def test_an_event_called_off_says_why():
    roadshow = coming()
    keeper = browser(roadshow.planned_by)
    url = reverse("roadshow_cancel", args=[roadshow.pk])

    assert keeper.get(url).status_code == 200
    keeper.post(url, {"reason": "台风红色预警"})

    assert "台风红色预警" in page(browser(), "roadshow_detail", roadshow.pk)
