"""Sample data of the page that shows every component; nobody in it is real."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from pilotharbor.kernel.time import of_days
from pilotharbor.web import charts
from pilotharbor.web.charts import Bar, Chart, Limit, Series

AT = datetime(2026, 3, 2, 6, 5, tzinfo=UTC)


class SampleForm(forms.Form):
    """Every kind of field, for the eye."""

    title = forms.CharField(
        max_length=80,
        label=gettext_lazy("Name of the result"),
        help_text=gettext_lazy("As you would say it to a colleague, without a secret."),
    )
    amount = forms.CharField(
        required=False,
        label=gettext_lazy("Budget"),
        help_text=gettext_lazy("For example 1,234.56."),
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("sample", "Kind"),
        choices=[
            ("a", pgettext_lazy("sample", "Process")),
            ("b", gettext_lazy("Material")),
            ("c", gettext_lazy("Device")),
        ],
    )
    starts = forms.DateField(
        required=False,
        label=gettext_lazy("Earliest start"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Who may read it?"),
        widget=forms.RadioSelect,
        choices=[
            ("p", gettext_lazy("Everyone")),
            ("m", gettext_lazy("Platform members")),
            ("n", gettext_lazy("Under NDA")),
        ],
    )
    detail = forms.CharField(
        required=False,
        label=pgettext_lazy("sample", "Detail"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agreed = forms.BooleanField(label=gettext_lazy("It holds no state secret."))
    paper = forms.FileField(required=False, label=pgettext_lazy("sample", "Paper"))


@dataclass(frozen=True)
class SamplePage:
    """A page of a list with more to come."""

    next_cursor: str | None = "abc"


def _charts() -> list[Chart]:
    months = [_("month {n}").format(n=n) for n in range(1, 7)]
    batches = [f"B-{n:02d}" for n in range(1, 13)]
    yields = [91.2, 91.8, 90.9, 92.4, 92.1, 91.5, 93.0, 92.6, 91.9, 94.6, 92.2, 92.0]
    limits = [
        Limit(_("Upper limit"), 94.2, "stop"),
        Limit(_("Mean"), 92.0, "accent"),
        Limit(_("Lower limit"), 89.8, "stop"),
    ]
    platform, enterprise, university = _("Platform"), _("Enterprise"), _("University")
    day = timedelta(days=1)
    return [
        charts.line(
            _("How much are the lines used?"), months,
            [Series(_("Line A"), [40, 52, 61, 58, 70, 76]), Series(_("Line B"), [22, 30, None, 41, 45, 60])],
            unit="%", x_name=_("Month"), note=_("Booked hours over open hours; 176 open hours a month."),
        ),
        charts.bar(
            _("What came in?"), months,
            [Series(pgettext("sample", "Usage"), [12, 15, 9, 18, 22, 25]), Series(_("Licences"), [3, 3, 6, 6, 9, 9])],
            unit=_("10,000 yuan"), x_name=_("Month"), stacked=True,
        ),
        charts.control(
            _("Is the process in control?"), batches, yields, limits, unit="%", name=_("Yield"), x_name=_("Batch")
        ),
        charts.sankey(
            _("Where does the money go?"),
            [(enterprise, platform, 80), (platform, university, 20), (platform, _("Operating cost"), 52), (university, _("Inventors"), 14)],
            unit=_("10,000 yuan"),
        ),
        charts.gantt(
            _("When is this line free?"),
            [
                Bar(_("Line A"), _("Trial 1"), AT, AT + 3 * day, "good"),
                Bar(_("Line A"), _("Trial 2"), AT + 4 * day, AT + 6 * day),
                Bar(_("Line B"), _("Maintenance"), AT + day, AT + 2 * day, "watch"),
            ],
            size="small",
        ),
        charts.heatmap(
            _("Who meets whom?"), [_("Materials"), _("Energy"), _("Medicine")], [pgettext("sample", "Needs"), pgettext("sample", "Results")],
            [[3, 8, 1], [6, 2, 9]], unit=_("matches"),
        ),
    ]  # fmt: skip


def everything() -> dict[str, object]:
    """The whole context of ``look/style.html``."""
    return {
        "crumbs": [(_("Home"), "/"), (_("Components"), None)],
        "amounts": [0, 7_005, 123_456_789, 12_300_000_000, -80_000_000],
        "moment": AT,
        "a_day": date(2026, 3, 2),
        "period": of_days(date(2026, 3, 2), date(2026, 3, 8)),
        "statuses": [
            ("approved", _("Approved")), ("applied", _("Awaiting approval")), ("refused", _("Refused")),
            ("running", _("Running")), ("draft", pgettext("sample", "Draft")),
        ],
        "facts": [(pgettext("sample", "Owner"), _("Example University")), (_("Readiness"), "TRL 4 · MRL 3"), (_("Credit code"), "91330100MA27XXXX0X")],
        "figures": [
            {"label": _("Waiting for me"), "value": "3", "note": _("1 due today"), "url": "#"},
            {"label": _("Booked this month"), "value": "76%", "note": _("134 of 176 hours")},
            {"label": _("Open invoices"), "value": "¥1,234,567.89", "note": _("2 overdue")},
        ],
        "form": SampleForm(),
        "file_form": SampleForm(prefix="file"),
        "bad_form": SampleForm({"bad-kind": "z", "bad-amount": "80", "bad-level": "p", "bad-agreed": "on"}, prefix="bad"),
        "wizard": [_("Whom is it for?"), _("What do you need?"), _("When?"), _("Check and send")],
        "missing": [_("an industry advisor"), _("acceptance criteria")],
        "entries": [
            {"at": AT, "title": _("Agreement signed by all three parties"), "who": _("Technology manager"), "tone": "good", "url": "#"},
            {"at": AT - timedelta(hours=5), "title": _("Advisor still missing"), "tone": "watch"},
            {"at": AT - timedelta(days=2), "title": _("Booking refused"), "who": _("Platform operator"), "tone": "stop", "text": _("The line is under maintenance.")},
        ],
        "columns": [
            {"state": "new", "label": pgettext("sample", "New"), "cards": [{"title": _("Separator coating"), "url": "#", "text": "TRL 4", "moves": [("talk", _("In talks"))], "move_url": "#"}]},
            {"state": "talk", "label": _("In talks"), "cards": [{"title": _("Catalyst carrier"), "text": "TRL 5"}]},
            {"state": "won", "label": _("Agreed"), "cards": []},
        ],
        "page": SamplePage(),
        "charts": _charts(),
        "holders": [(_("University"), 3000), (_("Inventors"), 2000), (_("Enterprise"), 4000), (_("Platform"), 1000)],
        "flows": [
            {"payer": _("Enterprise"), "payee": _("Platform"), "fen": 80_000_000, "what": _("First milestone"), "url": "#"},
            {"payer": _("Platform"), "payee": _("University"), "fen": 20_000_000, "what": _("Revenue share")},
        ],
    }  # fmt: skip
