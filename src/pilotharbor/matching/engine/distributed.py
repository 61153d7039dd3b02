"""Which engine finds? The one in this process, or a Milvus on other machines by configuration."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pilotharbor.matching.engine.lexical import EmbeddedWords, Words
from pilotharbor.matching.engine.milvus.meaning import MilvusShelf
from pilotharbor.matching.engine.milvus.store import Away, Store
from pilotharbor.matching.engine.milvus.words import TEXTS, TOKENS, MilvusWords
from pilotharbor.matching.engine.provider import Provider
from pilotharbor.matching.engine.shelf import Shelf

__all__ = [
    "EMBEDDED",
    "Away",
    "Meaning",
    "MilvusShelf",
    "MilvusWords",
    "Store",
    "choose",
    "shelf",
    "words",
]

# What holds vectors with their marks: on this machine, or on others.
type Meaning = Shelf | MilvusShelf

EMBEDDED = "embedded"
SCHEMES = {"milvus": "http", "milvuss": "https"}
PORT = 19530
NAME = "pilotharbor"
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


def words(wanted: str, settings: Mapping[str, str] = os.environ) -> Callable[[Path], Words]:
    """What opens, or makes, the words of one generation, whose folder ends in its number.

    With a Milvus the folder only says that there are collections of that number; without it they are
    made anew, empty, and those of the generation before last are dropped. Raises: Away.
    """
    kept = choose(wanted, settings)
    if kept is None:
        return EmbeddedWords

    def opened(place: Path) -> Words:
        number = int(_NUMBER.findall(place.name)[-1])
        if not place.is_dir():
            for gone in (number, number - 2):
                kept.part(f"g{gone}").forget(TEXTS, TOKENS)
            made = MilvusWords(kept.part(f"g{number}"))
            place.mkdir(parents=True)
            return made
        return MilvusWords(kept.part(f"g{number}"))

    return opened


def shelf(
    wanted: str, settings: Mapping[str, str] = os.environ
) -> Callable[[Provider], MilvusShelf] | None:
    """What opens the vectors of a provider, where they lie elsewhere than on this machine.

    Raises: Away.
    """
    kept = choose(wanted, settings)
    if kept is None:
        return None
    return lambda provider: MilvusShelf(kept, provider.dimensions, provider.name)


def choose(wanted: str, settings: Mapping[str, str] = os.environ) -> Store | None:
    """The engine of that name: ``embedded`` (None), or ``milvus://host:19530/name`` (``milvuss`` by TLS).

    ``milvus:///folder/file.db`` is Milvus Lite in a file, for trials. Raises: Away.
    """
    if wanted in {"", EMBEDDED}:
        return None
    try:
        address = urlsplit(wanted)
        port = address.port or PORT
    except ValueError as exc:
        raise Away(f"{wanted}: no address") from exc
    if address.scheme not in SCHEMES:
        raise Away(f"{wanted}: embedded, or an address that begins with milvus://")
    if address.username or address.password or address.query or address.fragment:
        raise Away("what may not be read goes into PILOTHARBOR_SEARCH_TOKEN")
    if not address.hostname:
        return Store(_file(address), NAME)
    name = address.path.strip("/") or NAME
    if not _NAME.fullmatch(name):
        raise Away(f"{name}: a name has letters, digits and _ only")
    host = f"[{address.hostname}]" if ":" in address.hostname else address.hostname
    uri = f"{SCHEMES[address.scheme]}://{host}:{port}"
    return Store(uri, name, settings.get("PILOTHARBOR_SEARCH_TOKEN", ""))


def _file(address: SplitResult) -> str:
    if not address.path.endswith(".db"):
        raise Away("a file of Milvus Lite ends in .db")
    return address.path
