"""What a platform tells visitors of its lines."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('calendars', '0001_secrets_and_kiosks'),
        ('facilities', '0004_terms_fixed'),
        ('parties', '0003_notification_membership'),
    ]

    operations = [
        migrations.CreateModel(
            name='Showing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('industries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), default=list, size=None)),
                ('told_at', models.DateTimeField()),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='facilities.line')),
                ('told_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.membership')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('industries__len__lte', 8)), name='calendars_showing_few_industries')],
            },
        ),
    ]
