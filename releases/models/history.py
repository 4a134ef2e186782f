"""History: what happened, as Azure DevOps told it. Written only by `releases.sync`, in bulk.

Status fields hold Azure's own words (see `releases.states`), so an unknown new word is kept, not lost. Every time is
Azure's, in UTC; `0001-01-01` became empty. `changed_at` is when we last wrote the row, `gone_at` when Azure was first
seen without it.

Foreign keys without an index of their own are led by another index of their table, or name people, who are never
deleted and never searched by; every index less is a tenth less to write while history is read.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from releases.models import choices
from releases.models.catalog import Pipeline, Project, Stage
from releases.models.commits import beginning_of, commit_of_artifact
from releases.models.folded import Folded
from releases.models.people import Identity
from releases.states import ArtifactRole, DeploymentStatus, Depth, TriggerKind

# Said with OR: SQLite does not see that `role = 'model'` lies within an IN.
FROM_REGISTRY = models.Q(role=ArtifactRole.MODEL) | models.Q(role=ArtifactRole.SCALER)
FROM_GIT = models.Q(role=ArtifactRole.CODE) | models.Q(role=ArtifactRole.BUILD)

HAS_INDEXES = {
    "has_failed": "release_failed_newest",
    "has_partly_succeeded": "release_partly_newest",
    "has_canceled": "release_canceled_newest",
    "has_succeeded": "release_succeeded_newest",
}


class Release(models.Model):
    """One release of a pipeline: a set of artifact versions on its way through the stages.

    `depth` says whether steps and approval history were read; `listed_sha256` and `detailed_sha256` are of Azure's
    answers as last read, so an unchanged answer is known without reading it; an empty `detailed_sha256` means that the
    detail must be read (again). `is_unfinished` follows decision 2. `changes_read_at`: when its commits and work items
    were read; `logs_due_on`: when the newest of its steps ended, as long as logs are due. `has_failed` and its like:
    whether any of its stages stands so now, for the list to find them by.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, db_index=False, related_name="releases")
    azure_id = models.IntegerField()
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, db_index=False, related_name="releases")
    definition_revision = models.IntegerField(default=0)
    definition_snapshot_revision = models.IntegerField(default=0)
    name = models.CharField(max_length=400)
    status = models.CharField(max_length=32)
    reason = models.CharField(max_length=32, blank=True)
    description = models.TextField(blank=True)
    created_on = models.DateTimeField()
    modified_on = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        Identity, models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    created_for = models.ForeignKey(
        Identity, models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    modified_by = models.ForeignKey(
        Identity, models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    trigger_kind = models.CharField(max_length=16, choices=choices.of(TriggerKind), default=TriggerKind.UNKNOWN)
    trigger_alias = models.CharField(max_length=256, blank=True)
    versions_hash = models.CharField(max_length=64, blank=True)
    variables = models.JSONField(default=dict)
    tags = models.JSONField(default=list)
    keep_forever = models.BooleanField(default=False)
    is_unfinished = models.BooleanField(default=False)
    has_failed = models.BooleanField(default=False)
    has_partly_succeeded = models.BooleanField(default=False)
    has_canceled = models.BooleanField(default=False)
    has_succeeded = models.BooleanField(default=False)
    depth = models.CharField(max_length=8, choices=choices.of(Depth), default=Depth.LISTED)
    listed_sha256 = models.CharField(max_length=64, blank=True)
    detailed_sha256 = models.CharField(max_length=64, blank=True)
    detailed_at = models.DateTimeField(null=True)
    changes_read_at = models.DateTimeField(null=True)
    logs_due_on = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "azure_id"], name="release_once"),
            choices.only("depth", Depth, name="release_depth_known"),
        ]
        indexes = [
            models.Index(fields=["-created_on", "-id"], name="release_newest"),
            models.Index(fields=["project", "-created_on", "-id"], name="release_project_newest"),
            models.Index(fields=["pipeline", "-created_on", "-id"], name="release_pipeline_newest"),
            models.Index(fields=["trigger_kind", "-created_on", "-id"], name="release_trigger_newest"),
            # Whom the list names; as an expression, because most releases name somebody else than who made them.
            models.Index(
                Coalesce("created_for", "created_by"),
                F("created_on").desc(),
                F("id").desc(),
                name="release_person_newest",
            ),
            *(
                models.Index(fields=["-created_on", "-id"], name=name, condition=models.Q(**{has: True}))
                for has, name in HAS_INDEXES.items()
            ),
            # Of a pipeline's releases some fail, too many to look at each and too few to look at all.
            models.Index(
                fields=["pipeline", "-created_on", "-id"],
                name="release_pipeline_failed",
                condition=models.Q(has_failed=True),
            ),
            # For the search: a name or its beginning, newest first, in whatever case it is typed.
            models.Index("project", Folded("name"), F("created_on").desc(), F("id").desc(), name="release_by_name"),
            models.Index(
                fields=["project", "azure_id"],
                name="release_unfinished",
                condition=models.Q(is_unfinished=True),
            ),
            models.Index(
                fields=["project", "-created_on", "-id"],
                name="release_to_detail",
                condition=models.Q(detailed_sha256="", gone_at__isnull=True),
            ),
            models.Index(
                fields=["project", "-created_on", "-id"],
                name="release_to_read_changes",
                condition=models.Q(changes_read_at__isnull=True, gone_at__isnull=True),
            ),
            models.Index("project", F("logs_due_on").desc(), name="logs_due", condition=Q(logs_due_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class ReleaseStage(models.Model):
    """One stage of one release, with the name, rank and conditions of the revision it was made from."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, db_index=False, related_name="stages")
    azure_id = models.IntegerField()
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, db_index=False, related_name="release_stages")
    name = models.CharField(max_length=400)
    rank = models.IntegerField(default=0)
    status = models.CharField(max_length=32)
    trigger_reason = models.CharField(max_length=200, blank=True)
    conditions = models.JSONField(default=list)
    variables = models.JSONField(default=dict)
    created_on = models.DateTimeField(null=True)
    modified_on = models.DateTimeField(null=True)
    scheduled_on = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "azure_id"], name="release_stage_once")]
        indexes = [models.Index(fields=["stage", "status"], name="release_stage_by_status")]

    def __str__(self) -> str:
        return f"{self.release} {self.name}"


class Artifact(models.Model):
    """One artifact version that a release carries. `version` is what people read, `version_id` Azure's machine id.

    `release_created_on` repeats its release's time: the releases of a version are read newest first from an index.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, db_index=False, related_name="artifacts")
    alias = models.CharField(max_length=256)
    role = models.CharField(max_length=8, choices=choices.of(ArtifactRole), default=ArtifactRole.OTHER)
    type = models.CharField(max_length=100)
    source_id = models.CharField(max_length=400, blank=True)
    name = models.CharField(max_length=400, blank=True)
    version = models.CharField(max_length=400, blank=True)
    version_id = models.CharField(max_length=400, blank=True)
    version_name = models.CharField(max_length=400, blank=True)
    source_version = models.CharField(max_length=100, blank=True)
    branch = models.CharField(max_length=400, blank=True)
    repository = models.CharField(max_length=400, blank=True)
    is_triggering = models.BooleanField(default=False)
    is_primary = models.BooleanField(default=False)
    web_url = models.CharField(max_length=1000, blank=True)
    model_version = models.ForeignKey(
        "releases.ModelVersion", on_delete=models.SET_NULL, null=True, related_name="artifacts"
    )
    release_created_on = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "alias"], name="artifact_once")]
        indexes = [
            models.Index(
                fields=["role", "name", "version", "-release_created_on", "-release"],
                name="artifact_version_newest",
                condition=FROM_REGISTRY,
            ),
            models.Index(
                fields=["role", "name", "-release_created_on", "-release"],
                name="artifact_name_newest",
                condition=FROM_REGISTRY,
            ),
            models.Index(beginning_of(commit_of_artifact()), name="artifact_by_commit", condition=FROM_GIT),
        ]

    def __str__(self) -> str:
        return f"{self.alias} {self.version}"


class Deployment(models.Model):
    """One attempt to deploy one release to one stage. `azure_id` is Azure's deployment id, which grows with time."""

    release_stage = models.ForeignKey(
        ReleaseStage, on_delete=models.CASCADE, db_index=False, related_name="deployments"
    )
    stage = models.ForeignKey(Stage, models.PROTECT, db_index=False, db_constraint=False, related_name="deployments")
    attempt = models.PositiveIntegerField()
    azure_id = models.IntegerField(default=0)
    status = models.CharField(max_length=32)
    operation_status = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=32, blank=True)
    requested_by = models.ForeignKey(
        Identity, models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    requested_for = models.ForeignKey(
        Identity, models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    queued_on = models.DateTimeField(null=True)
    started_on = models.DateTimeField(null=True)
    finished_on = models.DateTimeField(null=True)
    modified_on = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release_stage", "attempt"], name="deployment_once")]
        indexes = [
            # Not only of those that went live: spans also look at the failed ones between two times.
            models.Index(fields=["stage", "-finished_on", "-azure_id"], name="deployment_live"),
            models.Index(fields=["stage", "-azure_id"], name="deployment_newest"),
            models.Index(
                fields=["stage", "-azure_id"],
                name="deployment_running",
                condition=models.Q(status=DeploymentStatus.IN_PROGRESS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_stage} attempt {self.attempt}"


class Step(models.Model):
    """One task of one attempt, in the order it ran. `phase_id` and `task_id` are what Azure's log address needs."""

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, db_index=False, related_name="steps")
    phase_id = models.IntegerField()
    task_id = models.IntegerField()
    phase_name = models.CharField(max_length=400, blank=True)
    name = models.CharField(max_length=400)
    rank = models.IntegerField(default=0)
    status = models.CharField(max_length=32)
    started_on = models.DateTimeField(null=True)
    finished_on = models.DateTimeField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    issues = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deployment", "phase_id", "task_id"], name="step_once")]

    def __str__(self) -> str:
        return self.name


class Approval(models.Model):
    """One approval Azure asked for, before or after one attempt. Automated ones are kept and hidden from people."""

    project = models.ForeignKey(Project, models.PROTECT, db_index=False, db_constraint=False, related_name="approvals")
    azure_id = models.IntegerField()
    release_stage = models.ForeignKey(ReleaseStage, on_delete=models.CASCADE, related_name="approvals")
    attempt = models.PositiveIntegerField(default=1)
    type = models.CharField(max_length=16)
    rank = models.IntegerField(default=0)
    status = models.CharField(max_length=16)
    is_automated = models.BooleanField(default=False)
    approver = models.ForeignKey(
        Identity, models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    approved_by = models.ForeignKey(
        Identity, models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    comments = models.TextField(blank=True)
    history = models.JSONField(default=list)
    created_on = models.DateTimeField(null=True)
    modified_on = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "azure_id"], name="approval_once")]
        indexes = [
            models.Index(
                fields=["project", "created_on"],
                name="approval_pending",
                condition=models.Q(status="pending", is_automated=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} approval {self.azure_id}"
