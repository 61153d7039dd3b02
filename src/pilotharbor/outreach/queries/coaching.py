"""Whose orders for coaching may one see, and what does a business plan begin with?"""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pilotharbor.kernel.errors import NotFound
from pilotharbor.outreach.models import CoachingOrder
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Role
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement

COACHES = (
    Role.TECHNOLOGY_MANAGER,
    Role.INDUSTRY_ADVISOR,
    Role.EXPERT,
    Role.PLATFORM_OPERATOR,
    Role.INVESTOR,
)
# The chapters of a plan, in their order.
SECTIONS: dict[str, Any] = {
    "summary": pgettext_lazy("chapter of a business plan", "Summary"),
    "problem": pgettext_lazy("chapter of a business plan", "Problem and market"),
    "product": pgettext_lazy("chapter of a business plan", "Product and technology"),
    "rights": pgettext_lazy("chapter of a business plan", "Intellectual property"),
    "readiness": pgettext_lazy("chapter of a business plan", "Readiness and road map"),
    "model": pgettext_lazy("chapter of a business plan", "Business model"),
    "competition": pgettext_lazy("chapter of a business plan", "Competition"),
    "team": pgettext_lazy("chapter of a business plan", "Team"),
    "finance": pgettext_lazy("chapter of a business plan", "Figures and money needed"),
    "risks": pgettext_lazy("chapter of a business plan", "Risks and what is done about them"),
}
HINTS: dict[str, Any] = {
    "problem": gettext_lazy(
        "Who has the problem, how many are they, what does it cost them today?"
    ),
    "model": gettext_lazy("Who pays how much for what, and what does it cost to deliver?"),
    "competition": gettext_lazy("Who solves it today, and why is yours better?"),
    "finance": gettext_lazy(
        "Revenue and cost of three years, the money needed and what it is for."
    ),
    "risks": gettext_lazy("Technology, market, law, people: what may go wrong?"),
}


def runs_coaching(actor: Membership | None) -> bool:
    """Whether the actor gives orders to coaches: the operators of the host."""
    return rights.acts_as(actor, Role.PLATFORM_OPERATOR) and actor.organisation.is_host


def visible_orders(*, actor: Membership | None) -> QuerySet[CoachingOrder]:
    """Orders one placed or coaches; all for the host's operators and auditors.

    Source: R-OUT-14.
    """
    rows = CoachingOrder.objects.select_related(
        "organisation", "asked_by__person", "coach__person", "coach__organisation", "achievement"
    )
    if actor is None:
        return rows.none()
    if runs_coaching(actor) or rights.audits(actor):
        return rows
    return rows.filter(Q(asked_by=actor) | Q(coach=actor))


def visible_order(*, actor: Membership | None, order_id: int) -> CoachingOrder:
    """One order.

    Raises: NotFound.
    """
    found = visible_orders(actor=actor).filter(pk=order_id).first()
    if found is None:
        raise NotFound
    return found


def coaches(order: CoachingOrder) -> QuerySet[Membership]:
    """Who can coach a team: people of approved organisations who advise, and not its own asker."""
    return (
        Membership.objects.filter(
            role__in=COACHES,
            status=Membership.Status.ACTIVE,
            person__is_active=True,
            organisation__status=Organisation.Status.APPROVED,
        )
        .exclude(person_id=order.asked_by.person_id)
        .select_related("person", "organisation")
        .order_by("person__name", "pk")
    )


def own_results(*, actor: Membership) -> QuerySet[Achievement]:
    """Results of one's own organisation that coaching can be about."""
    rows = technologies.visible_achievements(actor=actor)
    return rows.filter(owner_id=actor.organisation_id).order_by("title", "pk")


def plan_of(order: CoachingOrder, *, actor: Membership | None) -> dict[str, str]:
    """The chapters as they were written, the empty ones begun from the entry of the result.

    Only what the reader may see of the result is taken, and never its detail.
    """
    begun = _begun(order, actor)
    return {key: order.plan.get(key) or begun.get(key, "") for key in SECTIONS}


def _begun(order: CoachingOrder, actor: Membership | None) -> dict[str, str]:
    if order.achievement_id is None:
        return {"team": order.team}
    seen = technologies.visible_achievements(actor=actor)
    result = seen.filter(pk=order.achievement_id).first()
    if result is None:
        return {"team": order.team}
    rows = result.ip_assets.order_by("id")
    numbered = [f"{r.get_kind_display()} {r.application_no}".strip() for r in rows]
    people = result.inventors.select_related("membership__person").order_by("position")
    level = f"{result.get_trl_scale_display()}: {result.trl_level}" if result.trl_level else ""
    return {
        "summary": result.title,
        "product": result.summary,
        "rights": "\n".join(numbered),
        "readiness": "\n".join(line for line in (level, result.trl_evidence) if line),
        "team": "\n".join([
            order.team,
            *(_("{name}, inventor").format(name=p.membership.person.name) for p in people),
        ]),
    }  # fmt: skip
