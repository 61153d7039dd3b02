"""What people type about accreditation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.governance.models import Accreditation


class FilingForm(forms.Form):
    """An application."""

    kind = forms.ChoiceField(label=_("Accreditation"), choices=Accreditation.Kind)
    statement = forms.CharField(
        label=_("On what does it rest?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Legal body, site, equipment with its value, people, services and their number."
        ),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
