"""The prices of a tariff are never rewritten."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "tariff_fixed.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """The prices of a tariff are never rewritten."""

    dependencies = [
        ("facilities", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
