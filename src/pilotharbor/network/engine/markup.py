"""How is XML written so that nothing in a text can break it?"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape

# Everything XML 1.0 cannot hold, not even escaped (its production 2).
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_of(value: object) -> str:
    """The value as character data: escaped, without what no XML can hold."""
    return escape(_IMPOSSIBLE.sub("", str(value)), quote=True)


class Writer:
    """Writes elements one after another; names come from the program, texts from anywhere."""

    def __init__(self) -> None:
        self._parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']

    def leaf(
        self, name: str, text: object = "", attributes: Mapping[str, object] | None = None
    ) -> None:
        """An element with text in it, or with none."""
        body = text_of(text)
        said = _said(attributes)
        self._parts.append(f"<{name}{said}>{body}</{name}>\n" if body else f"<{name}{said}/>\n")

    @contextmanager
    def inside(self, name: str, attributes: Mapping[str, object] | None = None) -> Iterator[None]:
        """An element around whatever is written meanwhile."""
        self._parts.append(f"<{name}{_said(attributes)}>\n")
        yield
        self._parts.append(f"</{name}>\n")

    def document(self) -> bytes:
        """All of it in UTF-8."""
        return "".join(self._parts).encode()


def _said(attributes: Mapping[str, object] | None) -> str:
    pairs = (attributes or {}).items()
    return "".join(f' {name}="{text_of(value)}"' for name, value in pairs)
