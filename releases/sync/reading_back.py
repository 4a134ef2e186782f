"""Reads one release in full and stores it at once, as a run of its own. Called by delivery, before and after it sends.

So a page is right the moment a command says Confirmed, and what was read has its line in a manifest (decisions 4, 18).
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from releases.azure.answers import Item, ReleaseAnswer
from releases.errors import NotThere
from releases.models import Project, Release, SyncRun
from releases.sync import set_aside, store
from releases.sync.connections import Calls
from releases.sync.runs import Run

KIND = "read_back"


def read_back(project: Project, azure_id: int, *, calls: Calls) -> Release | None:
    """The release as Azure shows it now, or None when Azure has it no longer (ours stays, marked gone).

    Raises AzureError when Azure does not tell.
    """
    asked_at = calls.asked_at()
    try:
        item = calls.here().release(project.azure_id, azure_id)
    except NotThere:
        Release.objects.filter(project=project, azure_id=azure_id, gone_at=None).update(
            gone_at=timezone.now(), is_unfinished=False
        )
        return None
    _keep(project, item, asked_at=asked_at)
    return Release.objects.select_related("project__organization", "pipeline").get(project=project, azure_id=azure_id)


def _keep(project: Project, item: Item[ReleaseAnswer], *, asked_at: datetime) -> None:
    """Store it unless a later answer is stored already; a run with its event where something changed."""
    with transaction.atomic():
        rows = Release.objects.filter(project=project, azure_id=item.value.id).select_for_update(no_key=True)
        held = rows.values_list("changed_at", "gone_at", "detailed_sha256").first()
        if held is not None and held[0] > asked_at:
            return
        hashes = {} if held is None else {item.value.id: "" if held[1] else held[2]}
        stored = store.store_detailed(project, [item], now=asked_at, held=hashes)
        if held is not None and held[1] is not None:
            rows.update(gone_at=None)
        if stored.set_aside:
            set_aside.note(project, stored.set_aside, now=asked_at)
        if not stored.changed:
            return
        now = timezone.now()
        run = Run(SyncRun.objects.create(kind=KIND, project=project, started_at=asked_at, heartbeat_at=now))
        run.asked(1)
        run.add(
            read=1,
            changed=stored.changed,
            rows_written=stored.rows_written,
            set_aside=len(stored.set_aside),
            manifest=stored.manifest,
        )
        run.succeed()
