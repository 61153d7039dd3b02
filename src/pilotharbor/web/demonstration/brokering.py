"""Leads on their way, visits and a team, so that managers and companies find their pages alive."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pilotharbor.kernel.time import local_date
from pilotharbor.leads import commands, queries
from pilotharbor.leads.commands import Contact, Difficulty
from pilotharbor.leads.models import Lead
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import Achievement, Demand, Status

# How far each lead has come and how many days ago it was opened; every word is invented.
STORIES = (
    ("found", 6, "检索发现，尚未联系。"),
    ("contacted", 12, "电话沟通，企业愿意了解小试数据。"),
    ("met", 20, "在企业技术中心会面，确认了三项指标。"),
    ("evaluated", 33, "样品送第三方检测，等待结果。"),
    ("negotiating", 48, "就普通实施许可和入门费谈判。"),
    ("signed", 75, "签订技术许可合同。"),
    ("lost", 60, "企业改用现有供应商方案。"),
)
WAY = ("contacted", "met", "evaluated", "negotiating")
PROBLEMS = (
    Difficulty("干燥工序能耗高", "喷雾干燥每吨产品耗电约 900 度，希望降低三成。", "C26", "urgent"),
    Difficulty("批间粒径波动", "D50 批间波动超过 8%，影响后道混料。", "C26", "normal"),
)


def load(*, at: datetime, say: Callable[[str], None]) -> None:
    """Play the stories between published results and the first enterprise's published need."""
    operator = _first(Role.PLATFORM_OPERATOR, organisation__is_host=True)
    need = Demand.objects.filter(status=Status.PUBLISHED).order_by("id").first()
    if operator is None or need is None:
        return
    manager = next((one for one in queries.all_managers() if _fits(one, need)), None)
    results = Achievement.objects.filter(
        status=Status.PUBLISHED, confidentiality__in=["public", "members"]
    ).exclude(owner_id=need.owner_id)
    if manager is None:
        return
    free = [
        one
        for one in results.order_by("-id")[:40]
        if not queries.interest_of(manager, supplier_id=one.owner_id, enterprise_id=None)
    ]
    say("线索与走访")
    for (stage, days, words), result in zip(STORIES, free, strict=False):
        _play(stage, at - timedelta(days=days), words, result, need, manager)
    if len(free) > len(STORIES):
        commands.ask(
            achievement_id=free[len(STORIES)].pk, demand_id=need.pk, words="希望看到中试样品。",
            actor_id=need.posted_by_id, at=at - timedelta(days=1),
        )  # fmt: skip
    _go_out(at, need, manager, operator)


def _first(role: Role, **more: object) -> Membership | None:
    rows = Membership.objects.filter(role=role, status=Membership.Status.ACTIVE, **more)
    return rows.order_by("id").first()


def _fits(manager: Membership, need: Demand) -> bool:
    return not queries.interest_of(manager, supplier_id=None, enterprise_id=need.owner_id)


def _play(
    stage: str, opened: datetime, words: str, result: Achievement, need: Demand, manager: Membership
) -> None:
    lead = commands.open_lead(
        achievement_id=result.pk, demand_id=need.pk, title=result.title, words=words,
        actor_id=manager.pk, at=opened,
    )  # fmt: skip
    if stage == "found":
        return
    _log(lead, manager, "call", words, opened + timedelta(days=1))
    last = {"lost": "contacted", "signed": "negotiating"}.get(stage, stage)
    for n, to in enumerate(WAY[1 : WAY.index(last) + 1], start=2):
        when = opened + timedelta(days=3 * n)
        if to == "met":
            _log(lead, manager, "meeting", "双方技术人员会面，约定送样。", when)
        commands.move(lead_id=lead.pk, to=to, actor_id=manager.pk, at=when)
    end = opened + timedelta(days=20)
    who = {"lead_id": lead.pk, "actor_id": manager.pk}
    if stage == "lost":
        commands.lose(reason="solved_otherwise", words=words, **who, at=end)
    elif stage == "signed":
        commands.sign(amount_fen=68_000_000, lead_id=lead.pk, actor_id=manager.pk, at=end)
    else:
        commands.plan_step(
            words="约下一次沟通并更新评估结论", due_date=local_date(end) + timedelta(days=30),
            owner_id=manager.pk, **who, at=end,
        )  # fmt: skip


def _log(lead: Lead, manager: Membership, kind: str, words: str, at: datetime) -> None:
    contact = Contact(kind=kind, side="both", shared="both", words=words)
    commands.log(lead_id=lead.pk, contact=contact, actor_id=manager.pk, at=at)


def _go_out(at: datetime, need: Demand, manager: Membership, operator: Membership) -> None:
    commands.describe(
        fields=["C26", "C27"], regions=["3302"], languages=["普通话", "英语"],
        about="化工背景，熟悉中试放大与技术许可谈判。（演示）", actor_id=manager.pk, at=at,
    )  # fmt: skip
    training = commands.add_qualification(
        kind="training", title="技术经理人能力提升班（演示）", issuer="技术转移人才培养基地（演示）",
        hours=60, obtained_date=local_date(at) - timedelta(days=200), actor_id=manager.pk, at=at,
    )  # fmt: skip
    commands.confirm_qualification(qualification_id=training.pk, actor_id=operator.pk, at=at)
    commands.set_level(
        membership_id=manager.pk,
        level="intermediate",
        basis="演示证书",
        actor_id=operator.pk,
        at=at,
    )
    team = commands.form_team(
        name="新材料与生物制造转化专班（演示）", purpose="常态对接高校院所，走访规上企业。",
        field="C26", region="3302", member_ids=[manager.pk], actor_id=operator.pk,
        at=at - timedelta(days=40),
    )  # fmt: skip
    visit = commands.record_visit(
        enterprise_id=need.owner_id, team_id=team.pk, people="企业技术总监、专班成员（演示）",
        visit_date=local_date(at) - timedelta(days=9), place="企业技术中心",
        summary="了解在产工艺瓶颈。", problems=PROBLEMS, actor_id=manager.pk, at=at,
    )  # fmt: skip
    first = queries.problems_of(visit, actor=manager)[0]
    commands.offer_problem(problem_id=first.pk, actor_id=manager.pk, at=at)
