"""Entries balance, once per cause, and are reversed once; a refusal books nothing."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from pilotharbor.kernel.models import Event
from pilotharbor.ledger import commands as ledger
from pilotharbor.ledger import queries
from pilotharbor.ledger.commands import Line
from pilotharbor.ledger.models import Account, JournalEntry, Posting
from tests.conftest import AT
from tests.factories.parties import OrganisationFactory

P = Account.Purpose


def pair(organisation, fen, currency="CNY"):
    return [
        Line(organisation.pk, P.RECEIVABLE, fen, currency=currency),
        Line(organisation.pk, P.SERVICE_REVENUE, -fen, currency=currency),
    ]


def post(lines, key="cause:1", text="服务费", at=AT):
    return ledger.post(key=key, text=text, lines=lines, actor_id=None, at=at)


@pytest.mark.django_db
def test_post_books_both_sides_and_says_so():
    platform = OrganisationFactory()

    entry = post(pair(platform, 24_000_000))

    assert [p.amount_fen for p in entry.postings.order_by("id")] == [24_000_000, -24_000_000]
    assert Event.objects.get().name == "ledger.entry.posted"
    assert queries.trial_balance() == {"CNY": 0}


@pytest.mark.django_db
def test_the_same_cause_books_once_and_other_lines_under_it_are_refused():
    platform = OrganisationFactory()
    first = post(pair(platform, 100))

    again = post(pair(platform, 100))

    assert again == first
    with pytest.raises(ledger.BookedDifferently):
        post(pair(platform, 101))
    with pytest.raises(ledger.BookedDifferently):
        post(pair(platform, 100), text="别的")
    assert (JournalEntry.objects.count(), Posting.objects.count(), Event.objects.count()) == (
        1,
        2,
        1,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fens", "error"),
    [
        ([100, -99], ledger.DoesNotBalance),
        ([100, -100, 1], ledger.DoesNotBalance),
        ([100], ledger.NothingToBook),
        ([0, 0], ledger.NothingToBook),
        ([], ledger.NothingToBook),
    ],
)
def test_what_does_not_balance_leaves_no_trace(fens, error):
    platform = OrganisationFactory()

    with pytest.raises(error):
        post([Line(platform.pk, P.BANK, fen) for fen in fens])

    assert not JournalEntry.objects.exists()
    assert not Account.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_currencies_balance_each_for_itself():
    platform = OrganisationFactory()

    with pytest.raises(ledger.DoesNotBalance):
        post([Line(platform.pk, P.BANK, 100), Line(platform.pk, P.BANK, -100, currency="USD")])
    post([*pair(platform, 100), *pair(platform, 7, "USD")])

    assert queries.trial_balance() == {"CNY": 0, "USD": 0}


@pytest.mark.django_db
def test_a_reversal_mirrors_once_and_is_not_reversed():
    entry = post(pair(OrganisationFactory(), 100))

    mirror = ledger.reverse(entry_id=entry.pk, text="冲正", actor_id=None, at=AT)

    assert [p.amount_fen for p in mirror.postings.order_by("id")] == [-100, 100]
    with pytest.raises(ledger.AlreadyReversed):
        ledger.reverse(entry_id=entry.pk, text="再冲", actor_id=None, at=AT)
    with pytest.raises(ledger.ReversesAReversal):
        ledger.reverse(entry_id=mirror.pk, text="冲冲正", actor_id=None, at=AT)
    assert JournalEntry.objects.count() == 2


class BalanceIsReplay(TestCase):
    """The balance at any instant equals a replay of the entries up to it."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.integers(-(10**12), 10**12), st.booleans()), max_size=10))
    def test_under_any_history(self, history):
        platform = OrganisationFactory()
        booked = []
        for n, (fen, undo) in enumerate(history):
            at = AT + timedelta(hours=n)
            if undo and booked and not booked[-1][2]:
                entry, amount, _ = booked[-1]
                ledger.reverse(entry_id=entry.pk, text="冲正", actor_id=None, at=at)
                booked[-1] = (entry, amount, True)
                booked.append((None, -amount, True))
            elif fen:
                booked.append((post(pair(platform, fen), key=f"c:{n}", at=at), fen, False))

        account = Account.objects.filter(purpose=P.RECEIVABLE, organisation=platform).first()
        found = queries.balance(account_id=account.pk) if account else 0

        assert found == sum(amount for _, amount, _ in booked)
        assert set(queries.trial_balance().values()) <= {0}
