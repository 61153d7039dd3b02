"""To which OAI sets does an entry belong, and what are they called?"""

from collections.abc import Iterable

from pilotharbor.kernel.regions import PROVINCES
from pilotharbor.network.models import OaiRecord
from pilotharbor.technologies.industries import TRADES

_ROOTS = {
    "kind": "类型 Kind",
    "industry": "行业 Industry (GB/T 4754-2017)",
    "region": "地区 Region (GB/T 2260)",
}
_KINDS = {
    f"kind:{OaiRecord.Kind.RESULT}": "成果 Results",
    f"kind:{OaiRecord.Kind.NEED}": "需求 Needs",
    f"kind:{OaiRecord.Kind.SCENARIO}": "场景 Scenarios",
}


def specs_of(kind: str, industry: str, region: str) -> list[str]:
    """Every set of an entry with its parents: ``industry``, ``industry:C``, ``industry:C:C26``."""
    leaves = [f"kind:{kind}"]
    if industry[:1] in TRADES:
        deep = industry[:3] in TRADES and len(industry) > 1
        leaves.append(f"industry:{industry[:1]}" + (f":{industry[:3]}" if deep else ""))
    if region[:2] in PROVINCES:
        leaves.append(f"region:{region[:2]}")
    return sorted({parent for leaf in leaves for parent in _line(leaf)})


def _line(spec: str) -> Iterable[str]:
    parts = spec.split(":")
    return (":".join(parts[:n]) for n in range(1, len(parts) + 1))


def leaves(specs: Iterable[str]) -> list[str]:
    """The narrowest of these sets; membership in their parents follows."""
    known = sorted(specs)
    return [s for s in known if not any(other.startswith(s + ":") for other in known)]


def always() -> set[str]:
    """Sets that are listed even while they are empty."""
    return {*_KINDS, *_ROOTS}


def name_of(spec: str) -> str:
    """What a set is called, in both languages: a harvester asks in neither."""
    if spec in _ROOTS:
        return _ROOTS[spec]
    if spec in _KINDS:
        return _KINDS[spec]
    root, _, rest = spec.partition(":")
    code = rest.rpartition(":")[2]
    if root == "industry" and code in TRADES:
        return f"{code} {TRADES[code].zh} {TRADES[code].en}"
    if root == "region" and code in PROVINCES:
        return f"{PROVINCES[code].zh} {PROVINCES[code].en}"
    return spec
