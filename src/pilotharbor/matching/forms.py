"""What people type about matches."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=_("Why does it not fit?"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )
