"""The rule on panels that holds until another is added as data."""

from django.db import migrations

INSERT = """
INSERT INTO assessment_panelrule (validity, min_experts, min_fields, source)
VALUES (daterange('2020-01-01'::date, NULL), 3, 3, %s)
"""
SOURCE = "平台规则：第三方专家评审（S0-35），工艺、技术与应用三个领域各至少一人（S0-29 案例）"


def load(apps, schema_editor):
    """Insert the rule."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(INSERT, [SOURCE])


class Migration(migrations.Migration):
    """At least three experts of three fields."""

    dependencies = [("assessment", "0002_panel_rules")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
