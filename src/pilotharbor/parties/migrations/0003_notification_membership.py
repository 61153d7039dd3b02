"""Notices of before now are told to a membership, too, wherever it is clear which.

People with a single membership were told as that one; of their own standing they are told as
themselves. Where somebody has several, which one was meant is not known, and the row stays.
"""

from django.db import migrations

FORWARDS = """
UPDATE parties_notification AS told
SET membership_id = single.id
FROM (
    SELECT person_id, min(id) AS id FROM parties_membership GROUP BY person_id HAVING count(*) = 1
) AS single
WHERE told.person_id = single.person_id
  AND told.membership_id IS NULL
  AND told.kind NOT LIKE 'parties.membership.%'
  AND told.kind NOT LIKE 'parties.organisation.%'
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_invitation_open_once")]

    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
