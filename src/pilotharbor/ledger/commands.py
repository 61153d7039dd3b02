"""Booking balanced entries, once per cause, and reversing them, once each."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.ledger.models import Account, JournalEntry, Posting


@dataclass(frozen=True)
class Line:
    """One line to book: debit positive, credit negative, in fen."""

    organisation_id: int
    purpose: str
    amount_fen: int
    counterparty_id: int | None = None
    project_id: int | None = None
    currency: str = "CNY"


class DoesNotBalance(Invalid):
    """Debit and credit differ by {difference_fen} fen in {currency}; nothing was booked."""

    code = "ledger.does_not_balance"


class NothingToBook(Invalid):
    """An entry needs at least two lines other than zero."""

    code = "ledger.nothing_to_book"


class BookedDifferently(Conflict):
    """“{key}” was booked before with other lines; correct it by a reversal, not by repeating it."""

    code = "ledger.booked_differently"


class AlreadyReversed(Conflict):
    """This entry was reversed before; an entry is reversed at most once."""

    code = "ledger.already_reversed"


class ReversesAReversal(Conflict):
    """A reversal cannot itself be reversed; book the right entry instead."""

    code = "ledger.reverses_a_reversal"


@command
def post(
    *,
    key: str,
    text: str,
    lines: Sequence[Line],
    actor_id: int | None,
    at: datetime,
    project_id: int | None = None,
) -> JournalEntry:
    """Book an entry; the same ``key`` with the same lines returns the entry booked before.

    Raises: NothingToBook, DoesNotBalance, BookedDifferently.
    Source: R-LEDG-1 (zero sum), R-LEDG-4 (once per cause).
    """
    lines = [line for line in lines if line.amount_fen]
    _refuse_unbalanced(lines)
    digest = _digest(text, lines)
    earlier = JournalEntry.objects.filter(key=key).first()
    if earlier is None:
        with refusing(ledger_entry_key_once=BookedDifferently(key=key)):
            entry = JournalEntry.objects.create(
                key=key, body_sha256=digest, text=text, project_id=project_id, at=at
            )
        _write(entry, lines)
        events.record(
            "ledger.entry.posted", entry, actor_id=actor_id, at=at, project_id=project_id, key=key
        )
        return entry
    if earlier.body_sha256 != digest:
        raise BookedDifferently(key=key)
    return earlier


@command
def reverse(*, entry_id: int, text: str, actor_id: int | None, at: datetime) -> JournalEntry:
    """Book the mirror image of an entry, at most once.

    Raises: AlreadyReversed, ReversesAReversal.
    """
    entry = JournalEntry.objects.select_for_update(no_key=True).get(pk=entry_id)
    if entry.reverses_id is not None:
        raise ReversesAReversal
    lines = [
        Line(
            organisation_id=p.account.organisation_id,
            purpose=p.account.purpose,
            amount_fen=-p.amount_fen,
            counterparty_id=p.account.counterparty_id,
            project_id=p.account.project_id,
            currency=p.account.currency,
        )
        for p in entry.postings.select_related("account").order_by("id")
    ]
    with refusing(
        ledger_entry_reversed_once=AlreadyReversed(), ledger_entry_key_once=AlreadyReversed()
    ):
        mirror = JournalEntry.objects.create(
            key=f"reversal:{entry.pk}",
            body_sha256=_digest(text, lines),
            text=text,
            project_id=entry.project_id,
            at=at,
            reverses=entry,
        )
    _write(mirror, lines)
    events.record(
        "ledger.entry.reversed",
        entry,
        actor_id=actor_id,
        at=at,
        project_id=entry.project_id,
        mirror_id=mirror.pk,
    )
    return mirror


def _refuse_unbalanced(lines: Sequence[Line]) -> None:
    if len(lines) < 2:
        raise NothingToBook
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.currency] += line.amount_fen
    for currency, difference in sorted(sums.items()):
        if difference:
            raise DoesNotBalance(difference_fen=difference, currency=currency)


def _digest(text: str, lines: Sequence[Line]) -> str:
    body = [text, [[str(value) for value in vars(line).values()] for line in lines]]
    return sha256(json.dumps(body, ensure_ascii=False).encode()).hexdigest()


def _write(entry: JournalEntry, lines: Sequence[Line]) -> None:
    Posting.objects.bulk_create(
        Posting(entry=entry, account=_account(line), amount_fen=line.amount_fen) for line in lines
    )


def _account(line: Line) -> Account:
    found, _ = Account.objects.get_or_create(
        organisation_id=line.organisation_id,
        counterparty_id=line.counterparty_id,
        project_id=line.project_id,
        purpose=line.purpose,
        currency=line.currency,
    )
    return found
