"""The rights matrix of the domain reference (§7.1), one test per cell, driven over HTTP.

``REFERENCE`` is the reference's own table, letter by letter. ``READ`` and ``DONE`` say the same of
this product in detail: what is found (``own``: of one's own voyage, ``other``: a stranger's,
``public``), and who gets past the door of rights with each attempt. Where the two differ, ``DIFFERS``
names the cell with its reason, and ``docs/rules/parties.md`` has the same list.
"""

from pathlib import Path

import pytest
from django.test import Client

from pilotharbor.parties.models import Membership, Organisation, Person
from pilotharbor.parties.roles import Role
from tests.factories.callers import Caller
from tests.factories.projects import PublishedAchievementFactory, PublishedDemandFactory
from tests.rights.attempts import ATTEMPTS, passes
from tests.rights.world import AT, Harbour, harbour, newcomer

KINDS = (
    "achievement", "demand", "booking", "project", "review", "agreement", "finance",
    "accreditation", "statistics",
)  # fmt: skip
DOCS = Path(__file__).parents[2] / "docs" / "rules" / "parties.md"

# R, W and A of domain.md §7.1, in the order of KINDS; W and A include reading.
REFERENCE = {
    Role.RESEARCHER: "W R W W R R - - R",
    Role.TTO_OFFICER: "WA R R R R WA R - R",
    Role.ENTERPRISE_MEMBER: "R W W W R A W - R",
    Role.INVESTOR: "R - - R R R WA - -",
    Role.TECHNOLOGY_MANAGER: "W W R W - R R - R",
    Role.INDUSTRY_ADVISOR: "R R - R - - - - -",
    Role.EXPERT: "R - - - W - R W -",
    Role.EQUIPMENT_ENGINEER: "- - W R - - - - -",
    Role.PLATFORM_OPERATOR: "R A WA W W W W W R",
    Role.MEMBER_PLATFORM: "R - W W - W - W R",
    Role.GOVERNMENT_OFFICER: "R R R R R R A A R",
    Role.AUDITOR: "R R R R R R R R R",
    Role.SYSTEM_ADMINISTRATOR: "- - - - - - - - -",
    None: "R R - - - - - R R",
}

# role: kind → what is found
READ = {
    Role.RESEARCHER: {
        "achievement": "own public", "demand": "public", "booking": "own", "project": "own",
        "review": "own", "agreement": "own", "accreditation": "public", "statistics": "own",
    },
    Role.TTO_OFFICER: {
        "achievement": "own public", "demand": "public", "booking": "own", "project": "own",
        "review": "own", "agreement": "own", "accreditation": "public", "statistics": "own",
    },
    Role.ENTERPRISE_MEMBER: {
        "achievement": "own public", "demand": "own public", "booking": "own", "project": "own",
        "review": "own", "agreement": "own", "finance": "own", "accreditation": "public",
        "statistics": "own",
    },
    Role.INVESTOR: {
        "achievement": "own public", "demand": "public", "project": "own", "review": "own",
        "agreement": "own", "accreditation": "public", "statistics": "own",
    },
    Role.TECHNOLOGY_MANAGER: {
        "achievement": "own public", "demand": "own public", "booking": "own", "project": "own",
        "agreement": "own", "accreditation": "public", "statistics": "own",
    },
    Role.INDUSTRY_ADVISOR: {
        "achievement": "own public", "demand": "own public", "project": "own",
        "accreditation": "public", "statistics": "public",
    },
    Role.EXPERT: {
        "achievement": "own public", "demand": "public", "review": "own",
        "accreditation": "public", "statistics": "public",
    },
    Role.EQUIPMENT_ENGINEER: {
        "achievement": "public", "demand": "public", "booking": "own", "project": "own",
        "accreditation": "public", "statistics": "own",
    },
    Role.PLATFORM_OPERATOR: {
        "achievement": "own other public", "demand": "own other public", "booking": "own",
        "project": "own", "review": "own", "agreement": "own", "finance": "own",
        "accreditation": "own public", "statistics": "all",
    },
    Role.MEMBER_PLATFORM: {
        "achievement": "public", "demand": "public", "booking": "own", "project": "own",
        "agreement": "own", "accreditation": "own public", "statistics": "own",
    },
    Role.GOVERNMENT_OFFICER: {
        "achievement": "public", "demand": "public", "accreditation": "own other public",
        "statistics": "all",
    },
    Role.AUDITOR: {
        "achievement": "own other public", "demand": "own other public", "booking": "own other",
        "project": "own other", "review": "own other", "agreement": "own other",
        "finance": "own other", "accreditation": "own other public", "statistics": "all",
    },
    Role.SYSTEM_ADMINISTRATOR: {
        "achievement": "public", "demand": "public", "accreditation": "public",
        "statistics": "public",
    },
    None: {
        "achievement": "public", "demand": "public", "accreditation": "public",
        "statistics": "public",
    },
}  # fmt: skip

OWN, ALL = frozenset({"own"}), frozenset({"own", "other"})
PLATFORMS = {Role.PLATFORM_OPERATOR: OWN, Role.MEMBER_PLATFORM: OWN}
# attempt: role → with whose thing it gets past the door; whoever is not named is refused.
DONE = {
    ("achievement", "W", "revise"): {
        Role.RESEARCHER: OWN, Role.TTO_OFFICER: OWN, Role.TECHNOLOGY_MANAGER: OWN,
    },
    ("achievement", "A", "publish"): {Role.TTO_OFFICER: OWN},
    ("demand", "W", "revise"): {Role.ENTERPRISE_MEMBER: OWN, Role.TECHNOLOGY_MANAGER: OWN},
    ("demand", "A", "publish"): {Role.PLATFORM_OPERATOR: ALL},
    ("booking", "W", "ask"): {Role.RESEARCHER: OWN, Role.ENTERPRISE_MEMBER: OWN} | PLATFORMS,
    ("booking", "W", "run"): {Role.EQUIPMENT_ENGINEER: OWN, Role.PLATFORM_OPERATOR: OWN},
    ("booking", "A", "approve"): {Role.PLATFORM_OPERATOR: OWN},
    ("project", "W", "add a task"): {
        Role.RESEARCHER: OWN, Role.ENTERPRISE_MEMBER: OWN, Role.TECHNOLOGY_MANAGER: OWN,
    } | PLATFORMS,
    ("review", "W", "score"): {Role.EXPERT: OWN},
    ("review", "W", "close"): {Role.PLATFORM_OPERATOR: OWN},
    ("agreement", "W", "offer"): PLATFORMS,
    ("agreement", "A", "sign"): {Role.TTO_OFFICER: OWN, Role.ENTERPRISE_MEMBER: OWN} | PLATFORMS,
    ("finance", "W", "pay"): {Role.PLATFORM_OPERATOR: OWN},
    ("finance", "W", "report"): {Role.ENTERPRISE_MEMBER: OWN, Role.PLATFORM_OPERATOR: OWN},
    ("accreditation", "W", "file"): PLATFORMS,
    ("accreditation", "A", "grant"): {Role.GOVERNMENT_OFFICER: ALL},
    ("statistics", "W", "write"): {},
}  # fmt: skip

LOANS = "no financing, loan, insurance or risk fund yet"
INVOICES = "invoices and revenue reports are read by payer, payee and auditor"
SUMS = "aggregates are read in the statistics"
SIGNS = "who drafts for the own side signs for it, too"
# (role, kind): why the product gives other letters than the reference.
DIFFERS = {
    (Role.TTO_OFFICER, "agreement"): "the platform drafts; the transfer office approves by signing",
    (Role.TTO_OFFICER, "finance"): INVOICES,
    (Role.TECHNOLOGY_MANAGER, "finance"): INVOICES,
    (Role.INVESTOR, "finance"): LOANS,
    (Role.INVESTOR, "statistics"): "everybody who signs in counts the own projects",
    (Role.EXPERT, "finance"): LOANS,
    (Role.EXPERT, "accreditation"): "the bureau decides alone; its experts are not seated here yet",
    (Role.EQUIPMENT_ENGINEER, "statistics"): "everybody who signs in counts the own projects",
    (Role.PLATFORM_OPERATOR, "agreement"): SIGNS,
    (Role.MEMBER_PLATFORM, "agreement"): SIGNS,
    (Role.GOVERNMENT_OFFICER, "finance"): LOANS,
    (Role.GOVERNMENT_OFFICER, "booking"): SUMS,
    (Role.GOVERNMENT_OFFICER, "project"): SUMS,
    (Role.GOVERNMENT_OFFICER, "review"): SUMS,
    (Role.GOVERNMENT_OFFICER, "agreement"): SUMS,
}  # fmt: skip

ROLES = list(REFERENCE)


def called(role):
    return str(role or "public")


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


@pytest.fixture
def sides(db, settings):
    settings.EXERCISE_CLOCK = True
    return _sides


def _sides(role):
    actor = newcomer(role) if role else None
    return Caller(actor, at=AT), harbour(actor), harbour()


def reads(api: Caller, kind: str, sides: dict[str, Harbour]) -> set[str]:
    if kind == "statistics":
        answer = api.get("/statistics")
        return {answer.json()["reach"]} if answer.status_code == 200 else set()
    found = {name for name, h in sides.items() if read(api, kind, h)}
    if kind in {"achievement", "demand"} and read_public(api, kind):
        found.add("public")
    if kind == "accreditation" and read_granted(api):
        found.add("public")
    return found


def read_public(api, kind):
    make = {"achievement": PublishedAchievementFactory, "demand": PublishedDemandFactory}[kind]
    return api.get(f"/{kind}s/{make().pk}").status_code == 200


def read_granted(api):
    granted = harbour().accreditation
    type(granted).objects.filter(pk=granted.pk).update(
        status="granted", decided_by=granted.filed_by, decided_at=AT
    )
    answer = api.get("/accreditations")
    items = answer.json()["items"] if answer.status_code == 200 else []
    return granted.pk in {item["id"] for item in items}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ROLES, ids=called)
def test_cell_is_read_as_the_matrix_says(sides, role, kind):
    api, own, other = sides(role)

    found = reads(api, kind, {"own": own, "other": other})

    assert found == set(READ[role].get(kind, "").split())


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=" ".join)
@pytest.mark.parametrize("role", ROLES, ids=called)
def test_attempt_gets_past_the_door_as_the_matrix_says(sides, role, attempt):
    api, own, other = sides(role)
    both = {"own": own} if attempt[2] in {"file", "write"} else {"own": own, "other": other}

    done = {name for name, h in both.items() if passes(ATTEMPTS[attempt], api, h)}

    assert done == DONE[attempt].get(role, set())


@pytest.mark.parametrize("role", Role)
def test_an_applicant_reads_and_does_what_the_public_does(sides, role):
    actor = newcomer(role)
    own = harbour(actor)
    Organisation.objects.filter(pk=actor.organisation_id).update(status="applied")
    api = Caller(actor, at=AT)

    for kind in KINDS:
        # Whose own published result or need it is, the level still decides.
        assert reads(api, kind, {"own": own}) == set(READ[None].get(kind, "").split()), kind
    for attempt, try_it in ATTEMPTS.items():
        assert not passes(try_it, api, own), attempt


SUSPENDED = {
    "membership": lambda m: Membership.objects.filter(pk=m.pk).update(status="suspended"),
    "person": lambda m: Person.objects.filter(pk=m.person_id).update(is_active=False),
    "organisation": lambda m: Organisation.objects.filter(pk=m.organisation_id).update(
        status="suspended"
    ),
}


@pytest.mark.parametrize("what", SUSPENDED)
@pytest.mark.parametrize("role", Role)
def test_the_suspended_read_and_do_nothing(sides, role, what):
    actor = newcomer(role)
    own = harbour(actor)
    api, session = Caller(actor, at=AT), Client()
    session.force_login(actor.person)
    SUSPENDED[what](actor)

    for kind in KINDS:
        assert reads(api, kind, {"own": own}) == set(), kind
    for attempt, try_it in ATTEMPTS.items():
        assert try_it(api, own).status_code in {401, 405}, attempt
    assert session.get("/api/v1/me").status_code == 401


def letters(role, kind):
    """What the product gives, in the reference's letters; what the public has is no letter."""
    found = set(READ[role].get(kind, "").split())
    done = {letter for (k, letter, _), may in DONE.items() if k == kind and role in may}
    return {"R"} | done if done or found - {"public"} else set()


@pytest.mark.parametrize("role", ROLES, ids=called)
def test_the_table_has_the_letters_of_the_reference_or_says_why_not(role):
    expected = dict(zip(KINDS, REFERENCE[role].split(), strict=True))

    for kind, cell in expected.items():
        wanted, given = set(cell) - {"-"}, letters(role, kind)
        wanted |= {"R"} if wanted else set()
        read_in_public = not given and wanted == {"R"} and kind in READ[None]
        same = wanted == given or read_in_public
        assert same != ((role, kind) in DIFFERS), (kind, wanted, given)


def test_the_rules_name_every_cell_that_differs():
    text = DOCS.read_text(encoding="utf-8")

    for (role, kind), why in DIFFERS.items():
        line = next(
            (
                row
                for row in text.splitlines()
                if row.startswith(f"| `{role}`") and kind in row and why in row
            ),
            "",
        )
        assert line, (role, kind)


def test_every_cell_is_tested():
    assert set(READ) == set(REFERENCE) == {*Role, None}
    assert set(DONE) == set(ATTEMPTS)
    assert {kind for kind, _, _ in ATTEMPTS} == set(KINDS)
