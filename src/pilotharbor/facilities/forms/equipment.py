"""What people type about a machine, its papers, its proofs and what goes with it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.facilities.forms.parts import SiteField, day_field, scale_field
from pilotharbor.facilities.models import (
    Equipment,
    EquipmentPaper,
    EquipmentQualification,
    Site,
)
from pilotharbor.kernel.fields import YuanField

ACCEPTED = ".pdf,.docx,.xlsx,.pptx,.png,.jpg,.jpeg,.txt,.csv"


class EquipmentForm(forms.Form):
    """A machine of a line."""

    asset_no = forms.CharField(label=_("Asset number"), max_length=40)
    name = forms.CharField(label=_("Name of the equipment"), max_length=120)
    model = forms.CharField(label=_("Model"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Used for"), choices=Equipment.Kind)
    value_fen = YuanField(
        label=_("Original value"),
        required=False,
        help_text=_("In yuan, such as 800,000 or 1,234.56."),
    )
    purchase_date = day_field(_("Bought on"), required=False)
    scale_min_g = scale_field(_("Smallest scale (g)"))
    scale_max_g = scale_field(
        _("Largest scale (g)"),
        help_text=_("In gram: 5 kg is 5000. The scale-up factor follows from the two."),
    )
    place_id = SiteField(
        Site.objects.none(),
        label=_("Site, where it is not that of its line"),
        required=False,
        empty_label=_("Where its line stands"),
    )
    specification = forms.CharField(
        label=_("Technical data"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_shared = forms.BooleanField(
        label=_("Open to others"),
        required=False,
        initial=True,
        help_text=_("Shown on the public page of open services."),
    )

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["place_id"]
        field.queryset = sites


class LinkForm(forms.Form):
    """What is taken together with it."""

    other_id = forms.ModelChoiceField(
        Equipment.objects.none(), label=_("Equipment"), empty_label=_("Choose equipment")
    )
    reason = forms.CharField(
        label=_("Why they go together"),
        max_length=200,
        required=False,
        help_text=_("Such as: one vacuum pump for both."),
    )

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["other_id"]
        field.queryset = choices
        field.label_from_instance = lambda machine: f"{machine.name} · {machine.asset_no}"


class PaperForm(forms.Form):
    """A photo or paper, what it is, and who sees it."""

    kind = forms.ChoiceField(label=_("Kind of paper"), choices=EquipmentPaper.Kind)
    about = forms.CharField(label=_("What it shows"), max_length=200, required=False)
    is_public = forms.BooleanField(
        label=_("Everybody who sees the equipment may open it"), required=False
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


class QualificationForm(forms.Form):
    """What the machine is proved fit for."""

    kind = forms.ChoiceField(label=_("Kind of qualification"), choices=EquipmentQualification.Kind)
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("A later one of the same kind and name takes its place."),
    )
    number = forms.CharField(label=_("Number of the certificate"), max_length=80, required=False)
    issuer = forms.CharField(label=_("Issued by"), max_length=120, required=False)
    issued_date = day_field(_("Issued on"))
    last_day = day_field(
        _("Valid through"), required=False, help_text=_("Leave empty where it has no end.")
    )
    paper_id = forms.ModelChoiceField(
        EquipmentPaper.objects.none(),
        label=_("Paper it rests on"),
        required=False,
        empty_label=_("No paper here"),
    )

    def __init__(self, *args: Any, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["paper_id"]
        field.queryset = papers
