"""Rows that come by COPY are rows like any other."""

import pytest
from django.db import IntegrityError, transaction

from pilotharbor.kernel import bulk
from pilotharbor.kernel.bulk import Incoming
from pilotharbor.parties.models import Membership, Organisation
from tests.factories.parties import MembershipFactory, OrganisationFactory, uscc

pytestmark = pytest.mark.django_db(transaction=True)


def organisations(at, *numbers: int) -> list[Organisation]:
    return [
        Organisation(kind="bank", name=f'名"称\t{n}\n', uscc=uscc(n), registered_at=at)
        for n in numbers
    ]


def test_copied_rows_are_what_was_given_and_have_their_keys(at):
    made = bulk.copy_in(organisations(at, 1, 2, 3))

    found = list(Organisation.objects.order_by("pk"))
    assert found == made
    assert [o.name for o in found] == [o.name for o in made]
    assert found[0].registered_at == at
    assert OrganisationFactory().pk > made[-1].pk
    assert bulk.copy_in([]) == []


def test_a_violated_constraint_is_an_integrity_error_with_its_name(at):
    with pytest.raises(IntegrityError) as violation, transaction.atomic():
        bulk.copy_in(organisations(at, 1, 1))

    assert violation.value.__cause__.diag.constraint_name == "parties_organisation_uscc"
    assert Organisation.objects.count() == 0


def test_rewrite_saves_the_named_fields_of_existing_rows_only():
    member = MembershipFactory(field="药学")
    member.field, member.role = "化学", "investor"

    bulk.rewrite(Membership, [member], ["field"])
    bulk.rewrite(Membership, [], ["field"])

    member.refresh_from_db()
    assert (member.field, member.role) == ("化学", "enterprise_member")
    assert Membership.objects.count() == 1


def test_keys_stand_for_numbers_or_for_content():
    digest = bulk.key_of(None, {"a": "甲"})

    assert bulk.key_of("K-1", {}) == "n:K-1"
    assert digest == bulk.key_of("", {"a": "甲"})
    assert digest != bulk.key_of(None, {"a": "乙"})
    assert len(digest) <= 64
    assert bulk.key_of(digest, {}) == digest


def test_numbers_on_the_way_out_lead_back(at):
    [record] = bulk.copy_in(organisations(at, 5))
    number = bulk.number_of(record, "")

    assert bulk.own_numbers([Incoming(2, bulk.key_of(number, {}), {})]) == {
        record.pk: f"n:{number}"
    }
    assert bulk.number_of(record, "n:K-1") == "K-1"
