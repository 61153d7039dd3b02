"""What people type about price notices and against them."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.fields import YuanField
from pilotharbor.kernel.regions import JURISDICTIONS
from pilotharbor.technologies.models import Achievement, PriceNotice


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day chosen from a calendar."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


class NoticeForm(forms.Form):
    """What the public is told."""

    title = forms.CharField(label=_("Name of the result"), max_length=200)
    summary = forms.CharField(
        label=_("Summary for the public"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Everybody reads this, whatever the result's level. Leave secrets out."),
    )
    way = forms.ChoiceField(label=_("Way of transfer"), choices=PriceNotice.Way.choices)
    price_fen = YuanField(
        label=_("Intended price"), required=False, help_text=_("In yuan, such as 1,200,000.00.")
    )
    taker = forms.CharField(label=_("Intended taker"), max_length=200)
    relation = forms.ChoiceField(
        label=_("Is the taker an inventor or an interested party?"),
        choices=PriceNotice.Relation.choices,
        widget=forms.RadioSelect,
    )
    relation_note = forms.CharField(
        label=_("How the taker is related"),
        max_length=500,
        required=False,
        help_text=_("Such as: the first inventor holds 30% of its shares."),
    )
    places = forms.CharField(
        label=_("Where it is shown"),
        max_length=500,
        help_text=_("Besides this page: your organisation's site, a technology market."),
    )
    first_date = day_field(_("Public from"))
    last_date = day_field(
        _("Public until"), help_text=_("This day included; the first day does not count.")
    )


def proposed(achievement: Achievement, *, today: date, least_days: int) -> dict[str, Any]:
    """What a new notice says before anybody has typed."""
    ways = [way for way in achievement.cooperation if way in PriceNotice.Way.values]
    return {
        "title": achievement.title,
        "summary": achievement.summary,
        "way": ways[0] if ways else PriceNotice.Way.TRANSFER,
        "price_fen": achievement.price_fen,
        "relation": PriceNotice.Relation.NONE,
        "first_date": today,
        "last_date": today + timedelta(days=least_days),
    }


class ObjectionForm(forms.Form):
    """Who objects, and to what."""

    name = forms.CharField(label=_("Your name or that of your body"), max_length=100)
    contact = forms.CharField(
        label=_("How the office reaches you"),
        max_length=200,
        help_text=_("A telephone number or an e-mail address. Only the office reads it."),
    )
    text = forms.CharField(
        label=_("What do you object to, and why?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Only the office and auditors read it; its answer is public."),
    )


class AnswerForm(forms.Form):
    """What the office found."""

    upheld = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[
            ("no", _("Not upheld: the notice goes on")),
            ("yes", _("Upheld: the notice is taken back")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It stands beside the notice for everybody; do not name who objected."),
    )


class RuleForm(forms.Form):
    """A rule and where it comes from."""

    jurisdiction = forms.ChoiceField(label=_("Jurisdiction"))
    from_date = day_field(_("In force from"))
    least_days = forms.IntegerField(label=_("Least number of days"), min_value=1, max_value=365)
    binding = forms.BooleanField(
        label=_("The law itself names this number of days"), required=False
    )
    source = forms.CharField(label=_("Source"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jurisdiction"] = forms.ChoiceField(
            label=_("Jurisdiction"), choices=[(code, code) for code in sorted(JURISDICTIONS)]
        )
