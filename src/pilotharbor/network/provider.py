"""What does the OAI-PMH provider answer to this request?"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing

from pilotharbor.network import addresses, queries, sets
from pilotharbor.network.engine import asking
from pilotharbor.network.engine.asking import Asked, Refused, stamp
from pilotharbor.network.engine.markup import Writer
from pilotharbor.network.formats import FORMATS, XSI, Format
from pilotharbor.network.queries import Shown

OAI = "http://www.openarchives.org/OAI/2.0/"
_IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
_SALT = "network.resumption"
KEEP_TOKENS = timedelta(hours=24)
# Nobody got a longer one from us.
_LONGEST_TOKEN = 2000


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where a list goes on, as its signed resumption token says: no state stays here.

    ``seen``  datestamp and id of the last record given; ``cursor`` how many were given before
    """

    verb: str
    arguments: dict[str, str]
    seen: tuple[str, int]
    cursor: int
    size: int
    expires_at: str

    def token(self) -> str:
        """The bookmark as a harvester brings it back."""
        return signing.dumps(asdict(self), salt=_SALT, compress=True)


def _opened(asked: Asked, at: datetime) -> Bookmark | None:
    """The bookmark of a request that goes on with a list.

    Raises: Refused (badResumptionToken).
    """
    token = asked.token
    if token is None:
        return None
    wrong = Refused("badResumptionToken", "This resumption token is unknown or has expired.")
    if len(token) > _LONGEST_TOKEN:
        raise wrong
    try:
        found = Bookmark(**signing.loads(token, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError) as exc:
        raise wrong from exc
    if found.verb != asked.verb or datetime.fromisoformat(found.expires_at) <= at:
        raise wrong
    return found


def answer(given: Sequence[tuple[str, str]], *, at: datetime) -> bytes:
    """The whole response document to these arguments; errors are documents too."""
    shown: dict[str, str] = {}
    try:
        asked = asking.asked(given)
        shown = {"verb": asked.verb, **asked.arguments}
        body = _VERBS[asked.verb](asked, at)
    except Refused as refusal:
        # Where an argument is wrong, the protocol wants none of them repeated.
        repeated = {} if refusal.code == "badArgument" else shown
        return _document(repeated, at, _error(refusal))

    def write(xml: Writer) -> None:
        with xml.inside(asked.verb):
            body(xml)

    return _document(shown, at, write)


type Body = Callable[[Writer], None]


def _document(attributes: dict[str, str], at: datetime, write: Body) -> bytes:
    xml = Writer()
    root = {
        "xmlns": OAI,
        "xmlns:xsi": XSI,
        "xsi:schemaLocation": f"{OAI} {OAI}OAI-PMH.xsd",
    }
    with xml.inside("OAI-PMH", root):
        xml.leaf("responseDate", stamp(at))
        xml.leaf("request", addresses.base_url(), attributes)
        write(xml)
    return xml.document()


def _error(refusal: Refused) -> Body:
    return lambda xml: xml.leaf("error", refusal.said, {"code": refusal.code})


def _identify(_asked: Asked, at: datetime) -> Body:
    def write(xml: Writer) -> None:
        xml.leaf("repositoryName", queries.repository_name())
        xml.leaf("baseURL", addresses.base_url())
        xml.leaf("protocolVersion", "2.0")
        xml.leaf("adminEmail", addresses.admin_email())
        xml.leaf("earliestDatestamp", stamp(queries.earliest() or at))
        xml.leaf("deletedRecord", "persistent")
        xml.leaf("granularity", asking.SECONDS)
        xml.leaf("compression", "gzip")
        scheme = {
            "xmlns": _IDENTIFIER,
            "xsi:schemaLocation": f"{_IDENTIFIER} {_IDENTIFIER}.xsd",
        }
        with xml.inside("description"), xml.inside("oai-identifier", scheme):
            xml.leaf("scheme", "oai")
            xml.leaf("repositoryIdentifier", addresses.namespace())
            xml.leaf("delimiter", ":")
            xml.leaf("sampleIdentifier", addresses.identifier_of("result", 1))

    return write


def _known(identifier: str) -> Shown:
    found = queries.record(identifier=identifier)
    if found is None:
        raise Refused("idDoesNotExist", "There is no record of this identifier.")
    return found


def _list_metadata_formats(asked: Asked, _at: datetime) -> Body:
    if "identifier" in asked.arguments:
        _known(asked.arguments["identifier"])

    def write(xml: Writer) -> None:
        for one in FORMATS.values():
            with xml.inside("metadataFormat"):
                xml.leaf("metadataPrefix", one.prefix)
                xml.leaf("schema", one.schema())
                xml.leaf("metadataNamespace", one.namespace)

    return write


def _list_sets(asked: Asked, _at: datetime) -> Body:
    if asked.token is not None:
        raise Refused("badResumptionToken", "The list of sets is given whole, without a token.")

    def write(xml: Writer) -> None:
        for spec in sorted({*queries.set_specs(), *sets.always()}):
            with xml.inside("set"):
                xml.leaf("setSpec", spec)
                xml.leaf("setName", sets.name_of(spec))

    return write


def _format(prefix: str) -> Format:
    if prefix not in FORMATS:
        raise Refused("cannotDisseminateFormat", "There is no such format here.")
    return FORMATS[prefix]


def _get_record(asked: Asked, _at: datetime) -> Body:
    form = _format(asked.arguments["metadataPrefix"])
    found = _known(asked.arguments["identifier"])
    publisher = queries.repository_name()
    return lambda xml: _record(xml, found, form, publisher)


def _header(xml: Writer, one: Shown) -> None:
    with xml.inside("header", None if one.entry else {"status": "deleted"}):
        xml.leaf("identifier", one.record.identifier)
        xml.leaf("datestamp", stamp(one.record.changed_at))
        for spec in sets.leaves(one.record.sets):
            xml.leaf("setSpec", spec)


def _record(xml: Writer, one: Shown, form: Format, publisher: str) -> None:
    with xml.inside("record"):
        _header(xml, one)
        if one.entry is not None:
            with xml.inside("metadata"):
                form.write(xml, one.record.kind, one.entry, publisher)


def _list(asked: Asked, at: datetime) -> Body:
    """A page of records or headers; the token carries on with the arguments of the first page."""
    mark = _opened(asked, at)
    arguments: Any = mark.arguments if mark else asked.arguments
    form = _format(arguments["metadataPrefix"])
    rows = queries.records(stretch=asking.stretch(arguments), spec=arguments.get("set"))
    seen = (datetime.fromisoformat(mark.seen[0]), mark.seen[1]) if mark else None
    page, more = queries.after(rows, seen)
    if not page and mark is None:
        raise Refused("noRecordsMatch", "Nothing matches these arguments.")
    cursor = mark.cursor if mark else 0
    # What changed meanwhile moves to the end, so that the first count may fall short.
    size = max(mark.size if mark else rows.count(), cursor + len(page) + more)
    expires_at = at + KEEP_TOKENS

    publisher = queries.repository_name()

    def write(xml: Writer) -> None:
        for one in queries.shown(page):
            if asked.verb == "ListRecords":
                _record(xml, one, form, publisher)
            else:
                _header(xml, one)
        said: dict[str, object] = {"completeListSize": size, "cursor": cursor}
        if more:
            last = (page[-1].changed_at.isoformat(), page[-1].pk)
            onward = Bookmark(
                asked.verb, dict(arguments), last, cursor + len(page), size, expires_at.isoformat()
            )
            said["expirationDate"] = stamp(expires_at)
            xml.leaf("resumptionToken", onward.token(), said)
        elif mark is not None:
            xml.leaf("resumptionToken", "", said)

    return write


_VERBS: dict[str, Callable[[Asked, datetime], Body]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_metadata_formats,
    "ListSets": _list_sets,
    "GetRecord": _get_record,
    "ListIdentifiers": _list,
    "ListRecords": _list,
}
