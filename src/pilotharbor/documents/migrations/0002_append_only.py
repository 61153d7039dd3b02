"""Rendered bytes stay as they are."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "append_only.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Rendered bytes stay as they are."""

    dependencies = [
        ("kernel", "0002_append_only"),
        ("documents", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
