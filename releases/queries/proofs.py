"""The proof of a live span: the number of the trail's entry whose manifest names its release (decision 4). Asked by
pages and the API wherever spans are shown.

Two reads of indexes, whatever the history; sync stores nothing for it.
"""

from collections.abc import Collection, Iterable

from releases.models import AuditEvent, LiveSpan, SyncManifest, SyncRun


def proofs_of(spans: Iterable[LiveSpan]) -> dict[int, int]:
    """By span id the number of the entry that proves it; one that has none yet is left out. Two queries.

    It is the first run that began after the release went live there and wrote down the release's document, which then
    says so. Where a long run began before and no later one found anything new, that one counts.
    """
    rows = list(spans)
    runs = _runs_naming(rows)
    chosen = {span.pk: run for span in rows if (run := _first(runs.get(_named(span), ()), span))}
    numbers = numbers_of(chosen.values())
    return {span: numbers[run.natural_key] for span, run in chosen.items() if run.natural_key in numbers}


def numbers_of(runs: Iterable[SyncRun]) -> dict[str, int]:
    """By natural key the numbers of the entries that these runs left. One query."""
    keys = {run.natural_key for run in runs}
    rows = AuditEvent.objects.filter(object_kind="sync_run", object_id__in=keys)
    return dict(rows.values_list("object_id", "seq")) if keys else {}


def lines_of_release(project: int, azure_id: int) -> list[SyncManifest]:
    """What runs of the project that ended wrote down of this release, each with its run. One query."""
    return [line for line in _lines({f"release:{azure_id}"}) if line.run.project_id == project]


def _lines(keys: Collection[str]) -> list[SyncManifest]:
    """What runs that ended wrote down under these keys, in all projects: the few lines that too many are found are
    cheaper than the runs of a project, which a database that is asked for both begins with."""
    rows = SyncManifest.objects.filter(key__in=keys).select_related("run__project")
    return [line for line in rows if line.run.finished_at is not None] if keys else []


def _runs_naming(spans: Collection[LiveSpan]) -> dict[tuple[int, str], list[SyncRun]]:
    """By project and manifest key the runs that ended and name these releases."""
    found: dict[tuple[int, str], list[SyncRun]] = {}
    for line in _lines({_named(span)[1] for span in spans}):
        found.setdefault((line.run.project_id or 0, line.key), []).append(line.run)
    return found


def _named(span: LiveSpan) -> tuple[int, str]:
    return span.release.project_id, f"release:{span.release.azure_id}"


def _first(runs: Iterable[SyncRun], span: LiveSpan) -> SyncRun | None:
    """The first that began once it was live, or else the first that ended then."""
    ended = [run for run in runs if run.finished_at and run.finished_at >= span.live_from]
    surely = [run for run in ended if run.started_at >= span.live_from]
    if surely:
        return min(surely, key=lambda run: (run.started_at, run.pk))
    return min(ended, key=lambda run: (run.finished_at, run.pk), default=None)
