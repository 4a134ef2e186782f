"""Serving: what Azure ML's endpoints really serve, over time, and which stage each belongs to.

Written by `releases.sync.serving`; a binding also by an administrator through `releases.actions`. `changed_at` is when
we last wrote a row, `gone_at` when Azure ML was first seen without it.
"""

from django.db import models
from django.db.models import F, Q

from releases.models import choices
from releases.models.catalog import Project, Stage, Workspace
from releases.models.live import LiveSpan
from releases.models.people import User
from releases.models.registry import ModelVersion
from releases.states import BindingOrigin, ServingState


class Cluster(models.Model):
    """One compute of a workspace. `kind` is Azure's computeType; services on the legacy kind `AKS` are not seen."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="clusters")
    name = models.CharField(max_length=260)
    kind = models.CharField(max_length=60)
    description = models.TextField(blank=True)
    resource_id = models.CharField(max_length=1000, blank=True)
    namespace = models.CharField(max_length=260, blank=True)
    location = models.CharField(max_length=64, blank=True)
    provisioning_state = models.CharField(max_length=32, blank=True)
    size = models.CharField(max_length=100, blank=True)
    nodes = models.PositiveIntegerField(null=True)
    fewest_nodes = models.PositiveIntegerField(null=True)
    most_nodes = models.PositiveIntegerField(null=True)
    is_attached = models.BooleanField(null=True)
    created_on = models.DateTimeField(null=True)
    modified_on = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="cluster_once")]

    def __str__(self) -> str:
        return self.name


class Endpoint(models.Model):
    """One online endpoint. `traffic` and `mirror_traffic` are percent by deployment name, zeroes included."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="endpoints")
    name = models.CharField(max_length=260)
    kind = models.CharField(max_length=32, blank=True)
    cluster = models.ForeignKey(Cluster, on_delete=models.SET_NULL, null=True, related_name="endpoints")
    compute_name = models.CharField(max_length=260, blank=True)
    description = models.TextField(blank=True)
    scoring_uri = models.CharField(max_length=1000, blank=True)
    auth_mode = models.CharField(max_length=32, blank=True)
    provisioning_state = models.CharField(max_length=32, blank=True)
    traffic = models.JSONField(default=dict)
    mirror_traffic = models.JSONField(default=dict)
    tags = models.JSONField(default=dict)
    properties = models.JSONField(default=dict)
    created_on = models.DateTimeField(null=True)
    modified_on = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="endpoint_once")]

    def __str__(self) -> str:
        return self.name


class EndpointDeployment(models.Model):
    """One deployment behind an endpoint, as it is configured. `model_source` is Azure's own words for its model.

    `settings` holds what Azure reports of scaling, resources, time-outs and concurrency, under our names and in plain
    units (`releases.sync.serving.mapping`); what Azure does not report is absent.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, db_index=False, related_name="deployments")
    name = models.CharField(max_length=260)
    model_source = models.CharField(max_length=1000, blank=True)
    model_name = models.CharField(max_length=260, blank=True)
    model_number = models.CharField(max_length=60, blank=True)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.SET_NULL, null=True, related_name="served_by")
    provisioning_state = models.CharField(max_length=32, blank=True)
    instance_type = models.CharField(max_length=100, blank=True)
    instance_count = models.PositiveIntegerField(null=True)
    settings = models.JSONField(default=dict)
    tags = models.JSONField(default=dict)
    created_on = models.DateTimeField(null=True)
    modified_on = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "name"], name="endpoint_deployment_once")]

    def __str__(self) -> str:
        return f"{self.endpoint}/{self.name}"


class EndpointCheck(models.Model):
    """What one endpoint was seen to serve, from the first look that saw it until the last one; open means still.

    `served` lists what has traffic, greatest share first: `{"deployment", "model", "version", "percent"}`. A look that
    sees the same writes no row. `since` is Azure's own time of the change where it lies between the look before and
    `seen_from`, else it is `seen_from`: what was served between the two looks is then not known.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, db_index=False, related_name="checks")
    seen_from = models.DateTimeField()
    seen_until = models.DateTimeField(null=True)
    since = models.DateTimeField()
    state = models.CharField(max_length=12, choices=choices.of(ServingState))
    served = models.JSONField(default=list)
    sentence = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "seen_from"], name="endpoint_check_once"),
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(seen_until__isnull=True), name="one_open_endpoint_check"
            ),
            models.CheckConstraint(
                condition=Q(seen_until__isnull=True) | Q(seen_until__gte=F("seen_from")), name="endpoint_check_forward"
            ),
            choices.only("state", ServingState, name="endpoint_check_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.state} from {self.seen_from:%Y-%m-%d %H:%M}"


class EndpointRule(models.Model):
    """Says by names which endpoint serves which stages. The first by `priority` whose patterns all match wins.

    Patterns are as of `ArtifactRule`; in `endpoint_pattern` `{pipeline}` and `{stage}` stand for the stage's own names.
    Rules without a project hold for every project, after the project's own. `changed_by` is who wrote it last.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="endpoint_rules")
    priority = models.PositiveSmallIntegerField(default=100)
    pipeline_pattern = models.CharField(max_length=200, blank=True)
    stage_pattern = models.CharField(max_length=200, blank=True)
    endpoint_pattern = models.CharField(max_length=200)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return (
            f"{self.pipeline_pattern or 'any pipeline'}, {self.stage_pattern or 'any stage'}: {self.endpoint_pattern}"
        )


class StageBinding(models.Model):
    """Where one stage's deployments are served, and how that is known (`origin`, `sentence`).

    An endpoint, or the legacy cluster whose web services Azure's current interface does not show: then what is served
    is unknown, never nothing. One that a person decided is never changed by sync.
    """

    stage = models.OneToOneField(Stage, on_delete=models.CASCADE, related_name="binding")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, null=True, related_name="bindings")
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, null=True, related_name="bindings")
    origin = models.CharField(max_length=12, choices=choices.of(BindingOrigin))
    sentence = models.CharField(max_length=400, blank=True)
    bound_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    bound_at = models.DateTimeField()

    class Meta:
        constraints = [
            choices.only("origin", BindingOrigin, name="stage_binding_origin_known"),
            models.CheckConstraint(
                condition=Q(endpoint__isnull=True) | Q(cluster__isnull=True), name="stage_binding_one_place"
            ),
            models.CheckConstraint(
                condition=Q(origin=BindingOrigin.PERSON, bound_by__isnull=False)
                | (~Q(origin=BindingOrigin.PERSON) & Q(bound_by__isnull=True)),
                name="stage_binding_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} on {self.endpoint or self.cluster or 'nothing'}"


class Drift(models.Model):
    """One time in which a stage's endpoint served something else than the release that was live there had deployed.

    From (inclusive) until (exclusive); open means now. `served` is as of `EndpointCheck`, `deployed` the model versions
    of the release: `{"model", "version"}`. `ended_by` says what made it end, as far as that is known.
    """

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, db_index=False, related_name="drifts")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="drifts")
    span = models.ForeignKey(LiveSpan, on_delete=models.CASCADE, related_name="drifts")
    drift_from = models.DateTimeField()
    drift_until = models.DateTimeField(null=True)
    served = models.JSONField(default=list)
    deployed = models.JSONField(default=list)
    ended_by = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage"], condition=Q(drift_until__isnull=True), name="one_open_drift"),
            models.CheckConstraint(
                condition=Q(drift_until__isnull=True) | Q(drift_until__gte=F("drift_from")), name="drift_forward"
            ),
        ]
        indexes = [models.Index(fields=["stage", "-drift_from"], name="drift_as_of")]

    def __str__(self) -> str:
        return f"{self.stage} drifts from {self.drift_from:%Y-%m-%d %H:%M}"


class HealthSample(models.Model):
    """How one deployment of an endpoint did in one stretch of `minutes` from `at`, as Azure Monitor reports it.

    Requests per minute, the 95th percentile of latency in milliseconds, the share of requests that failed (0 to 1).
    What Azure did not report is empty, which pages call "no data".
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, db_index=False, related_name="health")
    deployment = models.CharField(max_length=260)
    at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    requests_per_minute = models.FloatField(null=True)
    latency_p95 = models.FloatField(null=True)
    error_share = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "deployment", "at"], name="health_sample_once")]
        indexes = [
            models.Index(fields=["endpoint", "-at"], name="health_sample_newest"),
            models.Index(fields=["-at", "-id"], name="health_sample_page"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint}/{self.deployment} at {self.at:%Y-%m-%d %H:%M}"
