"""Which lists leave that do not come in? What happened here: projects, bookings, papers, money."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from pilotharbor.agreements import queries as agreements
from pilotharbor.campaigns import queries as campaigns
from pilotharbor.facilities import queries as facilities
from pilotharbor.finance import queries as finance
from pilotharbor.matching import queries as matching
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.projects import queries as projects
from pilotharbor.web.transfer.cells import (
    Export,
    Said,
    day,
    field,
    label,
    moment,
    path,
    percent,
    yes_no,
    yuan,
)

type Rows = Callable[[Membership], QuerySet[Any]]

_STATUS = (pgettext_lazy("list", "Status"), label("status"))
_PROJECT = (pgettext_lazy("list", "Project"), path("project.title"))


def _list(name: str, title: Promise, rows: Rows, *columns: tuple[Any, Said]) -> Export:
    """A list with a column for its number first, by which rows are told apart."""
    every = [(pgettext_lazy("list", "Number"), field("pk")), *columns]
    return Export(
        name,
        title,
        rows,
        {str(i): said for i, (_title, said) in enumerate(every)},
        titles={str(i): heading for i, (heading, _said) in enumerate(every)},
    )


_LISTS = (
    _list(
        "matches",
        pgettext_lazy("list", "Matches"),
        lambda actor: matching.visible_matches(actor=actor).select_related("achievement", "demand"),
        (pgettext_lazy("list", "Result"), path("achievement.title")),
        (pgettext_lazy("list", "Need"), path("demand.title")),
        (pgettext_lazy("list", "Score"), percent("score_bp")),
        _STATUS,
        (pgettext_lazy("list", "Proposed"), moment("proposed_at")),
    ),
    _list(
        "projects",
        pgettext_lazy("list", "Projects"),
        lambda actor: projects.visible_projects(actor=actor).select_related(
            "owner", "enterprise", "platform", "technology_manager__person",
            "industry_advisor__person",
        ),
        (pgettext_lazy("list", "Project"), field("title")),
        (pgettext_lazy("list", "Owner of the result"), path("owner.name")),
        (pgettext_lazy("list", "Enterprise"), path("enterprise.name")),
        (pgettext_lazy("list", "Platform"), path("platform.name")),
        (pgettext_lazy("list", "Technology manager"), path("technology_manager.person.name")),
        (pgettext_lazy("list", "Industry advisor"), path("industry_advisor.person.name")),
        _STATUS,
        (pgettext_lazy("list", "Proposed"), moment("proposed_at")),
        (pgettext_lazy("list", "Started"), moment("started_at")),
        (pgettext_lazy("list", "Ended"), moment("ended_at")),
    ),
    _list(
        "tasks",
        pgettext_lazy("list", "Tasks"),
        lambda actor: projects.visible_tasks(actor=actor).select_related(
            "project", "owner", "assignee__person"
        ),
        _PROJECT,
        (pgettext_lazy("list", "Kind"), field("kind")),
        (pgettext_lazy("list", "Task"), field("title")),
        (pgettext_lazy("list", "Owed by"), path("owner.name")),
        (pgettext_lazy("list", "Person"), path("assignee.person.name")),
        (pgettext_lazy("list", "Due"), field("due_date")),
        _STATUS,
    ),
    _list(
        "lines",
        pgettext_lazy("list", "Pilot lines"),
        lambda actor: facilities.visible_lines(actor=actor).select_related("platform"),
        (pgettext_lazy("list", "Pilot line"), field("name")),
        (pgettext_lazy("list", "Platform"), path("platform.name")),
        (pgettext_lazy("list", "Site"), label("site")),
        (pgettext_lazy("list", "Smallest batch (kg)"), field("batch_kg_min")),
        (pgettext_lazy("list", "Largest batch (kg)"), field("batch_kg_max")),
        (pgettext_lazy("list", "Open"), yes_no("is_open")),
    ),
    _list(
        "agreements",
        pgettext_lazy("list", "Agreements"),
        lambda actor: agreements.visible_agreements(actor=actor).select_related("project"),
        (pgettext_lazy("list", "Agreement"), field("title")),
        _PROJECT,
        (pgettext_lazy("list", "Kind"), label("kind")),
        (pgettext_lazy("list", "Fee (CNY)"), yuan("fee_fen")),
        (pgettext_lazy("list", "VAT rate"), percent("vat_bp")),
        _STATUS,
        (pgettext_lazy("list", "Signed"), day("signed_at")),
    ),
    _list(
        "campaigns",
        pgettext_lazy("list", "Campaigns"),
        lambda actor: campaigns.visible_campaigns(actor=actor).select_related("project", "line"),
        _PROJECT,
        (pgettext_lazy("list", "Pilot line"), path("line.name")),
        (pgettext_lazy("list", "Planned batches"), field("planned_batches")),
        (pgettext_lazy("list", "Consecutive batches needed"), field("consecutive_batches")),
        _STATUS,
        (pgettext_lazy("list", "Opened"), day("opened_at")),
        (pgettext_lazy("list", "Judged"), day("judged_at")),
    ),
    _list(
        "invoices",
        pgettext_lazy("list", "Invoices"),
        lambda actor: finance.visible_invoices(actor=actor).select_related(
            "project", "payer", "payee"
        ),
        (pgettext_lazy("list", "Invoice number"), field("number")),
        _PROJECT,
        (pgettext_lazy("list", "Payer"), path("payer.name")),
        (pgettext_lazy("list", "Payee"), path("payee.name")),
        (pgettext_lazy("list", "Gross (CNY)"), yuan("gross_fen")),
        (pgettext_lazy("list", "Net (CNY)"), yuan("net_fen")),
        (pgettext_lazy("list", "VAT (CNY)"), yuan("vat_fen")),
        _STATUS,
        (pgettext_lazy("list", "Issued"), day("issued_at")),
        (pgettext_lazy("list", "Paid"), day("paid_at")),
    ),
    _list(
        "people",
        pgettext_lazy("list", "People"),
        lambda actor: parties.visible_members(actor=actor),
        (pgettext_lazy("list", "Name"), path("person.name")),
        (pgettext_lazy("list", "E-mail"), path("person.email")),
        (pgettext_lazy("list", "Organisation"), path("organisation.name")),
        (pgettext_lazy("list", "Role"), label("role")),
        (pgettext_lazy("list", "Administrator"), yes_no("is_admin")),
        _STATUS,
        (pgettext_lazy("list", "Since"), day("since_at")),
    ),
)  # fmt: skip
OTHERS: dict[str, Export] = {export.name: export for export in _LISTS}
