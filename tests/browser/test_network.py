"""Sources of results in a real browser, at a desk and on a phone, in both languages."""

import pytest

from pilotharbor.network import harvest
from pilotharbor.network.models import HarvestRun, Source
from tests.conftest import AT
from tests.factories.network import HarvestRunFactory
from tests.factories.repository import identify, page, record, repository
from tests.factories.technologies import market

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize(
    ("size", "language"), [("desk", "zh-hans"), ("phone", "en"), ("phone", "zh-hans")]
)


@pytest.fixture
def there(settings):
    settings.HARVEST_PRIVATE = True
    with repository() as one:
        yield one


@pytest.fixture
def here():
    return market()


@BOTH
def test_from_nothing_to_a_run_that_says_what_is_wrong(open_page, here, there, size, language):
    watched = open_page(size=size, language=language, person=here.operator.person)
    name = f"network-{size}-{language}"
    watched.go("/sources")
    watched.assert_fine(f"{name}-empty")
    browser = watched.page
    browser.locator(".page-head a.btn-primary").click()
    browser.locator("#id_name").fill("示例大学机构库")
    browser.locator("#id_base_url").fill(there.url)
    browser.locator("#id_author_id").select_option(str(here.tto.pk))
    there.answers = [(404, {}, "")]
    browser.locator(".form-actions .btn-primary").click()
    browser.wait_for_selector("[aria-invalid]")
    assert browser.locator("#id_base_url").input_value() == there.url
    watched.assert_fine(f"{name}-refused")
    there.answers = [identify()]
    browser.locator(".form-actions .btn-primary").click()
    browser.wait_for_url(lambda url: url.rsplit("/", 1)[-1].isdigit())
    watched.assert_fine(f"{name}-source")

    browser.locator(".page-head form .btn-primary").click()
    browser.wait_for_url("**/sources/runs/*")
    bad = "长" * 201
    there.answers = [page(record("oai:a:1"), record("oai:repository.example.org:2", title=bad))]
    run = HarvestRun.objects.get()
    harvest.carry_out(run_id=run.pk, clock=lambda: AT)
    browser.reload()
    browser.get_by_text("oai:repository.example.org:2").wait_for()
    watched.assert_fine(f"{name}-run")

    failed = HarvestRunFactory(
        source=Source.objects.get(), requested_by=here.operator, status="failed", ended_at=AT,
        reason="private", detail="10.0.0.1",
    )  # fmt: skip
    watched.go(f"/sources/runs/{failed.pk}")
    watched.assert_fine(f"{name}-failed")
    watched.go(f"/sources/{failed.source_id}")
    watched.assert_fine(f"{name}-runs")
    watched.go("/sources")
    watched.assert_fine(f"{name}-list")
