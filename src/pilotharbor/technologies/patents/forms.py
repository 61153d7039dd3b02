"""What people copy from a patent register."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.technologies.models import IpAsset
from pilotharbor.technologies.notices.forms import day_field


class RightForm(forms.Form):
    """What a register says of a right."""

    title = forms.CharField(label=_("Title of the right"), max_length=200, required=False)
    legal_status = forms.ChoiceField(label=_("Legal status"), choices=IpAsset.LegalStatus.choices)
    filing_date = day_field(_("Filed with the office on"), required=False)
    publication_no = forms.CharField(
        label=_("Publication number"), max_length=40, required=False,
        help_text=_("Such as CN110000001A."),
    )  # fmt: skip
    publication_date = day_field(_("Made public by the office on"), required=False)
    grant_date = day_field(_("Granted on"), required=False)
    applicant = forms.CharField(label=_("Applicant"), max_length=200, required=False)
    right_holder = forms.CharField(label=_("Right holder"), max_length=200, required=False)
    ipc = forms.CharField(
        label=_("IPC symbols"), max_length=600, required=False,
        help_text=_("Such as H01M 10/0562; several are separated by commas or semicolons."),
    )  # fmt: skip
    priority = forms.CharField(
        label=_("Priority"), max_length=200, required=False,
        help_text=_("Number, day and office of the earlier filing."),
    )  # fmt: skip
    abstract = forms.CharField(
        label=_("Abstract"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip

    def clean_ipc(self) -> list[str]:
        """One symbol each, whatever separated them."""
        said = re.split(r"[,;，；、\n]", self.cleaned_data["ipc"])
        return [text.strip() for text in said if text.strip()]


def initial_of(right: IpAsset) -> dict[str, Any]:
    """What the form shows of a right."""
    names = [name for name in RightForm.base_fields if name != "ipc"]
    return {name: getattr(right, name) for name in names} | {"ipc": "，".join(right.ipc)}
