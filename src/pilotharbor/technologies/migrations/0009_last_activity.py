"""When somebody last did something with each result, as far as the events know."""

from django.db import migrations

SQL = """
UPDATE technologies_achievement a SET active_at = e.at
FROM (
    SELECT subject_id, max(at) AS at FROM kernel_event
    WHERE subject_type = 'technologies.achievement' AND name IN (
        'technologies.achievement.published', 'technologies.achievement.revised',
        'technologies.achievement.reader_named', 'technologies.achievement.readers_admitted',
        'technologies.achievement.detail_viewed'
    )
    GROUP BY subject_id
) e
WHERE e.subject_id = a.id
"""


class Migration(migrations.Migration):
    """When somebody last did something with each result, as far as the events know."""

    dependencies = [("technologies", "0008_patents"), ("kernel", "0002_append_only")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
