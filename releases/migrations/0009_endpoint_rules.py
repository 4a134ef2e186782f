"""Endpoint rules say who changed them last; the one time is for rules that were there before anybody could be named."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("releases", "0008_running_attempts")]

    operations = [
        migrations.AddField(
            model_name="endpointrule",
            name="changed_at",
            field=models.DateTimeField(auto_now=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="endpointrule",
            name="changed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="healthsample",
            index=models.Index(fields=["-at", "-id"], name="health_sample_page"),
        ),
    ]
