"""What people type on the pages of calendars, kiosks and indicators."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.technologies import industries


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A day and a time in Shanghai."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)


class MoveForm(forms.Form):
    """Where a booking shall lie instead."""

    start = moment_field(_("From"))
    end = moment_field(_("Until"))
    line_id = forms.TypedChoiceField(label=_("Line"), coerce=int)
    override_reason = forms.CharField(
        label=_("Why is it moved all the same?"),
        max_length=500,
        required=False,
        help_text=_(
            "Only where a rule speaks against it that you may set aside. It stays on record."
        ),
    )

    def __init__(
        self, *args: Any, lines: list[tuple[int, str]], overrules: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["line_id"]
        field.choices = lines
        if not overrules:
            del self.fields["override_reason"]


class FeedForm(forms.Form):
    """Which calendar shall be subscribed to: ``person``, ``line-3`` or ``project-8``."""

    what = forms.ChoiceField(label=_("Which bookings?"))

    def __init__(
        self,
        *args: Any,
        lines: list[tuple[int, str]],
        projects: list[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["what"]
        field.choices = [
            ("person", _("What I run, asked for or come to")),
            (_("A line"), [(f"line-{pk}", name) for pk, name in lines]),
            (_("A project"), [(f"project-{pk}", title) for pk, title in projects]),
        ]

    def target(self) -> dict[str, int]:
        """The line or project that was chosen, for the command."""
        kind, _sep, pk = self.cleaned_data["what"].partition("-")
        return {} if kind == "person" else {f"{kind}_id": int(pk)}


def pin_field(label: Any) -> forms.CharField:
    """Six digits that are shown to nobody and that no browser keeps."""
    widget = forms.PasswordInput(
        attrs={"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]{6}"}
    )
    return forms.CharField(label=label, max_length=6, widget=widget)


class PinForm(forms.Form):
    """Who stands before the tablet."""

    membership_id = forms.TypedChoiceField(label=_("Who are you?"), coerce=int)
    pin = pin_field(_("PIN"))

    def __init__(self, *args: Any, staff: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["membership_id"]
        field.choices = staff


class NewPinForm(forms.Form):
    """A PIN of one's own."""

    pin = pin_field(_("New PIN, six digits"))


class KioskForm(forms.Form):
    """Where a tablet is set up."""

    line_id = forms.TypedChoiceField(label=_("Line"), coerce=int)
    name = forms.CharField(label=_("Where does the tablet stand?"), max_length=80)

    def __init__(self, *args: Any, lines: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["line_id"]
        field.choices = lines


class IndustriesForm(forms.Form):
    """For which industries a line is meant, in the words of GB/T 4754."""

    industries = forms.MultipleChoiceField(
        label=_("For which industries is it meant?"),
        required=False,
        choices=industries.choices,
        help_text=_("Up to eight. Visitors find the line by them."),
    )
