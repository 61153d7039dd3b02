"""What was reviewed, quoted and charged is never rewritten."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent / "sql"
SQL = [(HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("kept", "no_truncate")]


class Migration(migrations.Migration):
    """What was reviewed, quoted and charged is never rewritten."""

    dependencies = [("booking", "0003_series_grow"), ("kernel", "0003_no_truncate")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in SQL]
