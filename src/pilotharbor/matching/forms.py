"""What people type about matches."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.regions import PROVINCES
from pilotharbor.matching.marks import Narrowing
from pilotharbor.technologies import industries
from pilotharbor.technologies.models import Cooperation


class ReasonForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=_("Why does it not fit?"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )


class NarrowingForm(forms.Form):
    """What finds are narrowed to; kept in the address."""

    industry = forms.ChoiceField(label=_("Industry"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    trl_from = forms.TypedChoiceField(
        label=_("Readiness (TRL) from"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "—"), *((level, level) for level in range(1, 10))],
    )
    cooperation = forms.ChoiceField(
        label=_("Way to work together"), required=False, choices=[("", "—"), *Cooperation.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zh = (get_language() or "zh").startswith("zh")
        regions = [(f"{code}0000", p.zh if zh else p.en) for code, p in PROVINCES.items()]
        chosen: Any = self.fields
        chosen["industry"].choices = [("", "—"), *industries.choices()]
        chosen["region"].choices = [("", "—"), *regions]

    def narrowing(self, *, direction: str = "") -> Narrowing:
        """What is chosen; what cannot be chosen does not narrow."""
        self.is_valid()
        said = self.cleaned_data
        way = said.get("cooperation")
        return Narrowing(
            industry=said.get("industry") or "",
            region=said.get("region") or "",
            trl_from=said.get("trl_from"),
            cooperation=(way,) if way else (),
            direction=direction,
        )
