
import releases.states
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('releases', '0007_invitations_of_projects'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='deployment',
            index=models.Index(condition=models.Q(('status', releases.states.DeploymentStatus['IN_PROGRESS'])), fields=['stage', '-azure_id'], name='deployment_running'),
        ),
    ]
