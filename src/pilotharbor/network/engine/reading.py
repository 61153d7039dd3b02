"""What does a page of a foreign repository say, if it can be trusted to be one?"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from pilotharbor.network.engine import asking, crosswalk
from pilotharbor.network.engine.crosswalk import Said
from pilotharbor.network.engine.fetching import Trouble

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_UTF8 = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
_LONGEST_TOKEN = 4000


@dataclass(frozen=True, slots=True)
class Identity:
    """How a repository introduces itself."""

    name: str
    granularity: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it arrived; without ``said`` it was deleted, or ``fault`` says what is wrong."""

    identifier: str
    changed_at: datetime | None
    deleted: bool = False
    said: Said | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page; ``token`` leads to the next one."""

    answered_at: datetime
    records: tuple[Record, ...] = field(default=())
    token: str = ""


def document(content: bytes) -> Element:
    """The root of a response, read so that nothing in it is expanded or fetched.

    Raises: Trouble (encoding, entities, malformed, not_oai, refused, token).
    """
    declared = _DECLARED.match(content[:200].removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in _UTF8:
        raise Trouble("encoding", declared[1].decode())
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise Trouble("encoding", f"byte {exc.start}") from exc
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as exc:
        raise Trouble("entities", type(exc).__name__) from exc
    except (ParseError, ValueError, RecursionError) as exc:
        raise Trouble("malformed", exc) from exc
    if root.tag != f"{_OAI}OAI-PMH":
        raise Trouble("not_oai", root.tag[:200])
    return root


def _refused(root: Element) -> str:
    """The code of an error that only says that there is nothing; other errors end the run."""
    for error in root.iterfind(f"{_OAI}error"):
        code = error.get("code", "")
        if code == "noRecordsMatch":
            return code
        reason = "token" if code == "badResumptionToken" else "refused"
        raise Trouble(reason, f"{code} {(error.text or '').strip()}".strip())
    return ""


def identity(content: bytes) -> Identity:
    """How the repository of this answer to Identify introduces itself.

    Raises: Trouble.
    """
    root = document(content)
    _refused(root)
    found = root.find(f"{_OAI}Identify")
    version = _text(found, "protocolVersion") if found is not None else ""
    if found is None or version != "2.0":
        raise Trouble("not_oai", f"protocolVersion {version[:40]}")
    granularity = _text(found, "granularity")
    days = granularity[: len(asking.DAYS)].upper() == asking.DAYS and "T" not in granularity
    return Identity(
        name=_text(found, "repositoryName")[:200],
        granularity=asking.DAYS if days else asking.SECONDS,
    )


def page(content: bytes, prefix: str) -> Page:
    """A page of ListRecords: all of it, or nothing.

    Raises: Trouble.
    """
    root = document(content)
    answered_at = _instant(_text(root, "responseDate"))
    if answered_at is None:
        raise Trouble("not_oai", "responseDate")
    if _refused(root):
        return Page(answered_at)
    listed = root.find(f"{_OAI}ListRecords")
    if listed is None:
        raise Trouble("not_oai", "ListRecords")
    read = crosswalk.FORMATS[prefix]
    found = tuple(_records(listed, read))
    token = _text(listed, "resumptionToken")
    if len(token) > _LONGEST_TOKEN:
        raise Trouble("token", len(token))
    return Page(answered_at, found, token)


def _records(listed: Element, read: Callable[[Element], Said | None]) -> Iterator[Record]:
    for element in listed.iterfind(f"{_OAI}record"):
        header = element.find(f"{_OAI}header")
        identifier = _text(header, "identifier") if header is not None else ""
        if header is None or not identifier:
            yield Record("", None, fault="no_identifier")
            continue
        changed_at = _instant(_text(header, "datestamp"))
        if header.get("status") == "deleted":
            yield Record(identifier, changed_at, deleted=True)
            continue
        metadata = element.find(f"{_OAI}metadata")
        body = None if metadata is None else next(iter(metadata), None)
        said = None if body is None else read(body)
        fault = "" if said else "no_metadata"
        if said and said.kind not in {"", "result"}:
            said, fault = None, "not_a_result"
        yield Record(identifier, changed_at, said=said, fault=fault)


def _text(element: Element | None, name: str) -> str:
    found = None if element is None else element.find(f"{_OAI}{name}")
    return (found.text or "").strip() if found is not None else ""


def _instant(text: str) -> datetime | None:
    try:
        return asking.instant(text)
    except asking.Refused:
        return None


def arguments_of(*, prefix: str, since: str, spec: str) -> Mapping[str, str]:
    """What the first page is asked with."""
    given = {"verb": "ListRecords", "metadataPrefix": prefix}
    if since:
        given["from"] = since
    if spec:
        given["set"] = spec
    return given
