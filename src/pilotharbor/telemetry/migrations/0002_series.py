"""Series: samples and their sums in partitions, which no role of web and worker owns."""

from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Series: samples and their sums in partitions, which no role of web and worker owns."""

    dependencies = [
        ("telemetry", "0001_initial"),
        ("kernel", "0002_append_only"),
    ]
    operations = [
        migrations.RunSQL((FOLDER / name).read_text(encoding="utf-8"), migrations.RunSQL.noop)
        for name in ("series.sql", "no_truncate.sql")
    ]
