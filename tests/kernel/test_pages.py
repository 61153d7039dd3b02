"""Cursor pages lose nothing and repeat nothing, whatever is added meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.kernel import pages
from pilotharbor.kernel.models import IdempotentRequest

START = datetime(2026, 3, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def add(key: str, minute: int) -> IdempotentRequest:
    return IdempotentRequest.objects.create(
        caller="t", key=key, body_sha256="x", started_at=START + timedelta(minutes=minute)
    )


def walk(by: str, limit: int, between=lambda: None) -> list[str]:
    seen: list[str] = []
    cursor = None
    while True:
        page = pages.page(IdempotentRequest.objects.all(), by=by, cursor=cursor, limit=limit)
        seen += [row.key for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return seen
        between()


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_every_row_once_in_order_also_with_equal_values(limit):
    for i, minute in enumerate([3, 1, 1, 1, 2, 1, 3]):
        add(str(i), minute)

    assert walk("started_at", limit) == ["1", "2", "3", "5", "4", "0", "6"]
    assert walk("-started_at", limit) == ["6", "0", "4", "5", "3", "2", "1"]


def test_rows_added_in_front_neither_repeat_nor_hide_any():
    for i in range(6):
        add(str(i), i)
    late = iter(range(100, 200))

    seen = walk("-started_at", 2, between=lambda: add(f"new{next(late)}", 90))

    assert seen == ["5", "4", "3", "2", "1", "0"]


def test_a_deleted_last_row_is_no_trouble():
    rows = [add(str(i), i) for i in range(4)]
    page = pages.page(IdempotentRequest.objects.all(), by="started_at", limit=2)
    rows[1].delete()

    after = pages.page(
        IdempotentRequest.objects.all(), by="started_at", cursor=page.next_cursor, limit=2
    )

    assert [row.key for row in after.items] == ["2", "3"]


def test_orders_by_text_and_number_work_too():
    for i in (2, 0, 1):
        add(f"钠{i}", 0)

    assert walk("key", 1) == ["钠0", "钠1", "钠2"]
    assert walk("id", 2) == ["钠2", "钠0", "钠1"]


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_limits_out_of_range_are_refused(limit):
    with pytest.raises(pages.BadLimit):
        pages.page(IdempotentRequest.objects.all(), by="id", limit=limit)


def test_a_cursor_of_another_order_is_refused():
    for i in range(3):
        add(str(i), i)
    cursor = pages.page(IdempotentRequest.objects.all(), by="started_at", limit=1).next_cursor

    with pytest.raises(pages.BadCursor):
        pages.page(IdempotentRequest.objects.all(), by="-started_at", cursor=cursor)


@given(st.one_of(st.text(), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789-_", min_size=1)))
def test_any_other_text_is_a_bad_cursor(text):
    if text:
        with pytest.raises(pages.BadCursor):
            pages.page(IdempotentRequest.objects.all(), by="started_at", cursor=text)


@pytest.mark.parametrize(
    "value",
    ['["started_at","x",1]', '["started_at",null,1]', '["started_at","2026-03-01T00:00:00+00:00",true]',
     '["started_at",{},1]', '["started_at","2026-03-01T00:00:00+00:00","x"]', "[1,2]", "{}"],
)  # fmt: skip
def test_forged_cursors_are_refused(value):
    cursor = pages.base64.urlsafe_b64encode(value.encode()).rstrip(b"=").decode()

    with pytest.raises(pages.BadCursor):
        list(pages.page(IdempotentRequest.objects.all(), by="started_at", cursor=cursor).items)
