"""What people type about leads."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.documents.models import Document
from pilotharbor.kernel.fields import YuanField
from pilotharbor.leads.models import Credit, Lead, LogEntry, Side
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.technologies.models import Achievement, Demand, Scenario

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
CONTACT_KINDS = [
    (kind.value, kind.label) for kind in LogEntry.Kind if kind is not LogEntry.Kind.STEP
]


class PersonField(forms.ModelChoiceField[Membership]):
    """Somebody, by name and organisation."""

    def label_from_instance(self, obj: Any) -> str:
        """Name · organisation."""
        return f"{obj.person.name} · {obj.organisation.name}"


class ScenarioField(forms.ModelChoiceField[Scenario]):
    """A scenario, by who looks for whom, title and owner."""

    def label_from_instance(self, obj: Any) -> str:
        """Direction · title · owner."""
        return f"{obj.get_direction_display()} · {obj.title} · {obj.owner.name}"


class LeadForm(forms.Form):
    """Which two are brought together; one side may be open."""

    achievement_id: forms.ModelChoiceField[Achievement] = forms.ModelChoiceField(
        None, label=_("The result"), required=False, empty_label=_("Still open")
    )
    demand_id: forms.ModelChoiceField[Demand] = forms.ModelChoiceField(
        None, label=_("The need"), required=False, empty_label=_("Still open")
    )
    enterprise_id: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        None, label=_("Enterprise, where no need is written yet"), required=False,
        empty_label=_("Still open"),
    )  # fmt: skip
    scenario_id = ScenarioField(
        None, label=_("The scenario it begins from"), required=False, empty_label=_("None"),
        help_text=_(
            "Its owner is the side of the need where a scenario looks for a product, "
            "and the side of the result where a product looks for a scenario."
        ),
    )  # fmt: skip
    title = forms.CharField(
        label=_("What is it called?"), max_length=200, required=False,
        help_text=_("Left empty, it is called like the scenario, the need or the result."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("What makes you think that they fit?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        achievements: Any,
        demands: Any,
        enterprises: Any = None,
        scenarios: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["achievement_id"].queryset = achievements
        fields["demand_id"].queryset = demands
        if enterprises is None:
            del fields["enterprise_id"]
        else:
            fields["enterprise_id"].queryset = enterprises
        if scenarios is None:
            del fields["scenario_id"]
        else:
            fields["scenario_id"].queryset = scenarios

    def ids(self) -> dict[str, int | None]:
        """The chosen ids as the commands take them."""
        names = ("achievement_id", "demand_id", "enterprise_id", "scenario_id")
        given = self.cleaned_data
        return {n: given[n].pk if given.get(n) else None for n in names if n in self.fields}


class CompleteForm(LeadForm):
    """The side that was still open."""

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["title"], self.fields["words"]
        for name in ("achievement_id", "demand_id"):
            if getattr(lead, name) is not None:
                del self.fields[name]


class ContactForm(forms.Form):
    """What happened, with whom, and who may read it."""

    kind = forms.ChoiceField(label=_("What was it?"), choices=CONTACT_KINDS)
    side = forms.ChoiceField(
        label=_("With whom?"), choices=Side, required=False, initial=Side.BOTH,
        help_text=_("The side you spoke to finds this lead on its own pages from now on."),
    )  # fmt: skip
    happened_at = forms.DateTimeField(
        label=_("When?"), required=False, widget=MOMENT, help_text=_("Left empty: just now."),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
    )  # fmt: skip
    place = forms.CharField(label=_("Where?"), max_length=200, required=False)
    participants = forms.CharField(label=_("Who took part?"), max_length=300, required=False)
    words = forms.CharField(
        label=_("What came of it?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    minutes = forms.CharField(
        label=_("Minutes, for a meeting or visit"), max_length=10000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    shared = forms.ChoiceField(
        label=_("Which side may read this?"), choices=Side, required=False, initial=Side.NOBODY,
        help_text=_("“Neither side” keeps it between you, the operators and the auditors."),
    )  # fmt: skip


class MessageForm(forms.Form):
    """A word to the manager."""

    words = forms.CharField(
        label=_("What do you want to tell the manager?"), max_length=4000,
        help_text=_("The other side does not read this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class StepForm(forms.Form):
    """What comes next."""

    words = forms.CharField(label=_("What comes next?"), max_length=300)
    due_date = forms.DateField(label=_("By when?"), widget=DAY)
    owner_id = PersonField(None, label=_("Who owes it?"))

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner_id"]
        field.queryset = owners


class OutcomeForm(forms.Form):
    """What came of a step."""

    outcome = forms.CharField(
        label=_("What came of it"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class LostForm(forms.Form):
    """Why nothing came of it."""

    reason = forms.ChoiceField(label=_("Main reason"), choices=Lead.LostReason)
    words = forms.CharField(
        label=_("In words"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Read by whoever looks for a better fit, and counted in the statistics."),
    )  # fmt: skip


class SignForm(forms.Form):
    """What was signed."""

    signed_date = forms.DateField(label=_("Signed on"), widget=DAY)
    amount_fen = YuanField(
        label=_("Contract sum"), required=False,
        help_text=_("In yuan; left empty where it is not known or not to be told."),
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class GiveForm(forms.Form):
    """To which manager, and why."""

    manager_id = PersonField(None, label=_("Technology manager"))
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, managers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["manager_id"]
        field.queryset = managers


class DecisionForm(ReasonForm):
    """To whom the lead goes."""

    granted = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=[("yes", _("The lead goes to whoever contests it")), ("no", _("It stays where it is"))],
    )  # fmt: skip
    field_order = ["granted", "reason"]


class ContestForm(forms.Form):
    """What speaks for the one who contests."""

    words = forms.CharField(
        label=_("Why is it yours?"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("When you first spoke to whom, and what shows it."),
    )  # fmt: skip


class CreditForm(forms.Form):
    """A manager's part in a step, in per cent."""

    step = forms.ChoiceField(label=_("Step"), choices=Credit.Step)

    def __init__(self, *args: Any, managers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, 4):
            self.fields[f"manager_{n}"] = PersonField(
                managers, label=_("Manager {n}").format(n=n), required=False,
                empty_label=_("Nobody"),
            )  # fmt: skip
            self.fields[f"percent_{n}"] = forms.DecimalField(
                label=_("Part of manager {n}, in %").format(n=n), min_value=0, max_value=100,
                max_digits=5, decimal_places=2, required=False, initial=100 if n == 1 else None,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Nobody stands there twice, and parts belong to somebody."""
        given = super().clean() or {}
        named = [given.get(f"manager_{n}") for n in range(1, 4)]
        there = [one for one in named if one is not None]
        if len({one.pk for one in there}) != len(there):
            self.add_error(None, _("Each manager stands here once."))
        return given

    def shares(self) -> dict[int, int]:
        """Membership id → basis points."""
        given = self.cleaned_data
        rows = [(given[f"manager_{n}"], given[f"percent_{n}"]) for n in range(1, 4)]
        return {who.pk: int((part or 0) * 100) for who, part in rows if who is not None}


class PaperForm(forms.Form):
    """A paper of the harbour, or a link, or a note."""

    document_id: forms.ModelChoiceField[Document] = forms.ModelChoiceField(
        None, label=_("A paper of the harbour"), required=False, empty_label=_("None of these")
    )
    title = forms.CharField(label=_("Or: its title"), max_length=200, required=False)
    link = forms.URLField(
        label=_("Link to it"), max_length=500, required=False, assume_scheme="https"
    )
    words = forms.CharField(
        label=_("What is it?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["document_id"]
        field.queryset = papers


class PolicyForm(forms.Form):
    """The times and rules from a day on."""

    valid_from_date = forms.DateField(label=_("Holds from"), widget=DAY)
    reply_working_days = forms.IntegerField(
        label=_("First reply within working days"), min_value=1, max_value=60,
        help_text=_("Monday to Friday; public holidays are not taken off."),
    )  # fmt: skip
    protection_days = forms.IntegerField(
        label=_("A lead is protected for days without activity"), min_value=7, max_value=730
    )
    interested_may_carry = forms.BooleanField(
        label=_("A manager who belongs to one side may carry the lead, shown as interested"),
        required=False,
    )
    source = forms.CharField(label=_("What it rests on"), max_length=200)
    words = forms.CharField(
        label=_("The rule in words"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
