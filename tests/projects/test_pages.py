"""What the pages say to whom."""

import pytest
from django.test import Client

from pilotharbor.matching.models import Match
from tests.factories.parties import JOINED
from tests.factories.technologies import market

pytestmark = pytest.mark.django_db


def browser(member) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(member.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_who_cannot_open_a_project_is_told_who_does():
    m = market()
    match = Match.objects.create(
        achievement=m.achievement, demand=m.demand, score_bp=1000, reasons=[], status="accepted",
        proposed_by=m.manager, proposed_at=JOINED,
    )  # fmt: skip

    told = browser(m.manager).get("/projects/new").content.decode()
    offered = browser(m.operator).get("/projects/new")

    assert "opens the project" in told
    assert f"/matches/{match.pk}" in told
    assert "No accepted match" not in told
    assert list(offered.context["form"].fields["match_id"].queryset) == [match]
    assert (
        "Make a project of it" in browser(m.operator).get(f"/matches/{match.pk}").content.decode()
    )
    shown = browser(m.manager).get(f"/matches/{match.pk}").content.decode()
    assert "Make a project of it" not in shown
