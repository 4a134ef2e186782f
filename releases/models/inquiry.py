"""Inquiries: what a page wants to know from Azure. Pages never call Azure; a task answers and the page polls."""

from uuid import uuid4

from django.db import models

from releases.models.people import User


class Inquiry(models.Model):
    """One question to Azure and its answer. Many viewers of the same question cost one call."""

    class State(models.TextChoices):
        ASKED = "asked"
        ANSWERING = "answering"
        ANSWERED = "answered"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=32)
    payload = models.JSONField(default=dict)
    asked_by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="inquiries")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    answer = models.JSONField(default=dict)
    claimed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "inquiries"
        indexes = [models.Index(fields=["state", "asked_at"], name="inquiry_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
