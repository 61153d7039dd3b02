"""A retried request gets the first one's answer and changes nothing more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from pilotharbor.kernel.errors import Conflict, Invalid
from pilotharbor.kernel.models import IdempotentRequest

ABANDONED_AFTER = timedelta(minutes=2)
# Not signed in, too many requests.
PASSING = frozenset({401, 429})


class KeyReused(Invalid):
    """This Idempotency-Key was used before for another request; use a new key."""

    code = "kernel.idempotency_key_reused"


class StillWorking(Conflict):
    """The first request with this Idempotency-Key is still being worked on; ask again shortly."""

    code = "kernel.idempotency_in_progress"


class AnswerLost(Conflict):
    """The first request was carried out but its answer was lost; look the result up, do not repeat it."""

    code = "kernel.idempotency_answer_lost"


@dataclass(frozen=True)
class Answer:
    """What the first request was told."""

    status_code: int
    content_type: str
    content: bytes


def fingerprint(method: str, path: str, body: bytes) -> str:
    """SHA-256 over method, path and body."""
    return sha256(b"\0".join([method.encode(), path.encode(), body])).hexdigest()


def begin(*, caller: str, key: str, body_sha256: str, at: datetime) -> Answer | int:
    """Claim the key: the earlier answer, or the id of the claim to be answered.

    Raises: KeyReused, StillWorking, AnswerLost.
    """
    with transaction.atomic():
        row, created = IdempotentRequest.objects.select_for_update().get_or_create(
            caller=caller, key=key, defaults={"body_sha256": body_sha256, "started_at": at}
        )
        if created:
            return row.pk
        if row.body_sha256 != body_sha256:
            raise KeyReused
        if row.answered_at is not None:
            if row.status_code is None:
                raise AnswerLost
            return Answer(row.status_code, row.content_type, bytes(row.response or b""))
        if at - row.started_at < ABANDONED_AFTER:
            raise StillWorking
        if row.carried_out:
            raise AnswerLost
        row.started_at = at
        row.save(update_fields=["started_at"])
        return row.pk


def mark_carried_out(claim_id: int) -> None:
    """Note, inside the command's transaction, that it happened."""
    IdempotentRequest.objects.filter(pk=claim_id).update(carried_out=True)


def answer(claim_id: int, given: Answer, *, at: datetime, secret: bool = False) -> None:
    """Keep the answer for retries.

    Not kept: a server error and "not now, not like this" (401, 429), after which the same request
    may well succeed; and a secret, which is shown once and never stored in the clear.
    """
    row = IdempotentRequest.objects.filter(pk=claim_id)
    if given.status_code >= 500 or given.status_code in PASSING:
        row.filter(carried_out=False).delete()
    elif secret:
        row.filter(carried_out=False).delete()
        row.update(answered_at=at)
    else:
        row.update(
            status_code=given.status_code,
            content_type=given.content_type,
            response=given.content,
            answered_at=at,
        )


def purge(*, before: datetime) -> int:
    """Forget requests begun before this instant; their keys may be used anew."""
    gone, _ = IdempotentRequest.objects.filter(started_at__lt=before).delete()
    return gone
