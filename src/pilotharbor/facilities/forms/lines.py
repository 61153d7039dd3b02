"""What people type about a line, its place, its people and its safety list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.facilities.forms.parts import SiteField, day_field
from pilotharbor.facilities.models import SafetyItem, Site, SiteKind
from pilotharbor.parties.models import Membership


class LineForm(forms.Form):
    """A line in words and numbers."""

    name = forms.CharField(label=_("Name of the line"), max_length=120)
    place_id = SiteField(
        Site.objects.none(),
        label=_("Site"),
        required=False,
        empty_label=_("No site yet"),
        help_text=_("One of your sites; the line takes on its kind."),
    )
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
    reviews_needed = forms.IntegerField(
        label=_("How many people review a request?"),
        min_value=1,
        max_value=3,
        initial=1,
        required=False,
        help_text=_("One to three different people; one refusal refuses."),
    )
    hold_hours = forms.IntegerField(
        label=_("For how many hours does a request hold its slot?"),
        min_value=0,
        max_value=720,
        initial=0,
        required=False,
        help_text=_("0: nothing is held, and the slot is looked at again on approval."),
    )
    quota_hours_week = forms.IntegerField(
        label=_("Most hours of one organisation a week"),
        min_value=1,
        max_value=168,
        required=False,
    )

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["place_id"]
        field.queryset = sites


class SiteForm(forms.Form):
    """A place of the platform."""

    name = forms.CharField(label=_("Name of the site"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind of site"), choices=SiteKind, initial="workshop")
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    about = forms.CharField(
        label=_("How to find it, and what holds there"), max_length=1000, required=False
    )


class SafetyForm(forms.Form):
    """One more thing to acknowledge before work begins."""

    topic = forms.ChoiceField(label=_("What it is about"), choices=SafetyItem.Topic)
    text = forms.CharField(
        label=_("What is to be acknowledged"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One sentence that somebody confirms before work begins."),
    )
    only_with_hazard = forms.BooleanField(
        label=_("Only where the material is declared hazardous"), required=False, initial=True
    )
    reference = forms.CharField(
        label=_("Permit or procedure behind it"),
        max_length=120,
        required=False,
        help_text=_("Such as the number of the environmental approval."),
    )
    last_day = day_field(
        _("Permit valid through"), required=False, help_text=_("Leave empty where it has no end.")
    )


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
