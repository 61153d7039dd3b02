"""Which rights stay when an entry names its rights again? What was written about them stays too."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pilotharbor.technologies.models import IpAsset


@dataclass(frozen=True, slots=True)
class Settled:
    """What is to be written: rows whose status or number changed, new rows, and rows that go."""

    changed: list[IpAsset]
    new: list[IpAsset]
    gone: list[IpAsset]


def said(assets: Iterable[IpAsset]) -> list[tuple[str, str, str]]:
    """What the rights say, in an order of their own."""
    return sorted((asset.kind, asset.application_no, asset.legal_status) for asset in assets)


def settle(present: Sequence[IpAsset], wanted: Sequence[IpAsset]) -> Settled:
    """Match the rights there are with those that are named: same kind and number, else same kind
    where there was no number yet.
    """  # noqa: D205 - one sentence
    left, unmatched = list(present), []
    changed: list[IpAsset] = []
    for asset in wanted:
        same = _take(left, asset.kind, asset.application_no)
        if same is None:
            unmatched.append(asset)
        elif same.legal_status != asset.legal_status:
            same.legal_status = asset.legal_status
            changed.append(same)
    new: list[IpAsset] = []
    for asset in unmatched:
        blank = _take(left, asset.kind, "")
        if blank is None:
            new.append(asset)
            continue
        blank.application_no, blank.number_checked = asset.application_no, asset.number_checked
        blank.legal_status = asset.legal_status
        changed.append(blank)
    return Settled(changed, new, left)


def _take(left: list[IpAsset], kind: str, number: str) -> IpAsset | None:
    for row in left:
        if row.kind == kind and row.application_no == number:
            left.remove(row)
            return row
    return None


def write(settled: Settled) -> None:
    """Carry it out but for the new rows, which the caller writes in its own way."""
    for row in settled.changed:
        row.save(update_fields=["application_no", "number_checked", "legal_status"])
    if settled.gone:
        IpAsset.objects.filter(pk__in=[row.pk for row in settled.gone]).delete()
