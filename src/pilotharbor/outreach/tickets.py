"""Which seat does this code stand for? Signed with the harbour's key, so nobody can make one up."""

from django.core import signing

from pilotharbor.outreach.models import Registration


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="outreach.ticket")


def ticket_of(registration: Registration) -> str:
    """The code in the QR picture of a seat; the same as long as its nonce is."""
    return _signer().sign(f"{registration.pk}-{registration.nonce}")


def registration_of(ticket: str) -> Registration | None:
    """The seat a code stands for; nothing for a forged, foreign or renewed one."""
    try:
        pk, _, nonce = _signer().unsign(ticket.strip()).partition("-")
    except signing.BadSignature:
        return None
    rows = Registration.objects.select_related(
        "roadshow__organiser", "membership__person", "membership__organisation"
    )
    return rows.filter(pk=pk, nonce=nonce).first()
