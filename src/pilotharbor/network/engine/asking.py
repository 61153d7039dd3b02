"""Is this a request OAI-PMH 2.0 allows, and what does it ask for?

Source: the protocol's sections 3.1–3.6 and 4 (Open Archives Initiative, 2002, document of 2015).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

SECONDS, DAYS = "YYYY-MM-DDThh:mm:ssZ", "YYYY-MM-DD"


class Verb(NamedTuple):
    """What a verb must and may be asked with; ``pages``: a resumption token instead of all that."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    pages: bool = False


_SELECTING = frozenset({"from", "until", "set"})
VERBS: dict[str, Verb] = {
    "Identify": Verb(),
    "ListMetadataFormats": Verb(optional=frozenset({"identifier"})),
    "ListSets": Verb(pages=True),
    "GetRecord": Verb(required=frozenset({"identifier", "metadataPrefix"})),
    "ListIdentifiers": Verb(frozenset({"metadataPrefix"}), _SELECTING, pages=True),
    "ListRecords": Verb(frozenset({"metadataPrefix"}), _SELECTING, pages=True),
}
_SET = re.compile(r"[\w\-.!~*'()]+(?::[\w\-.!~*'()]+)*", re.ASCII)
_STAMP = re.compile(r"\d{4}-\d\d-\d\d(?P<time>T\d\d:\d\d:\d\dZ)?", re.ASCII)


class Refused(Exception):
    """The protocol's own way to say no: a code and a sentence in English."""

    def __init__(self, code: str, said: str) -> None:
        self.code, self.said = code, said
        super().__init__(f"{code}: {said}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the right form; ``arguments`` are those that were given, by name."""

    verb: str
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str | None:
        """The resumption token, where it goes on with a list."""
        return self.arguments.get("resumptionToken")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Datestamps asked for, ``[start, end)``; an open end is None."""

    start: datetime | None
    end: datetime | None


def asked(given: Sequence[tuple[str, str]]) -> Asked:
    """The request these arguments make.

    Raises: Refused (badVerb, badArgument).
    """
    verbs = [value for name, value in given if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise Refused("badVerb", "Exactly one verb of the protocol is needed.")
    rest = [(name, value) for name, value in given if name != "verb"]
    arguments = dict(rest)
    if len(arguments) < len(rest):
        raise Refused("badArgument", "An argument is repeated.")
    rule = VERBS[verbs[0]]
    if "resumptionToken" in arguments and rule.pages:
        if len(arguments) > 1:
            raise Refused("badArgument", "resumptionToken is an exclusive argument.")
        return Asked(verbs[0], arguments)
    if illegal := arguments.keys() - rule.required - rule.optional:
        raise Refused("badArgument", f"{verbs[0]} does not take: {', '.join(sorted(illegal))}.")
    if missing := rule.required - {name for name, value in arguments.items() if value}:
        raise Refused("badArgument", f"{verbs[0]} needs: {', '.join(sorted(missing))}.")
    if "set" in arguments and not is_set(arguments["set"]):
        raise Refused("badArgument", "This is no setSpec.")
    return Asked(verbs[0], arguments)


def is_set(spec: str) -> bool:
    """Whether this has the form of a setSpec."""
    return _SET.fullmatch(spec) is not None


def stretch(arguments: Mapping[str, str]) -> Stretch:
    """What ``from`` and ``until`` ask for; both include their second or day.

    Raises: Refused (badArgument).
    """
    start, end = arguments.get("from"), arguments.get("until")
    if start is not None and end is not None and len(start) != len(end):
        raise Refused("badArgument", "from and until have different granularities.")
    first = None if start is None else instant(start)
    last = None if end is None else instant(end)
    if first and last and first > last:
        raise Refused("badArgument", "from is later than until.")
    if last is not None and end is not None:
        try:
            last += timedelta(days=1) if len(end) == len(DAYS) else timedelta(seconds=1)
        except OverflowError:
            last = None
    return Stretch(first, last)


def instant(text: str) -> datetime:
    """A UTCdatetime of the protocol, a day at its beginning.

    Raises: Refused (badArgument).
    """
    found = _STAMP.fullmatch(text)
    wrong = Refused("badArgument", f"Instants are written {DAYS} or {SECONDS}.")
    if found is None:
        raise wrong
    whole = text if found["time"] else text + "T00:00:00Z"
    try:
        return datetime.strptime(whole, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as exc:
        raise wrong from exc


def stamp(at: datetime) -> str:
    """An instant as the protocol writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
