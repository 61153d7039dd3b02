"""What people type in an assessment: a panel, points, a statement, a decision."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import TrlScale

# What a panel usually scores; any other word may be written instead.
CRITERIA: dict[str, object] = {
    "technical": _("Technology"),
    "market": _("Market"),
    "risk": _("Risk"),
    "team": _("Team"),
    "ip": _("Intellectual property"),
}
USUAL = (("technical", 40), ("market", 35), ("risk", 25))


def criterion_name(key: str) -> str:
    """A criterion in the reader's words; a free one as it was written."""
    return str(CRITERIA.get(key, key))


def key_of(name: str) -> str:
    """The key behind a usual word in the reader's language, else the word itself."""
    wanted = name.strip()
    return next((key for key, said in CRITERIA.items() if str(said) == wanted), wanted)


class ExpertField(forms.ModelChoiceField[Membership]):
    """A review expert, with the field they know."""

    def label_from_instance(self, obj: Any) -> str:
        """Name · field · organisation."""
        return " · ".join(p for p in (obj.person.name, obj.field, obj.organisation.name) if p)


class PanelForm(forms.Form):
    """The mark that passes."""

    pass_mark = forms.DecimalField(
        label=_("Pass mark (0 to 100)"), min_value=0, max_value=100, decimal_places=4, initial=75
    )


class CriterionForm(forms.Form):
    """One criterion and its weight."""

    key = forms.CharField(label=_("Criterion"), max_length=40)
    weight = forms.DecimalField(label=_("Weight (%)"), min_value=0, max_value=100, decimal_places=2)


class SeatForm(forms.Form):
    """One expert and what they judge."""

    expert_id = ExpertField(None, label=_("Expert"))
    field = forms.CharField(label=_("Field"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["expert_id"]
        chosen.queryset = (
            Membership.objects.filter(
                role=Role.EXPERT,
                status=Membership.Status.ACTIVE,
                person__is_active=True,
                organisation__status=Organisation.Status.APPROVED,
            )
            .select_related("person", "organisation")
            .order_by("field", "person__name")
        )


def criterion_forms() -> type[BaseFormSet[CriterionForm]]:
    """Criteria with room for two more."""
    return formset_factory(CriterionForm, extra=2, max_num=30)


def seat_forms() -> type[BaseFormSet[SeatForm]]:
    """Five seats; empty ones are left out."""
    return formset_factory(SeatForm, extra=5, max_num=50)


class ScoreForm(forms.Form):
    """Points for exactly the criteria of one panel."""

    opinion = forms.CharField(
        label=_("Opinion"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Read by the convener once the panel is closed, never by other experts."),
    )

    def __init__(self, *args: Any, weights: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opinion = self.fields.pop("opinion")
        for key, weight in weights.items():
            self.fields[f"scores.{key}"] = forms.DecimalField(
                label=criterion_name(key),
                min_value=0,
                max_value=100,
                decimal_places=4,
                help_text=_("0 to 100 points; weight {percent}%").format(
                    percent=f"{weight / 100:g}"
                ),
            )
        self.fields["opinion"] = opinion

    @property
    def points(self) -> dict[str, str]:
        """What was given, as decimal strings by criterion."""
        return {
            name.removeprefix("scores."): str(value)
            for name, value in self.cleaned_data.items()
            if name.startswith("scores.")
        }


class TrlForm(forms.Form):
    """A rung of a named ladder."""

    scale = forms.ChoiceField(label=_("Scale"), choices=TrlScale)
    level = forms.IntegerField(label=_("Level"), min_value=1, max_value=13)
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A report, a record, a test: what a stranger could check."),
    )


class PilotForm(forms.Form):
    """Whether a pilot is needed."""

    needed = forms.ChoiceField(
        label=_("Does this project need a pilot?"),
        choices=[("yes", _("Yes, it is tried at pilot scale")), ("no", _("No, it is exempt"))],
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label=_("Reasons"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
