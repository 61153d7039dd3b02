"""Whatever a machine, a gateway or a stranger says: samples, or named and counted, never a crash."""

import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.telemetry.engine import reading
from pilotharbor.telemetry.engine.reading import LONGEST_PLACE, Reading, Unusable
from pilotharbor.telemetry.models import Refusal

CAME = 1_772_424_000_000_000
ISO = "2026-03-02T12:00:00+08:00"


def heard(payload, topic="r1/t"):
    raw = payload if isinstance(payload, bytes) else payload.encode()
    return list(reading.message(topic, raw, CAME))


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ("23.5", [("r1/t", CAME, 23.5)]),
        (" 7 ", [("r1/t", CAME, 7.0)]),
        ("+1.5", [("r1/t", CAME, 1.5)]),
        ("true", [("r1/t", CAME, 1.0)]),
        ('"12.5"', [("r1/t", CAME, 12.5)]),
        (f'{{"value": 3, "at": "{ISO}"}}', [("r1/t", CAME, 3.0)]),
        ('{"v": 3, "ts": 1772424000}', [("r1/t", CAME, 3.0)]),
        ('{"v": 3, "ts": 1772424000123}', [("r1/t", CAME + 123_000, 3.0)]),
        ('{"v": 3, "ts": 1772424000123456}', [("r1/t", CAME + 123_456, 3.0)]),
        ('{"v": 3, "ts": "1772424000"}', [("r1/t", CAME, 3.0)]),
        (
            f'{{"t1": 20.5, "p": {{"in": 1, "out": false}}, "ts": "{ISO}", "note": null}}',
            [("r1/t#t1", CAME, 20.5), ("r1/t#p.in", CAME, 1.0), ("r1/t#p.out", CAME, 0.0)],
        ),
        ('[1, {"value": 2}]', [("r1/t", CAME, 1.0), ("r1/t", CAME, 2.0)]),
    ],
)
def test_messages_as_machines_write_them(payload, found):
    assert heard(payload) == [Reading(*one) for one in found]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("NaN", "not_finite"),
        ("nan", "not_finite"),
        ("-inf", "not_finite"),
        ('{"value": Infinity}', "not_finite"),
        ("1e999", "not_finite"),
        ("1e200", "too_large"),
        ("1" * 400, "too_large"),
        ('"on"', "not_a_number"),
        ('{"value": [1]}', "not_a_number"),
        ('{"value": {}}', "not_a_number"),
        ("null", "not_a_number"),
        ('{"value": 1, "ts": "yesterday"}', "no_time"),
        ('{"value": 1, "ts": "2026-03-02T12:00:00"}', "no_time"),
        ('{"value": 1, "ts": NaN}', "no_time"),
        ('{"value": 1, "ts": 1e300}', "no_time"),
        ('{"value": 1, "ts": true}', "no_time"),
        ('{"value": 1, "ts": []}', "no_time"),
        ('{"value": 1, "quality": "bad"}', "bad_quality"),
        ("{", "unreadable"),
        ("", "unreadable"),
        (b"\xff\xfe\x00", "unreadable"),
        ("{}", "unreadable"),
        ("[]", "unreadable"),
        ("[" * 100_000, "unreadable"),
        ('{"value": ' * 5000 + "1" + "}" * 5000, "unreadable"),
        ('{"ts": 1772424000}', "unreadable"),
    ],
)
def test_what_is_unusable_is_named(payload, reason):
    (found,) = heard(payload)

    assert isinstance(found, Unusable)
    assert (found.place, found.reason) == ("r1/t", reason)
    assert len(found.example) <= reading.LONGEST_EXAMPLE


def test_a_document_of_a_million_fields_is_read_as_far_as_is_sensible():
    found = heard(json.dumps({f"f{i}": i for i in range(5000)}))

    assert len(found) == reading.MOST_FIELDS


def test_a_place_is_what_can_be_stored():
    (found,) = heard("1", topic="a\0b\ud800" + "x" * 1000)

    assert found.place.startswith("a�b�x")
    assert len(found.place) == LONGEST_PLACE


REASONS = set(Refusal.Reason.values)
payloads = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(str.encode),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["value", "at", "ts", "tag", "samples", "x", "quality"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ).map(lambda d: json.dumps(d).encode()),
)


@given(payloads)
def test_nothing_that_is_sent_is_a_crash(payload):
    for found in [*heard(payload), *reading.document(payload), *reading.table(payload)]:
        if isinstance(found, Reading):
            assert math.isfinite(found.value)
            datetime.fromtimestamp(found.at // 1_000_000, UTC)
        else:
            assert found.reason in REASONS
        assert all(c.isprintable() for c in found.place)


def test_a_document_of_a_gateway():
    body = {"samples": [
        {"tag": "a", "at": ISO, "value": 1},
        {"tag": "b", "at": 1772424000, "value": "2.5"},
        {"tag": "a", "at": None, "value": 1},
        {"tag": 7, "at": ISO, "value": 1},
        {"at": ISO, "value": 1},
        {"tag": "a", "at": ISO},
        "nonsense",
    ]}  # fmt: skip

    assert [tuple(one)[:2] for one in reading.document(json.dumps(body).encode())] == [
        ("a", CAME), ("b", CAME), ("a", "no_time"), ("7", CAME), ("None", CAME),
        ("a", "not_a_number"), ("", "unreadable"),
    ]  # fmt: skip


@pytest.mark.parametrize("body", [b"{", b"7", b'{"samples": 3}', b'"x"', b"\xff"])
def test_a_document_that_is_none(body):
    assert [one.reason for one in reading.document(body)] == ["unreadable"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_in_any_order_of_columns(encoding):
    text = f"Value,note,TAG,At\r\n1.5,,釜温,{ISO}\r\nx,,釜温,{ISO}\r\n\r\n2,,釜温\r\n"

    assert list(reading.table(text.encode(encoding))) == [
        Reading("釜温", CAME, 1.5),
        Unusable("釜温", "not_a_number", "x"),
        Unusable("釜温", "no_time", ""),
    ]


@pytest.mark.parametrize(
    "body", [b"", b"a,b\n1,2\n", b"tag;at;value\n", b'tag,at,value\n"' + b"x" * 200_000]
)
def test_a_table_that_is_none(body):
    assert [one.reason for one in reading.table(body)] == ["unreadable"]
