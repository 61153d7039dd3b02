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
    cpc = forms.CharField(
        label=_("CPC symbols"), max_length=600, required=False,
        help_text=_("Such as Y02E 60/10; several are separated by commas or semicolons."),
    )  # fmt: skip
    priority_no = forms.CharField(
        label=_("Priority number"), max_length=60, required=False,
        help_text=_("Number of the first filing, such as 202310001234.7 or US17/123456."),
    )  # fmt: skip
    family = forms.CharField(
        label=_("Family number"), max_length=60, required=False,
        help_text=_(
            "Only where a register states one. Entries with the same number, or else with the same "
            "first filing, are shown as one family."
        ),
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
        return _apart(self.cleaned_data["ipc"])

    def clean_cpc(self) -> list[str]:
        """The same for the other classification."""
        return _apart(self.cleaned_data["cpc"])


def _apart(text: str) -> list[str]:
    said = re.split(r"[,;，；、\n]", text)
    return [one.strip() for one in said if one.strip()]


def initial_of(right: IpAsset) -> dict[str, Any]:
    """What the form shows of a right."""
    names = [name for name in RightForm.base_fields if name not in {"ipc", "cpc"}]
    symbols = {"ipc": "，".join(right.ipc), "cpc": "，".join(right.cpc)}
    return {name: getattr(right, name) for name in names} | symbols
