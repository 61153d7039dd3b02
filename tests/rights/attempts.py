"""One way to change something for every kind of object, so that each could be let through wrongly."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.factories.callers import Caller
from tests.rights.world import AT, Harbour

REFUSED = {401, 403, 404, 405}
HASH = "0" * 64
ACCREDIT = {"kind": "proof_of_concept", "statement": "条件"}

type Attempt = Callable[[Caller, Harbour], Any]


def _ask(api: Caller, h: Harbour) -> Any:
    start = AT + timedelta(days=40)
    body = {
        "line_id": h.booking.line_id, "project_id": h.project.pk, "start": start.isoformat(),
        "end": (start + timedelta(hours=4)).isoformat(), "billing": "batch", "batch_no": 1,
    }  # fmt: skip
    return api.post("/bookings", body)


def _task(api: Caller, h: Harbour) -> Any:
    body = {"kind": "action", "title": "备料", "owner_id": h.project.owner_id}
    return api.post(f"/projects/{h.project.pk}/tasks", body)


def _report(api: Caller, h: Harbour) -> Any:
    body = {"period": "2025", "net_sales_fen": 1}
    return api.post(f"/agreements/{h.agreement.pk}/revenue-reports", body)


def _score(api: Caller, h: Harbour) -> Any:
    return api.post(f"/panels/{h.panel.pk}/scores", {"scores": {"all": "80"}})


# (kind, W or A of the matrix, what is tried)
ATTEMPTS: dict[tuple[str, str, str], Attempt] = {
    ("achievement", "W", "revise"): lambda api, h: api.patch(
        f"/achievements/{h.drafts.achievement.pk}", {"summary": "另一摘要"}
    ),
    ("achievement", "A", "publish"): lambda api, h: api.post(
        f"/achievements/{h.drafts.submitted_achievement.pk}/publish"
    ),
    ("demand", "W", "revise"): lambda api, h: api.patch(
        f"/demands/{h.drafts.demand.pk}", {"summary": "另一摘要"}
    ),
    ("demand", "A", "publish"): lambda api, h: api.post(
        f"/demands/{h.drafts.submitted_demand.pk}/publish"
    ),
    ("booking", "W", "ask"): _ask,
    ("booking", "W", "run"): lambda api, h: api.post(f"/bookings/{h.booking.pk}/start"),
    ("booking", "A", "approve"): lambda api, h: api.post(f"/bookings/{h.booking.pk}/approve", {}),
    ("project", "W", "add a task"): _task,
    ("review", "W", "score"): _score,
    ("review", "W", "close"): lambda api, h: api.post(f"/panels/{h.panel.pk}/close"),
    ("agreement", "W", "offer"): lambda api, h: api.post(f"/agreements/{h.agreement.pk}/offer"),
    ("agreement", "A", "sign"): lambda api, h: api.post(
        f"/agreements/{h.agreement.pk}/sign", {"sha256": HASH}
    ),
    ("finance", "W", "pay"): lambda api, h: api.post(f"/invoices/{h.invoice.pk}/pay"),
    ("finance", "W", "report"): _report,
    # One files for one's own platform; there is no other to file for.
    ("accreditation", "W", "file"): lambda api, _h: api.post("/accreditations", ACCREDIT),
    ("accreditation", "A", "grant"): lambda api, h: api.post(
        f"/accreditations/{h.accreditation.pk}/grant"
    ),
    # Figures are counted, nobody writes them: an address that took them would be found here.
    ("statistics", "W", "write"): lambda api, _h: api.post("/statistics", {}),
}


def passes(attempt: Attempt, api: Caller, h: Harbour) -> bool:
    """Whether the door of rights lets it through; what is said behind it does not matter here."""
    return attempt(api, h).status_code not in REFUSED
