"""Reads one compute and stores it at once, as a run of its own. Called by delivery and `manage.py ensure_cluster`.

So the Clusters page is right the moment a command says Confirmed, and what was read has its line in a manifest
(decisions 4, 18).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from releases.azure.answers import ComputeAnswer, Item
from releases.azure.ml import MachineLearning
from releases.errors import NotThere
from releases.models import Cluster, SyncRun, Workspace
from releases.sync.registry.writing import Written
from releases.sync.runs import Run
from releases.sync.serving import writing
from releases.sync.workspace_turns import access

KIND = "read_cluster"
LONGEST_WORDS = 1000


@dataclass(frozen=True)
class ClusterRead:
    """The row as Azure ML shows the compute now, and what it says went wrong with it (empty: nothing)."""

    row: Cluster
    error: str = ""


@contextmanager
def opened(workspace: Workspace, *, seconds: float, guard: Callable[[], None]) -> Iterator[MachineLearning]:
    """The workspace's client. `seconds` bound each exchange; `guard` runs right before each request leaves."""
    learning = MachineLearning(access(workspace, total_seconds=seconds))
    with learning.guarded(guard):
        yield learning


def read_cluster(workspace: Workspace, name: str, *, learning: MachineLearning) -> ClusterRead | None:
    """The compute as Azure ML shows it now; None when there is none of that name. Raises AzureError."""
    asked_at = timezone.now()
    try:
        item = learning.compute(name)
    except NotThere:
        return None
    return ClusterRead(_keep(workspace, item, asked_at=asked_at), _error(item.value))


def _keep(workspace: Workspace, item: Item[ComputeAnswer], *, asked_at: datetime) -> Cluster:
    """Store it unless a later answer is stored; a run with its event where something changed."""
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        name = item.value.name[:260]
        held = Cluster.objects.filter(workspace=workspace, name__iexact=name).first()
        if held is not None and held.changed_at > asked_at:
            return held
        written = Written(read=1)
        row = writing.store_cluster(workspace, item, held, written, now=asked_at)
        if written.rows:
            started = SyncRun.objects.create(
                kind=KIND, workspace=workspace, started_at=asked_at, heartbeat_at=timezone.now()
            )
            run = Run(started)
            run.asked(1)
            run.add(read=1, changed=1, rows_written=written.rows, manifest=written.manifest)
            run.succeed()
        return row


def _error(answer: ComputeAnswer) -> str:
    """Azure's own words for what went wrong, of each error the innermost message."""
    told = [_message(one.get("error", one)) for one in answer.properties.provisioning_errors]
    return " ".join(words for words in told if words)[:LONGEST_WORDS]


def _message(error: Any) -> str:
    if not isinstance(error, dict):
        return ""
    message, code = error.get("message"), error.get("code")
    return str(message or code or "").replace("\0", "\u2400").strip()
