import pytest
from django.db import DatabaseError, transaction

from pilotharbor.documents import commands, press, queries
from pilotharbor.documents.models import Document, Rendering
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.roles import Role
from tests.factories.documents import AT, ask, printed
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.worker import work

pytestmark = pytest.mark.django_db


def finance(organisation):
    return MembershipFactory(organisation=organisation, role=Role.ENTERPRISE_MEMBER)


def test_asked_is_printed_by_the_worker_with_its_hash():
    asked = ask()

    work()

    document = Document.objects.get()
    assert (document.pk, document.status) == (asked.pk, "rendered")
    told = Event.objects.get(name="documents.document.rendered")
    assert told.facts["sha256"] == queries.sha256_of(document_id=document.pk)
    assert (told.facts["kind"], told.facts["about_id"]) == ("invoice", document.owner_id)
    assert document.number == f"PH-2026-{document.pk:06d}"


def test_printing_twice_keeps_the_first_bytes():
    document = printed()
    before = queries.sha256_of(document_id=document.pk)

    commands.render(document_id=document.pk, actor_id=None, at=AT)

    assert queries.sha256_of(document_id=document.pk) == before
    assert Rendering.objects.count() == 1


def test_a_failed_printing_is_kept_and_can_be_tried_again():
    owner = OrganisationFactory()
    document = ask(owner, payload={})
    work()
    document.refresh_from_db()
    assert document.status == "failed"
    assert "project" in document.failure

    with pytest.raises(NotFound):
        commands.retry(document_id=document.pk, actor_id=MembershipFactory().pk, at=AT)
    commands.retry(document_id=document.pk, actor_id=finance(owner).pk, at=AT)
    work()

    document.refresh_from_db()
    assert document.status == "failed"
    fine = printed(owner)
    with pytest.raises(MoveNotAllowed):
        commands.retry(document_id=fine.pk, actor_id=finance(owner).pk, at=AT)


def test_asking_again_is_a_further_version():
    owner = OrganisationFactory()
    assert [ask(owner).version, ask(owner).version, ask(owner, language="en").version] == [1, 2, 1]


def test_a_template_that_does_not_exist_is_refused_at_once():
    with pytest.raises(press.PressError):
        ask(template="finance.nothing/1")
    assert not Document.objects.exists()


def test_signed_bytes_cannot_be_changed_even_by_hand():
    printed()
    with pytest.raises(DatabaseError), transaction.atomic():
        Rendering.objects.update(sha256="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        Rendering.objects.all().delete()


def test_every_reading_of_a_confidential_paper_is_recorded():
    owner = OrganisationFactory()
    reader = finance(owner)
    document = ask(owner)
    with pytest.raises(commands.NotPrintedYet):
        commands.view(document_id=document.pk, actor_id=reader.pk, at=AT)
    commands.render(document_id=document.pk, actor_id=None, at=AT)

    commands.view(document_id=document.pk, actor_id=reader.pk, at=AT)
    commands.view(document_id=document.pk, actor_id=reader.pk, at=AT)
    public = printed(owner, confidentiality="public")
    commands.view(document_id=public.pk, actor_id=None, at=AT)

    seen = Event.objects.filter(name="documents.document.viewed")
    assert [(e.subject_id, e.person_id) for e in seen] == [(document.pk, reader.person_id)] * 2


def test_papers_stay_open_to_exactly_those_who_carry_the_project():
    first, second = MembershipFactory(), MembershipFactory()
    document = ask(project_id=7, people_ids=[first.pk])

    commands.open_to(project_id=7, membership_ids=[second.pk])

    assert list(document.people.all()) == [second]
