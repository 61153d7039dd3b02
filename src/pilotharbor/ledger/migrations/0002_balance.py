"""Entries balance, close with their transaction, and stay."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "balance.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Entries balance, close with their transaction, and stay."""

    dependencies = [
        ("kernel", "0002_append_only"),
        ("ledger", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
