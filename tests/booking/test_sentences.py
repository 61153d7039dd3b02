"""Does every event of bookings have its sentence, in both languages?"""

import ast
from pathlib import Path

import pytest
from django.utils.translation import gettext, override

from pilotharbor.booking import commands
from pilotharbor.booking.commands import Ask
from pilotharbor.kernel.models import Event
from pilotharbor.projects import timeline
from pilotharbor.projects.sentences import DETAILED, SENTENCES
from pilotharbor.web.voyages import naming
from tests.booking.test_series_pages import series
from tests.factories.booking import NOW, dock, on

BOOKING = Path(commands.__file__).parents[1]
# Whose ``_record`` speaks of what; ``slots.record`` speaks of a booking.
NOUNS = {"series.py": "series", "waiting.py": "waiting"}


def recorded() -> set[str]:
    """The names of all events that the code of bookings records, read from its source."""
    found = set()
    for file in (*BOOKING.glob("commands/*.py"), BOOKING / "bulk.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and node.args:
                found |= _named(node, file.name)
    # Passed on by the one helper that ends offers in three ways.
    return found | {f"booking.waiting.{end}" for end in ("declined", "lapsed", "withdrawn")}


def _named(call: ast.Call, file: str) -> set[str]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    words = [
        n.value for n in ast.walk(call.args[0])
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    ]  # fmt: skip
    if name == "_record":
        return {f"booking.{NOUNS[file]}.{word}" for word in words}
    if name == "record":
        owner = getattr(getattr(call.func, "value", None), "id", "slots")
        if owner == "slots":
            return {f"booking.booking.{word}" for word in words}
        return {word for word in words if word.count(".") == 2 and not word.endswith(".")}
    return set()


def test_the_source_is_read():
    names = recorded()

    assert len(names) >= 28
    assert {"booking.booking.checked_in", "booking.series.reviewed", "booking.charge.made",
            "booking.quote.given", "booking.waiting.offered", "booking.list.imported"} <= names  # fmt: skip


@pytest.mark.parametrize("name", sorted(recorded()))
def test_every_event_has_a_sentence_in_both_languages(name):
    for said in (SENTENCES[name], DETAILED.get(name)):
        if said is not None:
            with override("zh-hans"):
                assert gettext(said) != said


def test_no_sentence_speaks_of_an_event_that_never_happens():
    told = {name for name in (*SENTENCES, *DETAILED) if name.startswith("booking.")}

    assert told == recorded()


@pytest.mark.django_db
def test_series_quotes_queues_and_fees_are_told_with_their_line_and_amount():
    d = dock()
    commands.quote(
        line_id=d.line.pk, project_id=d.project.pk, start=on(3, 9), end=on(3, 11),
        ask=Ask(billing="hour"), actor_id=d.researcher.pk, at=NOW,
    )  # fmt: skip
    made = series(d)
    commands.approve_series(series_id=made.pk, actor_id=d.operator.pk, at=NOW)
    commands.wait(
        line_id=d.line.pk, project_id=d.project.pk, windows=[(on(3, 9), on(3, 11))],
        duration_s=7200, ask=Ask(billing="hour"), actor_id=d.researcher.pk, at=NOW,
    )  # fmt: skip
    first = made.bookings.order_by("period").first()
    commands.move(
        booking_id=first.pk, start=on(4, 9), end=on(4, 11), actor_id=d.operator.pk, at=NOW
    )

    with override("en"):
        rows = Event.objects.filter(project_id=d.project.pk, name__startswith="booking.")
        told = {
            one.name: one
            for one in naming.told(rows.order_by("id"), actor=d.researcher, project=d.project)
        }

    line = d.line.name
    who = d.researcher.person.name
    assert told["booking.quote.given"].sentence == f"{who} had the price of {line} kept: ¥3,600.00."
    assert told["booking.series.requested"].sentence == (
        f"{who} asked for a series of 3 slots on {line}."
    )
    assert told["booking.series.requested"].url == f"/bookings/series/{made.pk}"
    assert line in told["booking.waiting.offered"].sentence
    assert "4" in told["booking.booking.moved"].sentence
    assert timeline.PAGES["booking.quote"] == "quote_detail"
