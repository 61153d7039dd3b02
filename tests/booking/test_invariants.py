from datetime import timedelta
from itertools import pairwise

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.extra.django import TestCase

from pilotharbor.booking import commands
from pilotharbor.booking.commands import Ask
from pilotharbor.booking.models import Allocation, Booking, Waiting
from pilotharbor.kernel import money
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.models import Event
from tests.factories.booking import NOW, dock, on

hours = st.integers(0, 30)
asks = st.tuples(st.just("ask"), hours, st.integers(-1, 12))
acts = st.tuples(
    st.sampled_from(
        ["approve", "reject", "cancel", "use", "miss", "move", "wait", "answer", "tidy"]
    ),
    hours,
    hours,
)


def wait(d, start, end):
    commands.wait(
        line_id=d.line.pk, project_id=d.project.pk, windows=[(start, end)], duration_s=7200,
        ask=Ask(billing="hour"), actor_id=d.researcher.pk, at=NOW,
    )  # fmt: skip


def answer(d, start, _end):
    offered = Waiting.objects.filter(status="offered").order_by("id").first()
    act = commands.accept_offer if start.hour % 2 else commands.decline_offer
    act(waiting_id=offered.pk if offered else 0, actor_id=d.researcher.pk, at=NOW)


def tidy(d, start, _end):
    commands.tidy(line_id=d.line.pk, actor_id=None, at=start)


BESIDES = {"wait": wait, "answer": answer, "tidy": tidy}


def approve(d, pk, two):
    engineer = d.engineer.pk if two % 2 else None
    commands.approve(booking_id=pk, engineer_id=engineer, actor_id=d.operator.pk, at=NOW)


def move(d, pk, start, end, two):
    who = d.operator if two % 2 else d.researcher
    commands.move(booking_id=pk, start=start, end=end, actor_id=who.pk, at=NOW)


def act(d, verb, pk, start, end, two):
    if verb == "move":
        move(d, pk, start, end, two)
    elif verb == "approve":
        approve(d, pk, two)
    elif verb == "reject":
        commands.reject(booking_id=pk, reason="否", actor_id=d.operator.pk, at=NOW)
    elif verb == "cancel":
        commands.cancel(booking_id=pk, reason="改期", actor_id=d.researcher.pk, at=NOW)
    elif verb == "miss":
        commands.note_no_show(booking_id=pk, reason="未到", actor_id=d.engineer.pk, at=on(20))
    else:
        commands.record_usage(
            booking_id=pk, start=start, end=end, actor_id=d.engineer.pk, at=on(20)
        )


def replay(d, history):
    asked: list[Booking] = []
    for verb, one, two in history:
        start, end = on(2) + timedelta(hours=one), on(2) + timedelta(hours=one + two)
        try:
            if verb == "ask":
                asked.append(d.request(start, end, billing="hour"))
            elif verb in BESIDES:
                BESIDES[verb](d, start, end)
            elif asked:
                act(d, verb, asked[one % len(asked)].pk, start, end, two)
        except DomainError:
            continue


class AnyHistory(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(asks | acts, max_size=14))
    def test_the_rules_hold(self, history):
        d = dock(hold_hours=24 * (len(history) % 2))
        replay(d, history)

        live = Allocation.objects.filter(live=True)
        for machine in d.line.equipment.all():  # R-BOOK-1
            periods = sorted(live.filter(equipment=machine).values_list("period", flat=True))
            assert all(one.upper <= two.lower for one, two in pairwise(periods))
        once = live.filter(engineer=d.engineer)
        periods = sorted(once.values_list("period", flat=True))
        assert all(one.upper <= two.lower for one, two in pairwise(periods))
        for booking in Booking.objects.all():
            held = booking.allocations.filter(live=True).exists()
            if booking.status == Booking.Status.SUBMITTED:  # R-BOOK-16
                assert not held or booking.hold_ends_at is not None
            elif booking.status == Booking.Status.COMPLETED:
                # What was left of a slot that ended early is free again.
                assert held or booking.usage.recorded_at <= booking.period.lower
            else:
                assert held == (booking.status in Booking.LIVE)
            usage = getattr(booking, "usage", None)
            assert (usage is not None) == (booking.status == "completed")
            if usage:  # R-BOOK-12
                rate = booking.tariff.hourly_fen
                assert usage.amount_fen == money.pro_rata(rate, usage.seconds, per=3600)
        recorded = Event.objects.filter(name="booking.usage.recorded").count()
        assert recorded == Booking.objects.filter(status="completed").count()
