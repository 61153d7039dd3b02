"""Every agreed condition stays as written, and hours of one weekday never overlap."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "terms_fixed.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Every agreed condition stays as written, and hours of one weekday never overlap."""

    dependencies = [
        ("facilities", "0003_sites_hours_closures_terms"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
