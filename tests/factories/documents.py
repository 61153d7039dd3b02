"""Papers asked for and printed."""

from datetime import UTC, datetime

from pilotharbor.documents import commands
from pilotharbor.documents.models import Document
from pilotharbor.parties.models import Organisation
from tests.factories.parties import OrganisationFactory

AT = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
NOTICE = {
    "project": "示例项目",
    "number": "INV-1",
    "payer": "示例企业",
    "payee": "示例平台",
    "reason": "里程碑",
    "net": "¥100.00",
    "vat": "¥6.00",
    "vat_rate": "6 %",
    "gross": {"figures": "¥106.00", "capitals": "壹佰零陆元整"},
}


def ask(owner: Organisation | None = None, *, actor=None, **fields) -> Document:
    """A payment notice of an organisation, asked for."""
    owner = owner or OrganisationFactory()
    wanted = {
        "kind": Document.Kind.INVOICE,
        "title": "付款通知",
        "template": "finance.invoice/1",
        "payload": NOTICE,
        "subject": owner,
        "project_id": None,
        "owner_id": owner.pk,
        "actor_id": actor.pk if actor else None,
        "at": AT,
    }
    return commands.ask(**wanted | fields)


def printed(owner: Organisation | None = None, **fields) -> Document:
    """The same, printed."""
    document = ask(owner, **fields)
    return commands.render(document_id=document.pk, actor_id=None, at=AT)
