"""Series and quotes on their pages; what the request page says before and while one writes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pilotharbor.booking import commands
from pilotharbor.booking.commands import Ask, Rhythm
from pilotharbor.booking.models import Booking, Quote, Series
from pilotharbor.facilities.models import Consumable
from tests.booking.test_request_pages import browser, wish
from tests.factories.booking import NOW, dock, on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def series(d, **rhythm):
    given = {"rule": "weekly", "count": 3} | rhythm
    return commands.request_series(
        line_id=d.line.pk, project_id=d.project.pk, start=on(3, 9), end=on(3, 11),
        rhythm=Rhythm(**given), ask=Ask(billing="hour"), actor_id=d.researcher.pk, at=NOW,
    )  # fmt: skip


def test_a_series_is_asked_for_until_a_day_and_opens_on_its_own_page():
    d = dock()
    given = wish(d, rule="weekly", every=2, until="2026-03-31")

    sent = browser(d.researcher).post(f"/lines/{d.line.pk}/request", given)

    made = Series.objects.get()
    assert (sent.status_code, sent.url) == (302, f"/bookings/series/{made.pk}")
    page = browser(d.researcher).get(sent.url)
    assert [b.period.lower for b in page.context["slots"]] == [on(3, 9), on(17, 9), on(31, 9)]
    assert page.context["rhythm"] == "Every 2 weeks"
    assert "approval_form" not in page.context


def test_a_series_is_allotted_at_once_and_ended_from_a_day_on():
    d = dock()
    made = series(d)
    url = f"/bookings/series/{made.pk}"

    done = browser(d.operator).post(f"{url}/approve", {"engineer_id": d.engineer.pk})
    assert (done.status_code, done.url) == (302, url)
    assert {b.status for b in made.bookings.all()} == {"approved"}
    lost = browser(d.researcher).post(f"{url}/end", {"end-from_day": "2026-03-10"})
    assert (lost.status_code, list(lost.context["end_form"].errors)) == (422, ["reason"])
    browser(d.researcher).post(
        f"{url}/end", {"end-from_day": "2026-03-10", "end-reason": "计划有变"}
    )
    statuses = [b.status for b in made.bookings.order_by("period")]
    assert statuses == ["approved", "cancelled", "cancelled"]


def test_a_series_that_cannot_be_allotted_says_why_and_is_refused():
    d = dock()
    made = series(d)
    d.allot(on(10, 10), on(10, 12))
    url = f"/bookings/series/{made.pk}"

    refused = browser(d.operator).post(f"{url}/approve")
    assert refused.status_code == 422
    assert "2026-03-10 10:00" in refused.content.decode()
    browser(d.operator).post(f"{url}/reject", {"reject-reason": "冲突"})
    assert {b.status for b in made.bookings.all()} == {"rejected"}


def test_series_and_quotes_of_others_are_not_found_and_not_listed():
    d, other = dock(), dock()
    made = series(d)
    kept = commands.quote(
        line_id=d.line.pk, project_id=d.project.pk, start=on(3, 9), end=on(3, 11),
        ask=Ask(billing="hour"), actor_id=d.researcher.pk, at=NOW,
    )  # fmt: skip

    for path in (f"/bookings/series/{made.pk}", f"/bookings/quotes/{kept.pk}"):
        assert browser(other.researcher).get(path).status_code == 404
        assert browser(d.buyer).get(path).status_code == 200
    for verb in ("approve", "reject", "end"):
        answer = browser(other.operator).post(
            f"/bookings/series/{made.pk}/{verb}",
            {"reject-reason": "x", "end-reason": "x", "end-from_day": "2026-03-01"},
        )
        assert answer.status_code == 404
    for path in ("/bookings/series", "/bookings/quotes"):
        assert d.project.title not in browser(other.researcher).get(path).content.decode()
        assert d.project.title in browser(d.researcher).get(path).content.decode()


def test_a_list_of_series_asks_the_same_number_of_questions(django_assert_num_queries):
    d = dock()
    client = browser(d.researcher)
    series(d)
    client.get("/bookings/series")
    with CaptureQueriesContext(connection) as one:
        client.get("/bookings/series")
    series(d, rule="daily", count=2)
    with django_assert_num_queries(len(one)):
        client.get("/bookings/series")


def test_a_price_is_kept_without_asking_for_the_time():
    d = dock()
    goods = Consumable.objects.create(line=d.line, name="滤膜", unit="片", unit_fen=2_500)
    url, client = f"/lines/{d.line.pk}/request", browser(d.researcher)

    kept = client.post(url, wish(d, act="quote", **{f"consumable_{goods.pk}": 2}))
    quote = Quote.objects.get()
    assert (kept.status_code, kept.url) == (302, f"/bookings/quotes/{quote.pk}")
    assert (quote.total_fen, Booking.objects.count()) == (365_000, 0)
    assert "¥3,650.00" in client.get(kept.url).content.decode()


def test_the_request_page_takes_a_quote_over_and_asks_by_it():
    d = dock()
    url, client = f"/lines/{d.line.pk}/request", browser(d.researcher)
    client.post(url, wish(d, act="quote"))
    quote = Quote.objects.get()

    form = client.get(f"{url}?quote={quote.pk}").context["form"]
    assert (form["quote_id"].value(), form["start"].value()) == (
        quote.pk,
        on(3, 9).replace(tzinfo=None),
    )
    client.post(url, wish(d, quote_id=quote.pk, start="2026-03-04T09:00", end="2026-03-04T11:00"))
    assert Booking.objects.get().quote == quote
    assert "quote_id" not in client.get(url).context["form"].errors


def test_a_price_needs_an_exact_time():
    d = dock()

    refused = browser(d.researcher).post(
        f"/lines/{d.line.pk}/request", wish(d, act="quote", start="", end="")
    )

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["start"])
    assert Quote.objects.count() == 0


def test_nobody_is_told_off_before_they_have_begun_and_then_hears_everything():
    d = dock()
    url, client = f"/lines/{d.line.pk}/request/check", browser(d.researcher)

    def said(**given):
        return client.post(url, given).content.decode()

    untouched = said(project_id=d.project.pk, how="exact", billing="batch")
    assert "note" not in untouched
    assert "Say for which project" in untouched
    windows = said(
        project_id=d.project.pk, how="windows", billing="batch", start="2026-03-03T09:00"
    )
    assert "note" not in windows
    begun = said(project_id=d.project.pk, how="exact", billing="batch", start="2026-03-03T09:00")
    assert "Say from when until when" in begun
    unsound = said(how="exact", start="2026-03-03T09:00", samples="-1", billing="batch")
    assert "For which project?" in unsound
    assert "How many samples?" in unsound
