"""The catalog: where releases come from. Organizations, projects, pipelines with their stages and triggers."""

from django.db import models
from django.db.models import Q

from releases.models import choices
from releases.models.people import User
from releases.states import ArtifactRole, TriggerKind


class Organization(models.Model):
    """One Azure DevOps organization (or server collection), how we sign in to it, and what it last told us of limits.

    The credential is a reference: the name of an environment variable, never the secret. The rate gate is this row, so
    that every worker waits (`gate_until`); so is the switch that stops all commands (`sending_stopped_...`).
    """

    class Credential(models.TextChoices):
        PAT = "pat"
        ENTRA = "entra"

    class State(models.TextChoices):
        CONNECTED = "connected"
        AUTH_FAILED = "auth_failed"
        UNREACHABLE = "unreachable"

    url = models.URLField(unique=True)
    name = models.CharField(max_length=200)
    credential_kind = models.CharField(max_length=8, choices=Credential.choices, default=Credential.PAT)
    credential_variable = models.CharField(max_length=100, blank=True)
    ca_file = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.CONNECTED)
    state_sentence = models.TextField(blank=True)
    state_since = models.DateTimeField(null=True, blank=True)
    own_identity_key = models.CharField(max_length=320, blank=True)
    own_identity_name = models.CharField(max_length=400, blank=True)
    own_identity_read_at = models.DateTimeField(null=True, blank=True)
    gate_until = models.DateTimeField(null=True, blank=True)
    quota_limit = models.PositiveIntegerField(null=True, blank=True)
    quota_remaining = models.PositiveIntegerField(null=True, blank=True)
    quota_reset_at = models.DateTimeField(null=True, blank=True)
    quota_read_at = models.DateTimeField(null=True, blank=True)
    clock_skew_seconds = models.FloatField(null=True, blank=True)
    sending_stopped_at = models.DateTimeField(null=True, blank=True)
    sending_stopped_by = models.ForeignKey(User, models.PROTECT, null=True, db_index=False, related_name="+")
    sending_stopped_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sending_stopped_at__isnull=True, sending_stopped_by__isnull=True)
                | Q(sending_stopped_at__isnull=False, sending_stopped_by__isnull=False),
                name="sending_stopped_whole",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Workspace(models.Model):
    """One Azure ML workspace: the registry that model artifacts come from."""

    subscription_id = models.CharField(max_length=64)
    resource_group = models.CharField(max_length=90)
    name = models.CharField(max_length=64)
    resource_manager_url = models.URLField(blank=True)
    ca_file = models.CharField(max_length=500, blank=True)
    location = models.CharField(max_length=64, blank=True)
    state_sentence = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription_id", "resource_group", "name"], name="workspace_once")
        ]

    def __str__(self) -> str:
        return self.name


class Project(models.Model):
    """One project of an organization that Slipway follows. `slug` is its name in our addresses."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="projects")
    azure_id = models.CharField(max_length=36)
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True)
    workspaces = models.ManyToManyField(Workspace, blank=True, related_name="projects")
    is_followed = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "azure_id"], name="project_once")]

    def __str__(self) -> str:
        return self.name


class Pipeline(models.Model):
    """One release definition. Kept, and marked with `gone_at`, when Azure DevOps has it no longer."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="pipelines")
    azure_id = models.IntegerField()
    name = models.CharField(max_length=400)
    path = models.CharField(max_length=400, blank=True)
    revision = models.IntegerField(default=0)
    description = models.TextField(blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "azure_id"], name="pipeline_once")]

    def __str__(self) -> str:
        return self.name


class PipelineRevision(models.Model):
    """One revision of a pipeline as Azure DevOps keeps it. `document` is its JSON, secrets masked.

    `stage_numbers` are the definition environment ids of its stages, so that nobody reads the document for them.
    """

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="revisions")
    revision = models.IntegerField()
    document = models.JSONField()
    stage_numbers = models.JSONField(default=list, blank=True)
    changed_on = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey("releases.Identity", on_delete=models.SET_NULL, null=True, related_name="+")
    comment = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pipeline", "revision"], name="pipeline_revision_once")]

    def __str__(self) -> str:
        return f"{self.pipeline} revision {self.revision}"


class Stage(models.Model):
    """One stage of a pipeline, the same across renames because Azure's definition environment id stays.

    `conditions` is Azure's list for the newest revision; `headline` marks the one stage that overview, differences and
    delivery metrics count.
    """

    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="stages")
    definition_environment_id = models.IntegerField()
    name = models.CharField(max_length=400)
    rank = models.IntegerField(default=0)
    is_production = models.BooleanField(default=False)
    headline = models.BooleanField(default=False)
    conditions = models.JSONField(default=list, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "definition_environment_id"], name="stage_once"),
            models.UniqueConstraint(fields=["pipeline"], condition=Q(headline=True), name="one_headline_per_pipeline"),
        ]

    def __str__(self) -> str:
        return self.name


class Trigger(models.Model):
    """One trigger of a pipeline's newest revision; `settings` is Azure's JSON of it."""

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="triggers")
    kind = models.CharField(max_length=16, choices=choices.of(TriggerKind))
    ordinal = models.PositiveSmallIntegerField()
    alias = models.CharField(max_length=256, blank=True)
    settings = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pipeline", "kind", "ordinal"], name="trigger_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.alias}".strip()


class ArtifactRule(models.Model):
    """Decides what role an artifact has. The first rule by `priority` whose patterns all match wins.

    Patterns are regular expressions, matched anywhere and without regard to case; an empty one matches everything.
    Rules without a project hold for every project, after the project's own. `changed_by` is who wrote it last.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="artifact_rules")
    priority = models.PositiveSmallIntegerField(default=100)
    type_pattern = models.CharField(max_length=200, blank=True)
    name_pattern = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=8, choices=choices.of(ArtifactRole))
    changed_by = models.ForeignKey("releases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [choices.only("role", ArtifactRole, name="artifact_rule_role_known")]

    def __str__(self) -> str:
        return f"{self.type_pattern or 'any type'}, {self.name_pattern or 'any name'}: {self.role}"


class RoleUpdate(models.Model):
    """Stored artifacts are to get the roles that the rules give them now; a task does it, slice by slice.

    `done_to` is the id of the last artifact looked at; `read` and `changed` count what was. At most one is open: rules
    that change meanwhile begin it anew.
    """

    asked_by = models.ForeignKey("releases.User", on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    done_to = models.BigIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    is_open = models.BooleanField(default=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_open"], condition=Q(is_open=True), name="one_open_role_update"),
            models.CheckConstraint(
                condition=Q(is_open=True, finished_at__isnull=True) | Q(is_open=False, finished_at__isnull=False),
                name="role_update_finished_or_open",
            ),
        ]

    def __str__(self) -> str:
        return f"roles, asked {self.asked_at:%Y-%m-%d %H:%M}"
