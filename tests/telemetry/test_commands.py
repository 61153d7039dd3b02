"""Tags, rules and connectors: who may, what is refused without a trace, and passwords nobody sees again."""

from decimal import Decimal

import pytest
from django.forms.models import model_to_dict

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.telemetry import addresses, commands, sealing
from pilotharbor.telemetry.models import Alarm, AlarmRule, Connector, ConnectorHealth, Refusal, Tag
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.telemetry import NOON, ConnectorFactory, TagFactory, after, plant

pytestmark = pytest.mark.django_db
FIELDS = {"key": "R1.p", "name": "釜压", "unit": "kPa"}


def register(p, *, actor=None, **fields):
    return commands.register_tag(
        equipment_id=p.machine.pk,
        fields=FIELDS | fields,
        actor_id=(actor or p.engineer).pk,
        at=NOON,
    )


def names():
    rows = Event.objects.filter(name__startswith="telemetry.").order_by("id")
    return list(rows.values_list("name", flat=True))


# --- tags ------------------------------------------------------------------------------------
def test_a_tag_is_registered_and_takes_samples_at_once():
    p = plant()

    tag = register(p, lowest=Decimal(0), gap_after_s=30)
    taken = p.take((0, 101.3), tag=tag)

    assert (tag.equipment, tag.platform, tag.status) == (p.machine, p.machine.platform, "active")
    assert taken.stored == 1
    (event,) = Event.objects.filter(name="telemetry.tag.registered")
    assert event.facts == {"equipment_id": p.machine.pk, "platform_id": p.machine.platform_id}


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"key": "taken"}, commands.TagKeyTaken, "key"),
        ({"lowest": Decimal(5), "highest": Decimal(5)}, commands.LimitsReversed, "highest"),
        ({"run_level": Decimal(5)}, commands.RunLevelsReversed, "idle_level"),
        (
            {"run_level": Decimal(5), "idle_level": Decimal(5)},
            commands.RunLevelsReversed,
            "idle_level",
        ),
        ({"idle_level": Decimal(5)}, commands.RunLevelsReversed, "idle_level"),
        ({"run_level": Decimal(5), "idle_level": Decimal(1)}, commands.OneRunSignal, "run_level"),
        ({"gap_after_s": 0}, commands.TimesOutOfRange, None),
        ({"stuck_after_s": 367 * 86_400}, commands.TimesOutOfRange, None),
        ({"turn_delay_s": 9}, commands.TimesOutOfRange, None),
        ({"address": "plant/x"}, commands.AddressMissing, "address"),
        ({"connector_id": 0}, commands.AddressMissing, "address"),
        ({"connector_id": 0, "address": "plant/x"}, NotFound, None),
    ],
)
def test_what_a_tag_cannot_be_is_refused_without_a_trace(fields, error, field):
    p = plant(key="taken", run_level=Decimal(9), idle_level=Decimal(1))

    with pytest.raises(error) as refused:
        register(p, **fields)

    assert field is None or list(refused.value.problems) == [field]
    assert list(Tag.objects.all()) == [p.tag]
    assert names() == []


def test_two_tags_of_a_connector_do_not_share_an_address():
    p = plant()
    connector = ConnectorFactory(platform=p.machine.platform)
    register(p, connector_id=connector.pk, address="plant/x")

    with pytest.raises(commands.AddressTaken):
        register(p, key="other", connector_id=connector.pk, address="plant/x")


def test_keys_of_two_platforms_do_not_meet():
    one, two = plant(key="a"), plant(key="b")

    assert register(two, key="a").platform == two.machine.platform
    assert one.tag.platform != two.tag.platform


def test_what_was_refused_for_a_place_is_forgotten_when_it_is_registered():
    p = plant()
    connector = ConnectorFactory(platform=p.machine.platform)
    for place, reason in (
        ("plant/x", "unregistered"),
        ("plant/x", "not_finite"),
        ("y", "unregistered"),
    ):
        Refusal.objects.create(
            platform=p.machine.platform, connector=connector, place=place, reason=reason,
            count=1, first_at=NOON, last_at=NOON,
        )  # fmt: skip

    register(p, connector_id=connector.pk, address="plant/x")

    assert set(Refusal.objects.values_list("place", "reason")) == {
        ("plant/x", "not_finite"), ("y", "unregistered"),
    }  # fmt: skip


def strangers(p):
    return [
        (MembershipFactory(role=Role.ENTERPRISE_MEMBER), NotYourRole),
        (MembershipFactory(role=Role.EXPERT, organisation=p.machine.platform), NotYourRole),
        (plant().engineer, commands.NotYourSignals),
    ]


def test_only_staff_of_the_platform_registers():
    p = plant()

    for actor, error in strangers(p):
        with pytest.raises(error):
            register(p, actor=actor)
    p.machine.status = "retired"
    p.machine.save()
    with pytest.raises(commands.EquipmentRetired):
        register(p)
    assert not Tag.objects.filter(key="R1.p").exists()


def test_strangers_do_not_find_tags_rules_and_alarms():
    p = plant()
    rule = AlarmRule.objects.create(tag=p.tag, side="high", raise_level=8, clear_level=7)
    p.take((0, 9))
    (alarm,) = Alarm.objects.all()
    other = plant().engineer
    mine = {"actor_id": other.pk, "at": NOON}

    for refused in (
        lambda: commands.revise_tag(tag_id=p.tag.pk, fields={"name": "x"}, **mine),
        lambda: commands.retire_tag(tag_id=p.tag.pk, **mine),
        lambda: commands.end_alarm_rule(rule_id=rule.pk, **mine),
        lambda: commands.acknowledge(alarm_id=alarm.pk, remark="", **mine),
        lambda: commands.set_alarm_rule(
            tag_id=p.tag.pk, side="low", raise_level=Decimal(1), clear_level=Decimal(2),
            delay_s=0, severity="warning", **mine,
        ),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            refused()


def test_an_auditor_reads_and_changes_nothing():
    p = plant()
    auditor = MembershipFactory(role=Role.AUDITOR)

    with pytest.raises(NotYourRole):
        commands.revise_tag(tag_id=p.tag.pk, fields={"name": "x"}, actor_id=auditor.pk, at=NOON)


def test_revising_says_what_changed():
    p = plant(run_level=Decimal(5), idle_level=Decimal(1), turn_delay_s=10)
    p.take((0, 9), (10, 9))

    commands.revise_tag(
        tag_id=p.tag.pk, fields={"name": "电机电流", "run_level": None, "idle_level": None},
        actor_id=p.operator.pk, at=after(100),
    )  # fmt: skip

    (event,) = Event.objects.filter(name="telemetry.tag.revised")
    assert event.facts["fields"] == ["name", "run_level", "idle_level"]
    assert names() == ["telemetry.run.started", "telemetry.run.ended", "telemetry.tag.revised"]


def test_retiring_ends_what_stands_and_returning_takes_samples_again():
    p = plant(run_level=Decimal(5), idle_level=Decimal(1), turn_delay_s=10)
    AlarmRule.objects.create(tag=p.tag, side="high", raise_level=8, clear_level=7)
    p.take((0, 9), (10, 9))
    mine = {"actor_id": p.operator.pk, "at": after(60)}

    commands.retire_tag(tag_id=p.tag.pk, **mine)

    assert Alarm.objects.get().status == "returned"
    assert p.take((20, 9)).stored == 0
    with pytest.raises(MoveNotAllowed):
        commands.retire_tag(tag_id=p.tag.pk, **mine)
    commands.return_tag(tag_id=p.tag.pk, **mine)
    assert p.take((20, 9)).stored == 1


def test_a_retired_run_signal_does_not_come_back_beside_another():
    p = plant(run_level=Decimal(5), idle_level=Decimal(1))
    commands.retire_tag(tag_id=p.tag.pk, actor_id=p.operator.pk, at=NOON)
    TagFactory(equipment=p.machine, run_level=Decimal(5), idle_level=Decimal(1))

    with pytest.raises(commands.OneRunSignal):
        commands.return_tag(tag_id=p.tag.pk, actor_id=p.operator.pk, at=NOON)


# --- alarm rules -----------------------------------------------------------------------------
def set_rule(p, **fields):
    return commands.set_alarm_rule(
        tag_id=p.tag.pk, actor_id=p.engineer.pk, at=NOON,
        **({"side": "high", "raise_level": Decimal(80), "clear_level": Decimal(75), "delay_s": 0, "severity": "critical"} | fields),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"clear_level": Decimal(80)}, commands.NoHysteresis),
        ({"clear_level": Decimal(81)}, commands.NoHysteresis),
        ({"side": "low", "clear_level": Decimal(79)}, commands.NoHysteresis),
        ({"delay_s": 86_401}, commands.DelayTooLong),
        ({"delay_s": -1}, commands.DelayTooLong),
    ],
)
def test_a_rule_without_hysteresis_is_refused(fields, error):
    p = plant()

    with pytest.raises(error):
        set_rule(p, **fields)

    assert not AlarmRule.objects.exists()


def test_eight_rules_are_enough():
    p = plant()
    for _ in range(8):
        set_rule(p)

    with pytest.raises(commands.TooManyRules):
        set_rule(p)


def test_a_rule_that_is_ended_lets_its_alarm_go():
    p = plant()
    rule = set_rule(p)
    p.take((0, 90))

    commands.end_alarm_rule(rule_id=rule.pk, actor_id=p.engineer.pk, at=after(50))

    assert Alarm.objects.get().status == "returned"
    with pytest.raises(commands.RuleOver):
        commands.end_alarm_rule(rule_id=rule.pk, actor_id=p.engineer.pk, at=after(60))


# --- connectors ------------------------------------------------------------------------------
MQTT = {
    "name": "车间",
    "kind": "mqtt",
    "address": "mqtt://broker.example:1883",
    "topics": ["plant/#"],
}


def connect(p, **fields):
    return commands.register_connector(fields=MQTT | fields, actor_id=p.operator.pk, at=NOON)


def test_a_password_is_sealed_and_stands_nowhere_else():
    p = plant()

    connector = connect(p, username="harbour", password="quiet tides 27")

    kept = Connector.objects.get(pk=connector.pk)
    assert b"quiet" not in bytes(kept.secret_sealed)
    assert sealing.unseal(bytes(kept.secret_sealed), owner=kept.client_name) == "quiet tides 27"
    assert "quiet" not in str(model_to_dict(kept) | {"secret_sealed": ""})
    assert "quiet" not in str([(e.name, e.facts) for e in Event.objects.all()])
    assert ConnectorHealth.objects.filter(connector=connector).exists()


def test_a_sealed_password_opens_for_its_connector_and_key_only(settings):
    sealed = sealing.seal("geheim", owner="one")

    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed, owner="two")
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed[:20], owner="one")
    settings.SECRET_KEY = "another"
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed, owner="one")


@pytest.mark.parametrize(
    "other",
    ["mqtt://thief.example:1883", "mqtt://broker.example:1884", "mqtts://broker.example:1883"],
)
@pytest.mark.parametrize(
    "secret", [{"password": "quiet"}, {"secret_env": "PILOTHARBOR_CONNECTOR_A"}]
)
def test_whoever_points_a_connector_elsewhere_must_know_the_password(other, secret):
    p = plant()
    connector = connect(p, **secret)

    moved = commands.revise_connector(
        connector_id=connector.pk, fields={"address": other}, actor_id=p.operator.pk, at=NOON
    )

    assert (moved.secret_sealed, moved.secret_env) == (None, "")
    (event,) = Event.objects.filter(name="telemetry.connector.revised")
    assert event.facts["fields"] == ["address", "secret"]


def test_a_password_stays_when_it_is_left_empty_and_goes_when_a_variable_is_named():
    p = plant()
    connector = connect(p, password="quiet")
    mine = {"connector_id": connector.pk, "actor_id": p.operator.pk, "at": NOON}

    kept = commands.revise_connector(
        fields={"name": "新名", "password": "", "secret_env": ""}, **mine
    )
    assert kept.secret_sealed is not None
    named = commands.revise_connector(fields={"secret_env": "PILOTHARBOR_CONNECTOR_A"}, **mine)
    assert (named.secret_sealed, named.secret_env) == (None, "PILOTHARBOR_CONNECTOR_A")
    again = commands.revise_connector(fields={"password": "tides"}, **mine)
    assert (again.secret_sealed is not None, again.secret_env) == (True, "")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"address": "mqtt://user:secret@broker.example"}, addresses.AddressMalformed),
        ({"address": "http://broker.example"}, addresses.AddressMalformed),
        ({"address": "opc.tcp://plc.example"}, addresses.AddressMalformed),
        ({"address": "mqtt://broker.example/path"}, addresses.AddressMalformed),
        ({"address": "mqtt://broker.example:99999"}, addresses.AddressMalformed),
        ({"address": "mqtt://"}, addresses.AddressMalformed),
        ({"address": "mqtt://br oker"}, addresses.AddressMalformed),
        ({"topics": []}, addresses.TopicsMissing),
        ({"topics": ["a"] * 51}, addresses.TopicsMissing),
        ({"topics": ["a/#/b"]}, addresses.TopicMalformed),
        ({"topics": ["a/b#"]}, addresses.TopicMalformed),
        ({"topics": ["a/x+"]}, addresses.TopicMalformed),
        ({"topics": [""]}, addresses.TopicMalformed),
        ({"topics": ["a\x07"]}, addresses.TopicMalformed),
        ({"topics": ["x" * 201]}, addresses.TopicMalformed),
        ({"secret_env": "PILOTHARBOR_SECRET_KEY"}, addresses.SecretNameMalformed),
        ({"secret_env": "PATH"}, addresses.SecretNameMalformed),
        ({"secret_env": "PILOTHARBOR_CONNECTOR_A", "password": "x"}, commands.TwoSecrets),
        ({"kind": "opcua", "address": "opc.tcp://plc.example/x"}, addresses.TopicsMissing),
    ],
)
def test_what_a_connector_cannot_be_is_refused_without_a_trace(fields, error):
    p = plant()

    with pytest.raises(error):
        connect(p, **fields)

    assert not Connector.objects.exists()
    assert names() == []


@pytest.mark.parametrize(
    ("kind", "address", "parts"),
    [
        ("mqtt", "mqtt://broker.example", ("mqtt", "broker.example", 1883)),
        ("mqtt", "mqtts://10.0.0.7/", ("mqtts", "10.0.0.7", 8883)),
        ("mqtt", "mqtt://[::1]:1999", ("mqtt", "::1", 1999)),
        ("opcua", "opc.tcp://plc:4841/UA/Server", ("opc.tcp", "plc", 4841)),
    ],
)
def test_addresses_as_people_write_them(kind, address, parts):
    assert tuple(addresses.endpoint(kind, address)) == parts


def test_only_operators_keep_connectors():
    p = plant()

    for actor, error in (
        (p.engineer, NotYourRole),
        (MembershipFactory(role=Role.ENTERPRISE_MEMBER), NotYourRole),
        (MembershipFactory(role=Role.PLATFORM_OPERATOR, organisation=OrganisationFactory(kind=OrganisationKind.UNIVERSITY)), commands.PlatformsOnly),
    ):  # fmt: skip
        with pytest.raises(error):
            commands.register_connector(fields=MQTT, actor_id=actor.pk, at=NOON)
    connector = connect(p)
    with pytest.raises(NotFound):
        commands.pause_connector(connector_id=connector.pk, actor_id=plant().operator.pk, at=NOON)
    with pytest.raises(commands.KindFixed):
        commands.revise_connector(
            connector_id=connector.pk, fields={"kind": "opcua"}, actor_id=p.operator.pk, at=NOON
        )


def test_a_connector_pauses_goes_on_and_goes():
    p = plant()
    connector = connect(p, password="quiet")
    mine = {"connector_id": connector.pk, "actor_id": p.operator.pk, "at": NOON}
    tag = register(p, connector_id=connector.pk, address="plant/x")

    commands.pause_connector(**mine)
    commands.resume_connector(**mine)
    with pytest.raises(commands.StillTags):
        commands.remove_connector(**mine)
    commands.retire_tag(tag_id=tag.pk, actor_id=p.operator.pk, at=NOON)
    gone = commands.remove_connector(**mine)

    assert (gone.status, gone.secret_sealed) == ("removed", None)
    with pytest.raises(NotFound):
        commands.resume_connector(**mine)


def test_a_connector_is_held_by_one_process_at_a_time():
    connector = ConnectorFactory()
    pulse = commands.Pulse("connected", "", "", 3, 300, NOON)
    mine = {"connector_id": connector.pk, "pulse": pulse}

    assert commands.hold(holder="one", at=NOON, **mine)
    assert not commands.hold(holder="two", at=after(29), **mine)
    assert commands.hold(holder="one", at=after(29), **mine)
    assert not commands.hold(holder="two", at=after(58), **mine)
    assert commands.hold(holder="two", at=after(60), **mine)
    commands.let_connector_go(connector_id=connector.pk, holder="one", at=after(61))
    assert ConnectorHealth.objects.get(connector=connector).state == "connected"
    commands.let_connector_go(connector_id=connector.pk, holder="two", at=after(62))
    assert commands.hold(holder="three", at=after(63), **mine)
    Connector.objects.filter(pk=connector.pk).update(status="paused")
    assert not commands.hold(holder="three", at=after(64), **mine)
