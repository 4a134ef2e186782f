"""What is proved about the trail: signed checkpoints, where copies of them lie, verifications, and legal holds.

Checkpoints and their copies are append-only, as events are: triggers of the database refuse every change.
"""

from django.db import models
from django.db.models import Q


class AuditCheckpoint(models.Model):
    """One signed statement of the first `size` events. `note` is the C2SP signed note, word for word.

    Written by `manage.py sign` only, whose key no other process reads. `root` and `key_id` repeat what the note says.
    """

    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    key_name = models.CharField(max_length=100)
    key_id = models.CharField(max_length=8)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["size"], name="checkpoint_by_size")]

    def __str__(self) -> str:
        return f"checkpoint of {self.size} events"


class AuditCheckpointCopy(models.Model):
    """One checkpoint was written to a place outside the database; `place` is the file or address."""

    checkpoint = models.ForeignKey(AuditCheckpoint, on_delete=models.PROTECT, related_name="copies")
    place = models.CharField(max_length=500)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "audit checkpoint copies"

    def __str__(self) -> str:
        return f"{self.checkpoint_id} at {self.place}"


class AuditVerification(models.Model):
    """One reading of the whole trail, or one refusal to sign it. The newest few are kept.

    Open while it is asked for or under way: `cursor` then holds how far it has come. `size` and `head` (a link in hex)
    are the end of what was read, `checkpoint_size` that of the newest checkpoint it was held against. `findings` are
    the first 50, each with `seq`, `field` and `sentence`; `found` counts all. `by` is `sign`, `audit`, `shell`, or the
    opaque name of the person who asked.
    """

    by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True)
    is_whole = models.BooleanField(null=True)
    size = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    checkpoint_size = models.BigIntegerField(null=True)
    events_after_checkpoint = models.BigIntegerField(default=0)
    findings = models.JSONField(default=list)
    found = models.PositiveIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    steps = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_open"], condition=Q(is_open=True), name="one_open_verification"),
            models.CheckConstraint(
                condition=Q(is_open=True, finished_at__isnull=True, is_whole__isnull=True)
                | Q(is_open=False, finished_at__isnull=False, is_whole__isnull=False),
                name="verification_finished_or_open",
            ),
        ]

    def __str__(self) -> str:
        return f"verification asked {self.asked_at:%Y-%m-%d %H:%M}"


class LegalHold(models.Model):
    """Personal values of one person must not be erased while this row is there; `ref` is their name in the trail."""

    ref = models.CharField(max_length=64, unique=True)
    reason = models.TextField()
    placed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"hold on {self.ref}"
