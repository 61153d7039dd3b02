"""The parts of a step sum to one and are frozen with the signature."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "credits.sql"


class Migration(migrations.Migration):
    """The parts of a step sum to one and are frozen with the signature."""

    dependencies: ClassVar = [("leads", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)
    ]
