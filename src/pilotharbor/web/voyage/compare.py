"""Is what came out what was expected?"""

from decimal import Decimal
from typing import Any

from pilotharbor.web.voyage.case import Expect

EMPTY: dict[str, Any] = {
    "usage_fen": [],
    "metered_hours": [],
    "panel_score": None,
    "passed_assessment": False,
    "acceptance_met": False,
    "invoices_gross_fen": [],
    "invoices_net_fen": [],
    "net_fen": 0,
    "vat_fen": 0,
    "equity_bp": {},
    "revenue_share_fen": [],
}


def differences(
    expect: Expect, results: dict[str, Any], *, refused: bool = False
) -> list[tuple[str, Any, Any]]:
    """(name, expected, found) of everything that differs; what is not expected is not compared.

    After a refused step, ``found`` is ``None`` where the voyage did not come that far.
    """
    found = (dict.fromkeys(EMPTY) if refused else EMPTY) | results
    out = []
    for name, expected in expect.model_dump(exclude_none=True).items():
        if _plain(expected) != _plain(found[name]):
            out.append((name, _shown(expected), _shown(found[name])))
    return out


def _plain(value: Any) -> Any:
    """Numbers by value (``"36"`` is ``36.0``), everything else as it is."""
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, bool) or value is None:
        return value
    return Decimal(str(value))


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return [_shown(v) for v in value]
    return str(value) if isinstance(value, Decimal) else value
