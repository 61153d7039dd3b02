"""What is written about a right, and when somebody last did something with a result."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict

from django.utils.translation import gettext as translate

from pilotharbor.kernel import codes, events
from pilotharbor.kernel.codes import BadCode
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.technologies.commands import versions
from pilotharbor.technologies.commands.achievements import differing, save
from pilotharbor.technologies.commands.rules import (
    acting,
    locked_achievement,
    require_open,
    require_writer,
)
from pilotharbor.technologies.content import ContentWrong, plain_text
from pilotharbor.technologies.models import Achievement, IpAsset
from pilotharbor.technologies.patents import families, queries

LENGTHS = {
    "title": 200, "abstract": 4000, "publication_no": 32, "applicant": 200, "right_holder": 200,
    "priority": 200,
}  # fmt: skip
DAYS = ("filing_date", "publication_date", "grant_date")
SYMBOLS = 20
# Office, number and kind of document: CN110000001A, WO2021/000001A1.
_PUBLICATION = re.compile(r"[A-Z]{2}[0-9][0-9/]{4,16}(?:[A-Z][0-9]?)?")
FIRST_DAY = date(1900, 1, 1)


class RightContent(TypedDict, total=False):
    """What is written about a right (see ``IpAsset``); only what is given changes."""

    title: str
    abstract: str
    publication_no: str
    filing_date: date | None
    publication_date: date | None
    grant_date: date | None
    applicant: str
    right_holder: str
    ipc: Sequence[str]
    cpc: Sequence[str]
    priority: str
    priority_no: str
    family: str
    legal_status: str


@command
def describe_right(*, right_id: int, content: RightContent, actor_id: int, at: datetime) -> IpAsset:
    """Write down what a register says of a right; kind and number belong to the result's own page.

    Raises: NotFound, NotYourRole, NotYourEntry, NotOpenForChange, ContentWrong.
    Source: R-TECH-40.
    """
    actor = acting(actor_id, Verb.WRITE, Kind.ACHIEVEMENT)
    seen = queries.right(right_id=right_id, actor=actor)
    achievement = locked_achievement(seen.achievement_id, actor)
    require_writer(achievement, actor)
    require_open(achievement, actor)
    right = IpAsset.objects.filter(pk=right_id).first()
    if right is None:
        raise NotFound
    fields = _cleaned(content, right, at)
    changed = differing(right, fields)
    versions.keep_first(achievement)
    save(right, fields)
    if changed:
        versions.keep_if_published(achievement, actor=actor, at=at)
        events.record(
            "technologies.achievement.right_described", achievement, actor=actor, at=at,
            right_id=right.pk, fields=sorted(changed),
        )  # fmt: skip
    return right


@command
def note_activity(*, achievement_id: int, at: datetime) -> None:
    """Remember that somebody did something with a result; an earlier instant changes nothing.

    Called by handlers, also of domains above, whose events have their actors already.

    Source: R-TECH-42.
    """
    # One statement: whoever comes later with an earlier instant finds nothing to change.
    rows = Achievement.objects.filter(pk=achievement_id)
    rows.exclude(active_at__gte=at).update(active_at=at)


def _cleaned(given: RightContent, right: IpAsset, at: datetime) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: plain_text(value, lines=name == "abstract") if isinstance(value, str) else value
        for name, value in given.items()
    }
    problems = {
        name: translate("At most {count} characters, please.").format(count=longest)
        for name, longest in LENGTHS.items()
        if len(fields.get(name) or "") > longest
    }
    if "legal_status" in fields and fields["legal_status"] not in IpAsset.LegalStatus.values:
        problems["legal_status"] = translate("Say where this right stands.")
    problems |= _symbols(fields) | _publication(fields) | _family(fields)
    whole = {name: fields.get(name, getattr(right, name)) for name in DAYS}
    problems |= _days(whole, local_date(at), fields)
    if problems:
        raise ContentWrong(problems=problems)
    return fields


def _symbols(fields: dict[str, Any]) -> dict[str, str]:
    problems: dict[str, str] = {}
    for name, normalise in (("ipc", codes.normalise_ipc), ("cpc", codes.normalise_cpc)):
        if name not in fields:
            continue
        if len(fields[name]) > SYMBOLS:
            problems[name] = translate("At most {count} symbols.").format(count=SYMBOLS)
            continue
        try:
            said = [normalise(text) for text in fields[name] if text.strip()]
        except BadCode as doubt:
            problems[name] = str(doubt)
        else:
            fields[name] = list(dict.fromkeys(said))
    return problems


def _family(fields: dict[str, Any]) -> dict[str, str]:
    problems: dict[str, str] = {}
    given = (("priority_no", families.priority_number), ("family", families.family_number))
    for name, normalise in given:
        if name in fields:
            try:
                fields[name] = normalise(fields[name])
            except BadCode as doubt:
                problems[name] = str(doubt)
    return problems


def _publication(fields: dict[str, Any]) -> dict[str, str]:
    number = fields.get("publication_no")
    if not number:
        return {}
    fields["publication_no"] = codes.plain(number)
    if _PUBLICATION.fullmatch(fields["publication_no"]):
        return {}
    return {"publication_no": translate("Write it like CN110000001A: office, number, kind.")}


def _days(
    whole: Mapping[str, date | None], today: date, fields: Mapping[str, Any]
) -> dict[str, str]:
    filed = whole["filing_date"]
    problems: dict[str, str] = {}
    for name in DAYS:
        day = whole[name]
        if day is None:
            continue
        if name in fields and not FIRST_DAY <= day <= today:
            problems[name] = translate("A day between 1900 and today.")
        elif name != "filing_date" and filed is not None and day < filed:
            problems[name] = translate("Not before the day of filing.")
    return problems
