"""How are a measured value, a limit and a verdict said to people?"""

from decimal import Decimal

from django.utils.translation import gettext as _

from pilotharbor.agreements.wording import term
from pilotharbor.campaigns import queries
from pilotharbor.campaigns.engine import acceptance
from pilotharbor.campaigns.models import Campaign


def number(value: Decimal) -> str:
    """A measured value without needless zeros: ``99.56``."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def bounds(limit: acceptance.Limit) -> str:
    """A limit in words: ``≥ 99.5 %``, ``82–90 %``."""
    unit = f" {limit.unit}" if limit.unit else ""
    if limit.at_least is not None and limit.at_most is not None:
        return f"{number(limit.at_least)}–{number(limit.at_most)}{unit}"
    if limit.at_least is not None:
        return f"≥ {number(limit.at_least)}{unit}"
    return f"≤ {number(limit.at_most)}{unit}" if limit.at_most is not None else "—"


def finding(found: acceptance.Finding) -> str:
    """One value outside its limit, in a sentence."""
    return _("{attribute} {value} {unit}, but it must be {bounds}").format(
        attribute=term(found.limit.attribute),
        value=number(found.value),
        unit=found.limit.unit,
        bounds=bounds(found.limit),
    )


def verdict(campaign: Campaign) -> str:
    """Why acceptance is met, or why not: which batches in a row, which batch, value and limit."""
    progress = queries.progress_of(campaign)
    if progress.met:
        return _("Batches {first} to {last} are within limits, {needed} in a row.").format(
            first=progress.met[0], last=progress.met[-1], needed=progress.needed
        )
    said = _("At most {run} batches in a row are within limits, {needed} are needed.").format(
        run=len(progress.run), needed=progress.needed
    )
    failure = queries.first_failure(campaign)
    if failure is None:
        return said
    batch, found = failure
    return f"{said} " + _("Batch {number}: {finding}.").format(
        number=batch.number, finding=finding(found)
    )


def small_numbers(campaign: Campaign) -> str:
    """What so few batches do not say; stands beside every verdict (R-CAMP-6)."""
    progress = queries.progress_of(campaign)
    if progress.bound is None:
        return ""
    return _(
        "{good} good batches of {judged}: by this alone, the chance that a batch is good lies above "
        "{bound} with 95 % confidence (Clopper–Pearson, batches independent and alike). It says "
        "nothing of other raw materials, seasons or scales."
    ).format(good=progress.released, judged=progress.judged, bound=f"{progress.bound:.3f}")
