"""What every API edge shares: the idempotency header, the page of a list, names that last."""

from typing import Annotated, Any

from ninja import Header, Query, Router

IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=128)]
Cursor = Annotated[str | None, Query(description="next_cursor of the page before")]
Limit = Annotated[int, Query(ge=1, le=200)]


class NamedRouter(Router):
    """A router whose operations are known by one name, in whatever file they stand.

    Programs are made from the ``operationId`` of the OpenAPI document; a file that is split must not
    rename what they call.
    """

    def __init__(self, named_as: str, **options: Any) -> None:
        """``named_as`` begins the names, as a module would: ``pilotharbor.leads.api``."""
        super().__init__(**options)
        self._named_as = named_as.replace(".", "_")

    def add_api_operation(
        self, path: str, methods: list[str], view_func: Any, *args: Any, **options: Any
    ) -> None:
        """Add an operation, named by the router unless it is named already."""
        if options.get("operation_id") is None:
            options["operation_id"] = f"{self._named_as}_{view_func.__name__}"
        super().add_api_operation(path, methods, view_func, *args, **options)
