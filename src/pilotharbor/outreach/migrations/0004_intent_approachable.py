"""Who declares an intent says whether a technology manager may approach them."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Who declares an intent says whether a technology manager may approach them."""

    dependencies: ClassVar = [("outreach", "0003_candidate_standing")]
    operations: ClassVar = [
        migrations.AddField("intent", "approachable", models.BooleanField(default=False)),
    ]
