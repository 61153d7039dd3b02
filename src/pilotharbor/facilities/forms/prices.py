"""What people type about prices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.facilities.commands.tariffs import DEAREST_FEN
from pilotharbor.facilities.forms.hours import WEEKDAYS
from pilotharbor.facilities.forms.parts import clock_field, day_field
from pilotharbor.kernel.fields import PercentField, YuanField

# What a field left empty stands for.
ORDINARY = {
    "sample_fen": 0, "member_bp": 10_000, "sme_bp": 10_000, "outside_bp": 10_000,
    "engineer_hourly_fen": 0, "minimum_fen": 0, "deposit_fen": 0, "free_cancel_hours": 0,
    "late_cancel_bp": 0, "no_show_bp": 0,
}  # fmt: skip


def price_field(label: Any, **options: Any) -> YuanField:
    """A price in yuan that may stay empty."""
    return YuanField(label=label, required=False, **options)


class TariffForm(forms.Form):
    """What the line costs from a day on, with all conditions; what is left empty is ordinary."""

    valid_from = day_field(_("Valid from"))
    valid_to = day_field(
        _("Until before"), required=False, help_text=_("Leave empty while no end is known.")
    )
    hourly_fen = YuanField(label=_("Price of an hour"), help_text=_("In yuan, such as 1,800."))
    batch_fen = YuanField(label=_("Price of a batch"), help_text=_("In yuan, such as 90,000."))
    sample_fen = price_field(_("Price of a sample"))
    peak_hourly_fen = price_field(
        _("Price of an hour in the peak"), help_text=_("Leave empty where there is no peak.")
    )
    peak_weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the peak"),
        choices=list(enumerate(WEEKDAYS[:7])),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    peak_from = clock_field(_("Peak from"), required=False)
    peak_to = clock_field(
        _("Peak until"),
        required=False,
        help_text=_("Leave both empty for whole days; 00:00 is the midnight that ends the day."),
    )
    member_bp = PercentField(label=_("Members pay (%)"), most=1000, required=False)
    sme_bp = PercentField(label=_("SMEs pay (%)"), most=1000, required=False)
    outside_bp = PercentField(
        label=_("Everybody else pays (%)"),
        most=1000,
        required=False,
        help_text=_("Of the price of hours, batches and samples. Left empty: 100."),
    )
    engineer_hourly_fen = price_field(_("An engineer's hour"))
    minimum_fen = price_field(_("Least for one booking"))
    deposit_fen = price_field(_("Deposit"))
    free_cancel_hours = forms.IntegerField(
        label=_("Giving up is free until so many hours before"),
        min_value=0,
        max_value=8_784,
        required=False,
    )
    late_cancel_bp = PercentField(label=_("Giving up later costs (%)"), required=False)
    no_show_bp = PercentField(label=_("Not coming costs (%)"), required=False)

    BASIC = ("valid_from", "valid_to", "hourly_fen", "batch_fen", "sample_fen")
    PEAK = ("peak_hourly_fen", "peak_weekdays", "peak_from", "peak_to")
    GROUPS = ("member_bp", "sme_bp", "outside_bp")
    EXTRAS = (
        "engineer_hourly_fen", "minimum_fen", "deposit_fen", "free_cancel_hours",
        "late_cancel_bp", "no_show_bp",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Prices stay within what people pay; what is left empty is ordinary."""
        given: dict[str, Any] = super().clean() or {}
        for name, value in list(given.items()):
            if name.endswith("_fen") and (value or 0) > DEAREST_FEN:
                self.add_error(name, _("This price is too large to be meant."))
            elif value is None and name in ORDINARY:
                given[name] = ORDINARY[name]
        return given

    def _fields(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField], bool]]:
        """The further conditions by theme: title, fields, and whether one of them is wrong."""
        themes = (
            (_("Peak hours"), self.PEAK),
            (_("Prices of groups"), self.GROUPS),
            (_("Engineer, minimum, deposit and fees"), self.EXTRAS),
        )
        return [
            (title, self._fields(names), any(name in self.errors for name in names))
            for title, names in themes
        ]

    @property
    def basic(self) -> list[forms.BoundField]:
        """What every price has."""
        return self._fields(self.BASIC)


class TariffEndForm(forms.Form):
    """The first day on which a price is no longer valid."""

    valid_to = day_field(_("Until before"))


class ConsumableForm(forms.Form):
    """Something a booking may use up."""

    name = forms.CharField(label=_("Consumable"), max_length=120)
    unit = forms.CharField(label=_("Unit"), max_length=20, help_text=_("Such as bottle, kg, set."))
    unit_fen = YuanField(label=_("Price of one unit"), help_text=_("In yuan, such as 85.50."))


class RepriceForm(forms.Form):
    """Another price of one unit."""

    unit_fen = YuanField(label=_("New price of one unit"))
