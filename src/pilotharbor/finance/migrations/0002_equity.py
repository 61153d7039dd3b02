"""Equity sums to 100 %."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "equity.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Equity sums to 100 %."""

    dependencies = [
        ("finance", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
