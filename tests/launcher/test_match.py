"""``harbor match`` of a harbour's own index: while it runs, and while it does not."""

import json
import time

import pytest

from tests.launcher.conftest import Up, harbor, sentence

pytestmark = pytest.mark.slow
ENTRY = """
INSERT INTO matching_indexentry
    (kind, object_id, title, text, words, word_count, level, status, owner_id, event_id, body, marks, touched)
VALUES ('technologies.achievement', 1, '固态电解质', ' 固态电解质 ', ''::tsvector, 1, 'public', 'published', 1, 1,
        '固态电解质', '{see/technologies.achievement/public}', 0)
"""


def match(data, what, *more):
    return harbor("match", what, "--data", str(data), *more)


def asked(data, what):
    done = match(data, what, "--json")
    return done.returncode, json.loads(done.stdout)


def until(data, test, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if test(asked(data, "state")[1]):
            return
        time.sleep(0.5)
    raise AssertionError("the index never came to that state")


def test_the_index_of_a_harbour_is_held_against_its_database(data, ups, tmp_path):
    up = Up(data).wait_ready()
    ups.append(up)
    until(data, lambda state: state["ready"])
    code, found = asked(data, "check")
    assert (code, found["agrees"], found["missing"]) == (0, True, 0)

    # What no transaction that the index follows has written is what a check is for.
    with up.connect() as connection:
        connection.execute(ENTRY)
    code, found = asked(data, "check")
    assert (code, found["agrees"], found["missing"], found["entries"]) == (1, False, 1, 1)
    table = match(data, "check")
    assert table.returncode == 1
    assert "missing" in table.stdout

    assert match(data, "rebuild").returncode == 0
    deadline = time.monotonic() + 60
    while (answer := asked(data, "check"))[0] and time.monotonic() < deadline:
        time.sleep(0.5)
    assert answer[1]["agrees"]
    up.stop()

    # At rest it can be checked still, and nothing else.
    code, found = asked(data, "check")
    assert (code, found["agrees"], found["entries"]) == (0, True, 1)
    for what in ("state", "rebuild"):
        assert str(data) in sentence(match(data, what))
    assert sentence(match(tmp_path / "nothing here", "state"))
