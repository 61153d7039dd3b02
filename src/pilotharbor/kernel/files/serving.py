"""How does a file leave the house so that no browser runs it?"""

from typing import cast

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

from pilotharbor.kernel.files import contents, store
from pilotharbor.kernel.files.kinds import FileKind


def served(*, sha256: str, name: str, kind: str, size: int) -> HttpResponse:
    """The bytes with headers that keep a browser from doing anything but saving them.

    A picture that a page of this house shows is an exception browsers make by themselves.
    """
    answer = FileResponse(store.path_of(sha256).open("rb"))
    answer["Content-Type"] = contents.MIME[FileKind(kind)]
    header = content_disposition_header(as_attachment=True, filename=name)
    answer["Content-Disposition"] = header or "attachment"
    answer["Content-Length"] = str(size)
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    # To Django, an answer in pieces is an answer like any other.
    return cast("HttpResponse", answer)
