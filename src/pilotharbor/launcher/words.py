"""How is it said at the terminal, in the reader's language?

The launcher runs before Django and its catalogues exist, so it keeps its own sentences.
"""

import os

from pilotharbor.launcher.sentences import SENTENCES


def chinese() -> bool:
    """Whether the terminal asks for Chinese."""
    for name in ("PILOTHARBOR_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return value.lower().startswith("zh")
    return False


def say(key: str, **facts: object) -> str:
    """The sentence ``key`` with its facts filled in."""
    english, zh = SENTENCES[key]
    return (zh if chinese() else english).format(**facts)
