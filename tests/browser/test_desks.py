"""The desks where panels, decisions, corrections, drafts and inventors are written, refused once."""

import pytest

from pilotharbor.parties.roles import OrganisationKind
from pilotharbor.projects.models import Project
from tests.factories.agreements import table
from tests.factories.assessment import ExpertFactory, PanelFactory, assessed_project
from tests.factories.booking import dock, on
from tests.factories.campaigns import bench
from tests.factories.parties import OrganisationFactory
from tests.factories.projects import operator_of
from tests.factories.technologies import market

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("desk", "zh-hans"), ("phone", "zh-hans"), ("desk", "en"), ("phone", "en")]


def looked_at(open_page, member, size, language, pages):
    watched = open_page(size=size, language=language, person=member.person, membership=member)
    complaints = []
    for name, path in pages.items():
        page = watched.go(path)
        watched.shot(f"desk-{name}-{size}-{language}")
        complaints += [f"{name}: {one}" for one in watched.complaints()]
        if name.endswith("-write"):
            page.evaluate("document.querySelectorAll('form').forEach((f) => (f.noValidate = true))")
            page.locator("main form .form-actions .btn-primary").first.click()
            if (asked := page.locator("dialog[open]")).count():
                watched.shot(f"desk-{name}-asked-{size}-{language}")
                with page.expect_navigation():
                    asked.locator(".btn-primary, .btn-danger").first.click()
            page.wait_for_load_state("networkidle")
            watched.shot(f"desk-{name}-refused-{size}-{language}")
            complaints += [f"{name} refused: {one}" for one in watched.complaints()]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_panel_is_put_together_and_anew(open_page, size, language):
    project = assessed_project()
    panel = PanelFactory(project=assessed_project(platform=project.platform))
    ExpertFactory(field="药学")
    pages = {
        "panel-write": f"/projects/{project.pk}/panels/new",
        "panel-edit": f"/panels/{panel.pk}/edit",
        "panel": f"/panels/{panel.pk}",
    }
    looked_at(open_page, operator_of(project), size, language, pages)


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_decision_and_the_money_around_it(open_page, size, language):
    t = table()
    Project.objects.filter(pk=t.project.pk).update(status=Project.Status.DECISION)
    OrganisationFactory(kind=OrganisationKind.SPIN_OFF, name="示例产业化公司")
    pages = {"decision-write": f"/projects/{t.project.pk}/decision", "invoices": "/invoices"}
    looked_at(open_page, t.operator, size, language, pages)

    d = dock()
    d.use(d.allot(on(2), batch_no=1), on(2), on(2, 18))
    looked_at(open_page, d.operator, size, language, {"money": f"/projects/{d.project.pk}/money"})


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_draft_and_a_record_are_changed(open_page, size, language):
    t = table()
    draft = t.draft()
    pages = {"draft": f"/agreements/{draft.pk}", "draft-edit": f"/agreements/{draft.pk}/edit"}
    looked_at(open_page, t.operator, size, language, pages)

    b = bench(agreed=False)
    batch = b.record(1, "99.4")
    pages = {
        "correct-write": f"/batches/{batch.pk}/correct",
        "batch": f"/batches/{batch.pk}",
    }
    looked_at(open_page, b.engineer, size, language, pages)


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_inventors_and_rights_are_written(open_page, size, language):
    m = market(status="draft", published_at=None)
    m.achievement.inventors.all().delete()
    path = f"/achievements/{m.achievement.pk}"
    pages = {
        "result": path, "inventors": f"{path}/edit/inventors", "rights": f"{path}/edit/rights",
    }  # fmt: skip
    looked_at(open_page, m.tto, size, language, pages)
    looked_at(open_page, m.manager, size, language, {"project-new": "/projects/new"})
