"""How is a password kept that we must be able to say again, but never show?

Encrypted (AES-256-GCM) under a key made from the harbour's own, bound to the connector it belongs to.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12


class Unreadable(Exception):
    """The password was sealed under another key."""


def _key() -> AESGCM:
    derived = HKDF(SHA256(), 32, salt=None, info=b"pilotharbor telemetry connector")
    return AESGCM(derived.derive(settings.SECRET_KEY.encode()))


def seal(text: str, *, owner: str) -> bytes:
    """The sealed form of a secret that belongs to ``owner``."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _key().encrypt(nonce, text.encode(), owner.encode())


def unseal(sealed: bytes, *, owner: str) -> str:
    """The secret again.

    Raises: Unreadable.
    """
    try:
        plain = _key().decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.encode())
    except (InvalidTag, ValueError) as exc:
        raise Unreadable from exc
    return plain.decode()
