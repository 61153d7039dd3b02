"""Would the commands take what a case says? Asked before anything starts, with their own rules."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from pilotharbor import finance
from pilotharbor.kernel.secrecy import marking_in
from pilotharbor.parties.roles import roles_of
from pilotharbor.technologies.content import (
    ContentWrong,
    GivenRight,
    checked_rights,
    cleaned,
)
from pilotharbor.web.voyage.case import Case

type Objection = tuple[str, str]

_UNUSABLE = re.compile("[\x00\ud800-\udfff]")
_RULES = Path(finance.__file__).parent / "data" / "reward_rules.json"


def unusable(data: Any, path: str = "") -> Iterator[Objection]:
    """Texts anywhere in a case that no database and no request can hold."""
    if isinstance(data, str):
        if _UNUSABLE.search(data):
            yield path.removeprefix(".") or "$", _("The text holds a character that is none.")
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from unusable(key, path)
            yield from unusable(value, f"{path}.{_UNUSABLE.sub('?', key)}")
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from unusable(value, f"{path}[{i}]")


def said(case: Case) -> Iterator[Objection]:
    """What is written about the result and the need, by the rules of their domain."""
    result, need = case.achievement, case.demand
    told = result.model_dump(include={"title", "summary", "keywords", "industry"})
    wanted = need.model_dump(include={"title", "summary", "keywords"})
    for part, content in (("achievement", told), ("demand", wanted)):
        try:
            cleaned(content, {})
        except ContentWrong as wrong:
            yield from ((f"{part}.{name}", text) for name, text in wrong.problems.items())
    for i, right in enumerate(result.ip):
        try:
            checked_rights([GivenRight(right.kind, right.application_no, right.legal_status)])
        except ContentWrong as wrong:
            yield from ((f"achievement.ip[{i}]", text) for text in wrong.problems.values())
    yield from _secrets(case.model_dump(mode="json"))


def _secrets(data: Any, path: str = "") -> Iterator[Objection]:
    if isinstance(data, str):
        if marking_in(data):
            text = _("The text carries a state-secret marking; such texts never enter.")
            yield path.removeprefix("."), text
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _secrets(value, f"{path}.{key}")
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from _secrets(value, f"{path}[{i}]")


def seats(case: Case) -> Iterator[Objection]:
    """Whether people can have their roles where they are, and addresses of their own."""
    kinds = {o.key: o.kind for o in case.organisations}
    seen: set[str] = set()
    for i, person in enumerate(case.people):
        address = person.key.lower().replace("_", "-")
        if address in seen:
            yield f"people[{i}].key", _("“{0}” is used twice.").format(address)
        seen.add(address)
        kind = kinds.get(person.org or "")
        if kind is not None and person.role not in roles_of(kind=kind):
            text = _("Nobody of such an organisation ({0}) is “{1}”.")
            yield f"people[{i}].role", text.format(kind, person.role)


def basis(case: Case, holder: str) -> Iterator[Objection]:
    """Whether the rule a case names may stand for that of the organisation whose stake it is.

    Source: R-FIN-5.
    """
    made = case.decision
    own = next((o.jurisdiction for o in case.organisations if o.key == holder), None)
    if made is None or made.inventor_reward is None or own is None:
        return
    named = made.inventor_reward.basis
    rules = {
        rule["jurisdiction"]: (bool(rule["mandatory_for_state_funded"]), int(rule["floor_bp"]))
        for rule in json.loads(_RULES.read_text("utf-8"))
        if rule["applies_to"] == "equity"
    }
    binds, floor = rules.get(own, rules["CN"])
    other = rules.get(named)
    if named == own or (other and other[1] >= floor and (other[0] or not binds)):
        return
    text = _("The rule of {0} applies to “{1}”; that of {2} asks for less or does not exist.")
    yield "decision.inventor_reward.basis", text.format(own, holder, named)
