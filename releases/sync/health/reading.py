"""One turn of reading the health of a workspace: which quarter hours are due, ask, store. Used by the package.

The cursor says, by the endpoint's name, until when it is read (`until`), and where Azure refused it with the sentence
(`refused`) and when that was (`refused_at`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from django.db import transaction

from releases.azure.monitor import Monitoring
from releases.errors import AzureRefused, CredentialRefused
from releases.models import Endpoint, HealthSample, Watermark, Workspace
from releases.queries.health import FEED, KEPT
from releases.sync import watermarks
from releases.sync.health.samples import MINUTES, samples_of
from releases.sync.runs import Run
from releases.sync.watermarks import Lease

STEP = timedelta(minutes=MINUTES)
SETTLES = timedelta(minutes=4)
"""Figures of a quarter hour are complete so long after its end."""
FIRST_LOOK = timedelta(hours=48)
"""The first read goes so far back, so that the last day has one to stand beside."""
LONGEST_ASKED = timedelta(days=7)
REFUSED_AGAIN = timedelta(hours=1)
FIGURES = ("minutes", "requests_per_minute", "latency_p95", "error_share")
FORGOTTEN_AT_ONCE = 5000


def ready_until(now: datetime) -> datetime:
    """The end of the newest quarter hour whose figures are complete."""
    seconds = int((now - SETTLES).timestamp())
    return datetime.fromtimestamp(seconds - seconds % int(STEP.total_seconds()), UTC)


def is_due(workspace: Workspace, *, now: datetime) -> bool:
    """Whether anything was not read yet. Two queries; asked with every tick."""
    mark = Watermark.objects.filter(workspace=workspace, feed=FEED).first()
    return bool(_waiting(workspace, mark.cursor if mark else {}, now=now))


@dataclass
class Turn:
    """One turn, until `until` (monotonic seconds)."""

    workspace: Workspace
    monitoring: Monitoring
    run: Run
    lease: Lease
    now: datetime
    until: float

    def read(self) -> bool:
        """Read what is due, those unread longest first; False when the time was up before the end."""
        waiting = _waiting(self.workspace, self.lease.mark.cursor, now=self.now)
        for number, endpoint in enumerate(waiting):
            if number and monotonic() > self.until:
                return False
            self._read(endpoint)
        return True

    def forget_old(self) -> None:
        """Remove samples that are past their time, a few thousand at a turn."""
        old = HealthSample.objects.filter(endpoint__workspace=self.workspace, at__lt=self.now - KEPT)
        HealthSample.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])).delete()

    def _read(self, endpoint: Endpoint) -> None:
        start = _read_until(self.lease.mark.cursor, endpoint) or self.now - FIRST_LOOK
        start = max(start, self.now - LONGEST_ASKED)
        until = ready_until(self.now)
        try:
            self.run.asked(2)
            requests = self.monitoring.requests(endpoint.name, start=start, until=until)
            latency = self.monitoring.latency(endpoint.name, start=start, until=until)
        except CredentialRefused:
            raise
        except AzureRefused as error:  # a permission, an endpoint that is gone by now, a metric it does not have
            self._note_refusal(endpoint, error.sentence)
            return
        self._store(endpoint, samples_of(endpoint.pk, requests, latency), until=until)

    def _store(self, endpoint: Endpoint, samples: Sequence[HealthSample], *, until: datetime) -> None:
        with transaction.atomic():
            self.lease.keep()
            HealthSample.objects.bulk_create(
                samples,
                batch_size=500,
                update_conflicts=True,
                unique_fields=["endpoint", "deployment", "at"],
                update_fields=list(FIGURES),
            )
            for part in ("refused", "refused_at"):
                self._part(part).pop(endpoint.name, None)
            self._part("until")[endpoint.name] = until.isoformat()
            watermarks.save(self.lease.mark)
            self.run.add(read=len(samples), rows_written=len(samples))

    def _note_refusal(self, endpoint: Endpoint, sentence: str) -> None:
        with transaction.atomic():
            self.lease.keep()
            self._part("refused")[endpoint.name] = sentence
            self._part("refused_at")[endpoint.name] = self.now.isoformat()
            watermarks.save(self.lease.mark)

    def _part(self, name: str) -> dict[str, Any]:
        part: dict[str, Any] = self.lease.mark.cursor.setdefault(name, {})
        return part


def _waiting(workspace: Workspace, cursor: dict[str, Any], *, now: datetime) -> list[Endpoint]:
    """The endpoints with quarter hours to read, those unread longest first; refused ones rest for an hour."""
    ready, never = ready_until(now), datetime.fromtimestamp(0, UTC)
    rows = Endpoint.objects.filter(workspace=workspace, gone_at=None).order_by("name")
    due = [row for row in rows if (_read_until(cursor, row) or never) < ready and not _rests(cursor, row, now=now)]
    return sorted(due, key=lambda row: _read_until(cursor, row) or never)


def _read_until(cursor: dict[str, Any], endpoint: Endpoint) -> datetime | None:
    text = cursor.get("until", {}).get(endpoint.name)
    return datetime.fromisoformat(text) if text else None


def _rests(cursor: dict[str, Any], endpoint: Endpoint, *, now: datetime) -> bool:
    text = cursor.get("refused_at", {}).get(endpoint.name)
    return bool(text) and now - datetime.fromisoformat(text) < REFUSED_AGAIN
