"""What operators say when they ask for a schedule, accept one, or name what plans keep to."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.facilities.models import Line
from pilotharbor.scheduling.models import Proposal

LIMITS = (
    (10, _("10 seconds: a first look")),
    (30, _("30 seconds: good for most weeks")),
    (60, _("1 minute: many requests")),
)


def _day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


class PlanForm(forms.Form):
    """Which days, how long to search, and which lines may take each other's work."""

    kind = forms.ChoiceField(
        label=_("What is to be planned?"), choices=Proposal.Kind, widget=forms.RadioSelect
    )
    first_day = _day(_("From which day on?"))
    last_day = _day(_("Until which day?"), help_text=_("Inclusive; 56 days at most."))
    limit_s = forms.TypedChoiceField(
        label=_("How long may it search?"), choices=LIMITS, coerce=int, initial=30
    )
    swap_lines = forms.MultipleChoiceField(
        label=_("Which lines can take each other's work?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Tick only lines that can do the same. A slot on another line has that line's price."
        ),
    )

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["swap_lines"]
        field.choices = [(line.pk, line.name) for line in lines]
        if len(lines) < 2:
            del self.fields["swap_lines"]

    def clean(self) -> dict[str, Any]:
        """Days in their order."""
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("last_day", _("The last day comes before the first one."))
        return given


class ChangeoverForm(forms.Form):
    """How long a line is cleaned between different materials."""

    minutes = forms.IntegerField(
        label=pgettext_lazy("of cleaning", "Minutes"), min_value=0, max_value=10_080
    )


class ApartForm(forms.Form):
    """Two hazards that are kept apart."""

    one = forms.CharField(label=_("One hazard"), max_length=40)
    other = forms.CharField(label=_("The other one"), max_length=40)
