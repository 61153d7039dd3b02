"""Long lists: pages of a hundred, tokens that carry everything, and who tampers with them."""

from datetime import timedelta

import pytest
from django.test import Client

from pilotharbor.network import provider
from pilotharbor.network.models import OaiRecord
from tests.factories.network import NS, ask, checked, error, headers

pytestmark = pytest.mark.django_db
COUNT = 250


@pytest.fixture
def many(at):
    """Deleted records are records too, and need no entries: two seconds hold all of them."""
    return OaiRecord.objects.bulk_create(
        OaiRecord(
            identifier=f"oai:pilotharbor.invalid:result/{n}", kind="result", object_id=n,
            changed_at=at + timedelta(seconds=n % 2), deleted=True, sets=["kind", "kind:result"],
        )
        for n in range(COUNT)
    )  # fmt: skip


def token(root):
    return root.find(".//o:resumptionToken", NS)


def go_on(root, verb="ListIdentifiers"):
    return ask(verb=verb, resumptionToken=token(root).text)


def test_every_record_comes_once_over_three_pages(many):
    first = ask(verb="ListIdentifiers", metadataPrefix="oai_dc", set="kind:result")
    second = go_on(first)
    third = go_on(second)

    pages = [headers(page) for page in (first, second, third)]
    assert [len(page) for page in pages] == [100, 100, 50]
    assert len({name for page in pages for name, _ in page}) == COUNT
    assert [token(page).get("cursor") for page in (first, second, third)] == ["0", "100", "200"]
    assert {token(page).get("completeListSize") for page in (first, second, third)} == {"250"}
    assert token(third).text is None
    assert token(first).get("expirationDate")


def test_a_token_may_be_used_again(many):
    first = ask(verb="ListRecords", metadataPrefix="oai_dc")

    assert headers(go_on(first, "ListRecords")) == headers(go_on(first, "ListRecords"))


def test_a_whole_list_on_one_page_has_no_token(at):
    OaiRecord.objects.create(identifier="oai:x.y:result/1", kind="result", object_id=1,
                             changed_at=at, deleted=True)  # fmt: skip

    assert token(ask(verb="ListRecords", metadataPrefix="oai_dc")) is None


def test_a_hundred_records_are_one_page(many):
    OaiRecord.objects.filter(pk__in=[m.pk for m in many[100:]]).delete()

    root = ask(verb="ListRecords", metadataPrefix="oai_dc")

    assert (len(headers(root)), token(root)) == (100, None)


def test_what_changes_meanwhile_comes_again_at_the_end_and_nothing_is_left_out(many, at):
    first = ask(verb="ListIdentifiers", metadataPrefix="oai_dc")
    seen = [name for name, _ in headers(first)]
    OaiRecord.objects.filter(identifier=seen[0]).update(changed_at=at + timedelta(minutes=1))
    second = go_on(first)
    third = go_on(second)

    later = [name for page in (second, third) for name, _ in headers(page)]
    assert set(seen) | set(later) == {m.identifier for m in many}
    assert later[-1] == seen[0]
    assert token(third).get("completeListSize") == "251"


@pytest.mark.parametrize("bend", [lambda t: t[:-1], lambda t: "A" + t[1:], lambda t: t * 20])
def test_a_bent_token_is_refused(many, bend):
    good = token(ask(verb="ListIdentifiers", metadataPrefix="oai_dc")).text

    assert error(ask(verb="ListIdentifiers", resumptionToken=bend(good))) == "badResumptionToken"


def test_a_token_of_another_verb_or_another_secret_is_refused(many, settings):
    good = token(ask(verb="ListIdentifiers", metadataPrefix="oai_dc")).text
    other = error(ask(verb="ListRecords", resumptionToken=good))
    settings.SECRET_KEY = "another"

    assert other == "badResumptionToken"
    assert error(ask(verb="ListIdentifiers", resumptionToken=good)) == "badResumptionToken"


def test_a_token_expires_after_a_day(many, settings):
    settings.EXERCISE_CLOCK = True

    def at_time(when, **given):
        answer = Client().get("/oai", given, headers={"X-Harbor-Time": when})
        return checked(answer.content)

    first = at_time("2026-03-02T00:00:00Z", verb="ListIdentifiers", metadataPrefix="oai_dc")
    later = {"verb": "ListIdentifiers", "resumptionToken": token(first).text}

    assert token(first).get("expirationDate") == "2026-03-03T00:00:00Z"
    assert error(at_time("2026-03-02T23:59:59Z", **later)) is None
    assert error(at_time("2026-03-03T00:00:00Z", **later)) == "badResumptionToken"


def test_nothing_is_kept_between_two_pages(many):
    """The token is all there is: another process with the same secret goes on as well."""
    first = ask(verb="ListIdentifiers", metadataPrefix="oai_dc", set="kind")
    given = [("verb", "ListIdentifiers"), ("resumptionToken", token(first).text)]

    direct = checked(provider.answer(given, at=many[0].changed_at))

    assert headers(direct) == headers(go_on(first))
