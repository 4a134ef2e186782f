"""Sync runs: what a run read and changed, as one row with figures and a manifest. Called by whatever syncs.

A run outlives the process that began it: whoever goes on with the feed goes on with its run. A run that changed
something ends with one audit event that holds the SHA-256 of its manifest (decision 4).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from releases import audit
from releases.audit.chain import JSON
from releases.errors import AzureError
from releases.models import Project, SyncManifest, SyncRun, Workspace
from releases.states import SyncRunState
from releases.sync.mapping.tables import table
from releases.sync.store import writing

UNCHANGED_RUNS_KEPT = timedelta(days=2)
_MANIFEST = table(SyncManifest, "run_id key sha256")


@dataclass
class Run:
    """One run and its figures. Every `add` belongs into the transaction that stored what it counts."""

    row: SyncRun

    @property
    def is_over(self) -> bool:
        """Whether it ended; what comes next belongs to another run."""
        return self.row.finished_at is not None

    def add(
        self,
        *,
        read: int = 0,
        changed: int = 0,
        rows_written: int = 0,
        set_aside: int = 0,
        manifest: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Count what was stored just now and note its manifest lines."""
        self.row.read += read
        self.row.changed += changed
        self.row.rows_written += rows_written
        self.row.set_aside += set_aside
        lines = [[self.row.pk, key, digest] for key, digest in dict(manifest).items()]
        writing.upsert(_MANIFEST, lines, key=("run_id", "key"))
        self._beat("read", "changed", "rows_written", "set_aside")

    def asked(self, requests: int) -> None:
        """Count requests to Azure; stored with the next figures."""
        self.row.requests += requests

    def retried(self, error: AzureError) -> None:
        """Note that the same thing is asked again, and why."""
        self.row.retries += 1
        self.row.code, self.row.sentence = error.code, error.sentence
        self._beat("retries", "code", "sentence")

    def waits(self, sentence: str, *, code: str) -> None:
        """Say what the run waits for; it goes on by itself."""
        self.row.code, self.row.sentence = code, sentence
        self._beat("code", "sentence")

    def expects(self, count: int) -> None:
        """How many things this run will read in all, as far as Azure lets us know."""
        self.row.expected = count
        self._beat("expected")

    def succeed(self, sentence: str = "") -> None:
        """The feed was read to its end."""
        self._end(SyncRunState.SUCCEEDED, code="", sentence=sentence)

    def fail(self, error: AzureError) -> None:
        """Given up after retries; a later run goes on from the same place."""
        self._end(SyncRunState.FAILED, code=error.code, sentence=error.sentence)

    def pause(self, error: AzureError) -> None:
        """Waits for a person: a credential, a permission."""
        self._end(SyncRunState.PAUSED, code=error.code, sentence=error.sentence)

    def stop(self, sentence: str) -> None:
        """Interrupted on purpose; the next run goes on from the same place."""
        self._end(SyncRunState.STOPPED, code="stopped", sentence=sentence)

    def _beat(self, *fields: str) -> None:
        self.row.heartbeat_at = timezone.now()
        self.row.save(update_fields=["heartbeat_at", "requests", *fields])

    def _end(self, state: SyncRunState, *, code: str, sentence: str) -> None:
        with transaction.atomic():
            self.row.state, self.row.code, self.row.sentence = state.value, code, sentence
            self.row.finished_at = timezone.now()
            self._beat("state", "code", "sentence", "finished_at")
            digest, lines = manifest_digest(self.row)
            if lines:
                self._tell(digest, lines)

    def _tell(self, digest: str, lines: int) -> None:
        """The audit event; the last statement of its transaction."""
        figures: JSON = {"lines": lines, "read": self.row.read, "rows_written": self.row.rows_written}
        audit.append(
            "sync.run",
            by=audit.System("sync"),
            outcome="ok" if self.row.state == SyncRunState.SUCCEEDED else "error",
            project=self.row.project,
            object=("sync_run", self.row.natural_key),
            evidence=[("manifest", digest)],
            more={"figures": figures},
        )


def manifest_digest(row: SyncRun) -> tuple[str, int]:
    """SHA-256 over the run's manifest (`key`, blank, `sha256`, newline; sorted by key) and its number of lines."""
    digest, lines = sha256(), 0
    for key, line in _manifest_in_order(row):
        digest.update(f"{key} {line}\n".encode())
        lines += 1
    return digest.hexdigest(), lines


def _manifest_in_order(row: SyncRun) -> Iterator[tuple[str, str]]:
    """Sorted here and not by the database: collations differ."""
    yield from sorted(row.manifest.values_list("key", "sha256"))


def go_on(kind: str, *, project: Project | None = None, workspace: Workspace | None = None) -> Run:
    """The running run of this kind, which a stopped worker may have begun, or a new one."""
    rows = SyncRun.objects.filter(kind=kind, project=project, workspace=workspace, state=SyncRunState.RUNNING)
    row = rows.order_by("-started_at").first()
    if row is None:
        now = timezone.now()
        row = SyncRun.objects.create(kind=kind, project=project, workspace=workspace, started_at=now, heartbeat_at=now)
    return Run(row)


def running(project: Project, *kinds: str) -> list[SyncRun]:
    """The project's runs that have not ended, of these kinds or of all."""
    rows = SyncRun.objects.filter(project=project, state=SyncRunState.RUNNING)
    return list(rows.filter(kind__in=kinds) if kinds else rows)


def forget_unchanged(project: Project, *, now: datetime) -> int:
    """Remove the rows of old runs that found nothing new and went well; returns how many."""
    old = SyncRun.objects.filter(
        project=project,
        state=SyncRunState.SUCCEEDED,
        changed=0,
        set_aside=0,
        retries=0,
        manifest__isnull=True,
        finished_at__lt=now - UNCHANGED_RUNS_KEPT,
    )
    return old.delete()[0]


@contextmanager
def recorded(kind: str, *, workspace: Workspace) -> Iterator[Run]:
    """A run around a piece of work that is done at once; an AzureError fails it and goes on to the caller."""
    run = go_on(kind, workspace=workspace)
    try:
        yield run
    except AzureError as error:
        run.fail(error)
        raise
    run.succeed()
