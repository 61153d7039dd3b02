"""What the tags say: money, days, states, steps, charts."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from pilotharbor.kernel.time import of_days, period
from pilotharbor.web import charts, words
from pilotharbor.web.look.samples import SampleForm


def render(source: str, **values: object) -> str:
    return Template("{% load harbor %}" + source).render(Context(values)).strip()


def in_both(source: str, **values: object) -> tuple[str, str]:
    said = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said.append(render(source, **values))
    return said[0], said[1]


@pytest.mark.parametrize(
    ("fen", "said"),
    [(0, "¥0.00"), (7_005, "¥70.05"), (123_456_789, "¥1,234,567.89"), (-5, "-¥0.05"), (None, "—")],
)
def test_fen_is_exact(fen, said):
    assert render("{{ fen|fen }}", fen=fen) == said


def test_money_carries_its_second_reading():
    chinese, english = in_both("{% money fen %}", fen=80_000_000)

    assert "¥800,000.00" in chinese
    assert "80万元" in chinese
    assert "800 thousand" in english


@pytest.mark.parametrize(
    ("bp", "said"), [(1250, "12.5%"), (0, "0%"), (10_000, "100%"), (1, "0.01%"), (None, "—")]
)
def test_percent_has_no_needless_zero(bp, said):
    assert render("{{ bp|percent }}", bp=bp) == said


def test_ratio_shows_its_denominator():
    assert 'title="3 / 8 ' in render("{% ratio 3 8 %}")
    assert render("{% ratio 0 0 %}").endswith("—</data>")


def test_day_is_said_in_the_language_of_the_page():
    chinese, english = in_both("{{ d|day }}", d=date(2026, 3, 2))

    assert ">2026年3月2日 (周一)<" in chinese
    assert ">2 Mar 2026 (Mon)<" in english


def test_moment_is_shanghai_time_with_the_exact_instant_on_hover():
    said = render("{{ at|moment }}", at=datetime(2026, 3, 1, 17, 5, 9, tzinfo=UTC))

    assert "01:05" in said
    assert 'title="2026-03-02 01:05:09 UTC+08:00"' in said


def test_whole_days_end_on_the_last_day_they_include():
    days = of_days(date(2026, 3, 2), date(2026, 3, 8))

    with translation.override("zh-hans"):
        assert words.stretch(days.lower, days.upper) == "2026年3月2日 (周一) 至 2026年3月7日 (周六)"


def test_hours_of_one_day_are_said_once():
    start, end = datetime(2026, 3, 2, 1, tzinfo=UTC), datetime(2026, 3, 2, 3, 30, tzinfo=UTC)

    with translation.override("en"):
        said = render("{{ p|stretch }}", p=period(start, end))

    assert ">2 Mar 2026 (Mon) 09:00–11:30<" in said


def test_badge_has_word_tone_and_shape():
    said = render('{% badge "refused" label="No" %}')

    assert 'data-tone="stop"' in said
    assert "<path" in said
    assert said.endswith("No</span>")


def test_badge_escapes_what_people_wrote():
    assert "<b>" not in render('{% badge "draft" label=text %}', text="<b>x</b>")


@pytest.mark.parametrize(
    ("current", "states"),
    [
        ("", ["todo"] * 6),
        ("assess", ["current", *["todo"] * 5]),
        ("pilot", ["done"] * 3 + ["current", "todo", "todo"]),
        (3, ["done"] * 2 + ["current"] + ["todo"] * 3),
        ("done", ["done"] * 6),
    ],
)
def test_voyage_says_where_it_stands(current, states):
    said = render("{% voyage current=current %}", current=current)

    assert [part.split('"')[0] for part in said.split('data-state="')[1:]] == states


def test_voyage_lists_what_the_gate_wants():
    assert "<li>an advisor</li>" in render(
        '{% voyage current="design" missing=wants %}', wants=["an advisor"]
    )


def test_component_takes_no_title_from_the_page_around():
    assert "Page" not in render('{% part "note" %}<p>x</p>{% endpart %}', title="Page")


def test_field_ties_its_errors_to_the_control():
    form = SampleForm({"title": ""})

    said = render("{% render_field form.title %}", form=form)

    assert 'aria-invalid="true"' in said
    assert 'id="id_title-error"' in said
    assert "id_title-error" in said.split("aria-describedby=")[1].split(">")[0]


def test_chart_carries_its_table():
    drawing = charts.line("T", ["1", "2"], [charts.Series("a", [1, None])], unit="%", x_name="n")

    said = render("{% chart drawing %}", drawing=drawing)

    assert "<td" in said
    assert "—" in said
    assert '"kind": "line"' in said


def test_chart_data_cannot_leave_its_script_element():
    drawing = charts.line("</script><b>", ["1"], [charts.Series("a", [1])], unit="%")

    assert "<b>" not in render("{% chart drawing %}", drawing=drawing)


def test_cap_table_adds_up():
    said = render("{% cap_table rows %}", rows=[("A", 3_333), ("B", 6_667)])

    assert "33.33%" in said
    assert "100%" in said
    assert 'x="3333"' in said


def test_a_choice_that_is_not_made_is_said_in_words():
    class Asked(forms.Form):
        must = forms.ChoiceField(choices=[("", "---------"), ("a", "甲")])
        may = forms.ChoiceField(choices=[("", "---------"), ("a", "甲")], required=False)

    with translation.override("zh-hans"):
        shown = render("{% render_form form %}", form=Asked())

    assert "---" not in shown
    assert "请选择" in shown
    assert "不指定" in shown
