"""Is this code well formed, and how is it written in full?

Every ``normalise_x`` takes what a person typed (full-width digits, blanks, lower case) and returns
the one spelling the product stores, or raises a ``BadCode`` that says what is wrong with it.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.errors import Invalid
from pilotharbor.kernel.regions import JURISDICTIONS, PROVINCES


class BadCode(Invalid):
    """{kind} must look like {example}; “{text}” does not."""

    code = "code.form"


class WrongLength(BadCode):
    """{kind} has {expected} characters; “{text}” has {found}."""

    code = "code.length"


class WrongCharacter(BadCode):
    """{kind} cannot hold “{character}” at position {position}; “{text}” does."""

    code = "code.character"


class WrongCheckDigit(BadCode):
    """{kind} “{text}” ends in {found}, but its check digit works out as {expected}."""

    code = "code.check_digit"


class WrongSection(BadCode):
    """{kind}: division {division} belongs to section {expected}, not {found}."""

    code = "code.section"


class UnknownRegion(BadCode):
    """{kind} “{text}” begins with {province}, which is no province."""

    code = "code.region"


USCC = _("unified social credit code")
ORGANISATION = _("organisation code")
ORCID = _("ORCID iD")
APPLICATION = _("Chinese patent application number")
IPC = _("IPC symbol")
CPC = _("CPC symbol")
INDUSTRY = _("industry code (GB/T 4754)")
REGION = _("region code (GB/T 2260)")
JURISDICTION = _("jurisdiction (ISO 3166-2)")

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_LENGTH = 18
ORGANISATION_LENGTH = 9
ORCID_LENGTH = 16
_USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

# GB/T 4754-2017: first and last division (大类) of each section (门类).
_SECTIONS = {
    "A": (1, 5), "B": (6, 12), "C": (13, 43), "D": (44, 46), "E": (47, 50),
    "F": (51, 52), "G": (53, 60), "H": (61, 62), "I": (63, 65), "J": (66, 69),
    "K": (70, 70), "L": (71, 72), "M": (73, 75), "N": (76, 79), "O": (80, 82),
    "P": (83, 83), "Q": (84, 85), "R": (86, 90), "S": (91, 96), "T": (97, 97),
}  # fmt: skip


def plain(text: str) -> str:
    """The text in half-width upper case without any blank or dash between its characters."""
    return re.sub(r"[\s\-‐-―−]+", "", unicodedata.normalize("NFKC", text)).upper()


def _checked(
    kind: Promise, body: str, found: str, digit: Callable[[str], str], *, text: str
) -> None:
    expected = digit(body)
    if found != expected:
        raise WrongCheckDigit(kind=str(kind), text=text, found=found, expected=expected)


def _of_length(kind: Promise, code: str, length: int) -> None:
    if len(code) != length:
        raise WrongLength(kind=str(kind), text=code, expected=length, found=len(code))


def _of_characters(kind: Promise, code: str, allowed: Callable[[int, str], bool]) -> None:
    for position, character in enumerate(code):
        if not allowed(position, character):
            raise WrongCharacter(
                kind=str(kind), text=code, character=character, position=position + 1
            )


def uscc_check_digit(body: str) -> str:
    """The 18th character for the first 17. Source: GB 32100-2015, 4.7."""
    total = sum(USCC_ALPHABET.index(c) * w for c, w in zip(body, _USCC_WEIGHTS, strict=True))
    # The outer modulus is for a remainder of 0, which many published routines get wrong.
    return USCC_ALPHABET[(31 - total % 31) % 31]


def normalise_uscc(text: str) -> str:
    """Check a unified social credit code (统一社会信用代码), 18 characters.

    Only the code's own check digit decides: the organisation code within (see
    ``organisation_code_of``) is not checked again, since codes in use exist that fail there.

    Raises: BadCode. Source: GB 32100-2015.
    """
    code = plain(text)
    _of_length(USCC, code, USCC_LENGTH)
    _of_characters(USCC, code, lambda i, c: c in "0123456789" if 2 <= i < 8 else c in USCC_ALPHABET)
    _checked(USCC, code[:17], code[17], uscc_check_digit, text=code)
    return code


def organisation_code_of(uscc: str) -> str:
    """The nine characters of a unified social credit code that name the organisation."""
    return uscc[8:17]


def region_of(uscc: str) -> str:
    """The six digits of a unified social credit code that name the registering region."""
    return uscc[2:8]


def organisation_check_digit(body: str) -> str:
    """The ninth character for the first eight. Source: GB 11714-1997."""
    total = sum(int(c, 36) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def normalise_organisation_code(text: str) -> str:
    """Check an organisation code (组织机构代码) and return it without its hyphen.

    Raises: BadCode. Source: GB 11714-1997.
    """
    code = plain(text)
    _of_length(ORGANISATION, code, ORGANISATION_LENGTH)
    _of_characters(ORGANISATION, code, lambda _i, c: c.isascii() and c.isalnum())
    _checked(ORGANISATION, code[:8], code[8], organisation_check_digit, text=code)
    return code


def orcid_check_digit(body: str) -> str:
    """The last character for the first fifteen digits. Source: ISO/IEC 7064 MOD 11-2."""
    total = 0
    for digit in body:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11]


def normalise_orcid(text: str) -> str:
    """Check an ORCID iD, with or without its address, and return ``0000-0000-0000-0000``.

    Raises: BadCode.
    """
    code = re.sub(r"^(HTTPS?://)?(WWW\.)?ORCID\.ORG/", "", plain(text))
    _of_length(ORCID, code, ORCID_LENGTH)
    _of_characters(ORCID, code, lambda i, c: c in "0123456789" or (i == 15 and c == "X"))
    _checked(ORCID, code[:15], code[15], orcid_check_digit, text=code)
    return "-".join(code[i : i + 4] for i in range(0, ORCID_LENGTH, 4))


def application_check_digit(body: str) -> str:
    """The check digit of the eight or twelve digits of a Chinese patent application number.

    Weights 2 to 9 from the left, begun again after eight; the remainder by 11, ten being X.
    Source: ZC 0006-2003 (专利申请号标准); the eight digits before it were checked the same way.
    """
    return "0123456789X"[sum(int(d) * (2 + i % 8) for i, d in enumerate(body)) % 11]


# Kinds: 1 invention, 2 utility model, 3 design; 8 and 9 are the first two by way of the PCT.
_SINCE_2003 = re.compile(r"(?:200[3-9]|20[1-9]\d|2[1-9]\d\d)([12389])\d{7}[\dX]", re.ASCII)
_BEFORE_2003_10 = re.compile(r"(?:8[5-9]|9\d|0[0-3])([12389])\d{5}[\dX]", re.ASCII)


def _application(text: str) -> tuple[str, str]:
    """The characters of an application number and its digit of the kind.

    Raises: BadCode.
    """
    code = re.sub(r"^(ZL|CN)+", "", plain(text)).replace(".", "", 1)
    match = _SINCE_2003.fullmatch(code) or _BEFORE_2003_10.fullmatch(code)
    if match is None:
        raise BadCode(kind=str(APPLICATION), text=text.strip(), example="202310001234.7")
    return code, match[1]


def normalise_application_number(text: str) -> str:
    """Check a Chinese application number: ``202310001234.7``, before October 2003 ``97101765.4``.

    Year (4; formerly 2, from 85 to 03), kind (1), serial (7; formerly 5), check digit; ``ZL`` or
    ``CN`` before it and a missing dot are accepted. In 2003 both forms were given.

    Raises: BadCode. Source: ZC 0006-2003.
    """
    code, _kind = _application(text)
    _checked(APPLICATION, code[:-1], code[-1], application_check_digit, text=code)
    return f"{code[:-1]}.{code[-1]}"


def application_kind(text: str) -> str | None:
    """The digit of the kind in an application number, also where its check digit is wrong."""
    try:
        return _application(text)[1]
    except BadCode:
        return None


class GivenNumber(NamedTuple):
    """A number as it is kept, and the doubt about it if there is one."""

    number: str
    doubt: BadCode | None


def application_number_as_given(text: str) -> GivenNumber:
    """Keep an application number also where it fails the check, with the doubt beside it.

    Foreign numbers follow other rules, old ones are often quoted without their check digit, and an
    office may have printed a wrong one: the certificate is worth more than our arithmetic.
    """
    try:
        return GivenNumber(normalise_application_number(text), None)
    except BadCode as doubt:
        return GivenNumber(unicodedata.normalize("NFKC", text).strip(), doubt)


def normalise_ipc(text: str) -> str:
    """Check an International Patent Classification symbol of any depth: ``H01M 10/0562``.

    Raises: BadCode.
    """
    return _symbol(text, "A-H", str(IPC), "H01M 10/0562")


def normalise_cpc(text: str) -> str:
    """Check a Cooperative Patent Classification symbol of any depth: ``Y02E 60/10``.

    Built like an IPC symbol, with a ninth section Y.

    Raises: BadCode.
    """
    return _symbol(text, "A-HY", str(CPC), "Y02E 60/10")


def _symbol(text: str, sections: str, kind: str, example: str) -> str:
    match = re.fullmatch(
        rf"([{sections}])(?:(\d{{2}})(?:([A-Z])(?:0{{0,3}}([1-9]\d{{0,3}})/(\d{{2,6}}))?)?)?",
        plain(text),
        re.ASCII,
    )
    if match is None:
        raise BadCode(kind=kind, text=text.strip(), example=example)
    section, division, subclass, group, subgroup = match.groups(default="")
    head = section + division + subclass
    return f"{head} {group}/{subgroup}" if group else head


def normalise_industry(text: str) -> str:
    """Check a GB/T 4754-2017 code of any depth (``C``, ``C27``, ``C271``, ``C2710``).

    A missing section letter is filled in from the division.

    Raises: BadCode.
    """
    code = plain(text)
    match = re.fullmatch(r"([A-T]?)((?:\d{2,4})?)", code, re.ASCII)
    if match is None or not code:
        raise BadCode(kind=str(INDUSTRY), text=text.strip(), example="C2710")
    letter, digits = match.groups()
    if not digits:
        return letter
    division = int(digits[:2])
    section = next((s for s, (low, high) in _SECTIONS.items() if low <= division <= high), None)
    if section is None:
        raise BadCode(kind=str(INDUSTRY), text=text.strip(), example="C2710")
    if letter and letter != section:
        raise WrongSection(kind=str(INDUSTRY), division=digits[:2], expected=section, found=letter)
    return section + digits


def normalise_region(text: str) -> str:
    """Check a six-digit region code (行政区划代码) down to its province. Source: GB/T 2260.

    Counties come and go every year, so only the province part is held against a list.

    Raises: BadCode.
    """
    code = plain(text)
    if not re.fullmatch(r"\d{6}", code, re.ASCII):
        raise BadCode(kind=str(REGION), text=text.strip(), example="330200")
    if code[:2] not in PROVINCES:
        raise UnknownRegion(kind=str(REGION), text=code, province=code[:2])
    return code


def normalise_jurisdiction(text: str) -> str:
    """Check whose rules apply: ``CN``, or a province as ISO 3166-2 writes it (``CN-ZJ``).

    Raises: BadCode.
    """
    code = unicodedata.normalize("NFKC", text).strip().upper()
    if code not in JURISDICTIONS:
        raise BadCode(kind=str(JURISDICTION), text=text.strip(), example="CN / CN-ZJ")
    return code
