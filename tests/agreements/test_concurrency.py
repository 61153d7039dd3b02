from functools import partial

import pytest

from pilotharbor.agreements.commands import drafting
from pilotharbor.agreements.models import Agreement
from pilotharbor.kernel.models import Event
from pilotharbor.projects.models import Project
from tests.factories.agreements import table
from tests.factories.race import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_three_simultaneous_last_signatures_conclude_once():
    t = table()
    agreement = t.offered()

    outcomes = race(*(partial(t.sign, agreement, who) for who in (t.officer, t.buyer, t.operator)))

    assert [type(o).__name__ for o in outcomes] == ["Agreement"] * 3, outcomes
    assert Agreement.objects.get().status == "signed"
    assert Project.objects.get().status == "resourcing"
    assert Event.objects.filter(name="agreements.agreement.signed").count() == 1
    assert Event.objects.filter(name="agreements.milestone.reached").count() == 1


def test_without_the_locks_nobody_is_last(monkeypatch):
    """Control: the race is real, else the locks above would prove nothing."""
    real = drafting.seen_and_locked

    def unlocked(*, agreement_id, actor):
        agreement = drafting.queries.whole(Agreement.objects.all()).get(pk=agreement_id)
        list(agreement.parties.all())
        pause.wait(timeout=20)
        return Project.objects.get(pk=agreement.project_id), agreement

    from threading import Barrier

    from pilotharbor.agreements.commands import signing

    t = table()
    agreement = t.offered()
    pause = Barrier(3)
    monkeypatch.setattr(signing, "seen_and_locked", unlocked)

    race(*(partial(t.sign, agreement, who) for who in (t.officer, t.buyer, t.operator)))

    assert real is drafting.seen_and_locked
    assert Agreement.objects.get().status == "offered"


def test_of_two_simultaneous_drafts_one_stands():
    t = table()

    outcomes = race(t.draft, t.draft)

    assert sorted(type(o).__name__ for o in outcomes) == ["Agreement", "AgreementExists"]
