"""A switch turns as somebody would turn it who looks at one sample after another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.telemetry.engine.switch import Standing, Switch, Turn, turns

values = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 10)), max_size=80)


def slowly(switch, standing, times, values):
    on, turning, found = standing.on_since, standing.turning_since, []
    for at, value in zip(times, values, strict=True):
        v, up, down = (
            (-value, -switch.up, -switch.down)
            if switch.inverted
            else (value, switch.up, switch.down)
        )
        wanted = v >= up if on is None else v <= down
        if not wanted:
            turning = None
            continue
        turning = at if turning is None else turning
        if at - turning >= (switch.delay_on if on is None else switch.delay_off):
            found.append(Turn(on is None, turning, at))
            on, turning = (turning if on is None else None), None
    return found, Standing(on, turning)


@given(
    values, st.integers(0, 20), st.integers(0, 20), st.booleans(), st.booleans(), st.integers(0, 80)
)
def test_turns_are_those_of_looking_slowly_also_in_two_parts(
    steps, on, off, inverted, running, cut
):
    switch = Switch(3, 7, on, off, inverted=True) if inverted else Switch(7, 3, on, off)
    times = (
        np.cumsum([step for step, _ in steps]).astype(np.int64) if steps else np.zeros(0, np.int64)
    )
    levels = np.array([float(v) for _, v in steps])
    standing = Standing(-5, None) if running else Standing(None, -2)

    found, after = turns(switch, standing, times, levels)

    assert (found, after) == slowly(switch, standing, times.tolist(), levels.tolist())
    one, between = turns(switch, standing, times[:cut], levels[:cut])
    two, end = turns(switch, between, times[cut:], levels[cut:])
    assert (one + two, end) == (found, after)


@pytest.mark.parametrize("level", [4.0, 6.9])
def test_between_the_levels_nothing_turns(level):
    switch, at = Switch(7, 3), np.array([1, 2, 3])

    assert turns(switch, Standing(), at, np.full(3, level))[0] == []
    assert turns(switch, Standing(on_since=0), at, np.full(3, level))[0] == []
