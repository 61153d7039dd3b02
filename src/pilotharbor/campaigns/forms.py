"""What people type about a campaign: on which line, and what was measured of a batch."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.agreements.wording import term
from pilotharbor.booking.models import Booking
from pilotharbor.campaigns.engine.acceptance import Limit
from pilotharbor.campaigns.wording import bounds
from pilotharbor.facilities.models import Line
from pilotharbor.kernel.time import SHANGHAI

# A comma alone is no separator: in 99,6 it would make two values of one.
_BETWEEN = re.compile(r"[、；;，]|,(?=\s)|\s+(?=[+\-−\d０-９])")


class OpenForm(forms.Form):
    """Where the batches are run."""

    line_id = forms.ModelChoiceField(
        Line.objects.none(), label=_("Line"), empty_label=_("Choose the line")
    )

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["line_id"]
        field.queryset = lines


class BatchForm(forms.Form):
    """One batch; a field for every attribute of the acceptance criteria."""

    number = forms.IntegerField(label=_("Batch number"), min_value=1, max_value=9999)
    booking_id = forms.ModelChoiceField(
        Booking.objects.none(),
        label=_("Booking it was run in"),
        required=False,
        empty_label=_("None"),
    )
    scale_kg = forms.CharField(
        label=_("Scale in kilogram"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    note = forms.CharField(
        label=_("Remark"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, limits: list[Limit], bookings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits = limits
        field: Any = self.fields["booking_id"]
        field.queryset = bookings
        field.label_from_instance = _slot
        for i, limit in enumerate(limits):
            self.fields[f"value_{i}"] = _values(limit)
        self.order_fields(
            ["number", "booking_id", "scale_kg", *(f"value_{i}" for i in range(len(limits)))]
        )

    def results(self) -> dict[str, list[str]]:
        """The values by attribute, as they were typed."""
        return {
            limit.attribute: [
                part for part in _BETWEEN.split(self.cleaned_data[f"value_{i}"]) if part.strip()
            ]
            for i, limit in enumerate(self.limits)
        }

    def renamed(self) -> dict[str, str]:
        """Which field of this form a problem of the command belongs to."""
        return {f"results.{limit.attribute}": f"value_{i}" for i, limit in enumerate(self.limits)}


class CorrectionForm(BatchForm):
    """The batch as it should have been recorded, and why it is corrected."""

    reason = forms.CharField(
        label=_("Why is the record corrected?"),
        max_length=500,
        help_text=_("What was recorded before stays with this reason."),
    )


def _values(limit: Limit) -> forms.CharField:
    unit = f" ({limit.unit})" if limit.unit else ""
    return forms.CharField(
        label=f"{term(limit.attribute)}{unit}",
        max_length=2000,
        help_text=_("Within limits: {bounds}. Several measurements: a blank between them.").format(
            bounds=bounds(limit)
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _slot(booking: Booking) -> str:
    begun = booking.period.lower.astimezone(SHANGHAI)
    over = booking.period.upper.astimezone(SHANGHAI)
    return f"{booking.line.name} · {begun:%Y-%m-%d %H:%M} – {over:%m-%d %H:%M}"
