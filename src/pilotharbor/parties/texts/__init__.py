"""Texts that people agree to, by version; a version once used is never changed."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

NDA_VERSION = "nda-1"
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Text:
    """One version in both languages; the Chinese text governs.

    ``sha256``  over the Chinese text, a zero byte, the English text
    """

    version: str
    zh: str
    en: str
    sha256: str


@cache
def nda(version: str = NDA_VERSION) -> Text:
    """The confidentiality agreement of this version."""
    zh, en = (
        (_HERE / f"{version}.{language}.txt").read_text(encoding="utf-8")
        for language in ("zh", "en")
    )
    return Text(version, zh, en, sha256(f"{zh}\0{en}".encode()).hexdigest())
