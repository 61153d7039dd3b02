"""Is the paper printed whatever its length, marked for a reader or not?"""

from dataclasses import replace

import pytest
from django.conf import settings

from pilotharbor.agreements import paper
from pilotharbor.documents import press
from tests.factories.agreements import AT, table

pytestmark = pytest.mark.django_db

HEAD = {
    "number": "PH-2026-000001", "title": "示例", "version": 1, "owner": "示例平台",
    "confidentiality": "project", "date": press.instant(AT),
}  # fmt: skip


def test_a_marked_copy_is_printed_wherever_a_page_ends():
    """A watermark within the structure once broke up the table that ended a page."""
    t = table()
    agreement = t.draft()
    plan = t.project.plan
    values = {**paper.tripartite(agreement, project=t.project, plan=plan), "head": HEAD}
    sheet = press.Sheet(paper.TRIPARTITE, values, settings.LANGUAGE_CODE, AT, watermark="周老师")

    for lines in range(13):
        for count in (1, 3, 6):
            longer = {**values["plan"], "goal": "验证放大。" * 9 * lines or "验证"}
            rows = (values["milestones"] * 2)[:count]
            marked = replace(sheet, values={**values, "plan": longer, "milestones": rows})

            assert press.print_pdf(marked).pages >= 2, (lines, count)
