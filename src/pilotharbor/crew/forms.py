"""What people type about shifts, leave, skills, courses and examinations."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.crew import rhythm
from pilotharbor.crew.models import Leave, Skill
from pilotharbor.facilities.forms import day_field
from pilotharbor.kernel.time import DAY, SHANGHAI
from pilotharbor.parties.models import Membership

TIME = {"type": "time"}


def time_field(label: Any, **options: Any) -> forms.TimeField:
    """A time of day by Shanghai's clock."""
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs=TIME, format="%H:%M"), **options
    )


def _people(field: Any, choices: Any) -> None:
    field.queryset = choices
    field.label_from_instance = lambda member: member.person.name


def _several(label: Any, **options: Any) -> Any:
    return forms.ModelMultipleChoiceField(
        None, label=label, required=False, widget=forms.CheckboxSelectMultiple, **options
    )


class ShiftForm(forms.Form):
    """One shift of one engineer."""

    engineer = forms.ModelChoiceField(
        Membership.objects.none(), label=_("Engineer"), empty_label=_("Choose an engineer")
    )
    day = day_field(_("Day"))
    starts = time_field(pgettext_lazy("time of day", "From"), initial=time(8))
    ends = time_field(
        pgettext_lazy("time of day", "Until"), initial=time(16),
        help_text=_("At or before the beginning means on the next day."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, engineers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _people(self.fields["engineer"], engineers)

    def stretch(self) -> tuple[datetime, datetime]:
        """When the shift begins and ends."""
        given = self.cleaned_data
        return rhythm.stretch(given["day"], given["starts"], given["ends"])


class RhythmForm(forms.Form):
    """On which days of the week, from when to when."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"), coerce=int, choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple, initial=[0, 1, 2, 3, 4],
    )  # fmt: skip
    starts = time_field(pgettext_lazy("time of day", "From"), initial=time(8))
    ends = time_field(
        pgettext_lazy("time of day", "Until"), initial=time(16),
        help_text=_("At or before the beginning means on the next day."),
    )  # fmt: skip
    by_calendar = forms.BooleanField(
        label=_("Follow public holidays"), required=False, initial=True,
        help_text=_("No shift on a public holiday; a make-up workday counts as a Monday."),
    )  # fmt: skip


class PatternForm(RhythmForm):
    """A weekly rhythm of one engineer until a day."""

    engineer = forms.ModelChoiceField(
        Membership.objects.none(), label=_("Engineer"), empty_label=_("Choose an engineer")
    )
    first = day_field(_("First day"))
    last = day_field(_("Last day"), help_text=_("At most a year on."))
    field_order = ("engineer", "weekdays", "starts", "ends", "first", "last", "by_calendar")

    def __init__(self, *args: Any, engineers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _people(self.fields["engineer"], engineers)


class PatternChangeForm(RhythmForm):
    """Another rhythm from a day on."""

    from_day = day_field(_("From this day on"))
    last = day_field(_("Last day"), help_text=_("At most a year on."))
    field_order = ("from_day", "weekdays", "starts", "ends", "last", "by_calendar")


class FromDayForm(forms.Form):
    """From when on."""

    from_day = day_field(_("From this day on"))


class LeaveForm(forms.Form):
    """Days off; hours of the first and last day where it is less."""

    kind = forms.ChoiceField(label=pgettext_lazy("leave", "Kind of leave"), choices=Leave.Kind)
    first = day_field(_("First day"))
    last = day_field(_("Last day"))
    first_time = time_field(
        _("From on the first day"), required=False, help_text=_("Leave empty for the whole day.")
    )
    last_time = time_field(
        _("Until on the last day"), required=False, help_text=_("Leave empty for the whole day.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)

    def stretch(self) -> tuple[datetime, datetime]:
        """When the leave begins and ends."""
        given = self.cleaned_data
        start = datetime.combine(given["first"], given["first_time"] or time(), SHANGHAI)
        until, over = given["last_time"], timedelta() if given["last_time"] else DAY
        return start, datetime.combine(given["last"], until or time(), SHANGHAI) + over


class StaffLeaveForm(LeaveForm):
    """Leave that an operator enters for an engineer."""

    engineer = forms.ModelChoiceField(
        Membership.objects.none(), label=_("Engineer"), empty_label=_("Choose an engineer")
    )
    field_order = ("engineer", "kind", "first", "last", "first_time", "last_time", "reason")

    def __init__(self, *args: Any, engineers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _people(self.fields["engineer"], engineers)


class GrantForm(forms.Form):
    """What is decided on leave that is granted."""

    take_shifts = forms.BooleanField(
        label=_("Take these shifts away"), required=False,
        help_text=_("The pieces beside the leave stay. They come back if the leave is withdrawn."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Remark"), max_length=500, required=False)


class WhyForm(forms.Form):
    """Why; the person it concerns reads it."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class SkillForm(forms.Form):
    """A skill in words."""

    name = forms.CharField(label=_("Name of the skill"), max_length=80)
    description = forms.CharField(label=_("What it means"), max_length=500, required=False)


class LineSkillsForm(forms.Form):
    """The skills a line asks for."""

    skill_ids = _several(_("Whoever runs this line must have"))

    def __init__(self, *args: Any, skills: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["skill_ids"]
        field.queryset = skills


class SkillGrantForm(forms.Form):
    """A skill for an engineer, from a day until a day."""

    skill = forms.ModelChoiceField(
        Skill.objects.none(), label=_("Skill"), empty_label=_("Choose a skill")
    )
    valid_from = day_field(_("Valid from"))
    valid_to = day_field(
        _("Until before"), required=False, help_text=_("Leave empty while no end is known.")
    )
    certificate_no = forms.CharField(label=_("Certificate number"), max_length=80, required=False)

    def __init__(self, *args: Any, skills: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["skill"]
        field.queryset = skills


class CourseForm(forms.Form):
    """A course: what it opens, how long a pass holds, and from when it is asked for."""

    name = forms.CharField(label=_("Name of the course"), max_length=120)
    description = forms.CharField(
        label=_("What is taught, when and where"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody who wants to run these machines reads this: dates, place, whom to ask."),
    )  # fmt: skip
    lines = _several(_("Lines it opens"))
    machines = _several(_("Single machines it opens"))
    months_valid = forms.IntegerField(
        label=_("A pass holds for so many months"), min_value=1, max_value=120, required=False,
        help_text=_("Leave empty if it holds until it is withdrawn."),
    )  # fmt: skip
    pass_mark = forms.IntegerField(
        label=_("Pass mark of 100"), min_value=1, max_value=100, required=False,
        help_text=_("Leave empty if taking part is enough."),
    )  # fmt: skip
    required_date = day_field(
        _("Asked for from"),
        help_text=_("From this day nobody runs them without the course, except with an engineer."),
    )

    def __init__(self, *args: Any, lines: Any, machines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("lines", lines), ("machines", machines)):
            field: Any = self.fields[name]
            field.queryset = rows


class ExaminationForm(forms.Form):
    """Who was examined, when, with which mark."""

    email = forms.EmailField(
        label=_("E-mail of the person"), max_length=254,
        help_text=_("The address the person signs in with."),
    )  # fmt: skip
    held_date = day_field(_("Examined on"))
    mark = forms.IntegerField(label=_("Mark"), min_value=0, max_value=100, required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, marked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if marked:
            self.fields["mark"].required = True
        else:
            del self.fields["mark"]


class CorrectionForm(ExaminationForm):
    """What should have been recorded, and why it was wrong."""

    def __init__(self, *args: Any, marked: bool, **kwargs: Any) -> None:
        super().__init__(*args, marked=marked, **kwargs)
        del self.fields["email"]
        self.fields["note"].required = True
        self.fields["note"].label = _("What was wrong")
