"""Does this text carry a state-secret marking? Such texts never enter an open system."""

import re
import unicodedata
from collections.abc import Iterable

from pilotharbor.kernel.errors import Forbidden


class StateSecretRefused(Forbidden):
    """The text carries the state-secret marking “{marking}” and was not saved; take it offline to
    your secrecy office, and enter only what has been declassified.
    """  # noqa: D205 - the sentence is what the user reads

    code = "technologies.state_secret_refused"


_STARS = "★☆✩✭✮⭐*"
_YEARS = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})年"
# “不涉及国家秘密” is what honest people write; “技术秘密★5年” is a trade secret's own marking.
_MARKINGS = re.compile(
    rf"(?:绝密|机密|(?<!技术)(?<!商业)(?<!工作)秘密)[:：]?(?:[{_STARS}]|(?:保密期限?)?{_YEARS})"
    r"|密级(?:为|是|[:：])?(?:绝密|机密|秘密)"
    r"|(?<!不涉及)(?<!未涉及)(?<!不属于)(?<!非)(?<!不含)(?<!不含有)(?<!无)(?<!不得涉及)国家秘密"
    r"|(?<!no)(?<!nota)(?<!notany)(?<!any)statesecrets?(?![a-z])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad·・.。_\-]+")


def marking_in(text: str) -> str | None:
    """The first marking in the text as it would stand on paper, or ``None``.

    Blanks, dots and invisible characters between the characters do not hide one.
    """
    plain = _HIDDEN.sub("", unicodedata.normalize("NFKC", text))
    # Every marking holds one of these; most texts hold neither, and lists have thousands of texts.
    if "密" not in plain and "secret" not in plain.casefold():
        return None
    found = _MARKINGS.search(plain)
    return found.group(0) if found else None


def refuse_state_secrets(texts: Iterable[str]) -> None:
    """Refuse as a whole what carries a marking anywhere.

    Raises: StateSecretRefused.
    Source: R-TECH-8 (domain.md §7.2).
    """
    for text in texts:
        if marking := marking_in(text):
            raise StateSecretRefused(marking=marking)
