"""Rosters, leave, courses and qualifications in a real browser: looked at, and used by hand."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from pilotharbor.crew import commands
from pilotharbor.crew.models import Leave, UserQualification
from pilotharbor.kernel.time import SHANGHAI, local_date
from tests.crew.conftest import Plant, build
from tests.factories.crew import EngineerFactory
from tests.factories.facilities import LineEngineerFactory, working_line
from tests.factories.parties import MembershipFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LOOKS = [(size, language) for size in ("desk", "phone") for language in ("zh-hans", "en")]
NOW = timezone.now()
TODAY = local_date(NOW)
MONDAY = TODAY - timedelta(days=TODAY.weekday())


@pytest.fixture
def plant() -> Plant:
    p = build()
    names = ((p.operator, "许主任"), (p.engineer, "陈工"), (p.outsider, "林博士"))
    for member, name in names:
        member.person.name = name
        member.person.save()
    p.line.name = "连续流合成纯化线"
    p.line.save()
    p.line.platform.name = "协同创新港生物医药中试楼"
    p.line.platform.save()
    p.outsider.organisation.name = "示例大学"
    p.outsider.organisation.save()
    return p


def filled(p: Plant) -> Leave:
    """Two rhythms, a night, leave granted and asked for, skills, courses and people in every state."""
    by = {"actor_id": p.operator.pk, "at": NOW}
    second = EngineerFactory(organisation=p.line.platform, person__name="赵工")
    LineEngineerFactory(line=p.line, membership=second)
    for who, starts, ends in ((p.engineer, time(8), time(16)), (second, time(16), time(0))):
        commands.plan_pattern(
            membership_id=who.pk, weekdays=range(5), starts=starts, ends=ends, first=MONDAY,
            last=MONDAY + timedelta(days=27), **by,
        )  # fmt: skip
    for who, day, kind in ((p.engineer, 8, "annual"), (second, 9, "training")):
        start = timezone.datetime.combine(MONDAY + timedelta(days=day), time(), SHANGHAI)
        leave = commands.ask_leave(
            kind=kind,
            start=start,
            end=start + timedelta(days=2),
            reason="探亲",
            actor_id=who.pk,
            at=NOW,
        )
        if who == second:
            commands.approve_leave(leave_id=leave.pk, take_shifts=True, **by)
    skills = [commands.define_skill(name=name, **by) for name in ("高压反应操作", "GMP 记录")]
    commands.set_line_skills(line_id=p.line.pk, skill_ids=[s.pk for s in skills], **by)
    for skill, days in zip(skills, (None, 30), strict=True):
        commands.grant_skill(
            membership_id=p.engineer.pk, skill_id=skill.pk, valid_from=TODAY - timedelta(days=300),
            valid_to=TODAY + timedelta(days=days) if days else None, certificate_no="TS-2026-018", **by,
        )  # fmt: skip
    other = working_line(platform=p.line.platform, name="公斤级结晶线")
    for name, line, mark in (("高压反应釜上岗培训", p.line, 80), ("洁净区进入培训", other, None)):
        commands.open_course(
            fields={
                "name": name, "description": "每月第二周周三，三楼培训室。联系许主任。", "months_valid": 12,
                "pass_mark": mark, "required_date": TODAY - timedelta(days=400),
            },
            line_ids=[line.pk], **by,
        )  # fmt: skip
    first = commands.examinations.Course.objects.order_by("pk").first()
    states = (("林博士", 330, 92), ("周研究员", 20, 88), ("吴总监", 390, 95), ("沈工", 5, 61))
    for name, ago, mark in states:
        member = p.outsider if name == "林博士" else MembershipFactory(person__name=name)
        commands.record_examination(
            course_id=first.pk, email=member.person.email, held_date=TODAY - timedelta(days=ago),
            mark=mark, **by,
        )  # fmt: skip
    waiting = MembershipFactory(person__name="何博士")
    commands.ask_for_place(course_id=first.pk, actor_id=waiting.pk, at=NOW)
    return Leave.objects.get(status="asked")


def looked_at(watched, prefix, pages):
    complaints = []
    for name, path in pages.items():
        watched.go(path)
        watched.shot(f"crew-{name}-{prefix}")
        complaints += [f"{name}: {one}" for one in watched.complaints()]
    return complaints


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_every_page_looks_fine(open_page, plant, size, language):
    leave = filled(plant)
    course = commands.examinations.Course.objects.order_by("pk").first()
    one = UserQualification.objects.get(person=plant.outsider.person)
    pattern = commands.shifts.Pattern.objects.filter(membership=plant.engineer).first()
    way, prefix = {"size": size, "language": language}, f"{size}-{language}"

    complaints = looked_at(open_page(**way, person=plant.operator.person), prefix, {
        "roster": "/roster",
        "roster-next": f"/roster?week={(MONDAY + timedelta(days=7)).isoformat()}",
        "rhythm-new": "/roster/rhythms/new",
        "rhythm": f"/roster/rhythms/{pattern.pk}",
        "engineer": f"/roster/engineers/{plant.engineer.pk}",
        "leave": f"/leave/{leave.pk}",
        "leave-enter": "/roster/leave",
        "skills": "/skills",
        "courses": "/courses",
        "course": f"/courses/{course.pk}",
        "course-new": "/courses/new",
        "correct": f"/examinations/{one.examination_id}/correct",
        "qualified": "/qualified",
        "qualification": f"/qualifications/{one.pk}",
    })  # fmt: skip
    complaints += looked_at(open_page(**way, person=plant.engineer.person), prefix, {
        "my-shifts": "/shifts",
        "roster-read": "/roster",
    })  # fmt: skip
    complaints += looked_at(open_page(**way, person=plant.outsider.person), prefix, {
        "mine": "/qualifications",
        "course-asked": f"/courses/{course.pk}",
    })  # fmt: skip

    assert complaints == []


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_leave_is_asked_for_and_granted_by_hand(open_page, plant, size):
    filled(plant)
    Leave.objects.filter(status="asked").delete()
    day = MONDAY + timedelta(days=15)
    page = open_page(size=size, person=plant.engineer.person).go("/shifts")
    page.get_by_label("第一天*").fill(day.isoformat())
    page.get_by_label("最后一天*").fill(day.isoformat())
    page.get_by_role("button", name="申请请假").click()
    page.wait_for_load_state("networkidle")
    assert "请假申请已提交" in page.inner_text("main")

    operator = open_page(size=size, person=plant.operator.person)
    page = operator.go("/roster")
    page.get_by_role("link", name="审批").click()
    page.wait_for_load_state("networkidle")
    assert "与以下班次冲突" in page.inner_text("main")
    # Without taking the shifts away it is refused, with the shifts named.
    page.get_by_role("button", name="批准请假").click()
    page.wait_for_load_state("networkidle")
    assert "届时有排班" in page.inner_text("main")
    page.get_by_label("同时取消这些班次").check()
    page.get_by_role("button", name="批准请假").click()
    page.wait_for_load_state("networkidle")
    assert "请假已批准" in page.inner_text("main")
    assert Leave.objects.filter(status="approved", membership=plant.engineer).count() == 1


def test_who_asks_for_a_place_is_examined_and_may_run_the_line(open_page, plant):
    filled(plant)
    UserQualification.objects.filter(person=plant.outsider.person)
    member = MembershipFactory(person__name="韩研究员", role="researcher")
    page = open_page(person=member.person).go("/qualifications")
    page.get_by_role("button", name="报名").first.click()
    page.wait_for_load_state("networkidle")
    assert "报名成功" in page.inner_text("main")
    address = page.url

    operator = open_page(person=plant.operator.person)
    page = operator.go(address.removeprefix(operator.base))
    page.get_by_role("listitem").filter(has_text="韩研究员").get_by_role(
        "link", name="登记考核"
    ).click()
    page.wait_for_load_state("networkidle")
    page.get_by_label("考核日期").fill(TODAY.isoformat())
    if page.get_by_label("成绩").count():
        page.get_by_label("成绩").first.fill("86")
    page.get_by_role("button", name="登记", exact=True).click()
    page.wait_for_load_state("networkidle")
    assert "韩研究员考核合格" in page.inner_text("main")
    page = open_page(person=member.person).go("/qualifications")
    assert "可以独立操作" in page.inner_text("main")
