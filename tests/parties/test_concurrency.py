"""Races have one winner and the loser a clean refusal; without the guard they would not."""

import threading

import pytest
from django.db import connection

from pilotharbor.parties import commands as parties
from pilotharbor.parties.models import Membership, NonDisclosure, Organisation
from pilotharbor.parties.roles import Role
from tests.conftest import AT
from tests.factories.parties import MembershipFactory, uscc
from tests.parties.conftest import PASSWORD, harbour  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def race(*attempts):
    """Run all at once; what each returned or was refused with."""
    outcomes = [None] * len(attempts)
    start = threading.Barrier(len(attempts))

    def run(n):
        try:
            start.wait(10)
            outcomes[n] = attempts[n]()
        except Exception as exc:  # noqa: BLE001 - the outcome is the exception
            outcomes[n] = exc
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(attempts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def kinds(outcomes):
    return sorted(type(o).__name__ for o in outcomes)


def sign(harbour):  # noqa: F811
    return lambda: parties.sign_nda(
        owner_id=harbour.university.pk, actor_id=harbour.buyer.pk, at=AT
    )


def test_of_simultaneous_signatures_one_stands(harbour):  # noqa: F811
    outcomes = race(*[sign(harbour)] * 6)

    assert kinds(outcomes) == ["NonDisclosure"] + ["SignedAlready"] * 5
    assert NonDisclosure.objects.count() == 1


def test_control_without_the_constraint_several_would_stand(harbour):  # noqa: F811
    constraint = next(
        c for c in NonDisclosure._meta.constraints if c.name == "parties_nda_once_per_counterparty"
    )
    with connection.schema_editor() as editor:
        editor.remove_constraint(NonDisclosure, constraint)
    try:
        race(*[sign(harbour)] * 6)
        assert NonDisclosure.objects.count() > 1
    finally:
        NonDisclosure.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(NonDisclosure, constraint)


def register(n):
    return lambda: parties.register_organisation(
        kind="enterprise", name=f"示例{n}有限公司", uscc=uscc(77_000_001), at=AT
    )


def test_of_simultaneous_registrations_of_a_code_one_stands():
    outcomes = race(*[register(n) for n in range(6)])

    assert kinds(outcomes)[0] == "Organisation"
    assert set(kinds(outcomes)[1:]) == {"UsccTaken"}
    assert Organisation.objects.count() == 1


def test_an_invitation_is_taken_up_once(harbour):  # noqa: F811
    invited = parties.invite(
        organisation_id=harbour.university.pk, email="lin@uni.example", name="林教授",
        role=Role.RESEARCHER, actor_id=harbour.tto.pk, at=AT,
    )  # fmt: skip

    outcomes = race(
        *[lambda: parties.accept_invitation(token=invited.secret, password=PASSWORD, at=AT)] * 4
    )

    assert kinds(outcomes) == ["InvitationOver"] * 3 + ["Membership"]
    assert Membership.objects.filter(person__email="lin@uni.example").count() == 1


def test_two_administrators_cannot_remove_each_other(harbour):  # noqa: F811
    other = MembershipFactory(organisation=harbour.university, role=Role.TTO_OFFICER, is_admin=True)

    outcomes = race(
        lambda: parties.end_member(membership_id=other.pk, actor_id=other.pk, at=AT),
        lambda: parties.end_member(membership_id=harbour.tto.pk, actor_id=harbour.tto.pk, at=AT),
    )

    assert kinds(outcomes) == ["LastAdministrator", "Membership"]


def test_a_harbour_is_founded_once():
    def found(n):
        return lambda: parties.found(
            name="示例中试港", uscc=uscc(77_000_020 + n), administrator_name="许主任",
            email=f"xu{n}@harbor.example", password=PASSWORD, at=AT,
        )  # fmt: skip

    outcomes = race(*[found(n) for n in range(3)])

    assert kinds(outcomes) == ["AlreadyFounded"] * 2 + ["Organisation"]
