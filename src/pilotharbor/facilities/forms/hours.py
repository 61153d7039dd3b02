"""What people type about opening hours and closures."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.facilities.commands import Recurs
from pilotharbor.facilities.forms.parts import day_field, moment_field
from pilotharbor.facilities.models import Closure, Equipment
from pilotharbor.facilities.opening import Hours

WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
    _("Sunday"), _("Make-up workdays"),
)  # fmt: skip
_STRETCH = re.compile(r"(\d{1,2})(?::(\d{2}))?-(\d{1,2})(?::(\d{2}))?", re.ASCII)
_APART = re.compile(r"[,;、，；\s]+")


class StretchesField(forms.CharField):
    """The hours of one day as people write them: ``08:00-12:00, 13:30-20:00``; 24:00 is midnight."""

    def to_python(self, value: Any) -> Any:
        """Pairs of times, none for an empty field, or a sentence about what cannot be read."""
        text = unicodedata.normalize("NFKC", super().to_python(value) or "")
        text = re.sub(r"\s*[-–—~至到]\s*", "-", text).strip(" ,;、")
        return [self._pair(piece) for piece in _APART.split(text) if piece]

    def _pair(self, piece: str) -> tuple[time, time]:
        match = _STRETCH.fullmatch(piece)
        wrong = forms.ValidationError(
            _("“%(piece)s” is not a stretch of hours; write it like 08:00-20:00.")
            % {"piece": piece}
        )
        if match is None:
            raise wrong
        opens, opens_min, closes, closes_min = (int(part or 0) for part in match.groups())
        if (closes, closes_min) == (24, 0):
            closes = 0
        try:
            return time(opens, opens_min), time(closes, closes_min)
        except ValueError as exc:
            raise wrong from exc


class HoursForm(forms.Form):
    """A week: for each day its stretches; all empty is round the clock."""

    open_on_holidays = forms.BooleanField(label=_("Open on public holidays too"), required=False)
    multi_day = forms.BooleanField(
        label=_("Runs overnight"),
        required=False,
        help_text=_("A booking may cross closed hours as long as it begins and ends within hours."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        flags = dict(self.fields)
        self.fields.clear()
        for n, name in enumerate(WEEKDAYS):
            self.fields[f"day{n}"] = StretchesField(label=name, required=False, max_length=200)
        self.fields |= flags

    @staticmethod
    def initial_of(hours: Iterable[Hours]) -> dict[str, str]:
        """The fields of a week that is kept."""
        days: dict[str, list[str]] = {}
        for one in hours:
            closes = f"{one.closes:%H:%M}".replace("00:00", "24:00")
            days.setdefault(f"day{one.weekday}", []).append(f"{one.opens:%H:%M}-{closes}")
        return {name: ", ".join(stretches) for name, stretches in days.items()}

    def week(self) -> list[Hours]:
        """The stretches in the order of the fields, as the command counts them."""
        return [
            Hours(n, opens, closes)
            for n in range(len(WEEKDAYS))
            for opens, closes in self.cleaned_data[f"day{n}"]
        ]


class ClosureForm(forms.Form):
    """What is shut, from when to when, why, and whether it comes back."""

    equipment_id = forms.ModelChoiceField(
        Equipment.objects.none(),
        label=_("What is shut?"),
        required=False,
        empty_label=_("The whole line"),
    )
    kind = forms.ChoiceField(label=_("Kind of closure"), choices=Closure.Kind)
    start = moment_field(_("From"))
    end = moment_field(
        _("Until"),
        required=False,
        help_text=_("Leave empty only for an outage nobody knows the end of."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)
    sudden = forms.BooleanField(label=_("It came suddenly, not planned"), required=False)
    unit = forms.ChoiceField(
        label=_("Does it come back?"),
        choices=[
            ("", _("No, once only")),
            ("days", _("Every so many days")),
            ("weeks", _("Every so many weeks")),
            ("months", _("Every so many months")),
        ],
        required=False,
    )
    every = forms.IntegerField(
        label=_("Every how many?"), min_value=1, max_value=366, required=False, initial=1
    )
    until = day_field(_("Last time by"), required=False)

    def __init__(self, *args: Any, machines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["equipment_id"]
        field.queryset = machines

    def clean(self) -> dict[str, Any]:
        """Whoever says that it comes back says until when."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("unit") and "until" in given and given["until"] is None:
            self.add_error("until", _("Say by which day it comes for the last time."))
        return given

    def recurs(self) -> Recurs | None:
        """How it comes back, if it does."""
        given = self.cleaned_data
        if not given["unit"]:
            return None
        return Recurs(given["unit"], given["every"] or 1, given["until"])
