"""Which values does the pilot report show? Frozen when it is asked for."""

from typing import Any

from django.conf import settings
from django.utils import translation

from pilotharbor.agreements.wording import term
from pilotharbor.campaigns import queries
from pilotharbor.campaigns.engine import acceptance
from pilotharbor.campaigns.models import Batch, Campaign
from pilotharbor.campaigns.wording import bounds, number
from pilotharbor.documents import press
from pilotharbor.projects.models import Project

PILOT_REPORT = "campaigns.pilot_report/1"


def pilot_report(
    campaign: Campaign, *, project: Project, language: str = settings.LANGUAGE_CODE
) -> dict[str, Any]:
    """Every value of the report; the template has its words in the paper's language."""
    with translation.override(language):
        return _pilot_report(campaign, project)


def _pilot_report(campaign: Campaign, project: Project) -> dict[str, Any]:
    progress = queries.progress_of(campaign)
    return {
        "project": {"id": project.pk, "title": project.title},
        "achievement": project.achievement.title,
        "goal": project.plan.goal,
        "owner": project.owner.name,
        "platform": project.platform.name,
        "enterprise": project.enterprise.name if project.enterprise else "",
        "line": campaign.line.name,
        "verdict": campaign.status,
        "consecutive": campaign.consecutive_batches,
        "planned": campaign.planned_batches,
        "judged": progress.judged,
        "released": progress.released,
        "run": progress.run,
        "met": progress.met,
        "bound": f"{progress.bound:.3f}" if progress.bound is not None else "",
        "limits": [
            {"attribute": term(limit.attribute), "unit": limit.unit, "bounds": bounds(limit)}
            for limit in queries.limits_of(campaign)
        ],
        "batches": [_batch(batch, campaign) for batch in campaign.batches.all()],
        "judged_by": campaign.judged_by.person.name if campaign.judged_by else "",
        "judged_at": press.instant(campaign.judged_at),
    }


def _batch(batch: Batch, campaign: Campaign) -> dict[str, Any]:
    values = queries.values_of(batch, campaign)
    return {
        "number": batch.number,
        "scale_kg": number(batch.scale_kg) if batch.scale_kg is not None else "",
        "status": batch.status,
        "note": batch.note,
        "recorded_by": batch.recorded_by.person.name,
        "period": _period(batch),
        "values": [
            [
                {"text": number(value), "within": limit.holds(value)}
                for value in values.get(limit.attribute, [])
            ]
            for limit in queries.limits_of(campaign)
        ],
        "findings": [_finding(found) for found in queries.findings_of(batch, campaign)],
    }


def _period(batch: Batch) -> list[str]:
    if batch.booking is None:
        return []
    period = batch.booking.period
    return [press.instant(period.lower), press.instant(period.upper)]


def _finding(found: acceptance.Finding) -> dict[str, str]:
    return {
        "attribute": term(found.limit.attribute),
        "value": number(found.value),
        "unit": found.limit.unit,
        "bounds": bounds(found.limit),
    }
