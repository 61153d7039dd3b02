"""The operators' pages: what is typed comes back, what went wrong is told, others see nothing."""

import pytest
from django.test import Client

from pilotharbor.network import harvest
from pilotharbor.network.models import HarvestRun, Source
from tests.factories.network import HarvestRunFactory, SourceFactory
from tests.factories.repository import identify, page, record
from tests.factories.technologies import market

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return market()


def signed_in(member, language="en"):
    client = Client(headers={"Accept-Language": language})
    client.force_login(member.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def typed(here, there, **changes):
    return {
        "name": "示例机构库", "base_url": there.url, "set_spec": "", "metadata_prefix": "oai_dc",
        "author_id": here.tto.pk, "every_hours": 0,
    } | changes  # fmt: skip


def test_from_an_empty_list_to_a_run_with_a_bad_record(here, there, at):
    client = signed_in(here.operator)
    empty = client.get("/sources").content.decode()
    there.answers = [identify()]
    added = client.post("/sources/new", typed(here, there), follow=True)
    source = Source.objects.get()
    there.answers = [page(record("oai:a:1"), record("oai:a:2", title=""))]
    client.post(f"/sources/{source.pk}/run")
    run = HarvestRun.objects.get()
    waiting = client.get(f"/sources/runs/{run.pk}").content.decode()
    harvest.carry_out(run_id=run.pk, clock=lambda: at)
    told = client.get(f"/sources/runs/{run.pk}").content.decode()
    chinese = signed_in(here.operator, "zh-hans").get(f"/sources/runs/{run.pk}").content.decode()

    assert "No repository is fetched from yet" in empty
    assert "http://127.0.0.1:8000/oai" in empty
    assert "“示例大学机构库” answers; its results can be fetched." in added.content.decode()
    assert "See how far it is" in waiting
    assert "oai:a:2" in told
    assert "Title: This is needed." in told
    assert "标题: 此项必填。" in chinese
    assert "示例机构库" in client.get("/sources").content.decode()


def test_what_was_typed_comes_back_with_what_is_wrong(here, there):
    client = signed_in(here.operator)
    there.answers = ["<html/>"]

    answer = client.post("/sources/new", typed(here, there, set_spec="results"))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "The answer is none of OAI-PMH 2.0." in text
    assert there.url in text
    assert 'value="results"' in text
    assert Source.objects.count() == 0


def test_a_source_is_changed_paused_and_resumed(here, there):
    source = SourceFactory(base_url=there.url, author=here.tto, organisation=here.university,
                           added_by=here.operator, prefix="pilotharbor")  # fmt: skip
    client = signed_in(here.operator)
    there.answers = [identify()]

    form = client.get(f"/sources/{source.pk}/edit").content.decode()
    client.post(f"/sources/{source.pk}/edit", typed(here, there, name="新名称"))
    client.post(f"/sources/{source.pk}/pause")
    paused = client.get(f"/sources/{source.pk}").content.decode()
    refused = client.post(f"/sources/{source.pk}/run", follow=True).content.decode()
    client.post(f"/sources/{source.pk}/resume")

    source.refresh_from_db()
    assert '<option value="pilotharbor" selected' in form
    assert (source.name, source.prefix, source.active) == ("新名称", "oai_dc", True)
    assert "This source is paused; nothing is fetched from it." in paused
    assert "This source is paused; resume it first." in refused
    assert client.post(f"/sources/{source.pk}/explode").status_code == 404


def test_a_failed_run_says_why(here):
    run = HarvestRunFactory(
        source=SourceFactory(added_by=here.operator), status="failed", reason="loop",
        detail="<b>x</b>", ended_at="2026-03-01T00:00:00Z",
    )  # fmt: skip
    client = signed_in(here.operator)

    for path in (f"/sources/runs/{run.pk}", f"/sources/{run.source_id}"):
        text = client.get(path).content.decode()
        assert "it goes in circles" in text
        assert "<b>x</b>" not in text


@pytest.mark.parametrize("who", ["tto", "buyer", "auditor", "manager", "expert"])
def test_others_find_no_such_page(here, there, who):
    source = SourceFactory(added_by=here.operator)
    run = HarvestRunFactory(source=source)
    client = signed_in(getattr(here, who))
    there.answers = [identify()]

    paths = ["/sources", "/sources/new", f"/sources/{source.pk}", f"/sources/{source.pk}/edit",
             f"/sources/runs/{run.pk}"]  # fmt: skip
    assert {client.get(path).status_code for path in paths} == {404}
    posts = ["/sources/new", f"/sources/{source.pk}/run", f"/sources/{source.pk}/pause",
             f"/sources/{source.pk}/edit"]  # fmt: skip
    assert {client.post(path, typed(here, there)).status_code for path in posts} == {404}
    assert there.asked == []
    assert "/sources" not in client.get("/").content.decode()


def test_the_public_is_asked_to_sign_in():
    assert Client().get("/sources")["Location"].startswith("/accounts/login")
