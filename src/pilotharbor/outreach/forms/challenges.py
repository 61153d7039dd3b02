"""What people type about challenges: the call, a list, a proposal, how it went on."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.fields import YuanField
from pilotharbor.outreach.forms.roadshows import area
from pilotharbor.outreach.models import Proposal
from pilotharbor.technologies.models import Achievement, Demand

LARGEST_LIST = 20 << 20


def day_field(label: Any) -> forms.DateField:
    """A day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


class CallForm(forms.Form):
    """A challenge as it is called for."""

    title = forms.CharField(label=_("Title"), max_length=200)
    field = forms.CharField(label=_("Field"), max_length=120, required=False)
    region = forms.CharField(
        label=_("Region"),
        max_length=6,
        required=False,
        help_text=_("Six digits of GB/T 2260, such as 330200."),
    )
    rules = forms.CharField(label=_("Rules"), max_length=8000, widget=area(6))
    collect_date = day_field(_("Needs are collected from"))
    publish_date = day_field(_("Needs are published on"))
    propose_date = day_field(_("Proposals are taken from"))
    match_date = day_field(_("The sides are brought together from"))
    sign_date = day_field(_("Signatures from"))
    close_date = day_field(_("It ends on"))


class ListForm(forms.Form):
    """A list of needs as a file."""

    file = forms.FileField(label=_("List of needs (XLSX or CSV)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".csv,.xlsx,.xlsm"

    def clean_file(self) -> Any:
        """A list is no larger than a list of needs can be."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_LIST:
            raise forms.ValidationError(_("At most 20 MB."))
        return file


class DemandForm(forms.Form):
    """Which of one's own needs to put in, or to confirm a row with."""

    demand_id = forms.ModelChoiceField(Demand.objects.none(), label=_("Your need"))

    def __init__(self, *args: Any, demands: Any, optional: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["demand_id"]
        field.queryset = demands
        field.required = not optional
        field.empty_label = _("A new one, written from this row") if optional else _("Choose…")


class OfferForm(forms.Form):
    """A result offered to a need."""

    achievement_id = forms.ModelChoiceField(
        Achievement.objects.none(),
        label=_("Your result"),
        empty_label=_("Choose…"),
        help_text=_("What you were asked for and what comes nearest stand first."),
    )
    words = forms.CharField(
        label=_("How it answers the need"),
        max_length=4000,
        widget=area(6),
        help_text=_("Read by whoever has the need and by the organiser."),
    )

    def __init__(
        self,
        *args: Any,
        results: Any,
        invited: Collection[int] = (),
        nearest: Sequence[int] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["achievement_id"]
        field.queryset = results
        names = dict(results.values_list("pk", "title"))
        first = [pk for pk in names if pk in set(invited)]
        near = [pk for pk in nearest if pk in names and pk not in set(first)]
        rest = [pk for pk in names if pk not in {*first, *near}]
        groups = (
            (_("You were asked for it"), first),
            (_("Nearest to the need"), near),
            (_("All others"), rest),
        )
        field.choices = [
            ("", field.empty_label),
            *((said, [(pk, names[pk]) for pk in some]) for said, some in groups if some),
        ]
        if len(first) == 1:
            self.initial.setdefault("achievement_id", first[0])


class TakeOnForm(forms.Form):
    """How a proposal went on."""

    to = forms.ChoiceField(label=_("What came of it?"))
    words = forms.CharField(
        label=_("In your words"),
        max_length=1000,
        required=False,
        widget=area(3),
        help_text=_("What is intended, or why it is declined."),
    )
    signed_fen = YuanField(
        label=_("Amount signed (yuan)"), required=False, help_text=_("Only where it was signed.")
    )
    signed_date = forms.DateField(
        label=_("Signed on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        allowed = proposal.MOVES[proposal.status]
        field.choices = [(v, label) for v, label in Proposal.Status.choices if v in allowed]


class RunForm(forms.Form):
    """How deep to match."""

    per_need = forms.IntegerField(
        label=_("Results kept for each need"), min_value=1, max_value=50, initial=10
    )


class WorksheetForm(forms.Form):
    """What a worksheet is narrowed to."""

    status = forms.ChoiceField(label=_("State"), required=False)
    need = forms.IntegerField(label=_("Number of the need"), required=False, min_value=1)
    best = forms.IntegerField(label=_("Best of each need"), required=False, min_value=1)
    least = forms.IntegerField(
        label=_("Stands out by at least (%)"), required=False, min_value=0, max_value=100
    )
    patented = forms.BooleanField(label=_("With a numbered right only"), required=False)

    def __init__(self, *args: Any, statuses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["status"]
        field.choices = [("", _("All")), *statuses]
