"""What the convener's pages show, refuse and keep."""

import pytest
from django.test import Client

from pilotharbor.assessment.models import Panel
from tests.factories.assessment import ExpertFactory, PanelFactory, assessed_project
from tests.factories.projects import operator_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rule")]


def browser(member) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(member.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def filled(*experts, **changes):
    said = {
        "pass_mark": "75", "override_reason": "",
        "criterion-TOTAL_FORMS": "5", "criterion-INITIAL_FORMS": "3",
        "criterion-0-key": "Technology", "criterion-0-weight": "75",
        "criterion-1-key": "Market", "criterion-1-weight": "25",
        "criterion-2-key": "Risk", "criterion-2-weight": "25", "criterion-2-DELETE": "on",
        "seat-TOTAL_FORMS": "5", "seat-INITIAL_FORMS": "0",
    }  # fmt: skip
    for i, (expert, field) in enumerate(experts):
        said |= {f"seat-{i}-expert_id": expert.pk, f"seat-{i}-field": field}
    return said | changes


def panel_of(project):
    operator = operator_of(project)
    return browser(operator), f"/projects/{project.pk}/panels/new"


def test_too_few_fields_are_told_on_top_and_at_the_reason_before_anything_is_made():
    mine, path = panel_of(assessed_project())
    experts = [(ExpertFactory(), "药学"), (ExpertFactory(), "材料")]

    back = mine.post(path, filled(*experts))

    assert back.status_code == 422
    form = back.context["form"]
    assert "3 different fields" in form.non_field_errors()[0]
    assert "3 different fields" in back.context["seats"].non_form_errors()[0]
    assert form.errors["override_reason"]
    assert back.context["seats"].forms[1]["field"].value() == "材料"
    assert not Panel.objects.exists()
    said = filled(*experts, override_reason="本校无第三领域专家")
    assert mine.post(path, said).status_code == 302
    assert Panel.objects.get().override_reason == "本校无第三领域专家"


def test_the_field_comes_from_the_profile_and_what_is_missing_stands_at_its_row():
    mine, path = panel_of(assessed_project())
    known, unknown = ExpertFactory(field="临床医学"), ExpertFactory(field="")
    experts = [(known, ""), (unknown, ""), (ExpertFactory(), "药学")]

    back = mine.post(path, filled(*experts))
    assert list(back.context["seats"].forms[1].errors) == ["field"]
    said = filled(*experts, **{"seat-1-field": "材料"})
    assert mine.post(path, said).status_code == 302
    assert Panel.objects.get().seats.get(expert=known).field == "临床医学"


def test_spare_rows_ask_for_nothing_and_begun_ones_for_the_rest():
    mine, path = panel_of(assessed_project())
    page = mine.get(path)
    assert not any(f.field.required for row in page.context["seats"] for f in row)

    back = mine.post(path, filled(**{"criterion-3-key": "Team"}))
    assert list(back.context["criteria"].forms[3].errors) == ["weight"]


def test_where_a_panel_is_there_it_is_shown_instead_of_an_empty_form():
    panel = PanelFactory()
    mine, path = panel_of(panel.project)

    answer = mine.get(path)

    assert (answer.status_code, answer["Location"]) == (302, f"/panels/{panel.pk}")


def test_a_panel_is_changed_and_dissolved_by_hand():
    panel = PanelFactory()
    mine, _path = panel_of(panel.project)
    shown = mine.get(f"/panels/{panel.pk}/edit").context["seats"]
    old = [row["expert_id"].value() for row in shown.initial_forms]
    experts = [(row.initial["expert_id"], row.initial["field"]) for row in shown.initial_forms]
    said = filled(**{"seat-TOTAL_FORMS": "5", "seat-INITIAL_FORMS": "3", "seat-0-DELETE": "on"})
    for i, (pk, field) in enumerate([*experts, (ExpertFactory().pk, "产业")]):
        said |= {f"seat-{i}-expert_id": pk, f"seat-{i}-field": field}

    assert mine.post(f"/panels/{panel.pk}/edit", said).status_code == 302
    assert old[0] not in panel.seats.values_list("expert_id", flat=True)
    assert panel.seats.count() == 3

    path = f"/panels/{panel.pk}/dissolve"
    assert mine.post(path, {"dissolve-reason": ""}).status_code == 422
    assert mine.post(path, {"dissolve-reason": "方案变更"}).status_code == 302
    panel.refresh_from_db()
    assert panel.status == "dissolved"
    assert mine.get(f"/panels/{panel.pk}").status_code == 200
