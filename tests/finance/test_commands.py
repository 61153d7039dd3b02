"""Invoices add up, the decision's equity is whole, revenue shares are cumulative; refusals leave no trace."""

from datetime import UTC, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.range import DateRange

from pilotharbor.agreements.models import Agreement, Milestone
from pilotharbor.agreements.terms import MilestoneTerm, RevenueShare
from pilotharbor.finance import commands as finance
from pilotharbor.finance import queries
from pilotharbor.finance.commands.decisions import (
    AlreadyDecided,
    BelowRewardFloor,
    CompanyFounded,
    CompanyHoldsItself,
    CompanyIsASide,
    CompanyMissing,
    EquityNotWhole,
    HolderTwice,
    NoRewardRule,
    NotAtDecision,
    OtherJurisdiction,
    Reward,
    RewardWithoutStake,
    Share,
    ShareOfNothing,
    UnknownOrganisation,
)
from pilotharbor.finance.commands.invoices import MilestoneNotReached, NoPayer, due_so_far
from pilotharbor.finance.commands.revenue import (
    BeforeAgreement,
    NegativeSales,
    NoRevenueShare,
    PeriodNotOver,
    PeriodOutOfOrder,
    PeriodTaken,
)
from pilotharbor.finance.models import Decision, Invoice, RevenueReport, RewardRule
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.ledger import queries as ledger
from pilotharbor.ledger.models import JournalEntry
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import Project
from tests.factories.agreements import AT, table
from tests.factories.parties import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
LATER = datetime(2028, 1, 5, tzinfo=UTC)


def reached(agreement):
    """Every milestone of the agreement has its evidence."""
    agreement.milestones.update(status="reached", reached_at=AT, evidence_ref="test:1")
    return list(agreement.milestones.order_by("position"))


def invoice(milestone):
    return finance.invoice_milestone(milestone_id=milestone.pk, actor_id=None, at=AT)


# Invoices


@pytest.mark.parametrize(
    ("fee", "shares", "gross", "net"),
    [
        (80_000_000, [3000, 4000, 3000], [24_000_000, 32_000_000, 24_000_000],
         [22_641_509, 30_188_680, 22_641_509]),
        (50_000_000, [5000, 5000], [25_000_000, 25_000_000], [23_584_906, 23_584_905]),
    ],
)  # fmt: skip
def test_instalments_of_both_voyages(fee, shares, gross, net):
    terms = [MilestoneTerm(f"m{i}", bp, "report_issued") for i, bp in enumerate(shares)]
    agreement = table().draft(fee_fen=fee, milestones=terms)

    made = [invoice(m) for m in reached(agreement)]

    assert [i.gross_fen for i in made] == gross
    assert [i.net_fen for i in made] == net
    assert all(i.vat_fen == i.gross_fen - i.net_fen for i in made)
    assert ledger.trial_balance() == {"CNY": 0}
    assert ledger.totals(project_id=agreement.project_id)["receivable"] == fee


def test_instalments_add_up_in_whatever_order_milestones_are_reached():
    agreement = table().draft(fee_fen=99_999_999)

    made = [invoice(m) for m in reversed(reached(agreement))]

    assert sum(i.gross_fen for i in made) == 99_999_999
    assert sum(i.net_fen for i in made) == due_so_far(agreement, 10_000)[1]


def test_a_milestone_is_invoiced_once():
    milestone = reached(table().draft())[0]

    assert invoice(milestone) == invoice(milestone)
    assert (Invoice.objects.count(), JournalEntry.objects.count()) == (1, 1)


def test_what_is_not_reached_or_has_no_payer_is_not_invoiced():
    t = table()
    milestone = t.draft().milestones.first()

    with pytest.raises(MilestoneNotReached):
        invoice(milestone)
    Milestone.objects.update(status="reached", reached_at=AT, evidence_ref="test:1")
    Project.objects.update(enterprise=None)
    with pytest.raises(NoPayer):
        invoice(milestone)

    assert not Invoice.objects.exists()
    assert not JournalEntry.objects.exists()


@given(
    fee=st.integers(1, 10**12), vat=st.integers(0, 2000), included=st.booleans(),
    cuts=st.lists(st.integers(1, 9999), unique=True, max_size=6),
)  # fmt: skip
def test_instalments_lose_and_invent_nothing(fee, vat, included, cuts):
    agreement = Agreement(fee_fen=fee, vat_bp=vat, fee_includes_vat=included)
    so_far = [due_so_far(agreement, bp) for bp in [*sorted(cuts), 10_000]]

    gross, net = so_far[-1]
    assert (gross if included else net) == fee
    assert all(one[0] <= two[0] and one[1] <= two[1] for one, two in zip(so_far, so_far[1:]))  # noqa: B905, RUF007
    assert all(g - n >= 0 for g, n in so_far)


def test_an_invoice_is_paid_once_by_the_payees_people():
    t = table()
    due = invoice(reached(t.draft())[0])

    with pytest.raises(NotYourRole):
        finance.mark_paid(invoice_id=due.pk, actor_id=t.professor.pk, at=AT)
    with pytest.raises(NotFound):
        finance.mark_paid(invoice_id=due.pk, actor_id=t.buyer.pk, at=AT)
    paid = finance.mark_paid(invoice_id=due.pk, actor_id=t.operator.pk, at=AT)
    with pytest.raises(MoveNotAllowed):
        finance.mark_paid(invoice_id=due.pk, actor_id=t.operator.pk, at=AT)

    assert (paid.status, paid.paid_at) == ("paid", AT)
    assert ledger.totals(project_id=t.project.pk).get("receivable", 0) == 0
    assert Event.objects.filter(name="finance.invoice.paid").count() == 1


# The decision


def at_decision(**owner):
    t = table()
    Project.objects.filter(pk=t.project.pk).update(status=Project.Status.DECISION)
    for name, value in {"state_funded": True, "jurisdiction": "CN-ZJ", **owner}.items():
        setattr(t.project.owner, name, value)
    t.project.owner.save()
    return t


def decide(t, *, shares=None, reward=None, outcome="spin_off", company=None, actor=None, **more):
    owner, platform = t.project.owner_id, t.project.platform_id
    return finance.decide(
        project_id=t.project.pk, outcome=outcome,
        company_id=company or OrganisationFactory().pk,
        holdings=shares if shares is not None else [Share(owner, 4000), Share(platform, 6000)],
        reward=reward, actor_id=(actor or t.operator).pk, at=AT, **more,
    )  # fmt: skip


def test_a_decision_is_on_record_before_the_gate_it_opens():
    t = at_decision()

    decide(t)

    told = (
        Event.objects.filter(project_id=t.project.pk).order_by("id").values_list("name", flat=True)
    )
    names = [n for n in told if n in {"finance.decision.made", "projects.gate.passed"}]
    assert names[-2:] == ["finance.decision.made", "projects.gate.passed"]


def test_the_inventors_get_their_part_of_the_owners_stake():
    t = at_decision()

    decision = decide(t, reward=Reward(t.project.owner_id, 7000, "CN-ZJ"), investment_fen=5)

    held = {(h.holder_id, h.inventors_of_id): h.share_bp for h in decision.holdings.all()}
    assert held == {
        (t.project.owner_id, None): 1200,
        (t.project.platform_id, None): 6000,
        (None, t.project.owner_id): 2800,
    }
    assert decision.inventor_reward.rule.jurisdiction == "CN-ZJ"
    t.project.refresh_from_db()
    assert t.project.status == "follow_up"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda t: {"shares": [Share(t.project.owner_id, 9999)]}, EquityNotWhole),
        (lambda t: {"shares": [Share(t.project.owner_id, 10_000), Share(t.project.platform_id, 0)]},
         ShareOfNothing),
        (lambda t: {"company": t.project.enterprise_id}, CompanyIsASide),
        (lambda t: {"company": t.operator.organisation_id,
                    "shares": [Share(t.operator.organisation_id, 10_000)]}, CompanyHoldsItself),
        (lambda t: {"shares": [Share(t.project.owner_id, 5000)] * 2}, HolderTwice),
        (lambda _: {"shares": []}, CompanyMissing),
        (lambda _: {"shares": [Share(10**9, 10_000)]}, UnknownOrganisation),
        (lambda t: {"reward": Reward(t.project.enterprise_id, 7000, "CN-ZJ")}, RewardWithoutStake),
        (lambda t: {"reward": Reward(t.project.owner_id, 6999, "CN-ZJ")}, BelowRewardFloor),
        (lambda t: {"actor": t.professor}, NotYourRole),
        (lambda t: {"actor": t.buyer}, NotFound),
    ],
)  # fmt: skip
def test_a_decision_that_does_not_hold_leaves_no_trace(change, error):
    t = at_decision()

    with pytest.raises(error):
        decide(t, **change(t))

    assert not Decision.objects.exists()
    assert not Event.objects.filter(name__startswith="finance.").exists()


def test_a_project_is_decided_once_and_in_its_time():
    t = at_decision()
    decide(t)

    with pytest.raises(AlreadyDecided):
        decide(t)
    early = table()
    with pytest.raises(NotAtDecision):
        decide(early)


def test_a_company_is_founded_once():
    one, two = at_decision(), at_decision()
    company = OrganisationFactory(name="新立公司")
    decide(one, company=company.pk)

    with pytest.raises(CompanyFounded, match="新立公司"):
        decide(two, company=company.pk)

    assert Decision.objects.count() == 1
    two.project.refresh_from_db()
    assert two.project.status == Project.Status.DECISION


def test_a_licence_may_name_a_company_that_was_founded():
    one, two = at_decision(), at_decision()
    company = OrganisationFactory()
    decide(one, company=company.pk)

    assert decide(two, company=company.pk, outcome="licence", shares=[]).company == company


def test_shares_are_told_in_percent_as_they_were_typed():
    t = at_decision()

    with pytest.raises(EquityNotWhole) as error:
        decide(t, shares=[Share(t.project.owner_id, 9550)])

    with translation.override("en"):
        assert str(error.value) == "The shares sum to 95.5 % instead of 100 %."
    with translation.override("zh-hans"):
        assert "95.5%" in str(error.value)
    assert error.value.facts["sum_bp"] == 9550


def test_the_floor_binds_only_where_the_rule_says_so():
    private = at_decision(state_funded=False)
    beijing = at_decision(jurisdiction="CN-BJ")

    one = decide(private, reward=Reward(private.project.owner_id, 100, "CN-ZJ"))
    two = decide(beijing, reward=Reward(beijing.project.owner_id, 100, "CN-BJ"))

    assert [d.inventor_reward.result_bp for d in (one, two)] == [40, 40]


@pytest.mark.parametrize(
    ("own", "named", "refused"),
    [
        ("CN-ZJ", "CN", True),  # laxer
        ("CN-ZJ", "CN-QQ", True),  # no such place
        ("CN-ZJ", "CN-JS", True),  # a place without a rule of its own
        ("CN", "CN-BJ", True),  # higher, but it does not bind
        ("CN", "CN-ZJ", False),
        ("CN-ZJ", "CN-SD", False),
        ("CN-ZJ", "", False),
    ],
)
def test_who_decides_cannot_choose_a_laxer_rule(own, named, refused):
    t = at_decision(jurisdiction=own)
    reward = Reward(t.project.owner_id, 7000, named)

    if refused:
        with pytest.raises(OtherJurisdiction) as error:
            decide(t, reward=reward)
        assert error.value.problems.keys() == {"inventor_reward.jurisdiction"}
        assert not Decision.objects.exists()
    else:
        rule = decide(t, reward=reward).inventor_reward.rule
        assert rule.jurisdiction == (named or own)


def test_the_stricter_rule_that_was_named_is_held_to():
    t = at_decision(jurisdiction="CN")

    with pytest.raises(BelowRewardFloor):
        decide(t, reward=Reward(t.project.owner_id, 6999, "CN-ZJ"))


def test_what_is_no_jurisdiction_has_no_rule():
    t = at_decision(jurisdiction="XX-99")

    with pytest.raises(NoRewardRule):
        decide(t, reward=Reward(t.project.owner_id, 5000))


def test_where_no_local_rule_stands_the_national_one_does_and_before_it_none():
    t = at_decision(jurisdiction="CN-JS")

    with pytest.raises(BelowRewardFloor) as error:
        decide(t, reward=Reward(t.project.owner_id, 4999, "CN-JS"))
    RewardRule.objects.all().delete()
    with pytest.raises(NoRewardRule):
        decide(t, reward=Reward(t.project.owner_id, 5000, "CN-JS"))

    assert error.value.facts["floor_bp"] == 5000


def test_a_stopped_project_ends_with_the_reason():
    t = at_decision()

    decide(t, outcome="stop", shares=[], reason="市场不足")

    t.project.refresh_from_db()
    assert (t.project.status, t.project.ended_reason) == ("ended", "市场不足")


# Revenue


@pytest.fixture
def shared():
    t = table()
    t.revenue = t.signed(
        revenue_share=RevenueShare(
            payer_id=t.project.enterprise_id, payee_id=t.project.platform_id, rate_bp=500
        )
    )
    return t


def report(t, period, fen, *, actor=None, at=LATER):
    return finance.report_revenue(
        agreement_id=t.revenue.pk, period=period, net_sales_fen=fen,
        actor_id=(actor or t.buyer).pk, at=at,
    )  # fmt: skip


def test_the_share_is_of_all_revenue_so_far(shared):
    sales = [("2027-Q1", 1_234_567_890), ("2027-Q2", 87_654_321), ("2027-Q3", 1)]

    reports = [report(shared, period, fen) for period, fen in sales]

    assert [r.share_fen for r in reports] == [61_728_395, 4_382_716, 0]
    invoices = Invoice.objects.filter(revenue_report__isnull=False).order_by("id")
    assert [i.gross_fen for i in invoices] == [61_728_395, 4_382_716]
    assert ledger.trial_balance() == {"CNY": 0}


def test_the_payees_operator_may_enter_an_audited_statement(shared):
    assert report(shared, "2027", 100, actor=shared.operator).share_fen == 5


@pytest.mark.parametrize(
    ("period", "fen", "error"),
    [
        ("2027-Q1", 1, PeriodTaken),
        ("2027-03", 1, PeriodTaken),
        ("2027", 1, PeriodTaken),
        ("2026-Q4", 1, PeriodOutOfOrder),
        ("2028-Q1", 1, PeriodNotOver),
        ("2027-Q2", -1, NegativeSales),
    ],
)
def test_a_report_that_does_not_fit_leaves_no_trace(shared, period, fen, error):
    report(shared, "2027-Q1", 100)

    with pytest.raises(error):
        report(shared, period, fen)

    assert RevenueReport.objects.count() == 1


def test_revenue_of_before_the_agreement_is_not_shared(shared):
    Agreement.objects.filter(pk=shared.revenue.pk).update(
        signed_at=datetime(2027, 2, 1, tzinfo=UTC)
    )

    with pytest.raises(BeforeAgreement):
        report(shared, "2026-Q4", 100)

    assert not RevenueReport.objects.exists()
    assert report(shared, "2027-Q1", 10_000).share_fen == 500


def test_strangers_and_unsigned_agreements_know_no_share(shared):
    stranger = MembershipFactory(role=Role.ENTERPRISE_MEMBER)

    with pytest.raises(NoRevenueShare):
        report(shared, "2027-Q1", 1, actor=stranger)
    with pytest.raises(NotYourRole):
        report(shared, "2027-Q1", 1, actor=shared.professor)
    Agreement.objects.filter(pk=shared.revenue.pk).update(status="offered")
    with pytest.raises(NoRevenueShare):
        report(shared, "2027-Q1", 1)


# Who sees it


def test_invoices_are_seen_by_payer_payee_and_auditors_only():
    t = table()
    due = invoice(reached(t.draft())[0])
    auditor = MembershipFactory(role=Role.AUDITOR)
    strangers = [t.professor, t.officer, MembershipFactory(role=Role.PLATFORM_OPERATOR), None]

    for actor in (t.operator, t.buyer, auditor):
        assert list(queries.visible_invoices(actor=actor)) == [due]
    for actor in strangers:
        assert not queries.visible_invoices(actor=actor).exists()


def test_the_journal_is_read_by_the_platform_and_auditors_only():
    t = table()
    auditor = MembershipFactory(role=Role.AUDITOR)

    def may(actor):
        return queries.may_read_money(actor=actor, project_id=t.project.pk)

    assert [may(a) for a in (t.operator, auditor)] == [True, True]
    assert [may(a) for a in (t.buyer, t.professor, t.officer, None)] == [False] * 4


def test_a_rule_holds_from_its_first_day():
    rule = RewardRule.objects.get(jurisdiction="CN-ZJ", applies_to="equity")
    day = rule.validity.lower
    RewardRule.objects.filter(jurisdiction="CN").delete()
    RewardRule.objects.filter(pk=rule.pk).update(validity=DateRange(day, day.replace(year=2030)))

    def found(on):
        return queries.reward_rule(jurisdiction="CN-ZJ", applies_to="equity", on=on)

    assert found(day) is not None
    assert found(day.replace(year=day.year - 1)) is None
    assert found(day.replace(year=2030)) is None
