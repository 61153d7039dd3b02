"""The rights matrix of the domain reference (§7.1), one test per cell, driven over HTTP.

The table below is written from the reference, not from the code: per role and kind, which things are
found when read (``own`` those of one's own voyage, ``other`` a stranger's, ``public``) and where writing
or approving gets past the door. Whatever is not listed answers 404 (read) or is refused (write).
"""

import pytest

from pilotharbor.parties.roles import Role
from tests.factories.callers import Caller
from tests.factories.projects import PublishedAchievementFactory, PublishedDemandFactory
from tests.rights.world import AT, Harbour, harbour, newcomer

KINDS = (
    "achievement", "demand", "booking", "project", "review", "agreement", "finance",
    "accreditation", "statistics",
)  # fmt: skip

# role: kind → (found when read, written or approved past the door)
EXPECTED = {
    Role.RESEARCHER: {
        "achievement": ("own public", "own"), "demand": ("public", ""), "booking": ("own", "own"),
        "project": ("own", "own"), "review": ("own", ""), "agreement": ("own", ""),
        "finance": ("", ""), "accreditation": ("public", ""), "statistics": ("own", ""),
    },
    Role.TTO_OFFICER: {
        "achievement": ("own public", "own"), "demand": ("public", ""), "booking": ("own", ""),
        "project": ("own", ""), "review": ("own", ""), "agreement": ("own", "own"),
        "finance": ("", ""), "accreditation": ("public", ""), "statistics": ("own", ""),
    },
    Role.ENTERPRISE_MEMBER: {
        "achievement": ("own public", ""), "demand": ("own public", "own"),
        "booking": ("own", "own"), "project": ("own", "own"), "review": ("own", ""),
        "agreement": ("own", "own"), "finance": ("own", "own"),
        "accreditation": ("public", ""), "statistics": ("own", ""),
    },
    Role.INVESTOR: {
        "achievement": ("own public", ""), "demand": ("public", ""), "booking": ("", ""),
        "project": ("own", ""), "review": ("own", ""), "agreement": ("own", ""),
        "finance": ("", ""), "accreditation": ("public", ""), "statistics": ("own", ""),
    },
    Role.TECHNOLOGY_MANAGER: {
        "achievement": ("own public", "own"), "demand": ("own public", "own"),
        "booking": ("own", ""), "project": ("own", "own"), "review": ("", ""),
        "agreement": ("own", ""), "finance": ("", ""), "accreditation": ("public", ""),
        "statistics": ("own", ""),
    },
    Role.INDUSTRY_ADVISOR: {
        "achievement": ("own public", ""), "demand": ("own public", ""), "booking": ("", ""),
        "project": ("own", ""), "review": ("", ""), "agreement": ("", ""), "finance": ("", ""),
        "accreditation": ("public", ""), "statistics": ("public", ""),
    },
    Role.EXPERT: {
        "achievement": ("own public", ""), "demand": ("public", ""), "booking": ("", ""),
        "project": ("", ""), "review": ("own", "own"), "agreement": ("", ""), "finance": ("", ""),
        "accreditation": ("public", ""), "statistics": ("public", ""),
    },
    Role.EQUIPMENT_ENGINEER: {
        "achievement": ("public", ""), "demand": ("public", ""), "booking": ("own", "own"),
        "project": ("own", ""), "review": ("", ""), "agreement": ("", ""), "finance": ("", ""),
        "accreditation": ("public", ""), "statistics": ("own", ""),
    },
    Role.PLATFORM_OPERATOR: {
        "achievement": ("own other public", ""), "demand": ("own other public", "own other"),
        "booking": ("own", "own"), "project": ("own", "own"), "review": ("own", "own"),
        "agreement": ("own", "own"), "finance": ("own", "own"),
        "accreditation": ("own public", "own"), "statistics": ("all", ""),
    },
    Role.MEMBER_PLATFORM: {
        "achievement": ("public", ""), "demand": ("public", ""), "booking": ("own", "own"),
        "project": ("own", "own"), "review": ("", ""), "agreement": ("own", "own"),
        "finance": ("", ""), "accreditation": ("own public", "own"), "statistics": ("own", ""),
    },
    Role.GOVERNMENT_OFFICER: {
        "achievement": ("public", ""), "demand": ("public", ""), "booking": ("", ""),
        "project": ("", ""), "review": ("", ""), "agreement": ("", ""), "finance": ("", ""),
        "accreditation": ("own other public", "own other"), "statistics": ("all", ""),
    },
    Role.AUDITOR: {
        "achievement": ("own other public", ""), "demand": ("own other public", ""),
        "booking": ("own other", ""), "project": ("own other", ""), "review": ("own other", ""),
        "agreement": ("own other", ""), "finance": ("own other", ""),
        "accreditation": ("own other public", ""), "statistics": ("all", ""),
    },
    Role.SYSTEM_ADMINISTRATOR: {
        "achievement": ("public", ""), "demand": ("public", ""), "booking": ("", ""),
        "project": ("", ""), "review": ("", ""), "agreement": ("", ""), "finance": ("", ""),
        "accreditation": ("public", ""), "statistics": ("public", ""),
    },
    None: {
        "achievement": ("public", ""), "demand": ("public", ""), "booking": ("", ""),
        "project": ("", ""), "review": ("", ""), "agreement": ("", ""), "finance": ("", ""),
        "accreditation": ("public", ""), "statistics": ("public", ""),
    },
}  # fmt: skip
CELLS = [(role, kind) for role in EXPECTED for kind in KINDS]
REFUSED = {401, 403, 404}
HASH = "0" * 64
TASK = {"kind": "action", "title": "备料", "owner_id": 0}
ACCREDIT = {"kind": "proof_of_concept", "statement": "条件"}


def read(api: Caller, kind: str, h: Harbour) -> bool:
    """Whether the thing is found."""
    paths = {
        "achievement": f"/achievements/{h.achievement.pk}", "demand": f"/demands/{h.demand.pk}",
        "booking": f"/bookings/{h.booking.pk}", "project": f"/projects/{h.project.pk}",
        "review": f"/panels/{h.panel.pk}", "agreement": f"/agreements/{h.agreement.pk}",
    }  # fmt: skip
    if kind in paths:
        status = api.get(paths[kind]).status_code
        assert status in {200, 401, 404}, status
        return status == 200
    if kind == "finance":
        answer = api.get(f"/projects/{h.project.pk}/invoices")
        return answer.status_code == 200 and bool(answer.json()["items"])
    answer = api.get("/accreditations")
    ids = {item["id"] for item in answer.json()["items"]} if answer.status_code == 200 else set()
    return h.accreditation.pk in ids


def write(api: Caller, kind: str, h: Harbour) -> bool:
    """Whether any way of writing or approving gets past the door of rights."""
    task = TASK | {"owner_id": h.project.owner_id}
    attempts = {
        "achievement": [
            lambda: api.patch(f"/achievements/{h.achievement.pk}", {"summary": "另一摘要"}),
            lambda: api.post(f"/achievements/{h.achievement.pk}/withdraw"),
        ],
        "demand": [
            lambda: api.patch(f"/demands/{h.demand.pk}", {"summary": "另一摘要"}),
            lambda: api.post(f"/demands/{h.demand.pk}/publish"),
        ],
        "booking": [
            lambda: api.post(f"/bookings/{h.booking.pk}/approve", {}),
            lambda: api.post(f"/bookings/{h.booking.pk}/start"),
            lambda: api.post(f"/bookings/{h.booking.pk}/cancel", {"reason": "计划有变"}),
        ],
        "project": [lambda: api.post(f"/projects/{h.project.pk}/tasks", task)],
        "review": [
            lambda: api.post(f"/panels/{h.panel.pk}/scores", {"scores": {"all": "80"}}),
            lambda: api.post(f"/panels/{h.panel.pk}/close"),
        ],
        "agreement": [
            lambda: api.post(f"/agreements/{h.agreement.pk}/sign", {"sha256": HASH}),
            lambda: api.post(f"/agreements/{h.agreement.pk}/offer"),
        ],
        "finance": [
            lambda: api.post(f"/invoices/{h.invoice.pk}/pay"),
            lambda: api.post(
                f"/agreements/{h.agreement.pk}/revenue-reports",
                {"period": "2025", "net_sales_fen": 1},
            ),
        ],
        "accreditation": [
            lambda: api.post(f"/accreditations/{h.accreditation.pk}/grant"),
            lambda: api.post(f"/accreditations/{h.accreditation.pk}/refuse", {"reason": "不足"}),
        ],
    }  # fmt: skip
    return any(attempt().status_code not in REFUSED for attempt in attempts.get(kind, []))


@pytest.fixture
def sides(db, settings):
    settings.EXERCISE_CLOCK = True
    return _sides


def _sides(role):
    actor = newcomer(role) if role else None
    return Caller(actor, at=AT), harbour(actor), harbour()


@pytest.mark.parametrize(("role", "kind"), CELLS, ids=[f"{r or 'public'}-{k}" for r, k in CELLS])
def test_cell_is_read_as_the_matrix_says(sides, role, kind):
    expected = set(EXPECTED[role][kind][0].split())
    api, own, other = sides(role)

    if kind == "statistics":
        answer = api.get("/statistics")
        assert answer.json()["reach"] == expected.pop()
        return
    found = {name for name, h in (("own", own), ("other", other)) if read(api, kind, h)}
    if kind in {"achievement", "demand"} and read_public(api, kind):
        found.add("public")
    if kind == "accreditation" and read_granted(api):
        found.add("public")

    assert found == expected


def read_public(api, kind):
    make = {"achievement": PublishedAchievementFactory, "demand": PublishedDemandFactory}[kind]
    return api.get(f"/{kind}s/{make().pk}").status_code == 200


def read_granted(api):
    granted = harbour().accreditation
    type(granted).objects.filter(pk=granted.pk).update(
        status="granted", decided_by=granted.filed_by, decided_at=AT
    )
    return granted.pk in {item["id"] for item in api.get("/accreditations").json()["items"]}


@pytest.mark.parametrize(("role", "kind"), CELLS, ids=[f"{r or 'public'}-{k}" for r, k in CELLS])
def test_cell_is_written_as_the_matrix_says(sides, role, kind):
    expected = set(EXPECTED[role][kind][1].split())
    api, own, other = sides(role)

    done = {name for name, h in (("own", own), ("other", other)) if write(api, kind, h)}
    if kind == "accreditation" and files_its_own(api):
        done.add("own")

    assert done == expected


def files_its_own(api):
    return api.post("/accreditations", ACCREDIT).status_code not in REFUSED


def test_every_cell_of_the_table_is_tested():
    assert set(EXPECTED) == {*Role, None}
    assert all(set(row) == set(KINDS) for row in EXPECTED.values())
