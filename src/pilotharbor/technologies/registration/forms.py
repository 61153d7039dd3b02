"""What the register asks, on one page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.technologies.models import Achievement
from pilotharbor.technologies.notices.forms import day_field
from pilotharbor.technologies.registration import content, queries


def _choice(label: Any, words: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "—"), *words.choices], required=False)


class RegistrationForm(forms.Form):
    """What the register wants beside the entry; everything may be left for later."""

    category = _choice(_("Kind of result"), content.Category)
    attribute = _choice(_("Attribute of the result"), content.Attribute)
    form = _choice(_("Embodied in"), content.Form)
    level = _choice(_("Level of the result"), content.Level)
    stage = _choice(_("Stage"), content.Stage)
    keywords = forms.CharField(
        label=_("Keywords (three at most)"), max_length=200, required=False,
        help_text=_("Separated by commas; those of the result where it has three or fewer."),
    )  # fmt: skip
    recommended_by = forms.CharField(label=_("Recommending body"), max_length=200, required=False)
    research_from = forms.CharField(
        label=_("Research began in"), max_length=7, required=False, help_text=_("Like 2024-03.")
    )
    research_to = forms.CharField(label=_("Research ended in"), max_length=7, required=False)
    brief = forms.CharField(
        label=_("Account (2,000 characters at most)"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Left empty, the summary of the result goes to the register."),
    )  # fmt: skip
    proofs = forms.MultipleChoiceField(
        label=_("Enclosed"), choices=content.Proof.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    number = forms.CharField(
        label=_("Registration number"), max_length=20, required=False,
        help_text=_("Once the register has given it, such as 0012026Y0001."),
    )  # fmt: skip
    registered_on = day_field(_("Day of registration"), required=False)

    def clean_keywords(self) -> list[str]:
        """One keyword each, whatever separated them."""
        text: str = self.cleaned_data["keywords"]
        for mark in "，、；;\n":
            text = text.replace(mark, ",")
        return [word.strip() for word in text.split(",") if word.strip()]


def initial_of(entry: Achievement) -> dict[str, Any]:
    """What the form shows of a result."""
    return {**entry.registration, "keywords": "，".join(queries.keywords_of(entry))}
