"""What was proposed is never rewritten."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "sql" / "placement_fixed.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """What was proposed is never rewritten."""

    dependencies = [("scheduling", "0001_proposals")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
