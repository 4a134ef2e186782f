"""Reads pipelines: one request tells which of them changed; only those are read. Called by both lines.

The history line reads what definitions are now, the details line their older revisions, which only explain triggers.
"""

from releases.azure.answers import DefinitionAnswer, Item, Page
from releases.errors import AzureUnreadable, NotThere
from releases.models import Pipeline
from releases.sync import catalog, watermarks
from releases.sync.passes.feeds import pages
from releases.sync.passes.pages import commit
from releases.sync.passes.work import Work

REVISIONS = "revisions"
OLDEST_REVISIONS_BACK = 200
"""Of a definition that was changed more often, only so many revisions are kept."""


def definitions(work: Work) -> None:
    """Store every definition that is new or changed and mark those that are gone."""
    devops, project = work.calls.here(), work.project.azure_id
    present: dict[int, tuple[int, str, str]] = {}
    is_blind = False

    def ask(token: str | None) -> Page[DefinitionAnswer]:
        return devops.definitions(project, token=token)

    for page, _ in pages(work, ask, to_the_end=True):
        present |= {one.id: (one.revision, one.name, one.path) for one in (item.value for item in page.items)}
        is_blind = is_blind or bool(page.malformed)
    for number in sorted(_changed(work, present)):
        _read(work, number)
    if present and not is_blind:
        now = work.calls.gate.look()
        commit(work, lambda: _count(work, catalog.mark_gone(work.project, present=list(present), now=now)))


def _changed(work: Work, present: dict[int, tuple[int, str, str]]) -> set[int]:
    rows = Pipeline.objects.filter(project=work.project, gone_at=None)
    held = {number: rest for number, *rest in rows.values_list("azure_id", "revision", "name", "path")}
    return {number for number, told in present.items() if held.get(number) != list(told)}


def _read(work: Work, number: int) -> None:
    asked_at = work.calls.asked_at()
    try:
        item = work.calls.here().definition(work.project.azure_id, number)
    except (NotThere, AzureUnreadable):  # deleted since the list, or not readable: releases name their pipeline too
        return

    def store() -> None:
        written = catalog.store_definition(work.project, item, now=asked_at)
        line = (f"definition:{number}", catalog.document_hash(item))
        _count(work, written, manifest=[line] if written else [])

    commit(work, store)


def _count(work: Work, written: int, *, manifest: list[tuple[str, str]] | None = None) -> None:
    if work.run:
        work.run.asked(work.calls.taken())
        work.run.add(changed=1 if manifest else 0, rows_written=written, manifest=manifest or [])


def revisions(work: Work) -> bool:
    """Read older revisions of definitions that changed since the last time; False when the budget is spent."""
    mark = work.mark(REVISIONS)
    for pipeline in Pipeline.objects.filter(project=work.project, gone_at=None).order_by("azure_id"):
        key = str(pipeline.azure_id)
        if mark.cursor.get(key) == pipeline.revision:
            continue
        if work.budget.is_spent or not _older(work, pipeline):
            return False
        mark.cursor = {**mark.cursor, key: pipeline.revision}
        commit(work, lambda: watermarks.save(mark))
    return True


def _older(work: Work, pipeline: Pipeline) -> bool:
    devops, project = work.calls.here(), work.project.azure_id
    work.calls.asked_at()
    try:
        told = [one.revision for one in devops.definition_revisions(project, pipeline.azure_id)]
    except (NotThere, AzureUnreadable):
        return True
    held = set(pipeline.revisions.values_list("revision", flat=True))
    for number in sorted(set(told) - held, reverse=True)[:OLDEST_REVISIONS_BACK]:
        if work.budget.is_spent:
            return False
        _store_revision(work, pipeline, number)
    return True


def _store_revision(work: Work, pipeline: Pipeline, number: int) -> None:
    work.calls.asked_at()
    try:
        item = work.calls.here().definition_revision(work.project.azure_id, pipeline.azure_id, number)
    except (NotThere, AzureUnreadable):  # Azure tells of a revision and does not give it
        return
    commit(work, lambda: _stored(pipeline, item))


def _stored(pipeline: Pipeline, item: Item[DefinitionAnswer]) -> None:
    catalog.store_revision(pipeline, item)
