"""Reads one release, or one pipeline, in full and stores it at once, as a run of its own. Called by delivery, before
and after it sends, and by the inquiry of what a new release may be made of.

So a page is right the moment a command says Confirmed, and what was read has its line in a manifest (decisions 4, 18).
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from releases.azure.answers import DefinitionAnswer, Item, ReleaseAnswer
from releases.errors import NotThere
from releases.models import Pipeline, Project, Release, SyncRun
from releases.sync import catalog, set_aside, store
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


def read_back_pipeline(project: Project, azure_id: int, *, calls: Calls) -> Pipeline | None:
    """The pipeline as Azure shows it now, or None when Azure has it no longer (ours stays, marked gone).

    Raises AzureError when Azure does not tell.
    """
    asked_at = calls.asked_at()
    try:
        item = calls.here().definition(project.azure_id, azure_id)
    except NotThere:
        Pipeline.objects.filter(project=project, azure_id=azure_id, gone_at=None).update(gone_at=timezone.now())
        return None
    _keep_pipeline(project, item, asked_at=asked_at)
    return Pipeline.objects.select_related("project__organization").get(project=project, azure_id=azure_id)


def _keep_pipeline(project: Project, item: Item[DefinitionAnswer], *, asked_at: datetime) -> None:
    """Store it unless a newer revision is stored already; a run with its event where something changed."""
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        newer = Pipeline.objects.filter(project=project, azure_id=item.value.id, revision__gt=item.value.revision)
        if newer.exists():
            return
        written = catalog.store_definition(project, item, now=asked_at)
        if not written:
            return
        run = _run(project, asked_at=asked_at)
        line = (f"definition:{item.value.id}", catalog.document_hash(item))
        run.add(read=1, changed=1, rows_written=written, manifest=[line])
        run.succeed()


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
        run = _run(project, asked_at=asked_at)
        run.add(
            read=1,
            changed=stored.changed,
            rows_written=stored.rows_written,
            set_aside=len(stored.set_aside),
            manifest=stored.manifest,
        )
        run.succeed()


def _run(project: Project, *, asked_at: datetime) -> Run:
    row = SyncRun.objects.create(kind=KIND, project=project, started_at=asked_at, heartbeat_at=timezone.now())
    run = Run(row)
    run.asked(1)
    return run
