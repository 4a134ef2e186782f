"""Logs of steps as kept. Written by `releases.sync.logs`, read by `releases.queries.logs`."""

from threading import local

import zstandard
from django.db import models
from django.db.models import Q

from releases.models.catalog import Project
from releases.models.history import Step

_packers = local()


class StepLog(models.Model):
    """What is known of one step's log, and what was kept of it in `parts`.

    `line_count` and `received_bytes` are of what Azure sent; `head_lines` of them stand before what was left out of a
    log that is too large (0: nothing was). `received_sha256` is of Azure's bytes, `kept_sha256` of the text as it can
    be downloaded, secrets masked. `ended_on` is when the step ended. One that could not be had says why in `reason` and
    is asked for again at `retry_at`; one that is gone is not. `ends_in_key`: the last line of one that grows is within
    a private key, so that what follows is masked too.
    """

    class State(models.TextChoices):
        GROWING = "growing"
        KEPT = "kept"
        MISSING = "missing"
        GONE = "gone"

    step = models.OneToOneField(Step, on_delete=models.CASCADE, related_name="log")
    project = models.ForeignKey(Project, models.CASCADE, db_index=False, related_name="step_logs")
    state = models.CharField(max_length=8, choices=State.choices)
    reason = models.TextField(blank=True)
    ended_on = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    line_count = models.PositiveIntegerField(default=0)
    head_lines = models.PositiveIntegerField(default=0)
    left_out_lines = models.PositiveIntegerField(default=0)
    left_out_bytes = models.BigIntegerField(default=0)
    received_bytes = models.BigIntegerField(default=0)
    kept_bytes = models.PositiveIntegerField(default=0)
    received_sha256 = models.CharField(max_length=64, blank=True)
    kept_sha256 = models.CharField(max_length=64, blank=True)
    first_failing_line = models.PositiveIntegerField(null=True)
    ends_in_key = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="kept") | ~Q(kept_sha256="") & Q(retry_at=None), name="step_log_kept_has_hash"
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "-ended_on", "-id"],
                name="step_log_missing",
                condition=Q(state="missing") | Q(state="gone"),
            ),
            models.Index(fields=["project", "retry_at"], name="step_log_retry", condition=Q(retry_at__isnull=False)),
            models.Index(fields=["project", "-id"], name="step_log_newest"),
        ]

    def __str__(self) -> str:
        return f"log of {self.step}"

    @property
    def was_cut(self) -> bool:
        """Whether its middle was left out because it is too large."""
        return self.left_out_lines > 0


class StepLogPart(models.Model):
    """Some following lines of a log, compressed with Zstandard; each line of `text` ends with a newline.

    `plain_body` is the same as a page shows it, for the search; None where that is no different.
    """

    log = models.ForeignKey(StepLog, on_delete=models.CASCADE, db_index=False, related_name="parts")
    first_line = models.PositiveIntegerField()
    line_count = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    body = models.BinaryField()
    plain_body = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "first_line"], name="step_log_part_once")]

    def __str__(self) -> str:
        return f"{self.log_id} from line {self.first_line}"

    @property
    def text(self) -> str:
        """Its lines."""
        return unpacked(self.body)


def packed(text: bytes) -> bytes:
    """Text in Zstandard, level 3: a tenth of its size, at 200 MB a second."""
    packer = getattr(_packers, "packer", None)
    if packer is None:
        packer = _packers.packer = zstandard.ZstdCompressor(level=3)
    result: bytes = packer.compress(text)
    return result


def unpacked(body: bytes | memoryview) -> str:
    """The text again."""
    unpacker = getattr(_packers, "unpacker", None)
    if unpacker is None:
        unpacker = _packers.unpacker = zstandard.ZstdDecompressor()
    text: bytes = unpacker.decompress(bytes(body))
    return text.decode()
