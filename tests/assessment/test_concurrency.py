"""Two at once: an expert scores once, a panel closes once."""

from decimal import Decimal

import pytest

from pilotharbor.assessment import commands as assessment
from pilotharbor.assessment.models import Panel, Score
from pilotharbor.kernel.models import Event
from tests.factories.assessment import WEIGHTS, ExpertFactory, PanelFactory, assessed_project
from tests.factories.projects import operator_of
from tests.factories.race import race

pytestmark = pytest.mark.django_db(transaction=True)
RIVALS = 5
FULL = dict.fromkeys(WEIGHTS, "80")


def test_an_expert_who_sends_twice_scores_once(at):
    panel = PanelFactory(seats=["药学"])
    seat = panel.seats.get()

    def send():
        return assessment.score(panel_id=panel.pk, scores=FULL, actor_id=seat.expert_id, at=at)

    outcomes = race(*[send] * RIVALS)

    names = sorted(type(outcome).__name__ for outcome in outcomes)
    assert names == ["AlreadyScored"] * (RIVALS - 1) + ["Seat"]
    assert Score.objects.count() == len(WEIGHTS)


def test_a_panel_closes_once(at):
    panel = PanelFactory(seats=["药学"])
    assessment.score(panel_id=panel.pk, scores=FULL, actor_id=panel.seats.get().expert_id, at=at)
    actor = operator_of(panel.project)

    def close():
        return assessment.close(panel_id=panel.pk, actor_id=actor.pk, at=at)

    outcomes = race(*[close] * RIVALS)

    names = sorted(type(outcome).__name__ for outcome in outcomes)
    assert names == ["MoveNotAllowed"] * (RIVALS - 1) + ["Panel"]
    assert Event.objects.filter(name="assessment.panel.closed").count() == 1


def test_one_project_gets_one_open_panel(at):
    project = assessed_project()
    actor = operator_of(project)
    expert = ExpertFactory()

    def convene():
        return assessment.convene(
            project_id=project.pk,
            seats=[{"expert_id": expert.pk, "field": "药学"}],
            weights_bp=WEIGHTS,
            pass_mark=Decimal(75),
            actor_id=actor.pk,
            at=at,
        )

    outcomes = race(*[convene] * RIVALS)

    assert Panel.objects.count() == 1
    assert sum(isinstance(outcome, Panel) for outcome in outcomes) == 1
