"""Whole cases through the public API: the golden ones, and variations nobody rehearsed."""

import copy
import json
from decimal import Decimal
from pathlib import Path

import pytest

from pilotharbor.kernel.codes import (
    normalise_organisation_code,
    normalise_uscc,
    organisation_code_of,
)
from pilotharbor.kernel.models import Event
from pilotharbor.ledger import queries as ledger
from pilotharbor.parties.models import Organisation
from pilotharbor.web.voyage import checks, compare
from pilotharbor.web.voyage.namesake import another_code

pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).parents[2] / "examples" / "voyages"


def case(name):
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)


def differences(voyage):
    return compare.differences(voyage.case.expect, voyage.outcome.results)


@pytest.mark.parametrize("name", ["biomed", "electrolyte"])
def test_golden_case_comes_out_as_expected(play, name):
    voyage = play(case(name))

    assert differences(voyage) == []
    assert voyage.outcome.ended == ""
    assert ledger.trial_balance() == {"CNY": 0}
    assert all(paper["sha256"] for paper in voyage.outcome.papers)


def test_both_cases_live_in_one_harbour(play):
    first, second = play(case("biomed")), play(case("electrolyte"))

    assert (differences(first), differences(second)) == ([], [])


def test_organisations_that_others_administer_are_left_to_them(play, harbour):
    play(case("biomed"))
    harbour.administrators.clear()

    second = play(case("electrolyte"))

    assert differences(second) == []
    assert Organisation.objects.filter(name="示例大学").count() == 2


def test_a_company_founded_anew_gets_a_valid_code_of_its_own():
    first = "91330200MA2HB3DD35"

    another = another_code(first)

    assert another != first
    assert normalise_uscc(another) == another
    assert normalise_organisation_code(organisation_code_of(another))


def test_changed_expectation_is_a_difference(play):
    data = case("biomed")
    data["expect"]["panel_score"] = "81.61"

    voyage = play(data)

    assert [name for name, _, _ in differences(voyage)] == ["panel_score"]


def test_failed_assessment_ends_at_its_gate(play):
    data = case("biomed")
    data["assessment"]["pass_mark"] = Decimal("81.61")
    data["expect"] = {
        "panel_score": "81.60",
        "passed_assessment": False,
        "acceptance_met": False,
        "invoices_gross_fen": [],
        "usage_fen": [],
        "equity_bp": {},
    }

    voyage = play(data)

    assert differences(voyage) == []
    assert voyage.outcome.ended != ""
    assert not Event.objects.filter(name="agreements.agreement.offered").exists()


def test_failed_acceptance_ends_at_its_gate_with_the_fees_earned_so_far(play):
    data = case("biomed")
    data["pilot"]["results"][2]["purity"] = [Decimal("99.49")]
    data["expect"] = {
        "acceptance_met": False,
        "invoices_gross_fen": [24000000, 32000000],
        "equity_bp": {},
        "usage_fen": [9000000] * 3,
    }

    voyage = play(data)

    assert differences(voyage) == []
    assert "99.49" in voyage.outcome.ended


def test_one_good_batch_more_after_a_failure_is_not_three_in_a_row(play):
    data = case("electrolyte")
    data["pilot"]["results"][2]["moisture"] = [51]

    voyage = play(data)

    assert voyage.outcome.results["acceptance_met"] is False


def test_fourth_milestone_odd_shares_and_other_numbers_add_up_to_the_fen(play):
    data = case("biomed")
    data["agreement"]["fee_fen"] = 99999999
    data["agreement"]["vat_bp"] = 1300
    data["agreement"]["milestones"] = [
        {"key": "signing", "share_bp": 3333, "evidence": "agreement_signed"},
        {"key": "first", "share_bp": 1111, "evidence": "batch_released", "nth": 1},
        {"key": "third", "share_bp": 2222, "evidence": "batch_released", "nth": 3},
        {"key": "report", "share_bp": 3334, "evidence": "report_issued"},
    ]
    data["expect"] = {}

    results = play(data).outcome.results

    assert results["invoices_gross_fen"] == [33330000, 11110000, 22219999, 33340000]
    assert sum(results["invoices_gross_fen"]) == 99999999
    assert results["net_fen"] + results["vat_fen"] == 99999999
    assert results["net_fen"] == (99999999 * 10000 * 2 + 11300) // (2 * 11300)


def test_five_experts_one_more_party_and_a_case_without_decision(play):
    data = case("biomed")
    for n in (4, 5):
        data["people"].append(
            {"key": f"expert{n}", "role": "expert", "field": f"领域{n}", "name": f"专家{n}"}
        )
        data["assessment"]["panel"].append(f"expert{n}")
        data["assessment"]["scores"][f"expert{n}"] = {"technical": 90, "market": 70, "risk": 80}
    data["agreement"]["parties"].append("cro")
    del data["decision"], data["follow_up"], data["expect"]

    voyage = play(data)

    # (86·.4+82·.35+74·.25 + 84·.4+79·.35+71·.25 + 88·.4+85·.35+77·.25 + 2·(90·.4+70·.35+80·.25)) / 5
    assert voyage.outcome.results["panel_score"] == "81.16"
    assert voyage.outcome.results["acceptance_met"] is True
    assert voyage.outcome.ended == ""


def test_reward_below_the_floor_of_the_rule_is_refused(play):
    data = copy.deepcopy(case("biomed"))
    data["decision"]["inventor_reward"]["share_bp"] = 6999

    with pytest.raises(Exception, match=r"finance\.below_reward_floor"):
        play(data)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda d: d["agreement"]["milestones"][0].update(share_bp=2999), "agreement.milestones"),
        (lambda d: d["decision"]["equity_bp"].update(fund=5499), "decision.equity_bp"),
        (lambda d: d["organisations"][0].update(uscc="123302004700010246"), "organisations[0].uscc"),
        (lambda d: d["people"][0].update(org="nowhere"), "people[0].org"),
        (lambda d: d["pilot"]["results"][1].pop("purity"), "pilot.results[1].purity"),
        (lambda d: d["pilot"]["results"][1].update(colour=[1]), "pilot.results[1].colour"),
        (lambda d: d["assessment"]["scores"].pop("expert_pharmacy"), "assessment.scores"),
        (lambda d: d["pilot"]["bookings"][0].update(end="2026-03-01T08:00:00+08:00"),
         "pilot.bookings[0].end"),
        (lambda d: d["pilot"]["bookings"][1].update(start="2026-03-03T08:00:00+08:00"),
         "pilot.bookings[1].start"),
        (lambda d: d.update(schema="pilotharbor.voyage/2"), "schema"),
        (lambda d: d["agreement"].update(fee_fen="80000000"), "agreement.fee_fen"),
        (lambda d: d.update(revenue=[{"period": "2027-Q1", "net_sales_fen": 1}]), "revenue"),
        (lambda d: d["expect"].update(nonsense=1), "expect.nonsense"),
        (lambda d: d["assessment"]["panel"].append("professor"), "assessment.panel[3]"),
        (lambda d: d["decision"]["inventor_reward"].update(of="cro_equity"),
         "decision.inventor_reward.of"),
    ],
)  # fmt: skip
def test_contradiction_is_refused_with_its_path(change, path):
    data = case("biomed")
    change(data)

    with pytest.raises(checks.CaseRefusedError) as refused:
        checks.parse(data)

    assert path in [where for where, _ in refused.value.objections]
