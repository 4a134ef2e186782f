"""The trail: an append-only hash chain and, apart from it, the personal values it commits to.

Written only by `releases.audit`. Triggers of the database refuse every change and removal.
"""

from django.db import models


class AuditEvent(models.Model):
    """One event of the chain. `body` is canonical JSON and is what the hashes cover.

    The columns after `link` are an index derived from the body and can be rebuilt.
    """

    seq = models.BigIntegerField(primary_key=True)
    body = models.TextField()
    leaf = models.BinaryField(max_length=32)
    prev = models.BinaryField(max_length=32, unique=True)
    link = models.BinaryField(max_length=32, unique=True)
    ts = models.DateTimeField()
    type = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8)
    project_id = models.BigIntegerField(null=True)
    object_kind = models.CharField(max_length=32, blank=True)
    object_id = models.CharField(max_length=300, blank=True)
    actor_ref = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["type", "seq"], name="audit_by_type"),
            models.Index(fields=["object_kind", "object_id", "seq"], name="audit_by_object"),
            models.Index(fields=["project_id", "seq"], name="audit_by_project"),
            models.Index(fields=["project_id", "type", "seq"], name="audit_by_project_type"),
            models.Index(fields=["actor_ref", "seq"], name="audit_by_actor"),
            models.Index(fields=["outcome", "seq"], name="audit_by_outcome"),
            models.Index(fields=["ts", "seq"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"


class AuditPrivate(models.Model):
    """One personal value an event commits to by a salted hash. Deleting it erases the person, not the event."""

    seq = models.BigIntegerField()
    field = models.CharField(max_length=64)
    salt = models.BinaryField(max_length=16)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seq", "field"], name="audit_private_once")]

    def __str__(self) -> str:
        return f"{self.seq} {self.field}"
