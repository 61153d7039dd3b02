"""What a list of papers is narrowed by."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.documents.models import Document


class FilterForm(forms.Form):
    """Which papers."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("All kinds")), *Document.Kind.choices],
        required=False,
        widget=forms.Select(attrs={"data-submits": True}),
    )
