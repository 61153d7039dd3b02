"""What the shell around every page shows."""

from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, object]:
    """The acting membership for the shell."""
    return {"actor": getattr(request, "actor", None)}
