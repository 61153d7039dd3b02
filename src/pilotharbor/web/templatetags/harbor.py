"""Components: ``{% load harbor %}``; the page ``/style`` shows each with its use."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.db.models import Choices, Model
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pilotharbor.agreements import wording
from pilotharbor.kernel import money as kernel_money
from pilotharbor.web import words
from pilotharbor.web.charts import Chart

register = template.Library()

VOYAGE = ("assess", "design", "resource", "pilot", "decide", "after")


# Figures


@register.filter
def fen(amount: int | None) -> str:
    """``{{ invoice.total_fen|fen }}`` → ``¥1,234,567.89``; a missing amount is a dash."""
    return "—" if amount is None else kernel_money.format_cny(int(amount))


@register.filter
def plain(quantity: Decimal | str | None) -> str:
    """``{{ line.quantity|plain }}``: a quantity without the zeros behind its last digit."""
    return "—" if quantity is None else f"{Decimal(quantity).normalize():f}"


@register.filter
def term(word: str) -> str:
    """``{{ limit.attribute|term }}`` → the name of a known key, ``Single impurity``."""
    return wording.term(word)


@register.simple_tag
def money(amount: int | None) -> SafeString:
    """``{% money fen %}``: the amount with its reading in 万/亿 (or million) beside it."""
    if amount is None:
        return mark_safe("—")
    said = kernel_money.reading(int(amount))
    if not said:
        return format_html('<span class="money">{}</span>', kernel_money.format_cny(int(amount)))
    return format_html(
        '<span class="money">{}</span> <span class="reading">{}</span>',
        kernel_money.format_cny(int(amount)),
        pgettext("beside an amount", "({reading})").format(reading=said),
    )


@register.filter
def percent(bp: int | None) -> str:
    """Basis points: ``{{ 1250|percent }}`` → ``12.5%``."""
    return "—" if bp is None else words.percent(int(bp))


@register.simple_tag
def ratio(part: float, whole: float, of: str = "") -> SafeString:
    """``{% ratio 3 8 of="…" %}`` → ``37.5%`` with its denominator on hover and on paper."""
    said = f"{100 * part / whole:.1f}".removesuffix(".0") + "%" if whole else "—"
    return format_html(
        '<data value="{0}/{1}" title="{0} / {1} {2}">{3}</data>', part, whole, of, said
    )


# Days


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """A day, with the exact time on hover when it is an instant."""
    if value is None:
        return "—"
    title = words.exact(value) if isinstance(value, datetime) else value.isoformat()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), title, words.day(value)
    )


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A day and the time of day, the exact instant on hover."""
    if value is None:
        return "—"
    return format_html(
        '<time datetime="{}" title="{}">{} {}</time>',
        value.isoformat(), words.exact(value), words.day(value), words.clock(value),
    )  # fmt: skip


@register.filter
def stretch(period: Any) -> SafeString | str:
    """A ``DateTimeRangeField`` value with its end named."""
    if period is None or period.lower is None or period.upper is None:
        return "—"
    return format_html(
        '<time datetime="{}/{}" title="{} → {}">{}</time>',
        period.lower.isoformat(), period.upper.isoformat(),
        words.exact(period.lower), words.exact(period.upper),
        words.stretch(period.lower, period.upper),
    )  # fmt: skip


@register.simple_tag
def due(value: date | datetime | None) -> SafeString | str:
    """A due day and how near it is: late is stop, within three days is watch."""
    if value is None:
        return "—"
    left = words.days_until(
        timezone.localtime(value).date() if isinstance(value, datetime) else value
    )
    if left < 0:
        said, tone = _("{days} days late").format(days=-left), "stop"
    elif left == 0:
        said, tone = _("due today"), "watch"
    else:
        said, tone = _("in {days} days").format(days=left), "watch" if left <= 3 else "quiet"
    return format_html("{} {}", day(value), _badge(said, tone))


# Signs


@register.simple_tag
def icon(name: str) -> SafeString:
    """``{% icon "bell" %}``: beside words only."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("pilotharbor/icons.svg"), name,
    )  # fmt: skip


def _badge(text: object, tone: str) -> SafeString:
    return format_html(
        '<span class="status" data-tone="{0}"><svg aria-hidden="true" viewBox="0 0 12 12">'
        '<path d="{1}"/></svg>{2}</span>',
        tone, _SHAPES.get(tone, _SHAPES["quiet"]), text,
    )  # fmt: skip


# One shape for each signal, so that it is told without colour: tick, triangle, square, arrow, ring.
_SHAPES = {
    "good": "M4.6 10 1 6.3l1.5-1.5 2.1 2.1L9.6 2 11 3.4z",
    "watch": "M6 1 11.5 11H.5z",
    "stop": "M1.5 1.5h9v9h-9z",
    "accent": "M2 1l9 5-9 5z",
    "quiet": "M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1zm0 2a3 3 0 1 1 0 6 3 3 0 0 1 0-6z",
}


@register.simple_tag
def badge(state: Any, label: object = None, tone: str = "") -> SafeString:
    """A state as word, colour and shape.

    ``{% badge row %}`` takes the row's status and its word; ``{% badge "paid" label=… tone="good" %}``
    says both. A ``TextChoices`` member brings its own word.
    """
    if isinstance(state, Model):
        display = getattr(state, "get_status_display", None)
        label, state = label or (display() if display else None), getattr(state, "status", "")
    if label is None:
        label = state.label if isinstance(state, Choices) else state
    return _badge(label, tone or words.tone_of(str(state)))


# Blocks with something inside

_TAKEN = frozenset({"title", "lead", "tone", "why", "css", "id", "question"})


@register.simple_block_tag(takes_context=True)
def part(context: Context, content: str, name: str, **values: Any) -> str:
    """``{% part "panel" title=… %}…{% endpart %}`` fills ``components/<name>.html`` around the content."""
    # What a component takes, it takes from its own tag: a page's ``title`` must not leak into a note.
    flat: dict[str, Any] = dict(context.flatten())  # type: ignore[arg-type]
    inside = {k: v for k, v in flat.items() if k not in _TAKEN} | values | {"content": content}
    return render_to_string(f"components/{name}.html", inside)


# Whole components


@register.inclusion_tag("components/form.html", takes_context=True)
def render_form(context: Context, form: Any, **options: Any) -> dict[str, Any]:
    """All fields of a form: summary of errors, labels, help, errors beside the field."""
    return {"form": form, "csrf_token": context.get("csrf_token"), **options}


@register.inclusion_tag("components/field.html")
def render_field(field: BoundField, **options: Any) -> dict[str, Any]:
    """One field with its label, help and errors."""
    widget = field.field.widget
    _word_for_nothing(field)
    grouped = isinstance(widget, (RadioSelect, CheckboxSelectMultiple))
    checkbox = isinstance(widget, CheckboxInput)
    css = (
        "form-check-input"
        if checkbox
        else "form-select"
        if isinstance(widget, Select)
        else "form-control"
    )
    help_id, error_id = (
        f"{field.id_for_label or field.html_name}-help",
        f"{field.id_for_label or field.html_name}-error",
    )
    described = [i for i, there in ((help_id, field.help_text), (error_id, field.errors)) if there]
    attrs: dict[str, Any] = (
        {} if grouped else {"class": f"{css} {widget.attrs.get('class', '')}".strip()}
    )
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return {
        # A library's form may bring a label it made itself from the field's name, untranslated.
        "label": pgettext("form label", str(field.label)) if field.label else "",
        "field": field, "control": field.as_widget(attrs=attrs), "checkbox": checkbox, "grouped": grouped,
        "help_id": help_id, "error_id": error_id, **options,
    }  # fmt: skip


DASHES = "---------"


def _word_for_nothing(field: BoundField) -> None:
    """Say in words what Django's row of dashes means: choose one, or leave it open."""
    asked: Any = field.field
    said = _("Choose…") if asked.required else _("Not chosen")
    if getattr(asked, "empty_label", None) == DASHES:
        asked.empty_label = said
    elif isinstance(asked.widget, Select):
        asked.widget.choices = [
            (value, said if label == DASHES else label) for value, label in asked.widget.choices
        ]


@register.inclusion_tag("components/chart.html")
def chart(drawing: Chart) -> dict[str, Any]:
    """A picture and the table behind it; build it with ``pilotharbor.web.charts``."""
    return {"chart": drawing}


def _voyage_names() -> dict[str, str]:
    return {
        "assess": _("Technical assessment"),
        "design": _("Scheme design"),
        "resource": _("Resource matching"),
        "pilot": _("Pilot validation"),
        "decide": _("Industrialisation decision"),
        "after": _("Follow-up support"),
    }


@register.inclusion_tag("components/voyage.html")
def voyage(
    current: str | int = "",
    missing: Iterable[str] = (),
    urls: Mapping[str, str] | None = None,
    stopped: bool = False,
) -> dict[str, Any]:
    """The six steps of a voyage, where it stands and what the next gate still wants.

    ``current`` is a key of ``VOYAGE``, its number 1 to 6, ``"done"`` or empty (not begun).
    """
    names, wants = _voyage_names(), list(missing)
    if current == "done":
        at = len(VOYAGE)
    else:
        at = VOYAGE.index(str(current)) if current in VOYAGE else int(current or 0) - 1
    steps = [
        {
            "number": i + 1,
            "name": names[key],
            "url": (urls or {}).get(key),
            "state": "done"
            if i < at
            else "todo"
            if i > at
            else "stopped"
            if stopped
            else "current",
        }
        for i, key in enumerate(VOYAGE)
    ]
    return {
        "steps": _with_words(steps),
        "missing": wants,
        "label": _("The six steps of the voyage"),
    }


@register.inclusion_tag("components/voyage.html")
def wizard_steps(names: Sequence[str], current: int, urls: Sequence[str] = ()) -> dict[str, Any]:
    """Where one is in a wizard, ``current`` counting from 1; steps behind may be opened again."""
    steps = [
        {
            "number": i,
            "name": name,
            "url": urls[i - 1] if i <= len(urls) and i < current else None,
            "state": "done" if i < current else "current" if i == current else "todo",
        }
        for i, name in enumerate(names, 1)
    ]
    return {"steps": _with_words(steps), "missing": [], "label": _("Steps of this form")}


def _with_words(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    said = {
        "done": _("Done"),
        "current": _("Now"),
        "missing": _("Something is missing"),
        "stopped": _("Stopped"),
        "todo": _("To come"),
    }
    return [{**step, "word": said[step["state"]]} for step in steps]


@register.inclusion_tag("components/cap_table.html")
def cap_table(rows: Sequence[tuple[str, int]], title: str = "") -> dict[str, Any]:
    """Who holds how much: rows of (holder, basis points), with a bar that sums to 100 %."""
    shares, left = [], 0
    for i, (holder, bp) in enumerate(rows):
        shares.append({"holder": holder, "bp": bp, "x": left, "colour": i % 6 + 1})
        left += bp
    return {"shares": shares, "total": left, "title": title}


@register.inclusion_tag("components/watermark.html")
def watermark(text: str) -> dict[str, Any]:
    """Who reads this and when, across a confidential view; put it inside ``class="watermarked"``."""
    return {"text": text, "width": 120 + 15 * len(text)}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Any, total: int | None = None) -> dict[str, Any]:
    """Older rows of a ``kernel.pages.Page``; all other filters stay in the address."""
    query = context["request"].GET.copy()
    seen = query.pop("cursor", None)
    first = query.urlencode()
    if page.next_cursor:
        query["cursor"] = page.next_cursor
    return {
        "page": page,
        "next": query.urlencode(),
        "first": first,
        "started": not seen,
        "total": total,
    }
