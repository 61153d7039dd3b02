"""Assessment over HTTP: nobody sees another's score, owners only the conclusion."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pilotharbor.assessment.models import Seat
from pilotharbor.parties.roles import Role
from tests.factories.assessment import WEIGHTS, ExpertFactory, PanelFactory, assessed_project
from tests.factories.callers import Caller
from tests.factories.projects import TeamMemberFactory, operator_of, someone

pytestmark = pytest.mark.django_db
FIELDS = ("药学", "化学工程", "临床医学")
BIOMED = [(86, 82, 74), (84, 79, 71), (88, 85, 77)]


def points(row):
    return {"scores": dict(zip(WEIGHTS, map(str, row), strict=True)), "opinion": "保密意见"}


def test_the_golden_panel_from_call_to_decision():
    project = assessed_project()
    api = Caller(operator_of(project))
    experts = [ExpertFactory() for _field in FIELDS]

    panel = api.post(
        f"/projects/{project.pk}/panels",
        {
            "seats": [
                {"expert_id": e.pk, "field": f} for e, f in zip(experts, FIELDS, strict=True)
            ],
            "weights_bp": WEIGHTS,
            "pass_mark": 75,
        },
    )
    early = api.post(f"/panels/{panel.json()['id']}/close")
    for expert, row in zip(experts, BIOMED, strict=True):
        scored = Caller(expert).post(f"/panels/{panel.json()['id']}/scores", points(row))
        assert scored.status_code == 201
    closed = api.post(f"/panels/{panel.json()['id']}/close")
    stated = api.post(
        f"/projects/{project.pk}/trl-statements",
        {"scale": "TRL-9", "level": 4, "evidence": "小试记录"},
    )
    decided = api.post(
        f"/projects/{project.pk}/pilot-decision", {"needed": True, "reasons": "放大未验证"}
    )

    assert (panel.status_code, panel.json()["warnings"]) == (201, [])
    assert (early.status_code, early.json()["code"]) == (409, "assessment.seats_open")
    assert (closed.json()["score"], closed.json()["status"]) == ("81.60", "passed")
    assert (stated.status_code, decided.status_code) == (201, 201)
    assert api.get(f"/projects/{project.pk}").json()["status"] == "planning"


def test_fewer_than_three_fields_warn():
    panel = PanelFactory(seats=["药学", "药学"])

    shown = Caller(operator_of(panel.project)).get(f"/panels/{panel.pk}").json()

    assert shown["warnings"] == ["assessment.fewer_than_three_fields"]


def test_an_expert_sees_the_blind_pack_and_own_points_only():
    panel = PanelFactory()
    first, second, _third = panel.seats.order_by("id")
    Caller(second.expert).post(f"/panels/{panel.pk}/scores", points((11, 12, 13)))
    Caller(first.expert).post(f"/panels/{panel.pk}/scores", points((21, 22, 23)))

    shown = Caller(first.expert).get(f"/panels/{panel.pk}")
    text = shown.content.decode()

    assert [seat["id"] for seat in shown.json()["seats"]] == [first.pk]
    assert shown.json()["seats"][0]["scores"]["technical"] == "21"
    assert shown.json()["project_id"] is None
    assert "11" not in json.dumps(shown.json()["seats"][0]["scores"])
    assert panel.project.owner.name not in text
    assert shown.json()["entry"]["title"] == panel.project.achievement.title


def test_before_the_close_the_convener_sees_who_but_not_what():
    panel = PanelFactory()
    seat = panel.seats.first()
    Caller(seat.expert).post(f"/panels/{panel.pk}/scores", points((21, 22, 23)))
    api = Caller(operator_of(panel.project))

    shown = api.get(f"/panels/{panel.pk}").json()

    assert (shown["handed_in"], shown["seat_count"]) == (1, 3)
    assert all(seat["scores"] is None and seat["opinion"] is None for seat in shown["seats"])


def close_with_scores(panel):
    for seat in panel.seats.all():
        Caller(seat.expert).post(f"/panels/{panel.pk}/scores", points((80, 80, 80)))
    return Caller(operator_of(panel.project)).post(f"/panels/{panel.pk}/close")


def test_owner_and_enterprise_read_the_conclusion_once_there_is_one():
    panel, other = PanelFactory(), PanelFactory()
    owner = Caller(someone(Role.RESEARCHER, panel.project.owner))
    buyer = Caller(someone(Role.ENTERPRISE_MEMBER, panel.project.enterprise))
    before = owner.get(f"/panels/{panel.pk}").status_code
    close_with_scores(panel)
    close_with_scores(other)

    for api in (owner, buyer):
        shown = api.get(f"/panels/{panel.pk}").json()
        assert (shown["score"], shown["seats"], shown["entry"]) == ("80.00", None, None)
        assert api.get(f"/panels/{other.pk}").status_code == 404
        assert [item["id"] for item in api.get("/panels").json()["items"]] == [panel.pk]
    assert before == 404


def test_investors_let_in_read_the_conclusion_and_auditors_the_record():
    panel = PanelFactory()
    let_in = TeamMemberFactory(
        project=panel.project, membership=someone(Role.INVESTOR), scope="report"
    ).membership
    close_with_scores(panel)

    assert Caller(let_in).get(f"/panels/{panel.pk}").json()["seats"] is None
    assert Caller(someone(Role.INVESTOR)).get(f"/panels/{panel.pk}").status_code == 404
    record = Caller(someone(Role.AUDITOR)).get(f"/panels/{panel.pk}").json()["seats"]
    assert {seat["scores"]["risk"] for seat in record} == {"80"}


@pytest.mark.parametrize(
    "role",
    [Role.TECHNOLOGY_MANAGER, Role.GOVERNMENT_OFFICER, Role.SYSTEM_ADMINISTRATOR, Role.EXPERT],
)
def test_others_do_not_find_the_panel(role):
    panel = PanelFactory()

    actor = Caller(someone(role, panel.project.platform))

    assert actor.get(f"/panels/{panel.pk}").status_code == 404
    assert actor.get("/panels").json()["items"] == []


def test_the_same_retry_scores_once():
    panel = PanelFactory()
    seat = panel.seats.first()
    api = Caller(seat.expert)

    first = api.post(f"/panels/{panel.pk}/scores", points((21, 22, 23)), key="one-and-only")
    again = api.post(f"/panels/{panel.pk}/scores", points((21, 22, 23)), key="one-and-only")
    other = api.post(f"/panels/{panel.pk}/scores", points((21, 22, 23)))

    assert (first.status_code, again.status_code) == (201, 201)
    assert (other.status_code, other.json()["code"]) == (409, "assessment.already_scored")


def test_the_list_asks_the_same_number_of_questions_for_one_and_three():
    auditor = Caller(someone(Role.AUDITOR))

    def asked():
        with CaptureQueriesContext(connection) as asked:
            assert auditor.get("/panels").status_code == 200
        return len(asked)

    PanelFactory()
    asked()
    one = asked()
    PanelFactory.create_batch(2)

    assert asked() == one


def test_no_answer_before_the_close_carries_anothers_points():
    panel = PanelFactory()
    expert = panel.seats.first().expert
    Caller(expert).post(f"/panels/{panel.pk}/scores", points(("31.4159", 12, 13)))
    readers = [operator_of(panel.project), someone(Role.AUDITOR)]
    readers += [seat.expert for seat in Seat.objects.filter(panel=panel).exclude(expert=expert)]

    for reader in readers:
        api = Caller(reader)
        said = api.get(f"/panels/{panel.pk}").content
        said += api.get(f"/projects/{panel.project_id}/timeline").content
        assert b"31.4159" not in said
        assert "保密意见" not in said.decode()
