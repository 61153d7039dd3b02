"""The whole voyage on one page: with numbers, amounts and names, and only what is open to the reader."""

import pytest
from django.test import Client

from pilotharbor.finance.models import Invoice
from pilotharbor.kernel.models import Event
from pilotharbor.parties.roles import Role
from pilotharbor.projects import commands as projects
from pilotharbor.projects import timeline
from pilotharbor.projects.models import TeamMember
from pilotharbor.web.voyages import naming
from tests.factories.campaigns import bench
from tests.factories.projects import TeamMemberFactory, someone
from tests.factories.worker import work as deliver

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def browser(membership):
    client = Client()
    client.force_login(membership.person, backend=BACKEND)
    return client


def told(project, actor):
    rows = timeline.events_of(project, actor=actor).order_by("id")
    return naming.told(rows, actor=actor, project=project)


def said(project, actor):
    return " ".join(one.sentence for one in told(project, actor))


def sailed():
    """A campaign with one batch, a signed agreement and its first invoice."""
    around = bench()
    around.run(1)
    projects.add_task(
        project_id=around.project.pk, kind="patent_filing", owner_id=around.project.owner_id,
        title="申请专利", actor_id=around.table.operator.pk, at=around.campaign.opened_at,
    )  # fmt: skip
    deliver()
    return around


def test_the_operator_reads_numbers_amounts_and_names():
    around = sailed()
    invoice = Invoice.objects.get()

    heard = said(around.project, around.table.operator)

    assert invoice.number in heard
    assert "¥240,000.00" in heard
    assert "申请专利" in heard
    assert around.project.enterprise.name in heard
    assert "¥800,000.00" in heard


def test_who_is_no_side_of_an_invoice_hears_that_there_is_one_and_no_more():
    around = sailed()
    invoice = Invoice.objects.get()

    heard = said(around.project, around.table.officer)

    assert "已开具一张账单" in heard or "开具" in heard
    assert invoice.number not in heard
    assert "¥240,000.00" not in heard


def test_a_reader_of_reports_learns_no_price_of_a_slot():
    around = sailed()
    investor = someone(Role.INVESTOR)
    TeamMemberFactory(project=around.project, membership=investor, scope=TeamMember.Scope.REPORT)

    heard = told(around.project, investor)

    assert not [one for one in heard if one.name.startswith("booking.") and "¥" in one.sentence]
    assert not [one.url for one in heard if one.url.startswith("/bookings/")]


def test_every_page_a_sentence_opens_is_there():
    around = sailed()
    for reader in (around.table.operator, around.table.buyer, around.table.officer):
        page = browser(reader)
        pages = {
            part.url.split("#")[0] for one in told(around.project, reader) for part in one.parts
        }

        missing = [url for url in sorted(pages - {""}) if page.get(url).status_code != 200]

        assert missing == []


def test_events_stand_on_the_step_they_happened_on():
    around = sailed()
    rows = list(Event.objects.filter(project_id=around.project.pk).order_by("id"))
    steps = timeline.steps_of(around.project, rows)
    by_name = {row.name: steps[row.pk] for row in rows}

    assert by_name["agreements.agreement.drafted"] == "proposed"
    assert by_name["campaigns.batch.recorded"] == "pilot"


def test_the_page_groups_by_step_and_folds_housekeeping_away():
    around = sailed()

    shown = browser(around.table.operator).get(f"/projects/{around.project.pk}/timeline").text

    assert 'id="pilot"' in shown
    assert "<details" in shown
    assert "文件与记账记录" in shown
    assert f'href="/organisations/{around.project.platform_id}"' in shown


def test_the_cockpit_leaves_housekeeping_out():
    around = sailed()

    shown = browser(around.table.operator).get(f"/projects/{around.project.pk}")

    assert "记账：" not in shown.text
    assert "申请专利" in shown.text


def test_the_timeline_asks_as_often_for_many_events_as_for_few(django_assert_max_num_queries):
    around = sailed()
    around.run(2)
    around.run(3)
    deliver()

    with django_assert_max_num_queries(22):
        told(around.project, around.table.operator)
