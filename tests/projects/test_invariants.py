"""Whatever is tried in whatever order, the R-rules hold."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.models import Event
from pilotharbor.projects import commands as projects
from pilotharbor.projects.models import Project
from tests.factories.projects import ProjectFactory, operator_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
Status = Project.Status
steps = st.one_of(
    st.sampled_from([("gate", status) for status in Status if status != Status.ENDED]),
    st.sampled_from([("start", None), ("end", None), ("close", None)]),
)


def play(project, operator, step):
    verb, to = step
    given_ids = {"project_id": project.pk, "at": AT}
    if verb == "gate":
        projects.pass_gate(**given_ids, to=to, actor_id=None)
    elif verb == "end":
        projects.end(**given_ids, reason="停", actor_id=None)
    else:
        {"start": projects.start, "close": projects.close}[verb](**given_ids, actor_id=operator.pk)


class Gates(TestCase):
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(stewarded=st.booleans(), history=st.lists(steps, max_size=14))
    def test_no_history_skips_a_gate_or_wakes_the_dead(self, stewarded, history):
        project = ProjectFactory(stewarded=stewarded)
        operator = operator_of(project)
        walked = [Status.PROPOSED]
        for step in history:
            before = Project.objects.get(pk=project.pk).status
            try:
                play(project, operator, step)
            except DomainError:
                assert Project.objects.get(pk=project.pk).status == before
                continue
            now = Project.objects.get(pk=project.pk)
            if now.status != before:
                assert now.status in Project.MOVES[before]  # R-PROJ-4
                walked.append(now.status)
            if now.status not in {Status.PROPOSED, Status.ENDED}:
                assert now.technology_manager_id  # R-PROJ-3
                assert now.industry_advisor_id
        assert len(set(walked)) == len(walked)
        assert Event.objects.filter(project_id=project.pk).count() == len(walked) - 1
