"""Does the signature of all parties reach the lead that the project came from?"""

import pytest

from pilotharbor.leads.models import Lead
from tests.factories.agreements import AT, table
from tests.factories.parties import MembershipFactory
from tests.factories.worker import work

pytestmark = pytest.mark.django_db


def lead_of(t, **fields):
    return Lead.objects.create(
        title="供样", origin="match", achievement=t.project.achievement,
        supplier=t.project.owner, enterprise=t.project.enterprise, project_id=t.project.pk,
        handed_over_at=AT, opened_by=MembershipFactory(), opened_at=AT, active_at=AT,
        reply_due_date=AT.date(), **fields,
    )  # fmt: skip


def test_the_last_signature_signs_the_lead_and_no_other_one():
    t = table()
    lead, other = lead_of(t), lead_of(table())
    agreement = t.offered()
    for actor in (t.buyer, t.operator):
        t.sign(agreement, actor)
    work()
    lead.refresh_from_db()
    assert lead.status == "found"

    t.sign(agreement, t.officer)
    work()

    lead.refresh_from_db()
    other.refresh_from_db()
    assert (lead.status, lead.amount_fen) == ("signed", agreement.fee_fen)
    assert other.status == "found"


def test_an_agreement_of_a_project_without_a_lead_signs_nothing():
    t = table()

    t.signed()
    work()

    assert not Lead.objects.exists()
