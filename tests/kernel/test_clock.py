"""What time is it, and who may say so?"""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pilotharbor.kernel import clock


def test_a_real_harbour_takes_its_own_time(rf, settings):
    settings.EXERCISE_CLOCK = False

    assert abs(clock.now(rf.get("/")) - timezone.now()) < timedelta(seconds=5)
    with pytest.raises(clock.RealClock):
        clock.now(rf.get("/", headers={clock.HEADER: "2026-03-02T08:00:00+08:00"}))


def test_an_exercise_harbour_takes_the_callers(rf, settings):
    settings.EXERCISE_CLOCK = True

    at = clock.now(rf.get("/", headers={clock.HEADER: "2026-03-02T08:00:00+08:00"}))

    assert at == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-03-02", "2026-03-02T08:00:00"])
def test_an_instant_needs_its_zone(rf, settings, text):
    settings.EXERCISE_CLOCK = True

    with pytest.raises(clock.BadClockHeader):
        clock.now(rf.get("/", headers={clock.HEADER: text}))
