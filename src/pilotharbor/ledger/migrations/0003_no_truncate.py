"""The journal cannot be emptied in one stroke either."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "no_truncate.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """The journal cannot be emptied in one stroke either."""

    dependencies = [
        ("kernel", "0003_no_truncate"),
        ("ledger", "0002_balance"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
