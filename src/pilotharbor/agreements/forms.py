"""What people type when they draft, sign or give up an agreement."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.agreements.models import Agreement, Milestone, RevenueShareTerm
from pilotharbor.agreements.terms import MOST_MILESTONES
from pilotharbor.kernel.fields import PercentField, SpareRow, SpareRows, YuanField, rows_of
from pilotharbor.parties.models import Organisation


class DraftForm(forms.Form):
    """The terms, apart from the milestones."""

    parties = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("Further parties"),
        required=False,
        help_text=_("Owner, enterprise and platform of the project are parties in any case."),
    )
    fee_fen = YuanField(label=_("Fee for the pilot"), help_text=_("In yuan, such as 800,000.00."))
    vat_bp = PercentField(label=_("VAT rate in percent"), initial=600)
    fee_includes_vat = forms.BooleanField(
        label=_("The fee includes VAT"), required=False, initial=True
    )
    improvement_ip = forms.ChoiceField(
        label=_("Who owns improvements?"),
        choices=Agreement.ImprovementIp,
        widget=forms.RadioSelect,
        help_text=_("Whatever departs from the statute is marked in the paper and on this page."),
    )
    governing_statute_note = forms.BooleanField(
        label=_("Print the note on departures into the paper"), required=False, initial=True
    )
    rate_bp = PercentField(
        label=_("Share of later revenue in percent"),
        required=False,
        help_text=_("Leave it empty where nothing is shared."),
    )
    payer_id = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Paid by"), required=False, empty_label=_("Nobody")
    )
    payee_id = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Paid to"), required=False, empty_label=_("Nobody")
    )
    base = forms.ChoiceField(
        label=_("Base of the share"), choices=RevenueShareTerm.Base, required=False
    )

    def __init__(
        self, *args: Any, organisations: Any, further: Any, parties: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("parties", further),
            ("payer_id", organisations),
            ("payee_id", parties),
        ):
            field: Any = self.fields[name]
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """A share of revenue wants a rate, a payer and a payee together."""
        given = super().clean() or {}
        share = [given.get(name) for name in ("rate_bp", "payer_id", "payee_id")]
        if any(share) and not all(share):
            for name, value in zip(("rate_bp", "payer_id", "payee_id"), share, strict=True):
                if not value and name not in self.errors:
                    self.add_error(name, _("A share of revenue wants rate, payer and payee."))
        return given


class MilestoneForm(SpareRow):
    """A part of the fee."""

    key = forms.CharField(label=_("Milestone"), max_length=40)
    share_bp = PercentField(label=_("Share in percent"))
    evidence = forms.ChoiceField(label=_("Falls due when"), choices=Milestone.Evidence)
    nth = forms.IntegerField(
        label=_("Which released batch, counted from 1"),
        min_value=1,
        max_value=200,
        initial=1,
        required=False,
        # The page shows it only where the evidence is a batch.
        widget=forms.NumberInput(attrs={"class": "of-batch"}),
    )

    def has_changed(self) -> bool:
        """A spare row in which only the preset choices stand is still empty."""
        return bool({"key", "share_bp"} & set(self.changed_data)) or not self.empty_permitted


class MilestoneFormSet(SpareRows):
    """Milestones, of which the filled ones that are not crossed out count."""

    crossed_out = _("Leave this milestone out")


def milestone_forms(rows: int) -> type[MilestoneFormSet]:
    """A set of milestones with so many empty rows below those that are filled."""
    return rows_of(MilestoneForm, MilestoneFormSet, spare=rows, most=MOST_MILESTONES)


def plain_name(text: str) -> str:
    """A name without what differs between keyboards: width, blanks, case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


class SignForm(forms.Form):
    """That this very paper was read, said under one's own name.

    The digest of the paper that was shown goes along, and the command compares it.
    """

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    read = forms.BooleanField(label=_("I have read this paper to its end."))
    name = forms.CharField(
        label=_("Your full name, typed"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, signer: str, paper: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signer = signer
        self.fields["name"].help_text = _("As it stands in your account: {name}").format(
            name=signer
        )
        if paper:
            self.fields["read"].label = _("I have read {paper} to its end.").format(paper=paper)

    def clean_name(self) -> str:
        """What was typed must be the signer's own name."""
        typed = str(self.cleaned_data["name"])
        if plain_name(typed) != plain_name(self.signer):
            raise forms.ValidationError(
                _("This is not your name as it stands in your account: {name}").format(
                    name=self.signer
                )
            )
        return typed


class VoidForm(forms.Form):
    """Why it is given up."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
