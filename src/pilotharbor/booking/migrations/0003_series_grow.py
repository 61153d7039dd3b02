"""A series knows its rhythm and not how many slots are left of it; a charge knows whose cost it is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A series knows its rhythm; a charge knows whose cost it is (there is none yet)."""

    dependencies = [("booking", "0002_pilot_plant"), ("projects", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="series", name="booking_series_sound"),
        migrations.RemoveField(model_name="series", name="count"),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(every__gte=1), name="booking_series_sound"
            ),
        ),
        migrations.AddField(
            model_name="charge",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="projects.project",
            ),
            preserve_default=False,
        ),
    ]
