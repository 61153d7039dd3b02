"""Who may read which calendar of events, as another program reads it (``icalendar``)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import commands as parties
from pilotharbor.parties import tokens
from tests.factories.outreach import DAY, RegistrationFactory, RoadshowFactory, juror_of
from tests.factories.parties import MembershipFactory


def events(content):
    return list(Calendar.from_ical(content).walk("VEVENT"))


@pytest.mark.django_db
def test_the_public_feed_has_public_events_only(client):
    shown = RoadshowFactory(period=(DAY.replace(year=2090), DAY.replace(year=2091)))
    RoadshowFactory(audience="members", period=(DAY.replace(year=2090), DAY.replace(year=2091)))
    RoadshowFactory(
        status="planned", opened_at=None, period=(DAY.replace(year=2090), DAY.replace(year=2091))
    )

    answer = client.get(reverse("public_calendar"))

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = events(answer.content)
    assert str(event["SUMMARY"]) == shown.title
    assert str(event["UID"]).startswith(f"roadshow-{shown.pk}@")


def feed_of(member):
    issued = parties.issue_token(
        scopes=[tokens.CALENDAR], days=30, actor_id=member.pk, at=datetime.now(UTC)
    )
    return issued, reverse("my_calendar", args=[issued.secret])


@pytest.mark.django_db
def test_the_secret_feed_has_seats_and_juries_of_its_person_until_it_is_revoked(client):
    member = MembershipFactory()
    soon = (datetime.now(UTC) + timedelta(days=2), datetime.now(UTC) + timedelta(days=3))
    seat = RegistrationFactory(
        membership=member, roadshow__period=soon, roadshow__online_url="https://live.harbor.example"
    )
    duty = juror_of(RoadshowFactory(period=soon))
    duty.membership = member
    duty.save()
    RegistrationFactory(roadshow__period=soon)
    issued, url = feed_of(member)

    found = events(client.get(url).content)

    assert {str(e["SUMMARY"]) for e in found} == {seat.roadshow.title, duty.roadshow.title}
    assert any("https://live.harbor.example" in str(e["DESCRIPTION"]) for e in found)
    parties.revoke_token(token_id=issued.token.pk, actor_id=member.pk, at=datetime.now(UTC))
    assert client.get(url).status_code == 404
    assert client.get(reverse("my_calendar", args=["phb_guessed"])).status_code == 404


@pytest.mark.django_db
def test_the_secret_of_a_feed_opens_nothing_else():
    member = MembershipFactory()
    issued, _url = feed_of(member)

    answer = Client().get(
        "/api/v1/roadshow-intents", headers={"Authorization": f"Bearer {issued.secret}"}
    )

    assert answer.status_code == 401
    assert tokens.membership_of(secret=issued.secret, scope="read", at=datetime.now(UTC)) is None
    with pytest.raises(NotFound):
        parties.revoke_token(
            token_id=issued.token.pk, actor_id=MembershipFactory().pk, at=datetime.now(UTC)
        )
