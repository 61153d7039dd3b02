"""The table of the shared cache."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "cache.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """The table of the shared cache."""

    dependencies = [
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
