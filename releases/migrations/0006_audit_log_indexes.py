"""Indexes by which the log of the trail is read in its order. They do not alter the table, so its triggers stay."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('releases', '0005_commands'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['project_id', 'seq'], name='audit_by_project'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['project_id', 'type', 'seq'], name='audit_by_project_type'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['actor_ref', 'seq'], name='audit_by_actor'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['outcome', 'seq'], name='audit_by_outcome'),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['ts', 'seq'], name='audit_by_time'),
        ),
    ]
