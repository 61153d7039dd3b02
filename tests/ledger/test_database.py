"""What the database itself refuses, whoever writes and with whatever trick."""

import pytest
from django.db import IntegrityError, connection, transaction

from pilotharbor.ledger import commands as ledger
from pilotharbor.ledger.commands import Line
from pilotharbor.ledger.models import Account, JournalEntry
from tests.conftest import AT
from tests.factories.parties import OrganisationFactory
from tests.factories.race import race

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = """INSERT INTO ledger_journalentry (key, body_sha256, text, at)
VALUES (%s, 'x', 'x', now()) RETURNING id"""
LINE = "INSERT INTO ledger_posting (entry_id, account_id, amount_fen) VALUES (%s, %s, %s)"


@pytest.fixture
def account(db):
    return Account.objects.create(organisation=OrganisationFactory(), purpose="bank").pk


def header(cursor, key="raw"):
    cursor.execute(HEADER, [key])
    return cursor.fetchone()[0]


def constraint_of(error):
    return error.value.__cause__.diag.constraint_name


def write(*fens, account=None, entry=None, between=()):
    """One transaction: a header unless given, its lines, and statements before the last line."""
    with transaction.atomic(), connection.cursor() as cursor:
        entry = entry or header(cursor)
        for n, fen in enumerate(fens, start=1):
            for statement in between if n == len(fens) else ():
                cursor.execute(statement)
            cursor.execute(LINE, [entry, account, fen])
    return entry


def test_a_header_without_lines_is_refused():
    with pytest.raises(IntegrityError) as error:
        write()

    assert constraint_of(error) == "ledger_entry_balanced"


def test_lines_that_do_not_sum_to_zero_are_refused(account):
    with pytest.raises(IntegrityError) as error:
        write(100, -99, account=account)

    assert constraint_of(error) == "ledger_entry_balanced"


def test_no_play_with_deferral_smuggles_a_line_in(account):
    deferral = ("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED")

    with pytest.raises(IntegrityError):
        write(100, -100, 1, account=account, between=deferral)

    assert not JournalEntry.objects.exists()


def test_a_line_never_comes_later_than_its_header(account):
    entry = write(100, -100, account=account)

    with pytest.raises(IntegrityError) as error:
        write(5, -5, account=account, entry=entry)

    assert constraint_of(error) == "ledger_entry_closed"


def test_a_header_does_not_lie_about_its_transaction(account):
    """The number is the database's word: a forged one would keep an entry open for ever."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_journalentry (key, body_sha256, text, at, xid)"
            " VALUES ('forged', 'x', 'x', now(), '99999999999'::xid8) RETURNING id"
        )
        entry = cursor.fetchone()[0]
        cursor.execute(LINE, [entry, account, 1])
        cursor.execute(LINE, [entry, account, -1])
        cursor.execute("SELECT xid = pg_current_xact_id() FROM ledger_journalentry")
        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_posting SET amount_fen = amount_fen * 2",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_journalentry SET text = 'y'",
        "DELETE FROM ledger_journalentry",
        "UPDATE ledger_account SET currency = 'USD'",
        "DELETE FROM ledger_account",
    ],
)
def test_the_owner_of_the_tables_changes_and_removes_nothing(account, statement):
    organisation = Account.objects.get(pk=account).organisation_id
    lines = [Line(organisation, "bank", 3), Line(organisation, "receivable", -3)]
    ledger.post(key="k", text="t", lines=lines, actor_id=None, at=AT)

    with (
        pytest.raises(IntegrityError) as error,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert "append-only" in str(error.value)


def same_cause(organisation):
    lines = [Line(organisation, "bank", 3), Line(organisation, "receivable", -3)]
    return lambda: ledger.post(key="once", text="t", lines=lines, actor_id=None, at=AT)


def test_of_two_at_once_one_books(account):
    organisation = Account.objects.get(pk=account).organisation_id

    outcomes = race(*[same_cause(organisation)] * 4)

    assert JournalEntry.objects.count() == 1
    assert all(isinstance(o, JournalEntry | ledger.BookedDifferently) for o in outcomes)


def test_control_without_the_constraint_they_book_twice(account):
    """Without the unique key the race is lost, so the test above proves something."""
    organisation = Account.objects.get(pk=account).organisation_id
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_journalentry DROP CONSTRAINT ledger_entry_key_once")
    try:
        for _ in range(20):
            race(*[same_cause(organisation)] * 4)
            if JournalEntry.objects.count() > 1:
                break
        assert JournalEntry.objects.count() > 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE ledger_posting, ledger_journalentry CASCADE")
            cursor.execute(
                "ALTER TABLE ledger_journalentry ADD CONSTRAINT ledger_entry_key_once UNIQUE (key)"
            )
