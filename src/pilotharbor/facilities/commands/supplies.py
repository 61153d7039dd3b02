"""What work on a line uses up, and what must be seen to before it begins."""

from datetime import date, datetime
from typing import TypedDict

from django.db.models import Max

from pilotharbor.facilities.commands.lines import keeper, locked_line
from pilotharbor.facilities.commands.tariffs import DEAREST_FEN, NegativePrice, PriceTooLarge
from pilotharbor.facilities.models import Consumable, Line, SafetyItem
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties.models import Membership


class SafetyFields(TypedDict, total=False):
    """What one may say about an item of a safety list."""

    topic: str
    text: str
    only_with_hazard: bool
    reference: str
    last_day: date | None


class ConsumableTaken(Conflict):
    """This line already has a consumable called “{name}”; give that one another price instead."""

    code = "facilities.consumable_taken"


class SafetyItemTaken(Conflict):
    """This line's list already says exactly that."""

    code = "facilities.safety_item_taken"


class TextMissing(Invalid):
    """Say what is meant; this cannot stay empty."""

    code = "facilities.text_missing"


@command
def add_consumable(
    *, line_id: int, name: str, unit: str, unit_fen: int, actor_id: int, at: datetime
) -> Consumable:
    """Offer something a booking of the line may use up.

    Raises: NotYourRole, TextMissing, NegativePrice, PriceTooLarge, NotFound, NotYourLine,
    ConsumableTaken. Source: R-FAC-22.
    """
    actor = keeper(actor_id=actor_id)
    _require_text(name=name, unit=unit)
    _require_price(unit_fen)
    line = locked_line(line_id=line_id, actor=actor)
    return _offer(line, name.strip(), unit.strip(), unit_fen, actor, at)


@command
def reprice_consumable(
    *, consumable_id: int, unit_fen: int, actor_id: int, at: datetime
) -> Consumable:
    """Give a consumable another price: the old row is withdrawn, what was agreed stays.

    Raises: NotYourRole, NegativePrice, PriceTooLarge, NotFound, NotYourLine. Source: R-FAC-22.
    """
    actor = keeper(actor_id=actor_id)
    _require_price(unit_fen)
    old = _withdrawn(consumable_id, actor, at)
    return _offer(old.line, old.name, old.unit, unit_fen, actor, at)


@command
def withdraw_consumable(*, consumable_id: int, actor_id: int, at: datetime) -> Consumable:
    """Offer a consumable no more.

    Raises: NotYourRole, NotFound, NotYourLine.
    """
    actor = keeper(actor_id=actor_id)
    gone = _withdrawn(consumable_id, actor, at)
    events.record("facilities.consumable.withdrawn", gone, actor=actor, at=at, line_id=gone.line_id)
    return gone


@command
def add_safety_item(
    *, line_id: int, fields: SafetyFields, actor_id: int, at: datetime
) -> SafetyItem:
    """Put one more thing on the list that is acknowledged before work on the line begins.

    Raises: NotYourRole, TextMissing, NotFound, NotYourLine, SafetyItemTaken. Source: R-FAC-21.
    """
    actor = keeper(actor_id=actor_id)
    _require_text(text=fields.get("text", ""))
    line = locked_line(line_id=line_id, actor=actor)
    last = line.safety_items.aggregate(last=Max("position"))["last"] or 0
    with refusing(
        facilities_safety_item_once=SafetyItemTaken(problems={"text": str(SafetyItemTaken())})
    ):
        item = SafetyItem.objects.create(line=line, position=last + 1, **fields)
    events.record("facilities.safety_item.added", item, actor=actor, at=at, line_id=line.pk)
    return item


@command
def withdraw_safety_item(*, item_id: int, actor_id: int, at: datetime) -> SafetyItem:
    """Take an item off the list; who acknowledged it has done so.

    Raises: NotYourRole, NotFound, NotYourLine. Source: R-FAC-21.
    """
    actor = keeper(actor_id=actor_id)
    found = SafetyItem.objects.filter(pk=item_id).first()
    if found is None:
        raise NotFound
    line = locked_line(line_id=found.line_id, actor=actor)
    item = line.safety_items.filter(pk=item_id, withdrawn_at__isnull=True).first()
    if item is None:
        raise NotFound
    item.withdrawn_at = at
    item.save(update_fields=["withdrawn_at"])
    events.record("facilities.safety_item.withdrawn", item, actor=actor, at=at, line_id=line.pk)
    return item


def _withdrawn(consumable_id: int, actor: Membership, at: datetime) -> Consumable:
    found = Consumable.objects.filter(pk=consumable_id).first()
    if found is None:
        raise NotFound
    line = locked_line(line_id=found.line_id, actor=actor)
    row = line.consumables.filter(pk=consumable_id, withdrawn_at__isnull=True).first()
    if row is None:
        raise NotFound
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    return row


def _offer(
    line: Line, name: str, unit: str, unit_fen: int, actor: Membership, at: datetime
) -> Consumable:
    taken = ConsumableTaken(name=name)
    taken.problems["name"] = str(taken)
    with refusing(facilities_consumable_once=taken):
        made = Consumable.objects.create(line=line, name=name, unit=unit, unit_fen=unit_fen)
    events.record(
        "facilities.consumable.offered", made, actor=actor, at=at, line_id=line.pk,
        unit_fen=unit_fen,
    )  # fmt: skip
    return made


def _require_text(**texts: str) -> None:
    if empty := {name: str(TextMissing()) for name, text in texts.items() if not text.strip()}:
        raise TextMissing(problems=empty)


def _require_price(unit_fen: int) -> None:
    if unit_fen < 0:
        raise NegativePrice(problems={"unit_fen": str(NegativePrice())})
    if unit_fen > DEAREST_FEN:
        raise PriceTooLarge(problems={"unit_fen": str(PriceTooLarge())})
