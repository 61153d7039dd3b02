"""What people type about money, and what it becomes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.finance.models import Decision
from pilotharbor.kernel import money
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.time import reporting_period
from pilotharbor.parties.models import Organisation

HOLDERS = 6
BP = 10_000


class YuanField(forms.CharField):
    """An amount as people write it (``80万``, ``1,234.56``), cleaned to integer fen."""

    def clean(self, value: Any) -> Any:
        """Fen, or a message naming what cannot be read."""
        text = super().clean(value)
        if not text:
            return 0
        try:
            return money.parse_fen(text)
        except DomainError as exc:
            raise forms.ValidationError(str(exc)) from exc


class PercentField(forms.DecimalField):
    """A percentage with two decimals, cleaned to basis points."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=100, decimal_places=2, **kwargs)

    def clean(self, value: Any) -> Any:
        """Basis points or ``None``."""
        percent = super().clean(value)
        return None if percent is None else int(percent * 100)


class DecisionForm(forms.Form):
    """The industrialisation decision with up to six holders, each a row of holder and share."""

    outcome = forms.ChoiceField(label=_("What is decided?"), choices=Decision.Outcome.choices)
    company = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Company to be founded"),
        required=False,
        empty_label=_("None"),
        help_text=_("A registered, approved company that no other project has founded."),
    )
    investment = YuanField(
        label=_("Investment"), required=False, help_text=_("In yuan, e.g. 30,000,000")
    )
    reward_of = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Inventors are rewarded from the stake of"),
        required=False, empty_label=_("Nobody"),
    )  # fmt: skip
    reward_share = PercentField(label=_("Inventors' part of that stake (%)"), required=False)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, organisations: Any, companies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("company", companies), ("reward_of", organisations)):
            chosen: Any = self.fields[name]
            chosen.queryset = rows
        for n in range(HOLDERS):
            self.fields[f"holder_{n}"] = forms.ModelChoiceField(
                organisations, label=_("Holder {n}").format(n=n + 1), required=False,
                empty_label=_("Nobody"),
            )  # fmt: skip
            self.fields[f"share_{n}"] = PercentField(
                label=_("Share of holder {n} (%)").format(n=n + 1), required=False
            )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Holder and share, side by side."""
        return [(self[f"holder_{n}"], self[f"share_{n}"]) for n in range(HOLDERS)]

    def clean(self) -> dict[str, Any]:
        """A holder wants a share and a share a holder, so that nothing typed is passed over."""
        given = super().clean() or {}
        pairs = [(f"holder_{n}", f"share_{n}") for n in range(HOLDERS)]
        pairs.append(("reward_of", "reward_share"))
        for holder, share in pairs:
            if holder in self.errors or share in self.errors:
                continue
            if given[holder] is None and given[share]:
                self.add_error(holder, _("Say whose share this is."))
            elif given[holder] is not None and not given[share]:
                self.add_error(share, _("Say how much, above 0 %."))
        return given

    def holdings(self) -> list[tuple[int, int]]:
        """(organisation, basis points) of every filled row."""
        lines = [
            (self.cleaned_data[f"holder_{n}"], self.cleaned_data[f"share_{n}"])
            for n in range(HOLDERS)
        ]
        return [(holder.pk, share or 0) for holder, share in lines if holder is not None]


class RevenueForm(forms.Form):
    """Net sales of one period."""

    period = forms.CharField(
        label=_("Period"), max_length=8, help_text=_("2027-Q1, 2027-03 or 2027")
    )
    net_sales = YuanField(label=_("Net sales of this period"), help_text=_("In yuan, e.g. 1234.56"))

    def clean_period(self) -> str:
        """The period's label."""
        try:
            return reporting_period(self.cleaned_data["period"]).label
        except DomainError as exc:
            raise forms.ValidationError(str(exc)) from exc
