from datetime import timedelta
from itertools import pairwise

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.extra.django import TestCase

from pilotharbor.booking import commands
from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.kernel import money
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.models import Event
from tests.factories.booking import NOW, dock, on

hours = st.integers(0, 30)
asks = st.tuples(st.just("ask"), hours, st.integers(-1, 12))
acts = st.tuples(st.sampled_from(["approve", "reject", "cancel", "use", "miss"]), hours, hours)


def replay(d, history):
    asked: list[Booking] = []
    for verb, one, two in history:
        start, end = on(2) + timedelta(hours=one), on(2) + timedelta(hours=one + two)
        try:
            if verb == "ask":
                asked.append(d.request(start, end, billing="hour"))
                continue
            if not asked:
                continue
            pk = asked[one % len(asked)].pk
            if verb == "approve":
                commands.approve(booking_id=pk, actor_id=d.operator.pk, at=NOW)
            elif verb == "reject":
                commands.reject(booking_id=pk, reason="否", actor_id=d.operator.pk, at=NOW)
            elif verb == "cancel":
                commands.cancel(booking_id=pk, reason="改期", actor_id=d.researcher.pk, at=NOW)
            elif verb == "miss":
                commands.note_no_show(
                    booking_id=pk, reason="未到", actor_id=d.engineer.pk, at=on(20)
                )
            else:
                commands.record_usage(
                    booking_id=pk, start=start, end=end, actor_id=d.engineer.pk, at=on(20)
                )
        except DomainError:
            continue


class AnyHistory(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(asks | acts, max_size=14))
    def test_the_rules_hold(self, history):
        d = dock()
        replay(d, history)

        live = Allocation.objects.filter(live=True)
        for machine in d.line.equipment.all():  # R-BOOK-1
            periods = sorted(live.filter(equipment=machine).values_list("period", flat=True))
            assert all(one.upper <= two.lower for one, two in pairwise(periods))
        for booking in Booking.objects.all():
            held = booking.allocations.filter(live=True).exists()
            assert held == (booking.status in Booking.LIVE)
            usage = getattr(booking, "usage", None)
            assert (usage is not None) == (booking.status == "completed")
            if usage:  # R-BOOK-12
                rate = booking.tariff.hourly_fen
                assert usage.amount_fen == money.pro_rata(rate, usage.seconds, per=3600)
        recorded = Event.objects.filter(name="booking.usage.recorded").count()
        assert recorded == Booking.objects.filter(status="completed").count()
