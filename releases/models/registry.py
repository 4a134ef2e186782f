"""The registry: what Azure ML knows of models and of the runs that trained them."""

from django.db import models

from releases.models.catalog import Workspace
from releases.models.folded import Folded
from releases.models.people import Identity


class TrainingRun(models.Model):
    """One job of a workspace that trained or registered a model. A finished run never changes."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="training_runs")
    name = models.CharField(max_length=260)
    display_name = models.CharField(max_length=400, blank=True)
    experiment = models.CharField(max_length=260, blank=True)
    status = models.CharField(max_length=32, blank=True)
    job_type = models.CharField(max_length=32, blank=True)
    owner = models.ForeignKey(Identity, on_delete=models.PROTECT, null=True, related_name="+")
    created_on = models.DateTimeField(null=True)
    started_on = models.DateTimeField(null=True)
    finished_on = models.DateTimeField(null=True)
    commit = models.CharField(max_length=64, blank=True)
    branch = models.CharField(max_length=400, blank=True)
    repository = models.CharField(max_length=1000, blank=True)
    is_dirty = models.BooleanField(null=True)
    inputs = models.JSONField(default=list)
    metrics = models.JSONField(default=dict)
    properties = models.JSONField(default=dict)
    web_url = models.CharField(max_length=1000, blank=True)
    missing_sentence = models.CharField(max_length=400, blank=True)
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="training_run_once")]
        indexes = [  # for the search: the beginning of a name, of a commit
            models.Index("workspace", Folded("name"), name="training_run_by_name"),
            models.Index("workspace", Folded("display_name"), name="training_run_by_title"),
            models.Index(fields=["workspace", "commit"], name="training_run_by_commit"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.name


class ModelVersion(models.Model):
    """One version of one model in a workspace's registry. `metrics` follows decision 10: `metric.<name>` wins."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="model_versions")
    name = models.CharField(max_length=260)
    version = models.CharField(max_length=60)
    description = models.TextField(blank=True)
    stage = models.CharField(max_length=60, blank=True)
    type = models.CharField(max_length=60, blank=True)
    created_on = models.DateTimeField(null=True)
    created_by = models.ForeignKey(Identity, on_delete=models.PROTECT, null=True, related_name="+")
    tags = models.JSONField(default=dict)
    properties = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict)
    job_name = models.CharField(max_length=260, blank=True)
    training_run = models.ForeignKey(TrainingRun, on_delete=models.SET_NULL, null=True, related_name="model_versions")
    is_archived = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name", "version"], name="model_version_once")]
        indexes = [models.Index(fields=["name", "version"], name="model_version_by_name")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"
