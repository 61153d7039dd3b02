"""Pages of signals: who sees them, what they show, and that a refusal keeps what was typed."""

import pytest
from django.test import Client
from django.urls import reverse

from pilotharbor.parties.roles import Role
from pilotharbor.telemetry.models import Alarm, AlarmRule, Connector, Refusal, Tag
from tests.factories.parties import MembershipFactory
from tests.factories.telemetry import NOON, ConnectorFactory, after, plant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def browser(member, at=None):
    client = Client(headers={"X-Harbor-Time": (at or after(3600)).isoformat()})
    client.cookies["harbor_language"] = "en"
    client.force_login(member.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def full_plant():
    p = plant(highest=100, gap_after_s=600, run_level=5, idle_level=1, turn_delay_s=10)
    AlarmRule.objects.create(
        tag=p.tag, side="high", raise_level=80, clear_level=70, severity="critical"
    )
    p.take((0, 9), (10, 9), (20, 850), (30, 85))
    connector = ConnectorFactory(platform=p.machine.platform)
    Refusal.objects.create(
        platform=p.machine.platform, connector=connector, place="plant/<b>x", reason="unregistered",
        example="23.5", count=7, first_at=NOON, last_at=NOON,
    )  # fmt: skip
    return p, connector


def paths(p, connector):
    (alarm,) = Alarm.objects.filter(platform=p.machine.platform)
    assert alarm
    return [
        reverse("signals"),
        reverse("equipment_signals", args=[p.machine.pk]),
        *(
            reverse("equipment_signals", args=[p.machine.pk]) + f"?span={s}"
            for s in ("week", "month", "year")
        ),
        reverse("equipment_runs", args=[p.machine.pk]),
        reverse("tag_chart", args=[p.tag.pk]),
        reverse("tag_chart", args=[p.tag.pk]) + "?span=year&until=2026-03-02",
        reverse("alarms"),
        reverse("connectors"),
        reverse("connector_detail", args=[connector.pk]),
    ]


def test_every_page_opens_for_staff_and_auditors_and_for_nobody_else():
    p, connector = full_plant()
    others = [
        MembershipFactory(role=Role.ENTERPRISE_MEMBER),
        MembershipFactory(role=Role.RESEARCHER, organisation=p.machine.platform),
    ]

    for path in paths(p, connector):
        for member in (p.operator, p.engineer, MembershipFactory(role=Role.AUDITOR)):
            assert browser(member).get(path).status_code == 200, path
        for member in others:
            assert browser(member).get(path).status_code == 404, path
        assert Client().get(path).status_code == 302
    stranger = browser(plant().engineer)
    for path in (paths(p, connector)[1], *paths(p, connector)[5:8], paths(p, connector)[-1]):
        assert stranger.get(path).status_code == 404, path


@pytest.mark.parametrize(
    ("until", "status"),
    [("0001-01-01", 200), ("9999-12-31", 200), ("yesterday", 422), ("2026-02-31", 422)],
)
def test_any_day_may_be_asked_for(until, status):
    p, _ = full_plant()

    for name, pk in (
        ("equipment_signals", p.machine.pk),
        ("equipment_runs", p.machine.pk),
        ("tag_chart", p.tag.pk),
    ):
        assert (
            browser(p.engineer).get(reverse(name, args=[pk]) + f"?until={until}").status_code
            == status
        )


def test_the_navigation_leads_there_only_for_staff():
    p, _ = full_plant()

    assert reverse("signals").encode() in browser(p.engineer).get("/").content
    other = browser(MembershipFactory(role=Role.ENTERPRISE_MEMBER))
    assert reverse("signals").encode() not in other.get("/").content


def test_a_machine_shows_values_alarms_and_what_cannot_be_trusted():
    p, _ = full_plant()

    page = (
        browser(p.engineer).get(reverse("equipment_signals", args=[p.machine.pk])).content.decode()
    )

    assert "85 °C" in page
    assert "I have seen it" in page
    assert "Impossible value" in page
    strip = browser(p.engineer).get(reverse("equipment_runs", args=[p.machine.pk])).content.decode()
    assert '"kind": "gantt"' in strip
    chart = browser(p.engineer).get(reverse("tag_chart", args=[p.tag.pk])).content.decode()
    assert '"kind": "band"' in chart
    assert "1 impossible values are left out." in chart


def test_unknown_places_stand_on_the_connectors_page_as_they_were_named():
    p, connector = full_plant()

    page = (
        browser(p.engineer).get(reverse("connector_detail", args=[connector.pk])).content.decode()
    )

    assert "plant/&lt;b&gt;x" in page
    assert "No tag is registered for this" in page
    part = (
        browser(p.engineer)
        .get(reverse("connector_detail", args=[connector.pk]), headers={"HX-Request": "true"})
        .content.decode()
    )
    assert "<html" not in part
    assert "connector-state" in part


def test_a_signal_is_registered_changed_and_retired_by_form():
    p, connector = full_plant()
    client = browser(p.engineer)
    form = {"name": "釜压", "unit": "kPa", "key": "R1.p", "turn_delay_s": "60"}
    new = reverse("tag_new", args=[p.machine.pk])

    taken = client.post(new, form | {"key": p.tag.key})
    made = client.post(
        new, form | {"connector_id": connector.pk, "address": "plant/p", "lowest": "0"}
    )
    tag = Tag.objects.get(key="R1.p")
    changed = client.post(reverse("tag_edit", args=[tag.pk]), form | {"unit": "bar"})

    assert taken.status_code == 422
    assert 'value="釜压"' in taken.content.decode()
    assert "already has a tag" in taken.content.decode()
    assert (made.status_code, changed.status_code) == (302, 302)
    tag.refresh_from_db()
    assert (tag.unit, tag.connector, tag.address) == ("bar", None, "")
    client.post(reverse("tag_move", args=[tag.pk, "retire"]))
    tag.refresh_from_db()
    assert tag.status == "retired"
    assert client.post(reverse("tag_move", args=[tag.pk, "dance"])).status_code == 404
    other = browser(MembershipFactory(role=Role.AUDITOR))
    assert other.get(new).status_code == 403
    assert other.post(reverse("tag_move", args=[p.tag.pk, "retire"])).status_code == 302
    p.tag.refresh_from_db()
    assert p.tag.status == "active"


def test_an_alarm_is_set_and_seen_by_form():
    p, _ = full_plant()
    client = browser(p.engineer)
    rule = {
        "side": "low",
        "raise_level": "3",
        "clear_level": "4",
        "delay_s": "0",
        "severity": "warning",
    }

    wrong = client.post(reverse("alarm_rule_new", args=[p.tag.pk]), rule | {"clear_level": "2"})
    right = client.post(reverse("alarm_rule_new", args=[p.tag.pk]), rule)
    (alarm,) = Alarm.objects.all()
    seen = client.post(
        reverse("alarm_acknowledge", args=[alarm.pk]), {"remark": "已看", "back": "//evil.example"}
    )
    off = client.post(reverse("alarm_rule_end", args=[AlarmRule.objects.get(side="low").pk]))

    assert (wrong.status_code, right.status_code, off.status_code) == (422, 302, 302)
    assert "must clear" in wrong.content.decode()
    assert seen["Location"] == reverse("alarms")
    alarm.refresh_from_db()
    assert (alarm.status, alarm.remark) == ("acknowledged", "已看")


def test_a_connector_is_made_and_changed_by_form_and_its_password_never_shown():
    p, _ = full_plant()
    client = browser(p.operator)
    form = {
        "name": "车间", "kind": "mqtt", "address": "mqtt://broker.example", "topics": "plant/#\n\nother/+/t\n",
        "username": "harbour", "password": "quiet tides",
    }  # fmt: skip

    wrong = client.post(reverse("connector_new"), form | {"topics": "a/#/b"})
    made = client.post(reverse("connector_new"), form)
    connector = Connector.objects.get(name="车间")
    edit = client.get(reverse("connector_edit", args=[connector.pk])).content.decode()
    client.post(
        reverse("connector_edit", args=[connector.pk]), form | {"name": "新名", "password": ""}
    )

    assert wrong.status_code == 422
    assert "quiet" not in wrong.content.decode()
    assert made["Location"] == reverse("connector_detail", args=[connector.pk])
    assert "quiet" not in edit
    connector.refresh_from_db()
    assert (connector.name, connector.topics) == ("新名", ["plant/#", "other/+/t"])
    assert connector.secret_sealed is not None
    client.post(reverse("connector_move", args=[connector.pk, "pause"]))
    client.post(reverse("connector_move", args=[connector.pk, "remove"]))
    connector.refresh_from_db()
    assert connector.status == "removed"
    assert browser(p.engineer).get(reverse("connector_new")).status_code == 403
