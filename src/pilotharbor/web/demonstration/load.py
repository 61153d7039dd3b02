"""Filling an empty harbour with the demonstration, through the same API everybody uses."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from django.utils.translation import override

from pilotharbor.kernel import feeder
from pilotharbor.kernel.time import reporting_period
from pilotharbor.launcher import vault
from pilotharbor.launcher.paths import DataFolder
from pilotharbor.matching import index
from pilotharbor.parties import commands as parties
from pilotharbor.parties import invitations
from pilotharbor.parties.models import Membership, Organisation, Person
from pilotharbor.parties.roles import Role
from pilotharbor.web.demonstration import brokering, cast, gatherings, library, plant, rights
from pilotharbor.web.demonstration.cast import Extra
from pilotharbor.web.voyage import checks
from pilotharbor.web.voyage.case import Case
from pilotharbor.web.voyage.client import SETTLE_SECONDS, Harbour
from pilotharbor.web.voyage.player import HOST, Voyage
from pilotharbor.web.wsgi import application

EXAMPLES = Path(__file__).resolve().parents[4] / "examples"


class NotOurs(Exception):
    """There is something here that the demonstration did not make."""


def load(*, password: str, say: Callable[[str], None]) -> None:
    """Found the harbour and play the demonstration; what is written last is the accounts.

    Raises: NotOurs where anybody is known already.
    """
    if Person.objects.exists() or Organisation.objects.exists():
        raise NotOurs("this harbour is not a new one")
    now = timezone.now()
    with override_settings(EXERCISE_CLOCK=True), _client() as http:
        cases = [_past_only(checks.load(EXAMPLES / "voyages" / name), now) for name in cast.VOYAGES]
        founded = min(b.start for case in cases for b in case.pilot.bookings) - timedelta(days=90)
        parties.found(
            name=cast.HOST_NAME,
            uscc=cast.HOST_CODE,
            administrator_name="运营主任江工",
            email="admin@harbor.example",
            password=password,
            at=founded,
        )
        _hand_over(password, founded)
        harbour = _harbour(http, password)
        played = {}
        for case in cases:
            say(case.title)
            played[case.id] = _play(case, harbour, password)
        say(cast.HOST_NAME)
        harbour.at = now
        for extra in cast.EXTRAS:
            _register(harbour, extra, password, approve=True)
        library.load(EXAMPLES / "matching" / "documents.jsonl", at=now, say=say)
        _settle()
        brokering.load(at=now, say=say)
        rights.load(at=now, say=say)
        _leave_work_waiting(harbour, password, now)
        _settle()
        gatherings.load(at=now, say=say)
        plant.load(played[cast.MAIN], harbour, at=now, say=say)
        _settle()
        # What the worker would do within its first minute: a harbour is the same whenever it is looked at.
        index.fill_gaps(most=1_000_000)
    write_accounts(password)


def examine() -> None:
    """Whether all that is here can have come from ``load`` alone, finished or not.

    Raises: NotOurs.
    """
    host = Organisation.objects.filter(is_host=True).exclude(uscc=cast.HOST_CODE).first()
    if host is not None:
        raise NotOurs(f"{host.name} runs this harbour")
    stranger = Person.objects.exclude(email__endswith=cast.EMAIL_DOMAIN).first()
    if stranger is not None:
        raise NotOurs(f"{stranger.email} is nobody of the demonstration")


def _client() -> httpx.Client:
    transport = httpx.WSGITransport(app=application)
    return httpx.Client(transport=transport, base_url="http://127.0.0.1")


def _harbour(http: httpx.Client, password: str) -> Harbour:
    harbour = Harbour(http, settle=_settle)
    harbour.knows(HOST, "admin@harbor.example", password, role="platform_operator")
    return harbour


def _settle() -> None:
    """Do the worker's work here, since no worker runs yet.

    Raises: TimeoutError when a handler keeps failing.
    """
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        feeder.drain()
        if not feeder.backlog():
            return
        if time.monotonic() > until:
            raise TimeoutError("an event handler keeps failing")
        time.sleep(0.05)


def _past_only(case: Case, now: datetime) -> Case:
    """Leave out revenue of periods that are not over yet: nobody can have reported it."""
    today: date = timezone.localdate(now)
    over = [r for r in case.revenue if reporting_period(r.period).after <= today]
    return case.model_copy(update={"revenue": over})


def _email(case: Case) -> Callable[[str], str]:
    suffix = "" if case.id == cast.MAIN else f".{case.id.split('-')[0]}"
    return lambda key: f"{key.replace('_', '-')}{suffix}@harbor.example"


def _hand_over(password: str, at: datetime) -> None:
    """The founder operates; another person administers the system, so that two can break the glass."""
    first = Membership.objects.filter(organisation__is_host=True)
    operator = first.get(role=Role.PLATFORM_OPERATOR)
    invitation = parties.invite(
        organisation_id=operator.organisation_id, email=cast.ADMINISTRATOR_EMAIL,
        name=cast.ADMINISTRATOR, role=Role.SYSTEM_ADMINISTRATOR, is_admin=True,
        actor_id=operator.pk, at=at,
    ).invitation  # fmt: skip
    # The link goes by mail; here its reader is the loader.
    parties.accept_invitation(
        token=invitations.secret_of(invitation.nonce), password=password, at=at
    )
    founder = first.get(role=Role.SYSTEM_ADMINISTRATOR, person_id=operator.person_id)
    parties.end_member(membership_id=founder.pk, actor_id=operator.pk, at=at)


def _play(case: Case, harbour: Harbour, password: str) -> Voyage:
    harbour.at = None
    voyage = Voyage(
        case=case,
        harbour=harbour,
        email=_email(case),
        password=password,
        say=lambda *_: None,
    )
    voyage.play()
    return voyage


def _register(harbour: Harbour, extra: Extra, password: str, *, approve: bool) -> None:
    email = f"{extra.key}@harbor.example"
    contact = {"name": extra.person, "email": email, "password": password, "role": extra.role}
    made = harbour.post(
        None,
        "/organisations",
        {"kind": extra.kind, "name": extra.name, "uscc": extra.uscc, "contact": contact},
    )
    harbour.knows(extra.key, email, password)
    if approve:
        harbour.post(HOST, f"/organisations/{made['id']}/approve")


def _leave_work_waiting(harbour: Harbour, password: str, now: datetime) -> None:
    """Something to review in every queue, so that nobody's first page is empty."""
    _register(harbour, cast.WAITING_ORGANISATION, password, approve=False)
    for who, email in (
        ("professor", "professor@harbor.example"),
        ("buyer", "buyer@harbor.example"),
    ):
        harbour.knows(who, email, password)
    offered = harbour.post("professor", "/achievements", cast.WAITING_ACHIEVEMENT)
    harbour.post("professor", f"/achievements/{offered['id']}/submit")
    wanted = harbour.post("buyer", "/demands", cast.WAITING_DEMAND)
    harbour.post("buyer", f"/demands/{wanted['id']}/submit")
    for who, said in (("professor", cast.OPEN_SCENARIO), ("buyer", cast.ANSWERED_SCENARIO)):
        scenario = harbour.post(who, "/scenarios", said)
        harbour.post(who, f"/scenarios/{scenario['id']}/submit")
        harbour.post(HOST, f"/scenarios/{scenario['id']}/publish")
    harbour.post("professor", f"/scenarios/{scenario['id']}/answers", cast.SCENARIO_ANSWER)
    harbour.at = now


def write_accounts(password: str) -> None:
    """One account per role and the host's operator, for people who try the demonstration."""
    accounts: list[dict[str, Any]] = []
    memberships = Membership.objects.select_related("person", "organisation").order_by(
        "organisation__is_host", "id"
    )
    active = memberships.filter(status=Membership.Status.ACTIVE)
    one_a_role = [active.filter(role=role).first() for role in Role]
    # Who approves organisations: the operator of the host itself.
    host = active.filter(organisation__is_host=True, role=Role.PLATFORM_OPERATOR).first()
    for member in [*one_a_role, host]:
        if member is not None:
            role = Role(member.role)
            accounts.append(
                {
                    "role": role.value,
                    "role_zh": _in_chinese(role),
                    "name": member.person.name,
                    "organisation": member.organisation.name,
                    "email": member.person.email,
                    "password": password,
                }
            )
    vault.write_json(DataFolder.at(settings.DATA_DIR).accounts, accounts, mode=0o600)


def _in_chinese(role: Role) -> str:
    with override("zh-hans"):
        return str(role.label)
