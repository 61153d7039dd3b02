"""What people type about lines, machines and prices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.facilities.models import Equipment, SiteKind
from pilotharbor.kernel.fields import YuanField
from pilotharbor.parties.models import Membership

# More than any pilot line or machine costs, and far from what the column holds.
DEAREST_FEN = 10**15


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day chosen from a calendar."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


class LineForm(forms.Form):
    """A line in words and numbers."""

    name = forms.CharField(label=_("Name of the line"), max_length=120)
    site = forms.ChoiceField(label=_("Where it stands"), choices=SiteKind, initial="workshop")
    description = forms.CharField(
        label=_("What can be tried on it"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Processes, materials, limits. Everybody can read this."),
    )
    batch_kg_min = forms.DecimalField(
        label=_("Smallest batch (kg)"), min_value=0, max_digits=12, decimal_places=4, required=False
    )
    batch_kg_max = forms.DecimalField(
        label=_("Largest batch (kg)"), min_value=0, max_digits=12, decimal_places=4, required=False
    )


class EquipmentForm(forms.Form):
    """A machine of a line."""

    asset_no = forms.CharField(label=_("Asset number"), max_length=40)
    name = forms.CharField(label=_("Name of the equipment"), max_length=120)
    model = forms.CharField(label=_("Model"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Used for"), choices=Equipment.Kind)
    value_fen = YuanField(
        label=_("Original value"),
        required=False,
        help_text=_("In yuan, such as 800,000 or 1,234.56."),
    )
    purchase_date = day_field(_("Bought on"), required=False)
    specification = forms.CharField(
        label=_("Technical data"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_shared = forms.BooleanField(
        label=_("Open to others"),
        required=False,
        initial=True,
        help_text=_("Shown on the public page of open services."),
    )


class TariffForm(forms.Form):
    """What the line costs from a day on."""

    valid_from = day_field(_("Valid from"))
    valid_to = day_field(
        _("Until before"), required=False, help_text=_("Leave empty while no end is known.")
    )
    hourly_fen = YuanField(label=_("Price of an hour"), help_text=_("In yuan, such as 1,800."))
    batch_fen = YuanField(label=_("Price of a batch"), help_text=_("In yuan, such as 90,000."))

    def clean(self) -> dict[str, Any]:
        """Prices stay within what people pay."""
        given: dict[str, Any] = super().clean() or {}
        for name in ("hourly_fen", "batch_fen"):
            if (given.get(name) or 0) > DEAREST_FEN:
                self.add_error(name, _("This price is too large to be meant."))
        return given


class TariffEndForm(forms.Form):
    """The first day on which a price is no longer valid."""

    valid_to = day_field(_("Until before"))


class EngineerForm(forms.Form):
    """Who shall run the line."""

    membership_id = forms.ModelChoiceField(
        Membership.objects.none(),
        label=_("Equipment engineer"),
        empty_label=_("Choose an engineer"),
    )

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["membership_id"]
        field.queryset = choices
        field.label_from_instance = lambda member: member.person.name


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
