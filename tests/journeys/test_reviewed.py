"""Cases an independent reviewer wrote, with figures they worked out by other means, in one harbour."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from pilotharbor.assessment.models import PanelRule
from pilotharbor.ledger import queries as ledger
from pilotharbor.web.voyage import compare

pytestmark = pytest.mark.slow
CASES = Path(__file__).parent / "cases"


def test_the_cases_of_the_reviewer_come_out_as_worked_out(play):
    # One of them has two experts, which takes a reason where the rule asks for three.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO assessment_panelrule (validity, min_experts, min_fields, source)"
            " SELECT daterange('2020-01-01', NULL), 3, 3, 'x'"
            " WHERE NOT EXISTS (SELECT FROM assessment_panelrule)"
        )
    assert PanelRule.objects.exists()

    voyages = {}
    for path in sorted(CASES.glob("*.json")):
        case = json.loads(path.read_text("utf-8"), parse_float=Decimal)
        voyages[path.stem] = play(case)

    for voyage in voyages.values():
        assert compare.differences(voyage.case.expect, voyage.outcome.results) == []
        assert sum(voyage.outcome.money.values()) == 0
        used = sum(voyage.outcome.results["usage_fen"])
        assert voyage.outcome.money["usage_cost"] == used
        assert voyage.outcome.money["usage_recovery"] == -used
    assert {name for name, voyage in voyages.items() if voyage.outcome.ended} == {
        "acceptance-fails"
    }
    shares = voyages["odd-money"].outcome.revenue
    assert [s["gross_fen"] for s in shares] == [1, 33_300_000_000]
    assert all(s["net_fen"] + s["vat_fen"] == s["gross_fen"] for s in shares)
    assert sum(s["net_fen"] for s in shares) == (33_300_000_001 * 20_000 + 11_300) // 22_600
    assert ledger.trial_balance() == {"CNY": 0}
