"""What people type when they draft, sign or give up an agreement."""

from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from pilotharbor.agreements.models import Agreement, Milestone, RevenueShareTerm
from pilotharbor.agreements.terms import MOST_MILESTONES
from pilotharbor.kernel.fields import YuanField
from pilotharbor.parties.models import Organisation

# How much of the digest a person types to say which paper is meant.
TYPED = 8


class PercentField(forms.DecimalField):
    """A percentage as people write it (``6``, ``12.5``), cleaned to integer basis points."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=100, decimal_places=2, **options)
        self.widget.attrs["inputmode"] = "decimal"

    def clean(self, value: Any) -> Any:
        """Basis points, or ``None`` when left empty."""
        text = value.strip().removesuffix("%").strip() if isinstance(value, str) else value
        given: Decimal | None = super().clean(text)
        return None if given is None else int(given * 100)

    def prepare_value(self, value: Any) -> Any:
        """Basis points as people write them; what somebody typed stays as typed."""
        return f"{Decimal(value) / 100:f}" if isinstance(value, int) else value


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
        initial=Agreement.ImprovementIp.SPIN_OFF,
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


class MilestoneForm(forms.Form):
    """A part of the fee."""

    key = forms.CharField(label=_("Milestone"), max_length=40)
    share_bp = PercentField(label=_("Share in percent"))
    evidence = forms.ChoiceField(label=_("Falls due when"), choices=Milestone.Evidence)
    nth = forms.IntegerField(
        label=_("Which batch"), min_value=1, max_value=200, initial=1, required=False
    )


def milestone_forms(rows: int) -> type[BaseFormSet[MilestoneForm]]:
    """A set of milestones with so many empty rows below those that are filled."""
    return formset_factory(MilestoneForm, extra=rows, max_num=MOST_MILESTONES)


class SignForm(forms.Form):
    """Which paper is signed: the digest that was shown, and its beginning typed again."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    typed = forms.CharField(
        label=_("First eight characters of the digest"),
        max_length=TYPED,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=_(
            "Type them from the paper's digest, so that nothing else is signed by mistake."
        ),
    )

    def clean_typed(self) -> str:
        """What was typed must be how the digest begins."""
        typed = str(self.cleaned_data["typed"]).strip().lower()
        if typed != self.cleaned_data.get("sha256", "")[:TYPED].lower():
            raise forms.ValidationError(
                _("These are not the first eight characters of the digest.")
            )
        return typed


class VoidForm(forms.Form):
    """Why it is given up."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
