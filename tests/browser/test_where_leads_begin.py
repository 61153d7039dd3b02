"""Scenarios and intents that become leads, disciplines, families of patents: as people see them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pilotharbor.leads import commands as leads
from pilotharbor.outreach.commands import intents
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.technologies.models import IpAsset
from tests.conftest import AT
from tests.factories.leads import log
from tests.factories.outreach import PitchFactory, RoadshowFactory
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.projects import ProjectFactory
from tests.factories.scenarios import stage
from tests.factories.technologies import AchievementFactory

pytestmark = pytest.mark.django_db(transaction=True)
EVERY_WAY = [(size, language) for size in ("desk", "phone") for language in ("zh-hans", "en")]
NOW = datetime.now(UTC)


def looked_at(watched, prefix, pages):
    complaints = []
    for name, path in pages.items():
        watched.go(path)
        watched.shot(f"begins-{prefix}-{name}")
        complaints += [f"{name}: {one}" for one in watched.complaints()]
    return complaints


def family(s):
    IpAsset.objects.create(
        achievement=s.result, kind="invention_patent", application_no="201810000001.4",
        number_checked=True, legal_status="granted", title="一种面板缺陷检测方法",
        filing_date=date(2018, 5, 4), ipc=["G06T 7/00"], cpc=["G06T 7/0004"],
    )  # fmt: skip
    return IpAsset.objects.create(
        achievement=s.result, kind="utility_model", application_no="US17/123456",
        legal_status="pending", title="面板缺陷检测装置", filing_date=date(2019, 3, 4),
        priority_no="201810000001.4", priority="CN 201810000001.4，2018-05-04", cpc=["Y02P 90/02"],
    )  # fmt: skip


@pytest.mark.parametrize(("size", "language"), EVERY_WAY)
def test_from_scenarios_and_intents_to_leads(open_page, size, language):
    s = stage(
        answers=2, frontier="displays", domestic_substitution=True, budget_fen=80_000_000,
        conditions="一条六代线，夜班可停机两小时。",
    )  # fmt: skip
    investor = MembershipFactory(
        organisation=OrganisationFactory(kind=OrganisationKind.INVESTOR, name="示例创投基金"),
        role=Role.INVESTOR,
    )
    show = RoadshowFactory(
        organiser=s.host, planned_by=s.operator, status="running",
        period=(NOW, NOW + timedelta(hours=3)), register_until_at=NOW,
    )  # fmt: skip
    pitch = PitchFactory(roadshow=show, achievement=s.result, title=s.result.title)
    for kind, words, agreed in (("invest", "拟领投A轮", True), ("talk", "想看样机", False)):
        intents.declare(
            pitch_id=pitch.pk, kind=kind, words=words, approachable=agreed, actor_id=investor.pk,
            at=AT,
        )  # fmt: skip
    lead = leads.open_lead(
        scenario_id=s.scenario.pk, achievement_id=s.result.pk, actor_id=s.manager.pk, at=AT
    )
    log(lead, s.manager, side="both")
    project = ProjectFactory(platform=s.host, title="面板检测机中试")
    lead.refresh_from_db()
    lead.project_id, lead.handed_over_at = project.pk, AT
    lead.save()
    way = f"{size}-{language}"

    owner = open_page(size=size, language=language, person=s.owner.person)
    complaints = looked_at(owner, f"owner-{way}", {
        "list": "/scenarios", "import": "/imports?kind=scenarios",
        "scenario": f"/scenarios/{s.scenario.pk}", "lead": f"/leads/{lead.pk}",
    })  # fmt: skip
    manager = open_page(size=size, language=language, person=s.manager.person)
    complaints += looked_at(manager, f"manager-{way}", {
        "scenario": f"/scenarios/{s.scenario.pk}", "new": f"/leads/new?scenario={s.scenario.pk}",
        "lead": f"/leads/{lead.pk}", "intents": "/roadshows/intents",
    })  # fmt: skip
    giver = open_page(size=size, language=language, person=investor.person)
    complaints += looked_at(giver, f"investor-{way}", {
        "declare": f"/roadshows/pitches/{pitch.pk}/intent", "intents": "/roadshows/intents",
    })  # fmt: skip
    assert not complaints

    page = manager.go("/roadshows/intents")
    page.locator("form[action$='/lead'] button").click()
    page.wait_for_url("**/leads/*")
    manager.shot(f"begins-manager-{way}-carried")
    assert not manager.complaints()


@pytest.mark.parametrize(("size", "language"), EVERY_WAY)
def test_disciplines_and_families(open_page, size, language):
    s = stage(answers=0)
    later = family(s)
    draft = AchievementFactory(
        owner=s.university, disclosed_by=s.inventor, status="draft", published_at=None,
        discipline_code="53064", discipline="连续流制药",
    )  # fmt: skip
    way = f"{size}-{language}"

    officer = open_page(size=size, language=language, person=s.tto.person)
    complaints = looked_at(officer, f"office-{way}", {
        "place": f"/achievements/{draft.pk}/edit/place", "result": f"/achievements/{draft.pk}",
        "filter": "/achievements?discipline=530", "rights": "/rights", "right": f"/rights/{later.pk}",
        "right-edit": f"/rights/{later.pk}/edit",
    })  # fmt: skip

    assert not complaints
