"""The equity simulator: exact in whole shares and fen, whatever is asked."""

from itertools import pairwise

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from pilotharbor.outreach.engine import equity
from pilotharbor.outreach.engine.equity import POOL, Company, NotPossible, Paid, Round

WAN = 1_000_000  # ten thousand yuan, in fen


NAMES = ["university", "platform", "founders", "enterprise", "staff"]


def parts():
    weights = st.lists(st.integers(1, 1000), min_size=1, max_size=5)
    return weights.map(lambda given: dict(zip(NAMES, equity.split(10_000, given), strict=False)))


@st.composite
def rounds(draw):
    investors = draw(st.lists(st.sampled_from("ABCD"), min_size=1, max_size=3, unique=True))
    return Round(
        draw(st.sampled_from(["天使轮", "A轮", "B轮"])),
        draw(st.integers(1_000 * WAN, 100_000 * WAN)),
        {name: draw(st.integers(10 * WAN, 5_000 * WAN)) for name in investors},
        pool_bp=draw(st.none() | st.integers(0, 2_000)),
        preferred=draw(st.booleans()),
    )


COMPANY = st.tuples(parts(), st.integers(10**6, 10**9), st.lists(rounds(), max_size=4))


def simulated(asked):
    holders, shares, later = asked
    try:
        return equity.simulate(holders, shares=shares, rounds=later)
    except NotPossible:
        reject()  # Money and pool together would be the whole company.


@given(COMPANY)
def test_shares_always_sum_to_the_whole_and_none_is_negative(asked):
    for stage in simulated(asked).stages:
        assert sum(stage.bp.values()) == 10_000
        assert sum(stage.value.values()) == (stage.value_fen or 0)
        assert min(stage.shares.values()) > 0


@given(COMPANY)
def test_nobody_loses_shares_and_only_rounds_dilute(asked):
    stages = simulated(asked).stages

    for before, after in pairwise(stages):
        for holder, held in before.shares.items():
            assert after.shares[holder] >= held
        old = [h for h in before.shares if after.shares[h] == before.shares[h]]
        for holder in old:
            assert after.shares[holder] * before.total <= before.shares[holder] * after.total


@given(parts(), st.integers(10**8, 10**10), rounds())
def test_the_investors_have_the_part_their_money_is_of_the_company(holders, shares, new):
    company = simulated((holders, shares, [new]))
    after = company.stages[-1]

    got = sum(after.shares[name] for name in new.investments)
    # Within one share of the exact part.
    assert abs(got * new.post_money_fen - after.total * new.raised_fen) <= 2 * new.post_money_fen
    if new.pool_bp:
        assert abs(after.shares[POOL] * 10_000 - after.total * new.pool_bp) <= 2 * 10_000


@given(COMPANY, st.integers(0, 10**13))
def test_an_exit_pays_out_exactly_what_came_in(asked, proceeds):
    company = simulated(asked)

    paid = equity.payout(company, proceeds_fen=proceeds)

    assert sum(paid.values()) == proceeds
    assert min(paid.values()) >= 0


@given(COMPANY, st.integers(1, 10**13))
def test_no_class_would_rather_have_chosen_otherwise(asked, proceeds):
    company = simulated(asked)
    total = company.stages[-1].total
    staying = equity._staying(company.classes, total, proceeds)

    preferences = sum(one.preference_fen for one in staying)
    rest = max(0, proceeds - preferences)
    shares = total - sum(one.shares for one in staying)
    for one in company.classes:
        if one in staying:
            others = preferences - one.preference_fen
            changed = max(0, proceeds - others) * one.shares
            assert changed <= one.preference_fen * (shares + one.shares) or proceeds < preferences
        else:
            assert rest * one.shares >= one.preference_fen * shares


def test_the_case_of_the_drug_company():
    """S0-29: university 40 %, platform 5 % by its services, investor 55 % for 30 million yuan."""
    holders = {"university": 4000, "platform": 500, "enterprise": 5500}
    a = Round("A轮", 12_000 * WAN, {"fund": 3_000 * WAN}, pool_bp=1000, preferred=True)

    company = equity.simulate(holders, shares=10_000_000, rounds=[a])
    first, after = company.stages

    assert first.shares == {"university": 4_000_000, "platform": 500_000, "enterprise": 5_500_000}
    # 30 of 150 million is 20 %; the pool has 10 %; the founders' 100 % become 70 %.
    assert after.total == 14_285_714
    assert after.bp == {
        "university": 2800, "platform": 350, "enterprise": 3850, "fund": 2000, "pool": 1000,
    }  # fmt: skip
    assert round(after.value["fund"] / WAN) == 3_000
    low = equity.payout(company, proceeds_fen=5_000 * WAN)
    high = equity.payout(company, proceeds_fen=50_000 * WAN)
    assert low["fund"] == 3_000 * WAN
    assert round(high["fund"] / WAN) == 10_000


def test_the_case_of_the_solid_state_battery():
    """S0-13: university 30 % for its technology; the platform has no share but 5 % of revenue."""
    company = equity.simulate(
        {"university": 3000, "enterprise": 7000}, shares=20_000_000, rounds=[]
    )

    assert company.stages[0].shares == {"university": 6_000_000, "enterprise": 14_000_000}


def test_a_round_without_a_pool_has_the_price_of_the_shares_before_it():
    company = equity.simulate(
        {"founders": 10_000}, shares=8_000_000,
        rounds=[Round("A", 8_000 * WAN, {"甲": 1_000 * WAN, "乙": 1_000 * WAN})],
    )  # fmt: skip

    assert company.stages[1].shares == {"founders": 8_000_000, "甲": 1_000_000, "乙": 1_000_000}


def test_who_paid_more_for_a_share_keeps_its_preference_longer():
    stage = equity.Stage("B", {"founders": 50, "甲": 25, "乙": 25})
    company = Company([stage], [Paid("甲", 25, 100), Paid("乙", 25, 400)])

    assert equity.payout(company, proceeds_fen=400) == {"founders": 0, "甲": 80, "乙": 320}
    assert equity.payout(company, proceeds_fen=1000) == {"founders": 400, "甲": 200, "乙": 400}
    assert equity.payout(company, proceeds_fen=1600) == {"founders": 800, "甲": 400, "乙": 400}


@pytest.mark.parametrize(
    ("holders", "shares", "later", "code"),
    [
        ({"a": 9999}, 100, [], "parts"),
        ({"a": 10_001, "b": -1}, 100, [], "parts"),
        ({}, 100, [], "parts"),
        ({"a": 9999, "b": 1}, 100, [], "shares"),
        ({"a": 10_000}, 0, [], "shares"),
        ({"a": 10_000}, 100, [Round("A", 0, {"x": 5})], "money"),
        ({"a": 10_000}, 100, [Round("A", 5, {})], "money"),
        ({"a": 10_000}, 100, [Round("A", 100 * WAN, {"x": 1})], "too_small"),
        ({"a": 10_000}, 100, [Round("A", WAN, {"x": 9 * WAN}, pool_bp=1000)], "pool"),
        ({"a": 10_000}, 100, [Round("A", WAN, {"x": WAN}, pool_bp=10_000)], "pool"),
        ({"a": 10_000}, 10**15, [Round("A", 1, {"x": WAN})], "shares"),
    ],
)  # fmt: skip
def test_what_makes_no_company_is_refused(holders, shares, later, code):
    with pytest.raises(NotPossible) as refusal:
        equity.simulate(holders, shares=shares, rounds=later)
    assert refusal.value.code == code
