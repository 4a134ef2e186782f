"""Sync: how far each feed is read, what each run did, what is known to be missing, what could not be read."""

from django.db import models

from releases.models import choices
from releases.models.catalog import Project, Workspace
from releases.states import Depth, SyncRunState


class SyncRun(models.Model):
    """One run of one feed for one project or workspace, with its figures. `expected`: the source's count, if known."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="sync_runs")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, related_name="sync_runs")
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=10, choices=choices.of(SyncRunState), default=SyncRunState.RUNNING)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expected = models.PositiveIntegerField(null=True)
    read = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    rows_written = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    retries = models.PositiveIntegerField(default=0)
    set_aside = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=32, blank=True)
    sentence = models.TextField(blank=True)

    class Meta:
        constraints = [choices.only("state", SyncRunState, name="sync_run_state_known")]
        indexes = [
            models.Index(fields=["project", "kind", "-started_at"], name="sync_run_newest"),
            models.Index(fields=["workspace", "-started_at"], name="sync_run_workspace_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M:%S}"

    @property
    def natural_key(self) -> str:
        """Its name in the trail: whose feed, which kind, when it began."""
        whose = self.project.azure_id if self.project else self.workspace.name if self.workspace else ""
        return f"{whose}/{self.kind}/{self.started_at:%Y-%m-%dT%H:%M:%S.%fZ}"


class SyncManifest(models.Model):
    """One line of a run's manifest: what changed (`key`, e.g. `release:178`) and the SHA-256 of its source document."""

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="manifest", db_index=False)
    key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="manifest_line_once")]
        indexes = [models.Index(fields=["key"], name="manifest_by_key")]

    def __str__(self) -> str:
        return self.key


class Watermark(models.Model):
    """How far one feed is read, in Azure's own time and tokens, never by our clock.

    `cursor` is where an interrupted pass goes on; `value` moves only after a pass reached its end. Whoever reads the
    feed holds its lease (`leased_by` until `leased_until`, by the database's clock). After `failures` in a row nobody
    tries before `due_at`. `looked_at`: everything that changed before it is read (the database's time at which the last
    look began that came to its end); `hindered_by`: what has kept us from looking since.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="watermarks")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, related_name="watermarks")
    feed = models.CharField(max_length=64)
    value = models.DateTimeField(null=True)
    cursor = models.JSONField(default=dict)
    completed_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=200, blank=True)
    leased_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    hindered_by = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "feed"], name="project_watermark_once"),
            models.UniqueConstraint(fields=["workspace", "feed"], name="workspace_watermark_once"),
        ]

    def __str__(self) -> str:
        return self.feed


class SyncGap(models.Model):
    """A stretch of a feed that is known to be missing. Filled ones are kept: a gap is never silently bridged.

    `feed` says of what: changes that nobody looked for (by the database's clock), or releases of the history (by their
    creation in Azure). `gap_until` None: it still grows. `reason`: the sentences of all that kept us.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="sync_gaps")
    feed = models.CharField(max_length=64)
    gap_from = models.DateTimeField()
    gap_until = models.DateTimeField(null=True)
    reason = models.TextField()
    filled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "feed", "gap_from"], name="sync_gap_once"),
            models.CheckConstraint(
                condition=models.Q(filled_at=None) | models.Q(gap_until__isnull=False), name="sync_gap_filled_has_end"
            ),
        ]

    def __str__(self) -> str:
        until = f"{self.gap_until:%Y-%m-%d %H:%M}" if self.gap_until else "now"
        return f"{self.feed} {self.gap_from:%Y-%m-%d %H:%M} to {until}"


class SetAside(models.Model):
    """One answer, or one item of one, that could not be read, with why; the rest of its page went on."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="set_aside")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, related_name="set_aside")
    key = models.CharField(max_length=200)
    reason = models.TextField()
    document = models.BinaryField(default=bytes)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="project_set_aside_once"),
            models.UniqueConstraint(fields=["workspace", "key"], name="workspace_set_aside_once"),
        ]

    def __str__(self) -> str:
        return self.key


class SourceDocument(models.Model):
    """Azure's own JSON of one thing as last read at one depth, secrets masked, compressed with Zstandard."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="documents", db_index=False)
    key = models.CharField(max_length=200)
    depth = models.CharField(max_length=8, choices=choices.of(Depth))
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "key", "depth"], name="source_document_once")]

    def __str__(self) -> str:
        return self.key
