"""Exact enough word frequencies from the planner's statistics."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "word_statistics.sql"


class Migration(migrations.Migration):
    """The statistics target of the indexed words."""

    dependencies: ClassVar = [("matching", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)
    ]
