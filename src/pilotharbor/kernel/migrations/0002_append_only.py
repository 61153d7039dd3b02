"""Events are never changed or removed, and the worker hears of them."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "append_only.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Events are never changed or removed, and the worker hears of them."""

    dependencies = [
        ("kernel", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
