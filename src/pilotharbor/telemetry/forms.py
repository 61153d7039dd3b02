"""What people type about tags, alarm rules and connectors."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.telemetry import queries
from pilotharbor.telemetry.models import AlarmRule, Connector

LEVEL: dict[str, Any] = {"max_digits": 20, "decimal_places": 6, "required": False}


class TagForm(forms.Form):
    """A signal of a machine."""

    name = forms.CharField(label=_("Name of the signal"), max_length=120)
    unit = forms.CharField(label=_("Unit"), max_length=24, required=False)
    key = forms.CharField(
        label=_("Key"),
        max_length=120,
        help_text=_("Its name in files and for gateways, such as R101.temperature."),
    )
    connector_id = forms.TypedChoiceField(
        label=_("Comes through"), coerce=int, required=False, empty_value=None
    )
    address = forms.CharField(
        label=_("Address there"),
        max_length=300,
        required=False,
        help_text=_(
            "MQTT: the topic, and #field for a field of its message (plant/r101#temperature). OPC UA: the node (ns=2;s=R101.T)."
        ),
    )
    lowest = forms.DecimalField(label=_("Lowest possible value"), **LEVEL)
    highest = forms.DecimalField(
        label=_("Highest possible value"),
        help_text=_("What lies beyond is kept and flagged, and left out of means."),
        **LEVEL,
    )
    gap_after_s = forms.IntegerField(
        label=_("A gap begins after (seconds)"), min_value=1, required=False
    )
    stuck_after_s = forms.IntegerField(
        label=_("Stuck after the same value for (seconds)"), min_value=1, required=False
    )
    run_level = forms.DecimalField(
        label=_("The machine runs from this value on"),
        help_text=_(
            "Only for the one signal that says whether the machine runs, such as a motor current."
        ),
        **LEVEL,
    )
    idle_level = forms.DecimalField(label=_("It is idle at this value or below"), **LEVEL)
    turn_delay_s = forms.IntegerField(
        label=_("Running or idle is believed after (seconds)"),
        min_value=10,
        max_value=86_400,
        initial=60,
    )

    def __init__(self, *args: Any, platform_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = queries.connectors_to_choose(platform_id=platform_id)
        field: Any = self.fields["connector_id"]
        field.choices = [
            ("", _("Sent by a gateway or from a file")),
            *((row.pk, row.name) for row in rows),
        ]


class AlarmRuleForm(forms.Form):
    """When a signal raises an alarm."""

    side = forms.ChoiceField(label=_("Alarm when it is"), choices=AlarmRule.Side)
    raise_level = forms.DecimalField(label=_("Raised at"), max_digits=20, decimal_places=6)
    clear_level = forms.DecimalField(
        label=_("Over again at"),
        max_digits=20,
        decimal_places=6,
        help_text=_("Well back from the level above, so that it does not flutter."),
    )
    delay_s = forms.IntegerField(
        label=_("Only after (seconds)"), min_value=0, max_value=86_400, initial=0
    )
    severity = forms.ChoiceField(label=_("How bad"), choices=AlarmRule.Severity)


class AcknowledgeForm(forms.Form):
    """What one has seen or done about an alarm."""

    remark = forms.CharField(label=_("Remark"), max_length=500, required=False)


class ConnectorForm(forms.Form):
    """A broker or server to fetch signals from."""

    name = forms.CharField(label=_("Name of the connector"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Connector.Kind)
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("mqtt://host:1883, mqtts://host:8883 or opc.tcp://host:4840/path"),
    )
    topics = forms.CharField(
        label=_("Topics"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "MQTT only, one a line, such as plant/#. Of OPC UA the nodes of the tags are fetched."
        ),
    )
    username = forms.CharField(label=_("User name"), max_length=120, required=False)
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted and never shown again; leave it empty to keep what is there."),
    )
    secret_env = forms.CharField(
        label=_("Or the variable that holds it"),
        max_length=80,
        required=False,
        help_text=_("A variable of the harbour's environment called PILOTHARBOR_CONNECTOR_…"),
    )

    def __init__(self, *args: Any, fixed_kind: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fixed_kind:
            del self.fields["kind"]

    def clean_topics(self) -> list[str]:
        """One topic a line."""
        lines = str(self.cleaned_data["topics"]).splitlines()
        return [line.strip() for line in lines if line.strip()]
