"""What came out of a voyage, and how it is read from the harbour."""

from dataclasses import dataclass, field
from typing import Any

from pilotharbor.web.voyage.client import Harbour


@dataclass
class Outcome:
    """What came out, as ``expect`` names it, and where to look.

    ``money``    balance in fen by purpose, debit positive; together they are zero
    ``revenue``  the invoices of the revenue share: gross includes VAT
    """

    results: dict[str, Any] = field(default_factory=dict)
    project_id: int | None = None
    ended: str = ""
    money: dict[str, int] = field(default_factory=dict)
    revenue: list[dict[str, Any]] = field(default_factory=list)
    papers: list[dict[str, Any]] = field(default_factory=list)
    events: int = 0


def look_back(harbour: Harbour, operator: str, outcome: Outcome) -> None:
    """Read invoices, books, papers and events of the project, as far as the voyage has come."""
    harbour.settle()
    project = outcome.project_id
    items = harbour.get(operator, f"/projects/{project}/invoices")["items"]
    milestones = [i for i in items if i["milestone"]]
    outcome.results |= {
        "invoices_gross_fen": [i["gross_fen"] for i in milestones],
        "invoices_net_fen": [i["net_fen"] for i in milestones],
        "net_fen": sum(i["net_fen"] for i in milestones),
        "vat_fen": sum(i["vat_fen"] for i in milestones),
    }
    outcome.revenue = [
        {name: i[name] for name in ("period", "gross_fen", "net_fen", "vat_fen")}
        for i in items
        if i["period"]
    ]
    outcome.money = harbour.get(operator, f"/projects/{project}/money")["totals"]
    papers = harbour.get(operator, "/documents", project_id=project)["items"]
    outcome.papers = [{"id": p["id"], "title": p["title"], "sha256": p["sha256"]} for p in papers]
    outcome.events = _events(harbour, operator, project)


def _events(harbour: Harbour, operator: str, project: int | None) -> int:
    """How many events are on record, read page by page."""
    count, cursor = 0, ""
    while True:
        more: dict[str, Any] = {"cursor": cursor} if cursor else {}
        page = harbour.get(operator, f"/projects/{project}/timeline", limit=200, **more)
        count += len(page["items"])
        cursor = page["next_cursor"]
        if not cursor:
            return count
