"""How does a file leave the house so that no browser runs it?"""

from typing import cast

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

from pilotharbor.technologies.models import Attachment
from pilotharbor.technologies.papers import contents, store


def served(found: Attachment) -> HttpResponse:
    """The bytes with headers that keep a browser from doing anything but saving them."""
    answer = FileResponse(store.path_of(found.sha256).open("rb"))
    answer["Content-Type"] = contents.MIME[Attachment.Kind(found.kind)]
    header = content_disposition_header(as_attachment=True, filename=found.name)
    answer["Content-Disposition"] = header or "attachment"
    answer["Content-Length"] = str(found.size)
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    # To Django, an answer in pieces is an answer like any other.
    return cast("HttpResponse", answer)
