"""What every API edge shares: the idempotency header and the page of a list."""

from typing import Annotated

from ninja import Header, Query

IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=128)]
Cursor = Annotated[str | None, Query(description="next_cursor of the page before")]
Limit = Annotated[int, Query(ge=1, le=200)]
