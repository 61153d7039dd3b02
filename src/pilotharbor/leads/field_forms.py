"""What people type about visits, teams and managers."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.leads.forms import DAY, PersonField
from pilotharbor.leads.models import ManagerProfile, Problem, Qualification, Team
from pilotharbor.parties.models import Organisation

CODES = re.compile(r"[,，、;；\s]+")


def listed(text: str) -> list[str]:
    """The parts of what people wrote with commas between."""
    return [part for part in CODES.split(text.strip()) if part]


class ProblemForm(forms.Form):
    """One line of the problem list."""

    title = forms.CharField(label=_("Problem"), max_length=200)
    words = forms.CharField(
        label=_("In words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    field = forms.CharField(
        label=_("Trade (code of GB/T 4754)"), max_length=5, required=False,
        help_text=_("Such as C26; may be left empty."),
    )  # fmt: skip
    urgency = forms.ChoiceField(
        label=_("How urgent?"), choices=Problem.Urgency, initial=Problem.Urgency.NORMAL
    )


class VisitForm(forms.Form):
    """A visit, with its first problem if there was one."""

    enterprise_id: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        None, label=_("Enterprise")
    )
    visit_date = forms.DateField(label=_("Day"), widget=DAY)
    team_id: forms.ModelChoiceField[Team] = forms.ModelChoiceField(
        None, label=_("With a dedicated team"), required=False, empty_label=_("On my own")
    )
    people = forms.CharField(label=_("Who took part, from both sides?"), max_length=500)
    place = forms.CharField(label=_("Where?"), max_length=200, required=False)
    summary = forms.CharField(
        label=_("What was it about?"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, enterprises: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["enterprise_id"].queryset = enterprises
        fields["team_id"].queryset = teams


class AnswerForm(forms.Form):
    """What is answered."""

    words = forms.CharField(
        label=_("In words"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class TeamForm(forms.Form):
    """A dedicated team."""

    name = forms.CharField(label=_("Name of the team"), max_length=80)
    purpose = forms.CharField(
        label=_("What for?"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    field = forms.CharField(label=_("Trade (code of GB/T 4754)"), max_length=5, required=False)
    region = forms.CharField(
        label=_("Region (digits of GB/T 2260)"), max_length=6, required=False,
        help_text=_("Two digits for a province, four for a city, six for a district."),
    )  # fmt: skip


class MemberForm(forms.Form):
    """Somebody to take in."""

    membership_id = PersonField(None, label=_("Person"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["membership_id"]
        field.queryset = people


class ProfileForm(forms.Form):
    """What a manager shows of themselves."""

    fields_known = forms.CharField(
        label=_("Trades you know (codes of GB/T 4754)"), max_length=200, required=False,
        help_text=_("With commas between, such as C26, C38."),
    )  # fmt: skip
    regions = forms.CharField(
        label=_("Where you work (digits of GB/T 2260)"), max_length=200, required=False,
        help_text=_("With commas between, such as 3302, 3304."),
    )  # fmt: skip
    languages = forms.CharField(
        label=_("Languages"), max_length=200, required=False,
        help_text=_("With commas between."),
    )  # fmt: skip
    about = forms.CharField(
        label=_("About you"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class LevelForm(forms.Form):
    """A manager's level."""

    level = forms.ChoiceField(label=_("Level"), choices=ManagerProfile.Level, required=False)
    level_basis = forms.CharField(
        label=_("What it rests on"), max_length=200, required=False,
        help_text=_("The certificate or decision, with its number and issuer."),
    )  # fmt: skip


class QualificationForm(forms.Form):
    """A training or a credential."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=Qualification.Kind)
    title = forms.CharField(label=_("Title"), max_length=200)
    issuer = forms.CharField(label=_("Given by"), max_length=200)
    number = forms.CharField(label=_("Number"), max_length=80, required=False)
    hours = forms.IntegerField(
        label=_("Hours of training"), min_value=1, max_value=10_000, required=False
    )
    obtained_date = forms.DateField(label=_("Obtained on"), widget=DAY)
    expires_date = forms.DateField(
        label=_("Last day it holds"), widget=DAY, required=False,
        help_text=_("Left empty where it does not expire."),
    )  # fmt: skip


class PeriodForm(forms.Form):
    """From when to when."""

    first = forms.DateField(label=_("From"), widget=DAY)
    last = forms.DateField(label=_("Up to and including"), widget=DAY)

    def clean(self) -> dict[str, Any]:
        """The end is not before the beginning."""
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", _("The end lies before the beginning."))
        return given
