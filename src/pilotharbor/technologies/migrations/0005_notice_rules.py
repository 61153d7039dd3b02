"""Open notices keep their facts; the dated rules known when this was written come in as data."""

import json
from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent
SQL = (HERE / "sql" / "price_notice_facts.sql").read_text(encoding="utf-8")
RULES = HERE.parent / "data" / "notice_rules.json"
INSERT = """
INSERT INTO technologies_noticerule (jurisdiction, validity, least_days, binding, source)
VALUES (%s, daterange(%s::date, NULL), %s, %s, %s)
"""


def load(apps, schema_editor):
    """Insert the rules of the file."""
    with schema_editor.connection.cursor() as cursor:
        for rule in json.loads(RULES.read_text(encoding="utf-8")):
            cursor.execute(
                INSERT,
                [
                    rule["jurisdiction"],
                    rule["from"],
                    rule["least_days"],
                    rule["binding"],
                    rule["source"],
                ],
            )


class Migration(migrations.Migration):
    """Open notices keep their facts; the dated rules known when this was written come in as data."""

    dependencies = [("technologies", "0004_price_notices")]
    operations = [
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
