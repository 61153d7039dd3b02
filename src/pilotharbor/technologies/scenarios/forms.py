"""What people type about scenarios, one question a step, and about answers to them."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.fields import YuanField
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.forms import PlaceForm, ReadersForm, WordsForm
from pilotharbor.technologies.models import Cooperation, Direction, Frontier, Scenario
from pilotharbor.technologies.scenarios import queries

FIELDS = ("direction", "title", "summary", "conditions", "industry", "region", "frontier",
          "domestic_substitution", "budget_fen", "cooperation", "answers_until_date",
          "confidentiality", "detail")  # fmt: skip


def _day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


class ScenarioWordsForm(WordsForm):
    """Who looks for whom, and what it is about."""

    direction = forms.ChoiceField(
        label=_("Who looks for whom?"),
        choices=[
            (
                Direction.SEEKS_PRODUCT,
                _(
                    "We have a place where something is needed, and look for a product that does it."
                ),
            ),
            (
                Direction.SEEKS_SCENARIO,
                _("We have a product, and look for a place where it may be tried in earnest."),
            ),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("direction", "title", "summary", "keywords")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["summary"].help_text = _(
            "What is done there today, what the product must do and how you will see that it does."
            " Figures such as “up-time ≥ 98 %” help those who answer."
        )


class ConditionsForm(PlaceForm):
    """Where it is, and what is offered for the trial."""

    conditions = forms.CharField(
        label=_("What do you offer for the trial?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Place, equipment, media, people, how long it may run, and what must not stop."
        ),
    )
    frontier = forms.ChoiceField(
        label=_("Strategic field"), required=False, choices=[("", "—"), *Frontier.choices]
    )
    domestic_substitution = forms.BooleanField(
        label=_("It is to take the place of something imported (domestic substitution)."),
        required=False,
    )
    field_order = ("conditions", "region", "industry", "frontier", "domestic_substitution")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["discipline"], self.fields["discipline_code"]


class TermsForm(forms.Form):
    """Until when, for how much and how."""

    answers_until_date = _day(
        _("Last day for answers"), required=False, help_text=_("Left empty, it stays open.")
    )
    budget_fen = YuanField(
        label=_("Budget for the trial and the first order, in yuan"),
        required=False,
        help_text=_("Such as 500,000."),
    )
    cooperation = forms.MultipleChoiceField(
        label=_("How would you work together?"),
        required=False,
        choices=Cooperation.choices,
        widget=forms.CheckboxSelectMultiple,
    )


def initial_of(entry: Scenario | None) -> dict[str, Any]:
    """What the steps show of a scenario."""
    if entry is None:
        return {"direction": Direction.SEEKS_PRODUCT, "confidentiality": "public"}
    shown = {name: getattr(entry, name) for name in FIELDS}
    return shown | {"keywords": "，".join(entry.keywords)}


class AnswerForm(forms.Form):
    """What one offers."""

    offer = forms.CharField(
        label=_("What do you offer?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "How you would do it, what it reaches today and who has seen that, what you need for the"
            " trial. Only the owner of the scenario reads it."
        ),
    )
    achievement_id: Any = forms.ModelChoiceField(
        None, label=_("One of your published results"), required=False
    )
    ip_asset_id: Any = forms.ModelChoiceField(None, label=_("One of your rights"), required=False)

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("achievement_id", queries.offerable_achievements(actor)),
            ("ip_asset_id", queries.offerable_rights(actor)),
        ):
            field: Any = self.fields[name]
            field.queryset = rows
            if not rows.exists():
                del self.fields[name]
        if "ip_asset_id" in self.fields:
            asset: Any = self.fields["ip_asset_id"]
            asset.label_from_instance = lambda right: " · ".join(
                part
                for part in (
                    str(right.get_kind_display()), right.application_no, right.achievement.title
                )
                if part
            )  # fmt: skip

    def answers(self) -> dict[str, Any]:
        """What the command takes."""
        said = self.cleaned_data
        chosen = {name: said.get(name) for name in ("achievement_id", "ip_asset_id")}
        return {"offer": said["offer"], **{k: v and v.pk for k, v in chosen.items()}}


class ChooseForm(forms.Form):
    """Why this one."""

    reason = forms.CharField(
        label=_("Why this answer and not the others?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Those who are not chosen read this sentence; write it so that it helps them."),
    )


class CloseForm(forms.Form):
    """Why it ends."""

    reason = forms.CharField(
        label=_("Why does it end without an order?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody whose answer still stands reads it."),
    )


class TrialForm(forms.Form):
    """How the trial went."""

    passed = forms.TypedChoiceField(
        label=_("Did it do what was asked?"),
        choices=[("yes", _("Passed")), ("no", _("Not passed"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What was found?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Figures reached against figures asked for, under which conditions, who was there."
        ),
    )
    trial_date = _day(_("Last day of the trial"))


class OrderForm(forms.Form):
    """The first order."""

    amount_fen = YuanField(label=_("Amount in yuan"), help_text=_("Such as 500,000."))
    order_date = _day(_("Day of the order"))


def today(form: forms.Form, name: str, day: date) -> None:
    """Propose today, and nothing later."""
    form.fields[name].initial = day
    form.fields[name].widget.attrs["max"] = day.isoformat()


STEP_FORMS = (ScenarioWordsForm, ConditionsForm, TermsForm, ReadersForm)
