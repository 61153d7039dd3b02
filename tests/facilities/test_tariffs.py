"""All the terms of a tariff: what cannot stand is named, what stands is never rewritten."""

from datetime import date, time

import pytest
from django.db import IntegrityError, transaction

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.models import Tariff
from pilotharbor.facilities.pricing import Terms
from pilotharbor.kernel.models import Event
from tests.factories.facilities import LineFactory

pytestmark = pytest.mark.django_db
FULL = {
    "hourly_fen": 120_000, "batch_fen": 9_000_000, "sample_fen": 5_000,
    "peak_hourly_fen": 180_000, "peak_weekdays": [4, 0, 0], "peak_from": time(9),
    "peak_to": time(17), "member_bp": 9_000, "sme_bp": 8_000, "outside_bp": 12_000,
    "engineer_hourly_fen": 30_000, "minimum_fen": 200_000, "deposit_fen": 500_000,
    "free_cancel_hours": 24, "late_cancel_bp": 5_000, "no_show_bp": 10_000,
}  # fmt: skip


@pytest.fixture
def bare(platform):
    return LineFactory(platform=platform)


@pytest.fixture
def put(bare, operator, by):
    def do(**terms):
        given = FULL | {"valid_from": date(2026, 1, 1)} | terms
        return commands.set_tariff(line_id=bare.pk, **given, **by(operator))

    return do


def test_terms_are_kept_and_come_back_as_terms(put):
    tariff = put()

    tariff.refresh_from_db()
    assert queries.terms_of(tariff) == Terms(**FULL | {"peak_weekdays": (0, 4)})
    facts = Event.objects.get().facts
    assert (facts["peak_hourly_fen"], facts["sme_bp"], facts["valid_from"]) == (
        180_000, 8_000, "2026-01-01",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "error", "fields"),
    [
        ({"sample_fen": -1}, commands.NegativePrice, {"sample_fen"}),
        ({"peak_hourly_fen": -1}, commands.NegativePrice, {"peak_hourly_fen"}),
        (
            {"engineer_hourly_fen": -1, "minimum_fen": -1, "deposit_fen": -1},
            commands.NegativePrice,
            {"engineer_hourly_fen", "minimum_fen", "deposit_fen"},
        ),
        ({"deposit_fen": 10**15 + 1}, commands.PriceTooLarge, {"deposit_fen"}),
        (
            {"member_bp": -1, "sme_bp": 100_001, "late_cancel_bp": 10_001, "no_show_bp": -1},
            commands.PartOutOfRange,
            {"member_bp", "sme_bp", "late_cancel_bp", "no_show_bp"},
        ),
        ({"free_cancel_hours": 8_785}, commands.NoticeOutOfRange, {"free_cancel_hours"}),
        ({"peak_hourly_fen": None}, commands.PeakUnsound, {"peak_hourly_fen"}),
        ({"peak_weekdays": []}, commands.PeakUnsound, {"peak_weekdays"}),
        ({"peak_weekdays": [7]}, commands.PeakUnsound, {"peak_weekdays"}),
        ({"peak_from": None}, commands.PeakUnsound, {"peak_from"}),
        ({"peak_to": None}, commands.PeakUnsound, {"peak_to"}),
        ({"peak_to": time(9)}, commands.PeakUnsound, {"peak_to"}),
        ({"valid_to": date(2026, 1, 1)}, commands.ValidityEmpty, {"valid_to"}),
        (
            {"hourly_fen": -5, "peak_weekdays": [], "valid_to": date(2025, 1, 1), "sme_bp": -1},
            commands.TariffUnsound,
            {"hourly_fen", "peak_weekdays", "valid_to", "sme_bp"},
        ),
    ],
)
def test_every_unsound_term_is_named(put, wrong, error, fields):
    with pytest.raises(error) as refused:
        put(**wrong)

    assert set(refused.value.problems) == fields
    assert (Tariff.objects.count(), Event.objects.count()) == (0, 0)


def test_a_peak_may_last_whole_days_or_until_midnight(put):
    put(peak_from=None, peak_to=None, valid_to=date(2026, 2, 1))
    late = put(peak_from=time(18), peak_to=time(0), valid_from=date(2026, 2, 1))

    assert (late.peak_from, late.peak_to) == (time(18), time(0))


COLUMNS = [
    field.name
    for field in Tariff._meta.concrete_fields
    if field.name not in {"id", "validity", "line"}
]


def test_the_columns_held_are_all_there_are():
    assert set(COLUMNS) == set(FULL)


@pytest.mark.parametrize("column", COLUMNS)
def test_the_database_keeps_every_term(put, column):
    tariff = put()
    present = getattr(tariff, column)
    other = {
        "peak_weekdays": [1], "peak_from": time(8), "peak_to": time(16),
    }.get(column, None if column == "peak_hourly_fen" else 1)  # fmt: skip
    assert present != other

    with pytest.raises(IntegrityError), transaction.atomic():
        Tariff.objects.filter(pk=tariff.pk).update(**{column: other})
    with pytest.raises(IntegrityError, match="keeps its prices"), transaction.atomic():
        Tariff.objects.filter(pk=tariff.pk).update(line=LineFactory())
    with pytest.raises(IntegrityError, match="keeps its prices"), transaction.atomic():
        Tariff.objects.filter(pk=tariff.pk).update(validity="[2025-01-01,)")
    Tariff.objects.filter(pk=tariff.pk).update(validity="[2026-01-01,2026-09-01)")


@pytest.mark.parametrize(
    "wrong",
    [
        {"sample_fen": -1}, {"peak_hourly_fen": None}, {"peak_weekdays": []},
        {"peak_weekdays": [9]}, {"peak_from": None}, {"peak_to": None}, {"peak_to": time(8)},
        {"sme_bp": 100_001}, {"no_show_bp": 10_001}, {"free_cancel_hours": 8_785},
        {"deposit_fen": -1},
    ],
    ids=str,
)  # fmt: skip
def test_the_database_refuses_unsound_terms_too(bare, wrong):
    with pytest.raises(IntegrityError, match="facilities_tariff"), transaction.atomic():
        Tariff.objects.create(line=bare, validity="[2026-01-01,)", **FULL | wrong)
