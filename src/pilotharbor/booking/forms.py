"""What people type when they ask for a line, decide, or record its use."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pilotharbor.booking.commands import Ask, Rhythm
from pilotharbor.booking.models import Booking, Quote, Series
from pilotharbor.facilities.models import Line
from pilotharbor.facilities.queries import LinePlan
from pilotharbor.kernel import money
from pilotharbor.parties.models import Membership
from pilotharbor.projects.models import Project


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A day and a time in Shanghai."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)


class RequestForm(forms.Form):
    """A line asked for: at an exact time, again and again, or within windows."""

    EXACT, WINDOWS = "exact", "windows"
    SPARE = range(1, 4)

    project_id = forms.ModelChoiceField(
        Project.objects.none(), label=_("For which project?"), empty_label=_("Choose a project")
    )
    how = forms.ChoiceField(
        label=_("When?"),
        choices=[(EXACT, _("At an exact time")), (WINDOWS, _("Any time within these windows"))],
        widget=forms.RadioSelect,
        initial=EXACT,
        required=False,
    )
    start = moment_field(_("From"), required=False)
    end = moment_field(_("Until"), required=False)
    window_1_from = moment_field(_("Window 1 from"), required=False)
    window_1_until = moment_field(_("Window 1 until"), required=False)
    window_2_from = moment_field(_("Window 2 from"), required=False)
    window_2_until = moment_field(_("Window 2 until"), required=False)
    window_3_from = moment_field(_("Window 3 from"), required=False)
    window_3_until = moment_field(_("Window 3 until"), required=False)
    hours = forms.DecimalField(
        label=_("For how many hours?"),
        min_value=0,
        max_value=744,
        decimal_places=2,
        max_digits=6,
        required=False,
    )
    rule = forms.ChoiceField(
        label=_("Again?"),
        choices=[("", _("Just once")), *Series.Rule.choices],
        required=False,
    )
    every = forms.IntegerField(
        label=_("Every how many days or weeks?"), min_value=1, max_value=92, required=False
    )
    count = forms.IntegerField(
        label=_("How many times?"), min_value=2, max_value=60, required=False
    )
    until = forms.DateField(
        label=_("Or until which day?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    leave_out_closed = forms.BooleanField(
        label=_("Leave out days on which the line is closed"), required=False
    )
    quote_id = forms.ModelChoiceField(
        Quote.objects.none(),
        label=_("At which price?"),
        empty_label=_("At the price of the day it is allotted"),
        required=False,
    )
    billing = forms.ChoiceField(
        label=_("How is it charged?"),
        choices=Booking.Billing,
        widget=forms.RadioSelect,
        initial=Booking.Billing.BATCH,
    )
    batches = forms.IntegerField(
        label=_("How many batches?"), min_value=0, max_value=999, required=False
    )
    samples = forms.IntegerField(
        label=_("How many samples?"), min_value=0, max_value=32767, required=False
    )
    batch_no = forms.IntegerField(
        label=_("Batch number"), min_value=1, max_value=32767, required=False
    )
    batch_kg = forms.DecimalField(
        label=_("Size of a batch in kilogram"),
        min_value=0,
        max_digits=12,
        decimal_places=4,
        required=False,
    )
    material = forms.CharField(label=_("Material used"), max_length=200, required=False)
    hazard = forms.CharField(
        label=_("Hazards"),
        max_length=200,
        required=False,
        help_text=_("Flammable, toxic, under pressure: whatever the engineer must know."),
    )
    acknowledged = forms.MultipleChoiceField(
        label=_("I have read these requirements and will keep them"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    wants_engineer = forms.BooleanField(
        label=_("An engineer shall help"), required=False, initial=True
    )
    retrospective = forms.BooleanField(
        label=_("It has taken place already and is entered afterwards"), required=False
    )
    override_reason = forms.CharField(
        label=_("Why may it be all the same?"),
        max_length=500,
        required=False,
        help_text=_("Sets aside what an operator may set aside. It stays on record."),
    )

    def __init__(
        self,
        *args: Any,
        projects: Any,
        plan: LinePlan | None = None,
        quotes: QuerySet[Quote] | None = None,
        overrides: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer(quotes)
        field: Any = self.fields["project_id"]
        field.queryset = projects
        if len(only := list(projects[:2])) == 1:
            field.initial = only[0].pk
        items = plan.safety_items if plan else ()
        choice: Any = self.fields["acknowledged"]
        choice.choices = [(str(item.pk), item.text) for item in items]
        if not items:
            del self.fields["acknowledged"]
        if not overrides:
            del self.fields["override_reason"]
        self.goods = plan.consumables if plan else ()
        for one in self.goods:
            label = _("{name} ({price} for 1 {unit})")
            self.fields[f"consumable_{one.pk}"] = forms.DecimalField(
                label=label.format(
                    name=one.name, unit=one.unit, price=money.format_cny(one.unit_fen)
                ),
                min_value=0,
                max_digits=12,
                decimal_places=4,
                required=False,
            )

    def _offer(self, quotes: QuerySet[Quote] | None) -> None:
        """The quotes one may book by; the question is not asked where there is none."""
        if quotes is None or not quotes.exists():
            del self.fields["quote_id"]
            return
        field: Any = self.fields["quote_id"]
        field.queryset = quotes
        said = _("Quote {n}: {total}, {project}")
        field.label_from_instance = lambda quote: said.format(
            n=quote.pk, total=money.format_cny(quote.total_fen), project=quote.project.title
        )

    def consumables(self) -> list[Any]:
        """The fields of the line's consumables."""
        return [self[f"consumable_{one.pk}"] for one in self.goods]

    def ask(self) -> Ask:
        """What goes with the request."""
        given = self.cleaned_data
        quote = given.get("quote_id")
        return Ask(
            quote_id=quote.pk if quote else None,
            billing=given["billing"],
            batch_no=given["batch_no"],
            material=given["material"],
            hazard=given["hazard"],
            wants_engineer=given["wants_engineer"],
            batches=given["batches"],
            samples=given["samples"] or 0,
            batch_kg=given["batch_kg"],
            acknowledged=[int(pk) for pk in given.get("acknowledged", ())],
            consumables={
                one.pk: quantity
                for one in self.goods
                if (quantity := given.get(f"consumable_{one.pk}"))
            },
        )

    def has_time(self) -> bool:
        """Whether anything was said of a time yet, sound or not."""
        names: list[str] = ["start", "end"]
        if self["how"].value() == self.WINDOWS:
            ends = ("from", "until")
            names = ["hours", *(f"window_{n}_{end}" for n in self.SPARE for end in ends)]
        return any(self[name].value() for name in names)

    def when(self) -> dict[str, Any]:
        """The exact time, or the windows and how long."""
        given = self.cleaned_data
        if given["how"] != self.WINDOWS:
            return {"start": given["start"], "end": given["end"]}
        return {"windows": self.windows(), "duration_s": int((given["hours"] or 0) * 3600)}

    def windows(self) -> list[tuple[datetime, datetime]]:
        """The windows that are filled in."""
        pairs = [
            (self.cleaned_data[f"window_{n}_from"], self.cleaned_data[f"window_{n}_until"])
            for n in self.SPARE
        ]
        return [(a, b) for a, b in pairs if a is not None and b is not None]

    def repeats(self) -> bool:
        """Whether a series is meant."""
        return bool(self.cleaned_data["rule"]) and self.cleaned_data["how"] != self.WINDOWS

    def rhythm(self) -> Rhythm:
        """How it comes again."""
        given = self.cleaned_data
        return Rhythm(
            rule=given["rule"],
            every=given["every"] or 1,
            count=given["count"],
            until=given["until"],
            leave_out_closed=given["leave_out_closed"],
        )


class MoveForm(forms.Form):
    """Where a booking goes."""

    start = moment_field(_("From"))
    end = moment_field(_("Until"))
    override_reason = forms.CharField(
        label=_("Why may it be all the same?"),
        max_length=500,
        required=False,
        help_text=_("Sets aside what an operator may set aside. It stays on record."),
    )

    def __init__(self, *args: Any, overrides: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not overrides:
            del self.fields["override_reason"]


class HandOverForm(forms.Form):
    """To whom a booking goes."""

    used_by_id = forms.ModelChoiceField(
        Membership.objects.none(), label=_("Who comes?"), required=False, empty_label=_("As before")
    )
    project_id = forms.ModelChoiceField(
        Project.objects.none(), label=_("For which project?"), required=False,
        empty_label=_("As before"),
    )  # fmt: skip

    def __init__(self, *args: Any, people: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who: Any = self.fields["used_by_id"]
        who.queryset = people
        who.label_from_instance = lambda member: (
            f"{member.person.name} · {member.organisation.name}"
        )
        what: Any = self.fields["project_id"]
        what.queryset = projects


class FreeForm(forms.Form):
    """What room is looked for."""

    day = forms.DateField(
        label=_("From which day on?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    days = forms.IntegerField(
        label=_("Within how many days?"), min_value=1, max_value=92, initial=28
    )
    hours = forms.DecimalField(
        label=_("For how many hours?"), min_value=0, max_value=744, decimal_places=2, max_digits=6,
        initial=4,
    )  # fmt: skip
    lines = forms.ModelMultipleChoiceField(
        Line.objects.none(), label=_("On which lines?"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: on any line."),
    )  # fmt: skip
    together = forms.BooleanField(label=_("All of them at the same time"), required=False)

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["lines"]
        field.queryset = lines


class ApprovalForm(forms.Form):
    """Who runs it, and why it is accepted although it has begun."""

    engineer_id = forms.ModelChoiceField(
        Membership.objects.none(), label=_("Engineer"), required=False, empty_label=_("Nobody yet")
    )
    override_reason = forms.CharField(
        label=_("Why may it be all the same?"),
        max_length=500,
        required=False,
        help_text=_("Only where something stands against it. It stays on record."),
    )

    def __init__(self, *args: Any, engineers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["engineer_id"]
        field.queryset = engineers
        field.label_from_instance = lambda member: member.person.name


class TakeOverForm(ApprovalForm):
    """Who runs a slot from now on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["engineer_id"]
        field.required, field.empty_label = True, _("Choose an engineer")
        field.label = _("Who takes over?")


class CancelForm(forms.Form):
    """Why, and whether its fee is charged."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
    with_fee = forms.BooleanField(label=_("Charge the fee for a late cancellation"), required=False)

    def __init__(self, *args: Any, asks_fee: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_fee:
            del self.fields["with_fee"]


class EndSeriesForm(CancelForm):
    """From which day on, why, and whether its fees are charged."""

    from_day = forms.DateField(
        label=_("From which day on?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    field_order = ("from_day", "reason", "with_fee")


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class UsageForm(forms.Form):
    """What was really used; batches, samples and consumables are asked where they have a price."""

    start = moment_field(_("Really used from"))
    end = moment_field(_("Really used until"))
    batches = forms.IntegerField(
        label=_("Batches really run"), min_value=0, max_value=999, required=False
    )
    samples = forms.IntegerField(
        label=_("Samples really made"), min_value=0, max_value=32767, required=False
    )
    note = forms.CharField(label=_("Remark"), max_length=500, required=False)

    def __init__(self, *args: Any, booking: Booking, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if booking.billing not in (Booking.Billing.BATCH, Booking.Billing.MIXED):
            del self.fields["batches"]
        if booking.billing not in (Booking.Billing.SAMPLE, Booking.Billing.MIXED):
            del self.fields["samples"]
        self.goods = booking.consumables
        for row in self.goods:
            label = _("{name} really used ({unit})")
            self.fields[f"consumable_{row['id']}"] = forms.DecimalField(
                label=label.format(name=row["name"], unit=row["unit"]),
                min_value=0,
                max_digits=12,
                decimal_places=4,
                required=False,
            )

    def used(self) -> dict[str, Any]:
        """What was used, for the command; what was left empty was used as agreed."""
        given = self.cleaned_data
        said = {name: given.get(name) for name in ("batches", "samples")}
        goods = {row["id"]: given[f"consumable_{row['id']}"] for row in self.goods}
        if any(quantity is not None for quantity in goods.values()):
            agreed = {row["id"]: Decimal(row["quantity"]) for row in self.goods}
            said["consumables"] = {
                pk: agreed[pk] if quantity is None else quantity for pk, quantity in goods.items()
            }
        return {name: given[name] for name in ("start", "end", "note")} | said
