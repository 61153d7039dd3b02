"""What does somebody fill in to bring a list in?"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.parties.models import Membership
from pilotharbor.web.transfer.kinds import KINDS

LARGEST_UPLOAD = 300 << 20


class UploadForm(forms.Form):
    """A kind of list, a file, and how strict to be."""

    kind = forms.ChoiceField(label=_("What does the file hold?"))
    file = forms.FileField(
        label=_("File"), help_text=_("CSV, XLSX or JSON lines, with headings as in the template.")
    )
    partial = forms.BooleanField(
        label=_("Load the good rows even if others are bad"),
        help_text=_("Otherwise one bad row keeps the whole file out."),
        required=False,
    )
    submit = forms.BooleanField(
        label=_("Put what is new up for review"),
        help_text=_(
            "Results, needs and scenarios stay drafts otherwise; another person publishes them."
        ),
        required=False,
    )

    def __init__(self, *args: Any, actor: Membership, **options: Any) -> None:
        """Offer the kinds this person may import."""
        super().__init__(*args, **options)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(k.name, k.label) for k in KINDS.values() if k.may(actor)]
        self.fields["file"].widget.attrs["accept"] = ".csv,.tsv,.txt,.xlsx,.xlsm,.jsonl,.ndjson"

    def clean_file(self) -> Any:
        """Refuse what is larger than the server would read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_UPLOAD:
            raise forms.ValidationError(
                _("At most 300 MB; split the file, or import it at the terminal.")
            )
        return file
