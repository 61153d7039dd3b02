"""The secret of an invitation: known from its link, made again for its mail, never stored."""

import secrets
from hashlib import sha256

from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "pilotharbor.parties.invitation"


def new_nonce() -> str:
    """What is stored beside the hash."""
    return secrets.token_urlsafe(24)


def secret_of(nonce: str) -> str:
    """The secret that belongs to a nonce on this harbour, and on no other."""
    return "inv_" + salted_hmac(SALT, nonce, algorithm="sha256").hexdigest()


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return sha256(secret.encode()).hexdigest()


def link(secret: str) -> str:
    """The address at which the invitation is taken up."""
    return f"{settings.PUBLIC_URL}/invitations/{secret}"
