"""Is what someone wrote about a scenario complete and of the right form?"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypedDict

from django.utils.translation import gettext as translate

from pilotharbor.technologies import content
from pilotharbor.technologies.content import ContentWrong
from pilotharbor.technologies.models import Direction, Frontier

CONDITIONS = 4000


class ScenarioContent(TypedDict, total=False):
    """What is written about a scenario (see ``Scenario``); only what is given changes."""

    direction: str
    title: str
    summary: str
    conditions: str
    detail: str
    keywords: Sequence[str]
    industry: str
    region: str
    frontier: str
    domestic_substitution: bool
    budget_fen: int | None
    cooperation: Sequence[str]
    answers_until_date: date | None
    confidentiality: str


OWN = frozenset({
    "direction", "conditions", "frontier", "domestic_substitution", "answers_until_date",
})  # fmt: skip


def cleaned(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields, normalised; ``before`` is what the others hold already.

    Raises: ContentWrong with one sentence a field.
    """
    own = {name: value for name, value in given.items() if name in OWN}
    if "conditions" in own:
        own["conditions"] = content.plain_text(own["conditions"], lines=True)
    problems = dict(_problems(own, before))
    fields: dict[str, Any] = {}
    try:
        fields = content.cleaned({k: v for k, v in given.items() if k not in OWN}, before)
    except ContentWrong as wrong:
        problems |= wrong.problems
    if problems:
        raise ContentWrong(problems=problems)
    return fields | own


def _problems(own: Mapping[str, Any], before: Mapping[str, Any]) -> Any:
    if own.get("direction", before.get("direction")) not in Direction.values:
        yield "direction", translate("Say who looks for whom: a scenario or a product.")
    if own.get("frontier") and own["frontier"] not in Frontier.values:
        yield "frontier", translate("This field is unknown.")
    if len(own.get("conditions", "")) > CONDITIONS:
        said = translate("At most {count} characters, please.")
        yield "conditions", said.format(count=CONDITIONS)
