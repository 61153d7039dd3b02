"""Does every status pass through ``kernel.states.advance``, whichever way it is written?"""

import ast
import re

import pytest

from pilotharbor.facilities.bulk import EQUIPMENT_FIELDS
from pilotharbor.parties.bulk import ORGANISATION_FIELDS
from pilotharbor.technologies.bulk.achievements import ACHIEVEMENT_FIELDS
from pilotharbor.technologies.bulk.demands import DEMAND_FIELDS
from tests.architecture import source

# ``advance`` itself; the feeder, which moves whole batches of deliveries and says so; and the
# importer's rewriting, which saves the fields a domain lists as imported, held below to be no status.
ALLOWED = {f"src/pilotharbor/kernel/{name}.py" for name in ("states", "feeder", "bulk")}
SQL = re.compile(r"\bUPDATE\s+\S+(?:\s+(?:AS\s+)?\w+)?\s+SET\b[^;]*?\bstatus\s*=", re.IGNORECASE)


def past_advance(tree: ast.Module) -> list[int]:
    """Lines that give a row a status without asking its ``MOVES``."""
    errors = {id(inner) for one in _errors(tree) for inner in ast.walk(one)}
    return sorted(
        {
            node.lineno
            for node in ast.walk(tree)
            if _assigns(node, errors) or _calls(node) or _says_sql(node)
        }
    )


def _errors(tree: ast.Module) -> list[ast.ClassDef]:
    """An exception that remembers the status of an answer is no row of a table."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and any(
            isinstance(b, ast.Name) and b.id.endswith(("Exception", "Error")) for b in node.bases
        )
    ]


def _assigns(node: ast.AST, errors: set[int]) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "status"
        and isinstance(node.ctx, ast.Store)
        and id(node) not in errors
    )


def _calls(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id == "setattr" and _is_status(node.args[1])
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if called == "update" and any(k.arg == "status" for k in node.keywords):
        return True
    if called == "__setattr__":
        return any(_is_status(a) for a in node.args)
    return any(_may_hold(one) for one in _fields_of(called, node))


def _fields_of(called: str, node: ast.Call) -> list[ast.expr]:
    """What a call names of the fields that it writes."""
    if called in {"bulk_update", "abulk_update"} and len(node.args) > 1:
        return [node.args[1]]
    keyword = {
        "update": None,
        "bulk_update": "fields",
        "abulk_update": "fields",
        "bulk_create": "update_fields",
        "update_or_create": "defaults",
    }
    return [k.value for k in node.keywords if called in keyword and k.arg == keyword[called]]


def _may_hold(fields: ast.expr) -> bool:
    """Whether a list or dict names the status; one that is computed elsewhere could."""
    if isinstance(fields, ast.Dict):
        return any(key is None or _is_status(key) for key in fields.keys)
    if isinstance(fields, ast.List | ast.Tuple | ast.Set):
        return any(isinstance(one, ast.Starred) or _is_status(one) for one in fields.elts)
    return True


def _is_status(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == "status"


def _says_sql(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SQL.search(node.value) is not None
    )


def test_only_advance_gives_a_status():
    wrong = [
        f"{source.name(path)}:{line}"
        for path, tree in source.trees().items()
        if source.name(path) not in ALLOWED
        for line in past_advance(tree)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "fields", [ORGANISATION_FIELDS, ACHIEVEMENT_FIELDS, DEMAND_FIELDS, EQUIPMENT_FIELDS]
)
def test_no_import_rewrites_a_status(fields):
    assert "status" not in fields


@pytest.mark.parametrize(
    "code",
    [
        "row.status = 'won'",
        "row.status: str = 'won'",
        "row.status, other = 'won', 1",
        "class Booking(models.Model):\n    def win(self):\n        self.status = 'won'",
        "setattr(row, 'status', 'won')",
        "object.__setattr__(row, 'status', 'won')",
        "rows.update(status='won')",
        "rows.update(**{'status': 'won'})",
        "rows.update(**changes)",
        "Booking.objects.bulk_update(rows, ['price_fen', 'status'])",
        "Booking.objects.bulk_update(rows, fields=('status',))",
        "Booking.objects.bulk_update(rows, fields)",
        "Booking.objects.bulk_create(rows, update_conflicts=True, update_fields=['status'])",
        "Booking.objects.update_or_create(pk=1, defaults={'status': 'won'})",
        "cursor.execute('UPDATE booking_booking SET status = %s WHERE id = %s')",
    ],
)
def test_every_way_past_advance_is_seen(code):
    assert past_advance(ast.parse(code)) != []


@pytest.mark.parametrize(
    "code",
    [
        "advance(row, 'won')",
        "Booking(status='draft')",
        "rows.filter(status='won').update(price_fen=1)",
        "rows.update(**{'price_fen': 1})",
        "Booking.objects.bulk_update(rows, ['price_fen'])",
        "class RefusedError(Exception):\n    def __init__(self):\n        self.status = 404",
        "known.update({'status': 1})",
        "SQL = 'UPDATE kernel_event SET at = now()'",
    ],
)
def test_nothing_else_is(code):
    assert past_advance(ast.parse(code)) == []
