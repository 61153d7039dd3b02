"""The questions about a need, one a step, as a technology manager would ask them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.fields import SpareRow, SpareRows, YuanField, rows_of
from pilotharbor.technologies.forms import PlaceForm, wanted_levels
from pilotharbor.technologies.models import Cooperation, Demand
from pilotharbor.technologies.needs.answers import FIGURES, LENGTHS, Bound


def _text(name: str, label: Any, *, rows: int, required: bool = False, **options: Any) -> Any:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, max_length=LENGTHS[name], required=required, widget=area, **options
    )


class TodayForm(forms.Form):
    """What goes wrong today, and what it is for."""

    problem = _text(
        "problem",
        _("What goes wrong today, or what can you not do yet?"),
        rows=5,
        required=True,
        help_text=_(
            "As you would tell it to a colleague: what happens, how often, what it costs you."
            " Leave out what must stay secret; there is a place for it later."
        ),
    )
    purpose = _text(
        "purpose",
        _("What is it needed for?"),
        rows=2,
        help_text=_("The product or process, and who uses it in the end."),
    )


class TriedForm(forms.Form):
    """What has been tried."""

    tried = _text(
        "tried",
        _("What have you tried, and how far did it get you?"),
        rows=5,
        help_text=_(
            "Also what failed: nobody then offers it to you again. “Nothing yet” is an answer."
        ),
    )


class FigureForm(SpareRow):
    """One figure to be reached."""

    name = forms.CharField(label=_("What is measured"), max_length=30)
    bound = forms.ChoiceField(label=_("Bound"), choices=[("", "—"), *Bound.choices])
    value = forms.CharField(
        label=pgettext_lazy("figure", "Value"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    upper = forms.CharField(
        label=_("Upper value, if between"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    unit = forms.CharField(label=pgettext_lazy("figure", "Unit"), max_length=16, required=False)


FigureFormSet = rows_of(FigureForm, SpareRows, spare=3, most=FIGURES)


class ConditionsForm(PlaceForm):
    """Under which conditions, on which equipment, where."""

    conditions = _text(
        "conditions",
        _("Under which conditions must it work?"),
        rows=4,
        help_text=_("Such as temperature, pressure, medium, cycle time, cleanliness, permits."),
    )
    equipment = _text(
        "equipment",
        _("Which equipment is there, and must stay?"),
        rows=2,
        help_text=_("What a solution has to fit in with."),
    )
    field_order = ("conditions", "equipment", "region", "industry")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["discipline"], self.fields["discipline_code"]


class TimeForm(forms.Form):
    """By when, and how far along it must be."""

    needed_by = forms.DateField(
        label=_("By when do you need it?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day on which it should run. Leave it empty when there is none."),
    )
    trl_wanted = forms.TypedChoiceField(
        label=_("How far along must it be at least?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[],
        help_text=_("The less you insist on, the more offers there are; a pilot closes the gap."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted: Any = self.fields["trl_wanted"]
        wanted.choices = wanted_levels()

    def clean_needed_by(self) -> str:
        """As it is kept."""
        day = self.cleaned_data["needed_by"]
        return day.isoformat() if day else ""


class MoneyForm(forms.Form):
    """What it may cost, and how to work together."""

    budget_fen = YuanField(
        label=_("What may it cost, in yuan?"),
        required=False,
        help_text=_("A rough figure helps more than none. Leave it empty to negotiate."),
    )
    cooperation = forms.MultipleChoiceField(
        label=_("How would you work together?"),
        required=False,
        choices=Cooperation.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everything you would agree to."),
    )


def initial_of(demand: Demand | None) -> dict[str, Any]:
    """What the questions show of a need."""
    if demand is None:
        return {}
    return {
        **demand.answers,
        "region": demand.region, "industry": demand.industry, "trl_wanted": demand.trl_wanted,
        "budget_fen": demand.budget_fen, "cooperation": demand.cooperation,
        "confidentiality": demand.confidentiality, "detail": demand.detail,
        "title": demand.title, "summary": demand.summary, "keywords": "，".join(demand.keywords),
    }  # fmt: skip
