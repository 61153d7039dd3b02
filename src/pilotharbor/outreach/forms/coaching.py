"""What people type about coaching: an order, a session, a plan, a company."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.fields import SpareRow, SpareRows, YuanField, rows_of
from pilotharbor.outreach.forms.roadshows import JurorField, area
from pilotharbor.outreach.models import CoachingOrder
from pilotharbor.outreach.queries.coaching import HINTS, SECTIONS
from pilotharbor.outreach.simulation import Asked, AskedRound
from pilotharbor.technologies.models import Achievement


class OrderForm(forms.Form):
    """What a team wants help with."""

    topic = forms.ChoiceField(
        label=_("What is it about?"), choices=CoachingOrder.Topic, widget=forms.RadioSelect
    )
    team = forms.CharField(label=_("Team or company"), max_length=120)
    achievement_id = forms.ModelChoiceField(
        Achievement.objects.none(),
        label=_("Result behind it"),
        required=False,
        empty_label=_("None of this harbour"),
    )
    question = forms.CharField(
        label=_("What do you want to know or get done?"), max_length=2000, widget=area(5)
    )

    def __init__(self, *args: Any, results: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["achievement_id"]
        field.queryset = results


class CoachForm(forms.Form):
    """Who coaches."""

    coach_id = JurorField(None, label=_("Coach"), empty_label=_("Choose a person"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["coach_id"]
        field.queryset = people


class SessionForm(forms.Form):
    """What was said, and what comes next."""

    notes = forms.CharField(label=_("What was said"), max_length=4000, widget=area(5))
    next_step = forms.CharField(label=_("Next step"), max_length=500, required=False)
    next_date = forms.DateField(
        label=_("By when"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class OutcomeForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(label=_("Outcome"), max_length=1000, widget=area(4))


class PlanForm(forms.Form):
    """The chapters of a business plan."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in SECTIONS.items():
            self.fields[key] = forms.CharField(
                label=label,
                max_length=6000,
                required=False,
                widget=area(5),
                help_text=HINTS.get(key, ""),
            )


class HolderForm(SpareRow):
    """Who holds what part at the foundation."""

    name = forms.CharField(label=_("Holder"), max_length=80)
    part = forms.DecimalField(label=_("Part (%)"), min_value=0, max_value=100, decimal_places=2)


class RoundForm(SpareRow):
    """New money."""

    name = forms.CharField(label=_("Round"), max_length=40)
    pre_money_fen = YuanField(label=_("Value before it (yuan)"))
    investor = forms.CharField(label=_("Who invests"), max_length=80)
    money_fen = YuanField(label=_("Money that comes in (yuan)"))
    pool = forms.DecimalField(
        label=_("Option pool after it (%)"),
        min_value=0,
        max_value=99,
        decimal_places=2,
        required=False,
    )
    preferred = forms.BooleanField(
        label=_("Its money back first, or its part (1x, non-participating)"), required=False
    )


class CompanyForm(forms.Form):
    """How many shares there are, and what an exit brings."""

    shares = forms.IntegerField(
        label=_("Shares at the foundation"), min_value=1, max_value=10**12, initial=10_000_000
    )
    proceeds_fen = YuanField(label=_("Proceeds of an exit (yuan)"), required=False)


def holder_rows() -> type[SpareRows]:
    """Founders with room for some more."""
    return rows_of(HolderForm, SpareRows, spare=2, most=12)


def round_rows() -> type[SpareRows]:
    """Rounds with room for some more."""
    return rows_of(RoundForm, SpareRows, spare=1, most=8)


def asked_of(company: CompanyForm, holders: SpareRows, rounds: SpareRows) -> Asked:
    """What a filled page asks the simulator; a name that comes twice is added up."""
    parts: dict[str, int] = {}
    for row in holders.kept():
        name = row.cleaned_data["name"]
        parts[name] = parts.get(name, 0) + _bp(row.cleaned_data["part"])
    return {
        "shares": company.cleaned_data["shares"],
        "holders_bp": parts,
        "rounds": [_round(row.cleaned_data) for row in rounds.kept()],
        "proceeds_fen": company.cleaned_data["proceeds_fen"],
    }


def _round(given: dict[str, Any]) -> AskedRound:
    return {
        "name": given["name"],
        "pre_money_fen": given["pre_money_fen"],
        "investments": {given["investor"]: given["money_fen"]},
        "pool_bp": _bp(given["pool"]) if given["pool"] is not None else None,
        "preferred": given["preferred"],
    }


def _bp(percent: Decimal) -> int:
    return int(percent * 100)


def filled(asked: Asked) -> dict[str, Any]:
    """The same as what the forms begin with."""
    return {
        "company": {"shares": asked["shares"], "proceeds_fen": asked["proceeds_fen"]},
        "holders": [
            {"name": name, "part": f"{bp / 100:g}"} for name, bp in asked["holders_bp"].items()
        ],
        "rounds": [
            {
                "name": one["name"], "pre_money_fen": one["pre_money_fen"], "investor": name,
                "money_fen": fen, "preferred": one["preferred"],
                "pool": f"{one['pool_bp'] / 100:g}" if one["pool_bp"] is not None else "",
            }
            for one in asked["rounds"]
            for name, fen in one["investments"].items()
        ],
    }  # fmt: skip
