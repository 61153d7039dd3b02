"""What people type when they ask for a line, decide, or record its use."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.booking.models import Booking
from pilotharbor.parties.models import Membership
from pilotharbor.projects.models import Project


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A day and a time in Shanghai."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)


class RequestForm(forms.Form):
    """A line asked for."""

    project_id = forms.ModelChoiceField(
        Project.objects.none(), label=_("For which project?"), empty_label=_("Choose a project")
    )
    start = moment_field(_("From"))
    end = moment_field(_("Until"))
    billing = forms.ChoiceField(
        label=_("How is it charged?"),
        choices=Booking.Billing,
        widget=forms.RadioSelect,
        initial=Booking.Billing.BATCH,
    )
    batch_no = forms.IntegerField(
        label=_("Batch number"), min_value=1, max_value=32767, required=False
    )
    material = forms.CharField(label=_("Material used"), max_length=200, required=False)
    hazard = forms.CharField(
        label=_("Hazards"),
        max_length=200,
        required=False,
        help_text=_("Flammable, toxic, under pressure: whatever the engineer must know."),
    )
    wants_engineer = forms.BooleanField(
        label=_("An engineer shall help"), required=False, initial=True
    )
    retrospective = forms.BooleanField(
        label=_("It has taken place already and is entered afterwards"), required=False
    )

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["project_id"]
        field.queryset = projects
        if len(only := list(projects[:2])) == 1:
            field.initial = only[0].pk


class ApprovalForm(forms.Form):
    """Who runs it, and why it is accepted although it has begun."""

    engineer_id = forms.ModelChoiceField(
        Membership.objects.none(), label=_("Engineer"), required=False, empty_label=_("Nobody yet")
    )
    override_reason = forms.CharField(
        label=_("Why is it accepted afterwards?"),
        max_length=500,
        required=False,
        help_text=_("Only for slots that have begun already. It stays on record."),
    )

    def __init__(self, *args: Any, engineers: Any, late: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["engineer_id"]
        field.queryset = engineers
        field.label_from_instance = lambda member: member.person.name
        if not late:
            del self.fields["override_reason"]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class UsageForm(forms.Form):
    """What was really used."""

    start = moment_field(_("Really used from"))
    end = moment_field(_("Really used until"))
    note = forms.CharField(label=_("Remark"), max_length=500, required=False)
