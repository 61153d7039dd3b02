"""Fields that the forms of this domain share."""

from typing import Any

from django import forms


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day chosen from a calendar."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A day and a time of day, in Shanghai."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)


def clock_field(label: Any, **options: Any) -> forms.TimeField:
    """A time of day."""
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **options
    )


def scale_field(label: Any, **options: Any) -> forms.DecimalField:
    """An amount above zero, in gram."""
    return forms.DecimalField(
        label=label, min_value=0, max_digits=15, decimal_places=4, required=False, **options
    )


class SiteField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker alone
    """A place of the platform, cleaned to its number."""

    def clean(self, value: Any) -> Any:
        """The number of the place, ``None`` when none is chosen."""
        site = super().clean(value)
        return None if site is None else site.pk

    def prepare_value(self, value: Any) -> Any:
        """The chosen place, whether given as a place or a number."""
        return getattr(value, "pk", value)
