"""What people say about a file they add."""

from django import forms
from django.utils.translation import gettext_lazy as _

ACCEPTED = ".pdf,.docx,.xlsx,.pptx,.png,.jpg,.jpeg,.txt,.csv"


class FileForm(forms.Form):
    """A file, what it is, and who may read it."""

    about = forms.CharField(
        label=_("What is in the file?"),
        max_length=200,
        required=False,
        help_text=_("Such as: test report of the third batch."),
    )
    confidential = forms.ChoiceField(
        label=_("Who may read the file?"),
        choices=[
            ("yes", _("Whoever reads the detail; each reading is recorded as for the detail")),
            ("no", _("Whoever sees the entry")),
        ],
        initial="yes",
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=_("PDF, Word, Excel, PowerPoint, PNG, JPEG, text or CSV; 20 MB at most."),
        error_messages={
            "empty": _("This file is empty."),
            "max_length": _("The name of this file is too long."),
        },
    )
