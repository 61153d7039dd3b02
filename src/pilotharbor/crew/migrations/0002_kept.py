"""Shifts and leave keep off each other; what examinations found is never rewritten."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent / "sql"
SQL = [(HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("presence", "history")]


class Migration(migrations.Migration):
    """Shifts and leave keep off each other; what examinations found is never rewritten."""

    dependencies = [
        ("crew", "0001_initial"),
        ("kernel", "0003_no_truncate"),
        ("parties", "0001_initial"),
    ]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in SQL]
