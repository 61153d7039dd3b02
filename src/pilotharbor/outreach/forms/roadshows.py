"""What people type about roadshows: a plan, an item, a guest, an intent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.fields import SpareRow, SpareRows, YuanField, rows_of
from pilotharbor.outreach.models import Intent, Roadshow, Series
from pilotharbor.outreach.queries.scores import OVERALL
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.models import Achievement

# What a jury usually scores; any other word may be written instead.
CRITERIA: dict[str, Any] = {
    OVERALL: pgettext_lazy("criterion of a jury", "Overall impression"),
    "technology": pgettext_lazy("criterion of a jury", "Technology"),
    "market": pgettext_lazy("criterion of a jury", "Market"),
    "team": pgettext_lazy("criterion of a jury", "Team"),
    "finance": pgettext_lazy("criterion of a jury", "Financing plan"),
}
USUAL = (("technology", 40), ("market", 30), ("team", 20), ("finance", 10))


def criterion_name(key: str) -> str:
    """A criterion in the reader's words; a free one as it was written."""
    return str(CRITERIA.get(key, key))


def key_of(name: str) -> str:
    """The key behind a usual word in the reader's language, else the word itself."""
    wanted = name.strip()
    return next((key for key, said in CRITERIA.items() if str(said) == wanted), wanted)


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A day and a time in Shanghai."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)


def area(rows: int) -> forms.Textarea:
    """A field of some lines."""
    return forms.Textarea(attrs={"rows": rows})


class SeriesForm(forms.Form):
    """A brand."""

    name = forms.CharField(label=_("Name of the series"), max_length=120)
    words = forms.CharField(
        label=_("What it is about"), max_length=2000, required=False, widget=area(3)
    )


class PlanForm(forms.Form):
    """An event as it is planned."""

    kind = forms.ChoiceField(label=_("What kind of event?"), choices=Roadshow.Kind)
    series_id = forms.ModelChoiceField(
        Series.objects.none(), label=_("Series"), required=False, empty_label=_("No series")
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    words = forms.CharField(
        label=_("What awaits people there?"), max_length=4000, required=False, widget=area(4)
    )
    start = moment_field(_("From"))
    end = moment_field(_("Until"))
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    online_url = forms.CharField(
        label=_("Address to watch it at"),
        max_length=300,
        required=False,
        help_text=_("Told to those who have a seat."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Roadshow.Language)
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=100_000, initial=80)
    register_until = moment_field(_("Register until"))
    audience = forms.ChoiceField(label=_("Who may come?"), choices=Roadshow.Audience)

    def __init__(self, *args: Any, series: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["series_id"]
        field.queryset = series


class WeightForm(SpareRow):
    """One criterion of the jury and its weight."""

    key = forms.CharField(label=_("Criterion"), max_length=40)
    weight = forms.DecimalField(label=_("Weight (%)"), min_value=0, max_value=100, decimal_places=2)


def weight_forms(rows: int = 2) -> type[SpareRows]:
    """Criteria with room for some more."""
    return rows_of(WeightForm, SpareRows, spare=rows, most=12)


class PitchForm(forms.Form):
    """An item of the agenda."""

    achievement_id = forms.ModelChoiceField(
        Achievement.objects.none(),
        label=_("Result presented"),
        required=False,
        empty_label=_("None of this harbour"),
    )
    title = forms.CharField(
        label=_("Title on the agenda"),
        max_length=200,
        required=False,
        help_text=_("Empty: the result's title."),
    )
    team = forms.CharField(
        label=_("Who presents"),
        max_length=200,
        required=False,
        help_text=_("Empty: the result's owner."),
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=480, initial=15)

    def __init__(self, *args: Any, results: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["achievement_id"]
        field.queryset = results

    def clean(self) -> dict[str, Any]:
        """Title and team come from the result where none was written."""
        given = super().clean() or {}
        result = given.get("achievement_id")
        for name, known in (
            ("title", result and result.title),
            ("team", result and result.owner.name),
        ):
            if not given.get(name):
                given[name] = known or ""
                if not known:
                    self.add_error(name, _("Without a result, this is needed."))
        return given


class JurorField(forms.ModelChoiceField[Membership]):
    """Somebody to call to the jury."""

    def label_from_instance(self, obj: Any) -> str:
        """Name · field · organisation."""
        return " · ".join(p for p in (obj.person.name, obj.field, obj.organisation.name) if p)


class JurorForm(forms.Form):
    """Whom to call to the jury."""

    membership_id = JurorField(None, label=_("Call to the jury"), empty_label=_("Choose a person"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["membership_id"]
        field.queryset = people


class GuestForm(forms.Form):
    """A guest without an account: as little as a door needs."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    organisation = forms.CharField(label=_("Your organisation"), max_length=120)
    consent = forms.BooleanField(
        label=_("I agree that my name and organisation are kept for this event as said above.")
    )
    form_key = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)


class TicketForm(forms.Form):
    """A code typed at the door."""

    ticket = forms.CharField(label=_("Code of the ticket"), max_length=300)


class PointsForm(forms.Form):
    """Points for the criteria of the giver."""

    comment = forms.CharField(
        label=_("Comment"),
        max_length=500,
        required=False,
        widget=area(2),
        help_text=_("Shown without your name once the pitch is over."),
    )

    def __init__(self, *args: Any, weights: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        comment = self.fields.pop("comment")
        for key, weight in weights.items():
            self.fields[f"points.{key}"] = forms.IntegerField(
                label=criterion_name(key),
                min_value=0,
                max_value=100,
                help_text=_("0 to 100 points; weight {percent}%").format(
                    percent=f"{weight / 100:g}"
                ),
            )
        self.fields["comment"] = comment

    @property
    def points(self) -> dict[str, int]:
        """What was given, by criterion."""
        return {
            name.removeprefix("points."): value
            for name, value in self.cleaned_data.items()
            if name.startswith("points.")
        }


class IntentForm(forms.Form):
    """What somebody wants of a pitch."""

    kind = forms.ChoiceField(
        label=_("What do you want?"), choices=Intent.Kind, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In your words"),
        max_length=1000,
        widget=area(4),
        help_text=_("Read by the organiser and by the owner of the result."),
    )
    approachable = forms.BooleanField(
        label=_("A technology manager of the organiser may approach me about this"),
        required=False,
        help_text=_("Then a manager can carry it on with the owner of the result as a lead."),
    )


class FollowForm(forms.Form):
    """How an intent went on."""

    to = forms.ChoiceField(label=_("What came of it?"))
    signed_fen = YuanField(
        label=_("Amount signed (yuan)"), required=False, help_text=_("Only where it was signed.")
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=area(2))

    def __init__(self, *args: Any, intent: Intent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        allowed = intent.MOVES[intent.status]
        field.choices = [(v, label) for v, label in Intent.Status.choices if v in allowed]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=area(3))
