"""R-MATCH-9: told of what is new and fits, once, while one may see it, by page and by mail."""

import contextlib
import threading

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.matching import commands, index, tasks
from pilotharbor.matching.commands import subscriptions as module
from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND, LINE
from pilotharbor.matching.models import Subscription
from pilotharbor.parties import commands as parties
from pilotharbor.parties.models import Membership, Notification, Organisation
from pilotharbor.technologies.models import Achievement, Demand
from tests.conftest import AT
from tests.factories.race import race
from tests.factories.technologies import AchievementFactory, DemandFactory, let_in, market
from tests.factories.worker import work

pytestmark = pytest.mark.django_db(transaction=True)
FITTED = "matching.subscription.fitted"


@pytest.fixture
def m():
    made = market()
    index.rebuild()
    return made


def wants(actor, text="硫化物固态电解质", **more):
    more = {"kind": ACHIEVEMENT, "text": text} | more
    return commands.subscribe(**more, actor_id=actor.pk, at=AT)


def news(**fields):
    made = AchievementFactory(title="硫化物固态电解质薄膜", **fields)
    index.fill_gaps()
    return made


def look(one):
    return commands.look(subscription_id=one.pk, at=AT)


def told(actor):
    rows = Notification.objects.filter(person_id=actor.person_id, kind=FITTED)
    return list(rows.order_by("pk").values_list("facts__title", flat=True))


def test_what_is_new_is_told_once_and_what_fitted_before_never(m):
    one = wants(m.buyer)
    assert look(one) == 0

    fresh = news()
    assert [look(one), look(one)] == [1, 0]
    work()
    work()

    assert told(m.buyer) == [fresh.title]
    notice = Notification.objects.get(person_id=m.buyer.person_id, kind=FITTED)
    assert notice.url.endswith(f"/achievements/{fresh.pk}")
    assert notice.facts["wanted"] == one.text
    assert Event.objects.get(name=FITTED).facts == {"kind": ACHIEVEMENT, "entry_id": fresh.pk}


def test_what_fitted_before_is_not_told_when_better_ones_have_gone(m):
    best = AchievementFactory.create_batch(12, title="硫化物固态电解质 硫化物固态电解质")
    AchievementFactory.create_batch(8, title="硫化物固态电解质的另一种制备及其放大")
    index.fill_gaps()
    one = wants(m.buyer)

    Achievement.objects.filter(pk__in=[b.pk for b in best]).update(status="withdrawn")
    for gone in best:
        Event.objects.create(
            name="technologies.achievement.withdrawn", subject_type=ACHIEVEMENT, subject_id=gone.pk,
            at=AT,
        )  # fmt: skip
    work()

    assert look(one) == 0


def test_of_a_need_results_are_told_and_of_a_result_needs(m):
    of_need = wants(m.buyer, text="", demand_id=m.demand.pk)
    of_result = wants(m.tto, kind=DEMAND, text="", achievement_id=m.achievement.pk)
    news()
    DemandFactory(title="求购硫化物固态电解质")
    index.fill_gaps()

    assert (look(of_need), look(of_result)) == (1, 1)
    work()
    assert told(m.tto) == ["求购硫化物固态电解质"]


def test_the_notice_goes_out_by_mail_and_in_the_language_of_the_reader(m):
    one = wants(m.buyer)
    fresh = news()
    look(one)
    work()

    sent = [letter for letter in mail.outbox if m.buyer.person.email in letter.to]
    assert any(fresh.title in f"{letter.subject}{letter.body}" for letter in sent)


def test_a_wish_for_silence_is_respected(m):
    one = wants(m.buyer)
    parties.prefer(
        person_id=m.buyer.person_id, domain="matching", in_app=True, by_mail=False, at=AT
    )
    news()
    look(one)
    work()

    assert [letter for letter in mail.outbox if m.buyer.person.email in letter.to] == []


@pytest.mark.parametrize("closed", ["core", "withdrawn"])
def test_what_was_closed_between_the_look_and_the_notice_is_not_told(m, closed):
    one = wants(m.buyer)
    fresh = news()
    assert look(one) == 1
    changes = {"confidentiality": "core"} if closed == "core" else {"status": "withdrawn"}
    Achievement.objects.filter(pk=fresh.pk).update(**changes)

    work()

    assert told(m.buyer) == []


def test_what_one_may_not_see_is_never_told(m):
    one = wants(m.buyer)
    news(confidentiality="core")

    assert look(one) == 0


def test_what_one_may_no_longer_see_is_no_longer_looked_for(m):
    """The words of a need that was closed would say through the fits what it asks for."""
    hidden = AchievementFactory(title="硫化物固态电解质的秘密", confidentiality="core")
    letter = let_in(hidden, m.manager)
    one = wants(m.manager, kind=DEMAND, text="", achievement_id=hidden.pk)
    DemandFactory(title="求购硫化物固态电解质")
    index.fill_gaps()
    browser = Client()
    browser.force_login(m.manager.person)
    assert hidden.title in browser.get("/subscriptions").content.decode()
    letter.delete()

    assert look(one) == 0
    assert hidden.title not in browser.get("/subscriptions").content.decode()


@pytest.mark.parametrize("how", ["ended", "suspended", "person", "organisation"])
def test_whoever_left_is_told_nothing(m, how):
    one = wants(m.buyer)
    news()
    if how == "person":
        m.buyer.person.is_active = False
        m.buyer.person.save()
    elif how == "organisation":
        Organisation.objects.filter(pk=m.company.pk).update(status="suspended")
    else:
        Membership.objects.filter(pk=m.buyer.pk).update(status=how)

    assert look(one) == 0
    work()
    assert told(m.buyer) == []
    assert not Event.objects.filter(name=FITTED).exists()


def test_whoever_is_back_hears_of_what_came_meanwhile(m):
    one = wants(m.buyer)
    Membership.objects.filter(pk=m.buyer.pk).update(status="suspended")
    news()
    look(one)
    Membership.objects.filter(pk=m.buyer.pk).update(status="active")

    assert look(one) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"text": ""}, {"text": "  \x00 "}, {"text": "电" * 501}, {"kind": LINE}, {"kind": ""}, {"kind": "x"},
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_leaves_no_trace(m, more):
    with pytest.raises(commands.NothingToLookFor):
        wants(m.buyer, **more)

    assert not Subscription.objects.exists()
    assert not Event.objects.exists()


def test_one_thing_at_a_time(m):
    both = {"text": "", "achievement_id": m.achievement.pk, "demand_id": m.demand.pk}
    for more in (both, both | {"text": "硫化物"}, {"text": "硫化物", "demand_id": m.demand.pk}):
        with pytest.raises(commands.NothingToLookFor):
            wants(m.buyer, **more)


def test_what_one_may_not_see_is_not_subscribed_to(m):
    secret = DemandFactory(confidentiality="core")
    for pk in (secret.pk, 0, -1):
        with pytest.raises(NotFound):
            wants(m.outsider, text="", demand_id=pk)


def test_the_same_is_not_wanted_twice_and_ends_when_its_owner_says_so(m):
    one = wants(m.buyer, text=" 硫化物  电解质 ")
    with pytest.raises(commands.AlreadySubscribed):
        wants(m.buyer, text="硫化物 电解质")
    wants(m.outsider, text="硫化物 电解质")
    wants(m.buyer, text="硫化物 电解质", kind=DEMAND)
    of = wants(m.buyer, text="", demand_id=m.demand.pk)
    with pytest.raises(commands.AlreadySubscribed):
        wants(m.buyer, text="", demand_id=m.demand.pk)

    with pytest.raises(NotFound):
        commands.unsubscribe(subscription_id=one.pk, actor_id=m.outsider.pk, at=AT)
    for pk in (one.pk, of.pk):
        commands.unsubscribe(subscription_id=pk, actor_id=m.buyer.pk, at=AT)

    assert Subscription.objects.filter(membership=m.buyer).count() == 1
    assert commands.look(subscription_id=one.pk, at=AT) == 0


def test_nobody_has_more_than_are_allowed(m, monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)
    wants(m.buyer, text="硫化物一")
    wants(m.buyer, text="硫化物二")

    with pytest.raises(commands.TooManySubscriptions):
        wants(m.buyer, text="硫化物三")
    wants(m.outsider, text="硫化物三")


def test_of_two_at_once_only_as_many_as_are_allowed(m, monkeypatch):
    monkeypatch.setattr(module, "MOST", 1)
    both = threading.Barrier(2, timeout=2)
    fits_of = module.queries.fits_of

    def slowly(**given):
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait()
        return fits_of(**given)

    monkeypatch.setattr(module.queries, "fits_of", slowly)

    outcomes = race(lambda: wants(m.buyer, text="甲工艺"), lambda: wants(m.buyer, text="乙工艺"))

    assert sorted(type(o).__name__ for o in outcomes) == ["Subscription", "TooManySubscriptions"]


def looked_at_once(one, monkeypatch):
    """Two workers look at the same instant: neither goes on before both have what fits."""
    both = threading.Barrier(2, timeout=2)
    fits_of = module.queries.fits_of

    def slowly(**given):
        found = fits_of(**given)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait()
        return found

    monkeypatch.setattr(module.queries, "fits_of", slowly)
    return race(lambda: look(one), lambda: look(one))


def test_of_two_workers_at_once_one_tells(m, monkeypatch):
    one = wants(m.buyer)
    news()

    assert sorted(looked_at_once(one, monkeypatch)) == [0, 1]
    work()
    assert len(told(m.buyer)) == 1


def test_without_its_guard_both_would_tell(m, monkeypatch):
    """The control of the race above."""
    one = wants(m.buyer)
    news()
    select_for_update = type(Subscription.objects.all()).select_for_update
    monkeypatch.setattr(
        type(Subscription.objects.all()), "select_for_update", lambda rows, **_given: rows.all()
    )

    outcomes = looked_at_once(one, monkeypatch)

    assert select_for_update
    assert outcomes == [1, 1]
    assert Event.objects.filter(name=FITTED).count() == 2


def test_a_look_does_not_wait_for_another(m):
    one = wants(m.buyer)
    news()
    with transaction.atomic():
        Subscription.objects.select_for_update().get(pk=one.pk)
        (outcome,) = race(lambda: look(one))
    connection.close()

    assert outcome == 0
    assert look(one) == 1


def test_the_worker_looks_for_everybody(m):
    wants(m.buyer)
    wants(m.outsider)
    news()

    assert tasks.tell_of_fits(timestamp=0) == 2
    assert tasks.tell_of_fits(timestamp=0) == 0


def test_an_entry_that_is_gone_takes_its_subscription_with_it(m):
    need = DemandFactory(title="求购硫化物")
    wants(m.buyer, text="", demand_id=need.pk)
    Demand.objects.filter(pk=need.pk).delete()

    assert not Subscription.objects.exists()
    assert tasks.tell_of_fits(timestamp=0) == 0


@pytest.mark.parametrize("with_finder", [False, True])
def test_by_finder_and_by_database(m, request, with_finder):
    # Without others the worse of two would be the last of all, which counts for nothing.
    AchievementFactory.create_batch(5, title="抗体层析", summary="与固态无关的抗体纯化。")
    step = request.getfixturevalue("finder") if with_finder else lambda: None
    index.fill_gaps()
    step()
    one = wants(m.buyer)
    news()
    step()

    assert [look(one), look(one)] == [1, 0]
