"""Where a status may go, and the words in which a wrong move is refused."""

import pytest
from django.utils import translation

from pilotharbor.kernel.models import Delivery
from pilotharbor.kernel.states import MoveNotAllowed, advance, require_move
from tests.factories.booking import dock
from tests.kernel.conftest import do

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery(handlers):
    event = do(pk=1, n=1)
    return Delivery.objects.create(
        event=event, handler="x", subject_type="deeds.deed", subject_id=1
    )


def test_advance_moves_and_saves_with_its_changes(delivery):
    advance(delivery, Delivery.Status.DEAD, last_error="why", attempts=8)

    stored = Delivery.objects.get()
    assert (stored.status, stored.last_error, stored.attempts) == ("dead", "why", 8)


def test_advance_saves_nothing_else(delivery):
    delivery.handler = "unsaved"

    advance(delivery, Delivery.Status.DONE)

    assert Delivery.objects.get().handler == "x"


def test_a_move_that_is_not_listed_is_refused_and_nothing_is_saved(delivery):
    with pytest.raises(MoveNotAllowed) as error:
        advance(delivery, Delivery.Status.SKIPPED, attempts=3)

    assert error.value.status == 409
    assert (delivery.status, Delivery.objects.get().attempts) == ("waiting", 0)


def test_terminal_is_terminal(delivery):
    advance(delivery, Delivery.Status.DONE)

    for status in Delivery.Status:
        with pytest.raises(MoveNotAllowed):
            require_move(delivery, status)


def test_the_refusal_speaks_the_readers_words():
    booking = dock().request()

    with pytest.raises(MoveNotAllowed) as error, translation.override("en"):
        require_move(booking, "completed")

    assert error.value.facts == {"present": "Under review", "wanted": "Completed"}


def test_every_move_leads_to_a_status_that_exists():
    from django.apps import apps

    from pilotharbor.kernel.states import Stateful

    for model in apps.get_models():
        if issubclass(model, Stateful):
            known = set(dict(model._meta.get_field("status").flatchoices))
            assert set(model.MOVES) == known, model
            assert set().union(*model.MOVES.values()) <= known, model
