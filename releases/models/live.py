"""Live: what each stage ran, and when. Overview, as-of, trace and metrics read this one table."""

from django.db import models
from django.db.models import F, Q

from releases.models.catalog import Stage
from releases.models.history import Deployment, Release


class LiveSpan(models.Model):
    """One unbroken time in which one stage ran one release, from (inclusive) until (exclusive); open means now.

    `opened_by` is the attempt that put it live. `is_partial`: that attempt succeeded only partly. `uncertain_since`: a
    later attempt failed and may have changed the stage (decision 7).
    """

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, db_index=False, related_name="live_spans")
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="live_spans")
    opened_by = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="opened_spans")
    live_from = models.DateTimeField()
    live_until = models.DateTimeField(null=True)
    versions_hash = models.CharField(max_length=64, blank=True)
    is_partial = models.BooleanField(default=False)
    uncertain_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "opened_by"], name="live_span_once"),
            models.UniqueConstraint(fields=["stage"], condition=Q(live_until__isnull=True), name="one_open_span"),
            models.CheckConstraint(
                condition=Q(live_until__isnull=True) | Q(live_until__gte=F("live_from")),
                name="live_span_forward",
            ),
        ]
        indexes = [models.Index(fields=["stage", "-live_from"], name="live_span_as_of")]

    def __str__(self) -> str:
        return f"{self.stage} ran {self.release}"
