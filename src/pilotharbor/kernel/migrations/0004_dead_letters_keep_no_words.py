"""What failures said may be business: only their kind stays beside the delivery."""

from django.db import migrations

SQL = """
UPDATE kernel_delivery SET last_error = left(split_part(last_error, ':', 1), 200)
WHERE last_error <> '';
"""


class Migration(migrations.Migration):
    """What failures said may be business: only their kind stays beside the delivery."""

    dependencies = [
        ("kernel", "0003_no_truncate"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
