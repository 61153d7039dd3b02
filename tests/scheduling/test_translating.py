"""What the engine is told, and what its plan means: held against the facts by other means."""

import random
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from pilotharbor.scheduling.facts import Fixed, Ground, Person, Situation, Wanted
from pilotharbor.scheduling.searching import find
from pilotharbor.scheduling.translating import COARSE_S, FINE_S, translate

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 5


def at(hour: float, day: int = 0) -> datetime:
    return START + timedelta(days=day, hours=hour)


def days(first: float, last: float):
    return tuple((at(first, d), at(last, d)) for d in range(DAYS))


def ground(line_id=1, **fields) -> Ground:
    return Ground(line_id=line_id, open=fields.pop("open", days(8, 20)), **fields)


def wanted(booking_id, hours=4.0, *windows, **fields) -> Wanted:
    spans = windows or (days(8, 20)[0],)
    seconds = round(hours * 3600)
    release = fields.pop("release", spans[0][0])
    return Wanted(
        booking_id=booking_id,
        organisation_id=fields.pop("organisation_id", booking_id),
        line_ids=fields.pop("line_ids", (1,)),
        seconds=seconds,
        windows=fields.pop("windows", spans),
        release=release,
        due=fields.pop("due", release + timedelta(seconds=seconds)),
        **fields,
    )


def situation(*wishes, grounds=None, people=(), **fields) -> Situation:
    return Situation(
        start=START, end=at(0, DAYS), grounds=grounds or (ground(),), people=people,
        wanted=wishes, **fields,
    )  # fmt: skip


def plan(known: Situation):
    """The first plan the rules find, without a long search."""
    return find(known, 1, go_on=lambda: False)


def put(known: Situation):
    return {a.booking_id: a.put for a in plan(known).answers if a.put is not None}


def test_an_exact_wish_keeps_its_own_minutes():
    wish = wanted(7, 40 / 60, (at(9 + 10 / 60), at(9 + 50 / 60)))

    found = put(situation(wish))[7]

    assert (found.start, found.end) == wish.windows[0]


def test_ticks_are_as_fine_as_the_times_ask_for():
    assert translate(situation(wanted(1))).tick_s == COARSE_S
    assert translate(situation(wanted(1, 4, (at(8.1), at(20))))).tick_s == FINE_S


def test_what_is_off_a_tick_is_rounded_to_the_safe_side():
    odd = timedelta(minutes=7, seconds=30)
    fixed = Fixed(at(10) + odd, at(11) + odd)
    place = ground(
        open=((at(8) + odd, at(20) - odd),), fixed=(fixed,), shut=((at(15) - odd, at(15)),)
    )
    problem = translate(situation(wanted(1), grounds=(place,))).problem

    line = problem.lines[0]
    assert line.open == ((8 * 12 + 2, 20 * 12 - 2),)
    assert (line.taken[0].start, line.taken[0].end) == (10 * 12 + 1, 11 * 12 + 2)
    assert line.shut == ((15 * 12 - 2, 15 * 12),)


def test_one_person_runs_all_of_it_where_a_shift_covers_it():
    alone = Person(5, days(8, 16))

    found = put(situation(wanted(1, people=(5,)), wanted(2, people=(5,)), people=(alone,),
                          grounds=(ground(1), ground(2))))  # fmt: skip

    assert (found[1].member_id, found[1].start) == (5, at(8))
    # The same person, on the same line: one behind the other.
    assert (found[2].member_id, found[2].start) == (5, at(12))


def test_a_run_longer_than_any_shift_is_begun_by_somebody_and_run_by_nobody_named():
    long = wanted(1, 30, windows=((at(8), at(20, 2)),), people=(5,))
    known = situation(long, people=(Person(5, days(9, 17)),), grounds=(ground(overnight=True),))

    answer = plan(known).answers[0]

    assert (answer.put.member_id, answer.put.start) == (None, at(9))
    assert {"kind": "relay"} in answer.reasons


def test_nobody_with_the_skill_is_a_refusal_with_that_reason():
    answer = plan(situation(wanted(1, people=()))).answers[0]

    assert (answer.put, answer.reasons) == (None, [{"kind": "no_skill"}])


def test_materials_are_cleaned_after_each_other():
    grounds = (ground(changeover_s=3600, ran="a"),)
    found = put(situation(wanted(1, 4, material="a"), wanted(2, 4, material="b"), grounds=grounds))

    assert (found[1].start, found[2].start) == (at(8), at(13))


@pytest.mark.parametrize(
    ("hazards", "side_by_side"), [(("易燃溶剂", "强氧化剂"), False), (("易燃", "带压"), True)]
)
def test_hazards_that_are_apart_never_run_at_once(hazards, side_by_side):
    one, other = hazards
    known = situation(
        wanted(1, 4, hazard=one), wanted(2, 4, hazard=other, line_ids=(2,)),
        grounds=(ground(1), ground(2)), apart=(("易燃", "氧化"),),
    )  # fmt: skip

    found = put(known)

    assert (found[1].start == found[2].start) is side_by_side


def test_a_slot_that_may_stay_stays_to_the_minute():
    stays = wanted(1, 4, windows=((at(8), at(20)),), due=at(13), was=(1, at(9)))
    hit = wanted(2, 4, windows=(), release=at(9, 1), due=at(13, 1), was=(1, at(9, 1)))
    known = situation(stays, hit, grounds=(ground(shut=((at(0, 1), at(0, 2)),)),))

    found = {a.booking_id: a.put for a in find(known, 1.5).answers}

    assert found[1].start == at(9)
    assert found[2].start == at(8, 2)


def test_the_digest_follows_every_fact():
    first = situation(wanted(1))
    assert first.digest == situation(wanted(1)).digest
    others = (
        situation(wanted(1, 5)),
        situation(wanted(1), grounds=(ground(shut=((at(9), at(10)),)),)),
        situation(wanted(1), apart=(("a", "b"),)),
        situation(wanted(1), people=(Person(5, days(8, 16)),)),
    )
    assert len({first.digest, *(o.digest for o in others)}) == 5


def scene(seed: int) -> Situation:
    dice = random.Random(seed)
    grounds = []
    for pk in (1, 2, 3):
        day = dice.randrange(DAYS)
        hour = dice.choice([8, 10, 13])
        grounds.append(
            ground(
                pk, overnight=dice.random() < 0.4, machines=(pk, dice.choice([10, pk + 20])),
                shut=((at(hour, day), at(hour + 3.2, day)),) if dice.random() < 0.5 else (),
                fixed=(Fixed(at(9, day - 1), at(14, day - 1)),) if day else (),
            )
        )  # fmt: skip
    people = tuple(
        Person(n, days(dice.choice([8, 9, 12]), dice.choice([17, 18, 20]))) for n in (5, 6)
    )
    wishes = []
    for n in range(1, 10):
        day = dice.randrange(DAYS)
        hours = dice.choice([1, 2.5, 4, 6, 26])
        last = min(day + dice.randrange(3), DAYS - 1)
        windows = ((at(dice.choice([8, 8.5, 10]), day), at(20, last)),)
        if (windows[0][1] - windows[0][0]) < timedelta(hours=hours):
            continue
        wishes.append(
            wanted(
                n, hours, windows=windows, release=windows[0][0], organisation_id=n % 3,
                line_ids=tuple(sorted(dice.sample([1, 2, 3], dice.choice([1, 1, 2])))),
                people=dice.choice([None, (5,), (5, 6)]),
            )
        )  # fmt: skip
    return situation(*wishes, grounds=tuple(grounds), people=people)


@pytest.mark.parametrize("seed", range(25))
def test_a_plan_keeps_to_the_facts_whatever_they_are(seed):
    """Looked at as instants, by code that knows neither ticks nor the engine."""
    known = scene(seed)
    wishes = {one.booking_id: one for one in known.wanted}
    places = {one.line_id: one for one in known.grounds}
    duty = {one.member_id: one.on for one in known.people}

    found = put(known)

    assert found
    for pk, one in found.items():
        wish, place = wishes[pk], places[one.line_id]
        assert one.line_id in wish.line_ids
        assert (one.end - one.start).total_seconds() == wish.seconds
        assert any(a <= one.start and one.end <= b for a, b in wish.windows)
        assert not any(a < one.end and one.start < b for a, b in place.shut)
        assert not any(f.start < one.end and one.start < f.end for f in place.fixed)
        opens = [s for s in place.open if s[0] <= one.start < s[1]]
        assert opens
        assert one.end <= opens[0][1] or (
            place.overnight and any(a < one.end <= b for a, b in place.open)
        )
        if one.member_id is not None:
            assert one.member_id in wish.people
            assert any(a <= one.start and one.end <= b for a, b in duty[one.member_id])
    for one, other in combinations(found.values(), 2):
        shares = set(places[one.line_id].machines) & set(places[other.line_id].machines)
        same = one.member_id is not None and one.member_id == other.member_id
        if shares or same:
            assert one.end <= other.start or other.end <= one.start
