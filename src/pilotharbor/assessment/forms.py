"""What people type in an assessment: a panel, points, a statement, a decision."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.fields import SpareRow, SpareRows, rows_of
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
    """The mark that passes, and why the panel is smaller than the rule asks, if it is."""

    pass_mark = forms.DecimalField(
        label=_("Pass mark (0 to 100)"), min_value=0, max_value=100, decimal_places=4, initial=75
    )
    override_reason = forms.CharField(
        label=_("Why fewer experts or fields judge this project"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Only where the panel has fewer than the rule asks; the reason stays on record."
        ),
    )


class DissolveForm(forms.Form):
    """Why the panel is sent home."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class CriterionForm(SpareRow):
    """One criterion and its weight."""

    key = forms.CharField(label=_("Criterion"), max_length=40)
    weight = forms.DecimalField(label=_("Weight (%)"), min_value=0, max_value=100, decimal_places=2)


class SeatForm(SpareRow):
    """One expert and what they judge: what their profile says, unless another field is written."""

    expert_id = ExpertField(None, label=_("Expert"), empty_label=_("Choose the expert"))
    field = forms.CharField(
        label=_("Field"),
        max_length=80,
        required=False,
        help_text=_("Empty: the field in the expert's profile."),
    )

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

    def clean(self) -> dict[str, Any]:
        """The field comes from the profile where none was written."""
        given = super().clean()
        expert = given.get("expert_id")
        if expert is not None and not given.get("field"):
            given["field"] = expert.field[:80]
            if not expert.field:
                self.add_error("field", _("The profile names no field; say which one they judge."))
        return given


def criterion_forms(rows: int = 2) -> type[SpareRows]:
    """Criteria with room for some more."""
    return rows_of(CriterionForm, SpareRows, spare=rows, most=30)


def seat_forms(rows: int = 5) -> type[SpareRows]:
    """Seats with some to spare; empty ones are left out."""
    return rows_of(SeatForm, SpareRows, spare=rows, most=50)


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
