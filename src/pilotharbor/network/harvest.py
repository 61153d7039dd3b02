"""What happens while a source is gone through, page after page?"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as translate
from django.utils.translation import override

from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.secrecy import StateSecretRefused, marking_in
from pilotharbor.network.commands import pages, runs
from pilotharbor.network.commands.pages import Arrival, Fault
from pilotharbor.network.engine import asking, reading
from pilotharbor.network.engine.fetching import Fetcher, Limits, Trouble, base_of
from pilotharbor.network.engine.reading import Identity, Record
from pilotharbor.network.models import HarvestRun, Source
from pilotharbor.technologies import bulk as technologies
from pilotharbor.technologies.content import GivenRight, checked_rights

# What no repository of results reaches: whoever goes on is a trap.
MOST_PAGES = 5000
# A changed record may come again at the end of a list; pages on end without a new one are a circle.
MOST_STALE_PAGES = 3

type Clock = Callable[[], datetime]
type Open = Callable[[str], Fetcher]


def opened(base_url: str, *, limits: Limits | None = None) -> Fetcher:
    """A way to fetch from this address, as the settings allow.

    Raises: Trouble.
    """
    return Fetcher(base_url, private=settings.HARVEST_PRIVATE, limits=limits)


def identify(base_url: str) -> Identity:
    """What the repository at this address says of itself.

    Raises: Trouble.
    """
    # A person waits for it.
    limits = Limits(page_bytes=1024 * 1024, page_seconds=20, waits=0)
    fetcher = opened(base_url, limits=limits)
    try:
        return reading.identity(fetcher.get({"verb": "Identify"}))
    finally:
        fetcher.close()


def carry_out(*, run_id: int, clock: Clock, open_: Open = opened) -> None:
    """Go through the source of a run that waits; whatever goes wrong is told on the run."""
    waiting = HarvestRun.objects.select_related("source").get(pk=run_id)
    actor_id = waiting.requested_by_id
    try:
        run = runs.begin_run(run_id=run_id, actor_id=actor_id, at=clock())
    except runs.RunOver:
        # Another job has it, or it was given up.
        return
    except runs.SourcePaused as refusal:
        _fail(run_id, refusal.code, "", actor_id, clock())
        return
    try:
        answered_at, held_at = _through(run, clock, open_)
        runs.complete_run(
            run_id=run_id, answered_at=answered_at, held_at=held_at, actor_id=actor_id, at=clock()
        )
    except Trouble as trouble:
        _fail(run_id, trouble.reason, trouble.detail, actor_id, clock())
    except runs.RunOver:
        return
    except DomainError as refusal:
        _fail(run_id, "refused_here", f"{refusal.code}", actor_id, clock())
    except Exception as exc:
        _fail(run_id, "unexpected", type(exc).__name__, actor_id, clock())
        raise


def _fail(run_id: int, reason: str, detail: str, actor_id: int, at: datetime) -> None:
    # What a stranger said may itself carry a marking, and is then not kept.
    told = "" if marking_in(detail) else detail
    runs.fail_run(run_id=run_id, reason=reason, detail=told, actor_id=actor_id, at=at)


def _through(run: HarvestRun, clock: Clock, open_: Open) -> tuple[datetime, datetime | None]:
    """Take every page; when the source answered the first, and what must be asked for again."""
    answered_at: datetime | None = None
    held_at: datetime | None = None
    for page in _pages(run, open_):
        answered_at = answered_at or page.answered_at
        arrivals, faults = sorted_out(page.records, run.source)
        taken = pages.take_page(
            run_id=run.pk,
            arrivals=arrivals,
            faults=faults,
            actor_id=run.source.author_id,
            at=clock(),
        )
        if taken.held_at is not None:
            held_at = min(held_at or taken.held_at, taken.held_at)
    return answered_at or clock(), held_at


def _pages(run: HarvestRun, open_: Open) -> Iterator[reading.Page]:
    """Every page of the list, each read whole before the next is asked for.

    Raises: Trouble.
    """
    source = run.source
    fetcher = open_(source.base_url)
    arguments = reading.arguments_of(prefix=source.prefix, since=_since(run), spec=source.set_spec)
    tokens: set[str] = set()
    seen: set[bytes] = set()
    stale = 0
    try:
        while True:
            page = reading.page(fetcher.get(arguments), source.prefix)
            names = {sha256(r.identifier.encode()).digest() for r in page.records}
            stale = 0 if names - seen else stale + 1
            seen |= names
            yield page
            if not page.token:
                return
            if page.token in tokens or stale >= MOST_STALE_PAGES or len(tokens) >= MOST_PAGES:
                raise Trouble("loop", page.token[:200])
            tokens.add(page.token)
            arguments = {"verb": "ListRecords", "resumptionToken": page.token}
    finally:
        fetcher.close()


def _since(run: HarvestRun) -> str:
    if run.since_at is None:
        return ""
    said = asking.stamp(run.since_at)
    return said[: len(asking.DAYS)] if run.source.granularity == asking.DAYS else said


def sorted_out(records: tuple[Record, ...], source: Source) -> tuple[list[Arrival], list[Fault]]:
    """What of a page can be taken, and what is wrong with the rest."""
    arrivals: list[Arrival] = []
    faults: list[Fault] = []
    for record in records:
        name = record.identifier[:500]
        if marking_in(name):
            name = sha256(name.encode()).hexdigest()
        if record.fault:
            faults.append(Fault(name, record.fault))
            continue
        try:
            arrivals.append(_arrival(record, name, source))
        except StateSecretRefused as refusal:
            # Its own words would carry the marking in.
            faults.append(Fault(name, refusal.code))
        except DomainError as refusal:
            faults.append(Fault(name, refusal.code, _said(record)))
    return arrivals, faults


def _arrival(record: Record, name: str, source: Source) -> Arrival:
    """The record checked by the market's own rules.

    Raises: ContentWrong, StateSecretRefused.
    """
    digest_of_name = sha256(record.identifier.encode()).hexdigest()
    # Of two repositories neither can speak for the other's records, nor name one of our own.
    host = base_of(source.base_url).hostname or ""
    key = "h:" + sha256(f"oai {host} {record.identifier}".encode()).hexdigest()[:58]
    if record.said is None:
        return Arrival(name, digest_of_name, key, record.changed_at, deleted=True)
    given: dict[str, Any] = {k: v for k, v in record.said.fields.items() if v != ""}
    given |= {"title": record.said.fields["title"], "summary": record.said.fields["summary"]}
    given["source"] = f"OAI-PMH {name}"[:200]
    fields = technologies.ready(given)
    rights: tuple[tuple[str, str, str], ...] | None = None
    if source.prefix == Source.Prefix.PILOTHARBOR:
        found = checked_rights([GivenRight(*right) for right in record.said.rights])
        rights = tuple((a.kind, a.application_no, a.legal_status) for a in found)
    plain = json.dumps([fields, rights], sort_keys=True, ensure_ascii=False, default=str)
    digest = sha256(plain.encode()).hexdigest()
    return Arrival(name, digest_of_name, key, record.changed_at, digest, fields, rights)


def labels() -> dict[str, str]:
    """What the fields of a record are called."""
    return {
        "title": translate("Title"),
        "summary": translate("Summary"),
        "keywords": translate("Keywords"),
        "industry": translate("Industry"),
        "region": translate("Region"),
        "discipline": translate("Discipline"),
        "trl_scale": translate("Readiness scale"),
        "trl_level": translate("Readiness level"),
        "trl_evidence": translate("Evidence of readiness"),
        "mrl": translate("Manufacturing readiness"),
        "ip": translate("Rights"),
    }


def _said(record: Record) -> dict[str, str]:
    """What is wrong with a record, in each language: nobody knows yet who will read it."""
    told: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            told[language] = _sentence(record)
    return told


def _sentence(record: Record) -> str:
    said = record.said
    if said is None:
        return ""
    try:
        given = {k: v for k, v in said.fields.items() if v != "" or k in {"title", "summary"}}
        technologies.ready(given)
        checked_rights([GivenRight(*right) for right in said.rights])
    except DomainError as refusal:
        called = labels()
        sentences = [f"{called.get(k, k)}: {text}" for k, text in refusal.problems.items()]
        text = " ".join(sentences) or str(refusal)
        return "" if marking_in(text) else text[:400]
    return ""
