"""Which values does the paper of an agreement show? Frozen in the moment it is offered."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from pilotharbor.agreements import statute
from pilotharbor.agreements.models import Agreement
from pilotharbor.agreements.wording import term
from pilotharbor.documents import capitals, press
from pilotharbor.kernel import money
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.roles import Confidentiality
from pilotharbor.projects.models import Plan, Project

TRIPARTITE = "agreements.tripartite/1"
SIGNATURES = "agreements.signatures/1"


def tripartite(
    agreement: Agreement, *, project: Project, plan: Plan, language: str = settings.LANGUAGE_CODE
) -> dict[str, Any]:
    """Every value the tripartite paper shows; amounts as text, codes for the template's words."""
    with translation.override(language):
        return _tripartite(agreement, project, plan)


def _tripartite(agreement: Agreement, project: Project, plan: Plan) -> dict[str, Any]:
    bodies = [party.organisation for party in agreement.parties.all()]
    return {
        "agreement_title": agreement.title,
        "project": {"id": project.pk, "title": project.title},
        "achievement": project.achievement.title,
        "parties": [_party(body, project) for body in bodies],
        "fee": _amount(agreement.fee_fen),
        "fee_includes_vat": agreement.fee_includes_vat,
        "vat": _percent(agreement.vat_bp),
        "milestones": _milestones(agreement),
        "plan": {
            "goal": plan.goal,
            "budget": _amount(plan.budget_fen),
            "acceptance": [{**row, "attribute": term(row["attribute"])} for row in plan.acceptance],
            "consecutive": plan.consecutive_batches,
            "planned": plan.planned_batches,
        },
        "improvement_ip": agreement.improvement_ip,
        "statute_note": agreement.governing_statute_note,
        "departures": [d.key for d in statute.departures(improvement_ip=agreement.improvement_ip)],
        "state_funded": any(body.state_funded for body in bodies),
        "revenue_share": _revenue_share(agreement),
    }


def preview(
    agreement: Agreement, *, project: Project, plan: Plan, reader: str, at: datetime
) -> bytes:
    """The PDF of a draft as it would be offered now, marked as a draft on every page.

    It is made for one reading and kept nowhere. Raises: PressError.
    """
    head = {
        "number": f"草稿 DRAFT {agreement.pk}-{agreement.version}",
        "title": agreement.title,
        "version": agreement.version,
        "owner": project.platform.name,
        "confidentiality": Confidentiality.PROJECT.value,
        "date": press.instant(at),
    }
    sheet = press.Sheet(
        template=TRIPARTITE,
        values={**tripartite(agreement, project=project, plan=plan), "head": head},
        language=settings.LANGUAGE_CODE,
        at=at,
        watermark=f"草稿 DRAFT · {reader}",
    )
    return press.print_pdf(sheet).content


def signatures(agreement: Agreement) -> dict[str, Any]:
    """Who signed which bytes when, for the sheet that goes with the signed paper."""
    document = agreement.document
    return {
        "agreement_title": agreement.title,
        "paper": {
            "number": document.number if document else "",
            "sha256": agreement.parties.all()[0].signed_sha256,
        },
        "parties": [
            {
                "name": party.organisation.name,
                "uscc": party.organisation.uscc,
                "person": party.signed_by.person.name if party.signed_by else "",
                "role": party.signed_by.role if party.signed_by else "",
                "at": press.instant(party.signed_at),
                "sha256": party.signed_sha256,
            }
            for party in agreement.parties.all()
        ],
    }


def _party(body: Organisation, project: Project) -> dict[str, str]:
    roles = {
        project.owner_id: "owner",
        project.enterprise_id: "enterprise",
        project.platform_id: "platform",
    }
    return {
        "role": roles.get(body.pk, "party"),
        "name": body.name,
        "uscc": body.uscc,
        "address": body.address,
    }


def _amount(fen: int) -> dict[str, str]:
    return {"figures": money.format_cny(fen), "capitals": capitals.amount(fen)}


def _percent(bp: int) -> str:
    whole, rest = divmod(bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + " %"


def _milestones(agreement: Agreement) -> list[dict[str, Any]]:
    rows = list(agreement.milestones.all())
    amounts = money.cumulative(agreement.fee_fen, [row.share_bp for row in rows])
    return [
        {
            "key": term(row.key),
            "share": _percent(row.share_bp),
            "amount": money.format_cny(fen),
            "evidence": row.evidence,
            "nth": row.nth,
        }
        for row, fen in zip(rows, amounts, strict=True)
    ]


def _revenue_share(agreement: Agreement) -> dict[str, str] | None:
    share = getattr(agreement, "revenue_share", None)
    if share is None:
        return None
    return {
        "payer": share.payer.name,
        "payee": share.payee.name,
        "rate": _percent(share.rate_bp),
        "base": share.base,
    }
