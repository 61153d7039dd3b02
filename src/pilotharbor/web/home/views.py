"""What waits for me, what changed, what is at risk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """The home page of the acting membership."""
    return render(request, "home.html", {"actor": getattr(request, "actor", None)})
