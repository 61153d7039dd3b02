"""Panels, scores, statements and the pilot decision; every refusal leaves no trace."""

from datetime import date
from decimal import Decimal

import pytest
from psycopg.types.range import DateRange

from pilotharbor.assessment import commands as assessment
from pilotharbor.assessment.commands import panels
from pilotharbor.assessment.commands.verdicts import ReasonsMissing
from pilotharbor.assessment.models import (
    Criterion,
    Panel,
    PanelRule,
    PilotDecision,
    Score,
    Seat,
    TrlStatement,
)
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from pilotharbor.projects.commands import AlreadyOver
from pilotharbor.projects.models import Project
from pilotharbor.technologies.models import Inventor, Reader
from tests.factories.assessment import (
    WEIGHTS,
    ExpertFactory,
    PanelFactory,
    TrlStatementFactory,
    assessed_project,
)
from tests.factories.parties import MembershipFactory
from tests.factories.projects import ProjectFactory, operator_of, someone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rule")]
FULL = {"technical": "80", "market": "80", "risk": "80"}


def trace():
    tables = (Event, Panel, Criterion, Seat, Score, TrlStatement, PilotDecision, Project, Reader)
    return [list(table.objects.values()) for table in tables]


def seats(*experts, field="药学"):
    return [{"expert_id": expert.pk, "field": field} for expert in experts]


def convene(project, at, **changes):
    given = {"seats": seats(ExpertFactory()), "weights_bp": WEIGHTS, "pass_mark": Decimal(75)}
    actor = changes.pop("actor", None) or operator_of(project)
    return assessment.convene(
        project_id=project.pk, **{**given, **changes}, actor_id=actor.pk, at=at
    )


def all_score(panel, at, points=FULL):
    for seat in panel.seats.all():
        assessment.score(panel_id=panel.pk, scores=points, actor_id=seat.expert_id, at=at)


def close(panel, at):
    return assessment.close(panel_id=panel.pk, actor_id=operator_of(panel.project).pk, at=at)


def test_convene_lets_the_experts_into_the_blind_pack(at):
    project = assessed_project()
    expert = ExpertFactory()

    panel = convene(project, at, seats=seats(expert))

    assert (panel.status, panel.project) == (Panel.Status.OPEN, project)
    assert Reader.objects.get(membership=expert).via == "blind"
    assert dict(panel.criteria.values_list("key", "weight_bp")) == WEIGHTS
    assert Event.objects.filter(name="assessment.panel.convened", project_id=project.pk).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weights_bp": {}}, "weights_bp"),
        ({"weights_bp": {"technical": 9999}}, "weights_bp"),
        ({"weights_bp": {"a": 10001, "b": -1}}, "weights_bp"),
        ({"weights_bp": {"a": 5000, " a": 5000}}, "weights_bp"),
        ({"pass_mark": Decimal("100.1")}, "pass_mark"),
        ({"pass_mark": Decimal("NaN")}, "pass_mark"),
        ({"pass_mark": Decimal("75.00001")}, "pass_mark"),
        ({"seats": []}, "seats"),
        ({"seats": [{"expert_id": 0, "field": "药学"}]}, "seats.0"),
    ],
)
def test_a_panel_that_does_not_hold_together_is_refused_at_its_field(at, changes, field):
    project = assessed_project()
    actor = operator_of(project)
    before = trace()

    with pytest.raises(assessment.BadPanel) as refusal:
        convene(project, at, actor=actor, **changes)

    assert list(refusal.value.problems) == [field]
    assert trace()[1:] == before[1:]


def test_an_expert_sits_once_and_names_a_field(at):
    project = assessed_project()
    expert, other = ExpertFactory(), ExpertFactory()
    chosen = [*seats(expert, expert), *seats(other, field=" ")]

    with pytest.raises(assessment.BadPanel) as refusal:
        convene(project, at, seats=chosen)

    assert list(refusal.value.problems) == ["seats.1", "seats.2"]


def conflicted(project, tie):
    """An expert with one tie to the project."""
    expert = ExpertFactory()
    if tie == "steward":
        project.industry_advisor = MembershipFactory(
            person=expert.person, role=Role.INDUSTRY_ADVISOR
        )
        project.save()
    elif tie == "inventor":
        author = MembershipFactory(person=expert.person, role=Role.RESEARCHER)
        Inventor.objects.create(achievement=project.achievement, membership=author, position=1)
    elif tie == "expert of the owner":
        return ExpertFactory(organisation=project.owner)
    else:
        organisation = getattr(project, tie)
        role = Role.EQUIPMENT_ENGINEER if tie == "platform" else Role.RESEARCHER
        MembershipFactory(person=expert.person, organisation=organisation, role=role)
    return expert


@pytest.mark.parametrize(
    "tie", ["steward", "inventor", "owner", "enterprise", "platform", "expert of the owner"]
)
def test_an_expert_with_a_tie_is_refused_with_the_reason(at, tie):
    project = assessed_project()
    expert = conflicted(project, tie)

    with pytest.raises(assessment.BadPanel) as refusal:
        convene(project, at, seats=seats(ExpertFactory(), expert))

    assert list(refusal.value.problems) == ["seats.1"]
    assert expert.person.name in refusal.value.problems["seats.1"]


def test_an_expert_of_the_platforms_own_pool_may_judge(at):
    project = assessed_project()

    panel = convene(project, at, seats=seats(ExpertFactory(organisation=project.platform)))

    assert panel.seats.count() == 1


def test_a_project_has_one_open_panel_and_only_while_assessed(at):
    project = assessed_project()
    convene(project, at)

    with pytest.raises(assessment.PanelOpen):
        convene(project, at)
    with pytest.raises(assessment.NotAssessing):
        convene(ProjectFactory(stewarded=True, status="planning"), at)


def test_only_the_platforms_operators_convene(at):
    project = assessed_project()
    buyer = someone(Role.ENTERPRISE_MEMBER, project.enterprise)
    member = someone(Role.MEMBER_PLATFORM, project.platform)

    for actor in (buyer, member):
        with pytest.raises(NotYourRole):
            convene(project, at, actor=actor)
    with pytest.raises(NotFound):
        convene(project, at, actor=someone(Role.PLATFORM_OPERATOR))


def test_scores_are_given_once_for_exactly_the_criteria(at):
    panel = PanelFactory()
    seat = panel.seats.first()
    before = trace()

    for scores in (
        {"technical": "80"},
        {**FULL, "more": "1"},
        {**FULL, "risk": "101"},
        {**FULL, "risk": "-0.1"},
        {**FULL, "risk": "NaN"},
        {**FULL, "risk": "七十"},
        {**FULL, "risk": "1.00001"},
    ):
        with pytest.raises((assessment.ScoresMissing, assessment.BadScores)):
            assessment.score(panel_id=panel.pk, scores=scores, actor_id=seat.expert_id, at=at)
    assert trace() == before

    assessment.score(
        panel_id=panel.pk, scores=FULL, opinion=" 可行 ", actor_id=seat.expert_id, at=at
    )
    with pytest.raises(assessment.AlreadyScored):
        assessment.score(panel_id=panel.pk, scores=FULL, actor_id=seat.expert_id, at=at)

    seat.refresh_from_db()
    assert (seat.submitted_at, seat.opinion, seat.scores.count()) == (at, "可行", 3)
    assert "technical" not in str(Event.objects.get(name="assessment.seat.scored").facts)


def test_another_expert_does_not_find_the_panel(at):
    panel = PanelFactory()

    with pytest.raises(NotFound):
        assessment.score(panel_id=panel.pk, scores=FULL, actor_id=ExpertFactory().pk, at=at)
    with pytest.raises(NotYourRole):
        assessment.score(
            panel_id=panel.pk, scores=FULL, actor_id=panel.project.technology_manager_id, at=at
        )


def test_close_waits_for_every_seat(at):
    panel = PanelFactory()
    seat = panel.seats.first()
    assessment.score(panel_id=panel.pk, scores=FULL, actor_id=seat.expert_id, at=at)

    with pytest.raises(assessment.SeatsOpen) as refusal:
        close(panel, at)

    assert (refusal.value.facts["missing"], refusal.value.facts["seats"]) == (2, 3)


def test_a_passed_panel_closes_once(at):
    panel = PanelFactory()
    all_score(panel, at)

    closed = close(panel, at)
    with pytest.raises(MoveNotAllowed):
        close(panel, at)

    assert (closed.status, closed.score) == (Panel.Status.PASSED, Decimal("80.00"))


def test_the_pass_mark_itself_passes(at):
    panel = PanelFactory(pass_mark=Decimal(80))
    all_score(panel, at)

    assert close(panel, at).status == Panel.Status.PASSED


def test_below_the_pass_mark_the_project_ends_with_the_reason(at):
    panel = PanelFactory(pass_mark=Decimal("80.01"))
    all_score(panel, at)

    closed = close(panel, at)

    closed.project.refresh_from_db()
    assert closed.status == Panel.Status.FAILED
    assert closed.project.status == Project.Status.ENDED
    assert "80.00" in closed.project.ended_reason
    assert "80.01" in closed.project.ended_reason


def test_a_closed_panel_takes_no_scores(at):
    panel = PanelFactory(seats=["药学"])
    all_score(panel, at)
    close(panel, at)
    late = Seat.objects.create(panel=panel, expert=ExpertFactory(), field="材料")

    with pytest.raises(assessment.PanelClosed):
        assessment.score(panel_id=panel.pk, scores=FULL, actor_id=late.expert_id, at=at)


def state(project, at, actor=None, **changes):
    given = {"scale": "TRL-9", "level": 4, "evidence": "小试记录", **changes}
    actor = actor or operator_of(project)
    return assessment.state_trl(project_id=project.pk, **given, actor_id=actor.pk, at=at)


def test_readiness_is_stated_on_a_named_scale_with_evidence(at):
    project = assessed_project()

    stated = state(project, at, scale="GB-13", level=13)

    assert (stated.scale, stated.level) == ("GB-13", 13)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scale": "TRL"}, "scale"),
        ({"level": 10}, "level"),
        ({"level": 0}, "level"),
        ({"evidence": " "}, "evidence"),
    ],
)
def test_a_statement_that_says_too_little_is_refused(at, changes, field):
    project = assessed_project()
    actor = operator_of(project)
    before = trace()

    with pytest.raises(assessment.BadLevel) as refusal:
        state(project, at, actor=actor, **changes)

    assert list(refusal.value.problems) == [field]
    assert trace() == before


def test_a_panels_expert_may_state_readiness_and_another_may_not(at):
    panel = PanelFactory()

    state(panel.project, at, actor=panel.seats.first().expert)
    with pytest.raises(NotFound):
        state(panel.project, at, actor=ExpertFactory())
    with pytest.raises(NotFound):
        state(Project(pk=0), at, actor=panel.seats.first().expert)


def test_nothing_is_stated_about_a_project_that_is_over(at):
    project = ProjectFactory(stewarded=True, status="ended", ended_reason="停")

    with pytest.raises(AlreadyOver):
        state(project, at)


def decide(project, at, *, needed=True, reasons="创新含量高"):
    return assessment.decide_pilot(
        project_id=project.pk,
        needed=needed,
        reasons=reasons,
        actor_id=operator_of(project).pk,
        at=at,
    )


def passed_project(at):
    panel = PanelFactory(seats=["药学"])
    all_score(panel, at)
    close(panel, at)
    return panel.project


@pytest.mark.parametrize(("needed", "status"), [(True, "planning"), (False, "decision")])
def test_the_pilot_decision_passes_the_gate(at, needed, status):
    project = passed_project(at)
    TrlStatementFactory(project=project)

    decide(project, at, needed=needed)

    project.refresh_from_db()
    assert project.status == status
    gate = Event.objects.get(name="projects.gate.passed")
    assert gate.facts["to"] == status


def test_the_pilot_decision_wants_panel_statement_and_reasons_once(at):
    with pytest.raises(assessment.NotPassed):
        decide(assessed_project(), at)
    project = passed_project(at)
    with pytest.raises(ReasonsMissing):
        decide(project, at, reasons=" ")
    with pytest.raises(assessment.NoTrlStatement):
        decide(project, at)
    TrlStatementFactory(project=project)
    decide(project, at)
    with pytest.raises(assessment.AlreadyDecided):
        decide(project, at)
    with pytest.raises(assessment.NotAssessing):
        decide(ProjectFactory(stewarded=True, status="planning"), at)


# The rule on panels, changing and dissolving


def three(*fields):
    return [{"expert_id": ExpertFactory().pk, "field": field} for field in fields]


def test_a_panel_below_the_rule_is_refused_or_gives_its_reason(at, rule):
    project = assessed_project()
    few = three("药学", "化学工程", " 药学")

    with pytest.raises(assessment.BadPanel) as refusal:
        convene(project, at, seats=few)
    assert set(refusal.value.problems) == {"seats", "override_reason"}
    assert not Panel.objects.exists()

    panel = convene(project, at, seats=few, override_reason=" 领域专家仅此两类 ")
    assert panel.override_reason == "领域专家仅此两类"
    event = Event.objects.get(name="assessment.panel.convened")
    assert event.facts["overridden"] is True


def test_a_panel_of_three_fields_needs_no_reason_and_keeps_none(at, rule):
    panel = convene(
        assessed_project(), at, seats=three("药学", "化学工程", "临床医学"), override_reason="无"
    )

    assert panel.override_reason == ""


def test_the_rule_is_that_of_the_day(at, rule):
    PanelRule.objects.update(validity=DateRange(date(2020, 1, 1), at.date()))

    assert convene(assessed_project(), at, seats=three("药学")).status == Panel.Status.OPEN


def change(panel, at, **changes):
    given = {"seats": three("药学"), "weights_bp": {"risk": 10_000}, "pass_mark": Decimal(60)}
    actor = changes.pop("actor", None) or operator_of(panel.project)
    return assessment.change(panel_id=panel.pk, **{**given, **changes}, actor_id=actor.pk, at=at)


def test_an_unscored_panel_is_changed_and_its_readers_with_it(at):
    project = assessed_project()
    old, new = ExpertFactory(), ExpertFactory()
    panel = convene(project, at, seats=seats(old))

    change(panel, at, seats=seats(new, field="材料"))

    panel.refresh_from_db()
    assert [(s.expert, s.field) for s in panel.seats.all()] == [(new, "材料")]
    assert dict(panel.criteria.values_list("key", "weight_bp")) == {"risk": 10_000}
    assert panel.pass_mark == 60
    assert [r.membership for r in Reader.objects.filter(via="blind")] == [new]
    event = Event.objects.get(name="assessment.panel.changed")
    assert (event.facts["added_ids"], event.facts["removed_ids"]) == ([new.pk], [old.pk])


def dissolve(panel, at, reason="项目方案变更", actor=None):
    actor = actor or operator_of(panel.project)
    return assessment.dissolve(panel_id=panel.pk, reason=reason, actor_id=actor.pk, at=at)


def test_a_dissolved_panel_makes_room_for_another(at):
    project = assessed_project()
    panel = convene(project, at)

    dissolve(panel, at)

    panel.refresh_from_db()
    assert (panel.status, panel.dissolved_reason) == ("dissolved", "项目方案变更")
    assert not Reader.objects.filter(via="blind").exists()
    expert = panel.seats.get().expert
    with pytest.raises(assessment.PanelClosed):
        assessment.score(panel_id=panel.pk, scores=FULL, actor_id=expert.pk, at=at)
    assert convene(project, at).status == Panel.Status.OPEN


def test_a_scored_panel_stays_as_it_is(at):
    panel = PanelFactory()
    seat = panel.seats.first()
    assessment.score(panel_id=panel.pk, scores=FULL, actor_id=seat.expert_id, at=at)
    stranger = someone(Role.PLATFORM_OPERATOR)

    with pytest.raises(assessment.PanelScored):
        change(panel, at)
    with pytest.raises(assessment.PanelScored):
        dissolve(panel, at)
    with pytest.raises(NotFound):
        dissolve(panel, at, actor=stranger)
    all_but = panel.seats.exclude(pk=seat.pk)
    for one in all_but:
        assessment.score(panel_id=panel.pk, scores=FULL, actor_id=one.expert_id, at=at)
    close(panel, at)
    with pytest.raises(assessment.PanelOver):
        dissolve(panel, at)


def test_a_panel_is_not_dissolved_without_a_reason(at):
    panel = convene(assessed_project(), at)

    with pytest.raises(panels.ReasonMissing):
        dissolve(panel, at, reason=" ")

    panel.refresh_from_db()
    assert panel.status == Panel.Status.OPEN
