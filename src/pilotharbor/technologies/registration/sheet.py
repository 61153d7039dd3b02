"""The file for the register, always in Chinese, and never with a gap in it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as translate
from django.utils.translation import override

from pilotharbor.kernel import sheets
from pilotharbor.kernel.errors import Invalid, NotFound
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.registration import queries

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST = 500


class RegistrationIncomplete(Invalid):
    """Something the register wants is missing; each result below says what, and what helps."""

    code = "technologies.registration_incomplete"


class NothingChosen(Invalid):
    """Choose at least one and at most 500 results of your organisation."""

    code = "technologies.nothing_chosen"


def of(*, actor: Membership, ids: Sequence[int], suffix: str) -> HttpResponse:
    """The chosen results as ``csv`` or ``xlsx`` with exactly the register's columns.

    Raises: NotFound, NothingChosen, RegistrationIncomplete with one line a missing answer.
    Source: R-TECH-60.
    """
    if suffix not in TYPES:
        raise NotFound
    if not 1 <= len(ids) <= MOST:
        raise NothingChosen
    entries = list(queries.registrable(actor=actor).filter(pk__in=ids).order_by("pk"))
    if len(entries) < len(set(ids)):
        raise NotFound
    missing = {
        f"{entry.pk}.{gap.name}": f"{entry.title}: {gap.label}. {gap.remedy}"
        for entry in entries
        for gap in queries.gaps(entry)
    }
    if missing:
        raise RegistrationIncomplete(problems=missing)
    with override("zh-hans"):
        name = translate("Registration of results") + f".{suffix}"
        content = _bytes(suffix, queries.headings(), queries.lines(entries))
    answer = HttpResponse(content, content_type=TYPES[suffix])
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _bytes(suffix: str, headings: list[str], lines: list[list[str]]) -> bytes:
    if suffix == "csv":
        return b"".join(sheets.csv_chunks(headings, lines))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        sheets.write_xlsx(path, headings, lines)
        return path.read_bytes()
