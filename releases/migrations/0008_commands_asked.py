"""The list of commands, newest first, is read from an index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('releases', '0007_step_logs'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='command',
            index=models.Index(fields=['-asked_at', '-id'], name='command_asked'),
        ),
    ]
