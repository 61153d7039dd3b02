"""The dated reward rules known when this was written; more are added as data."""

import json
from pathlib import Path

from django.db import migrations

RULES = Path(__file__).parent.parent / "data" / "reward_rules.json"
INSERT = """
INSERT INTO finance_rewardrule
    (jurisdiction, applies_to, validity, floor_bp, mandatory_for_state_funded, source)
VALUES (%s, %s, daterange(%s::date, NULL), %s, %s, %s)
"""


def load(apps, schema_editor):
    """Insert the rules of the file."""
    with schema_editor.connection.cursor() as cursor:
        for rule in json.loads(RULES.read_text(encoding="utf-8")):
            cursor.execute(
                INSERT,
                [
                    rule["jurisdiction"],
                    rule["applies_to"],
                    rule["from"],
                    rule["floor_bp"],
                    rule["mandatory_for_state_funded"],
                    rule["source"],
                ],
            )


class Migration(migrations.Migration):
    """The dated reward rules known when this was written."""

    dependencies = [("finance", "0002_equity")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
