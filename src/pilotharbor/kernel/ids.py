"""Which row does this text name?"""

import re

# PostgreSQL bigint, the type of every id.
LARGEST = 2**63 - 1
_DIGITS = re.compile(r"[0-9]{1,19}")


def id_in(text: str) -> int | None:
    """The id that somebody typed or sent, or ``None`` where no row can have it.

    ``str.isdigit`` also likes ``²`` and ``٣``, which are no ids, and knows no largest one.
    """
    if not _DIGITS.fullmatch(text):
        return None
    number = int(text)
    return number if number <= LARGEST else None
