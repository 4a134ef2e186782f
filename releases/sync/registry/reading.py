"""One turn of reading a workspace: which models changed, their versions, the jobs that made them. Used by the package.

Every step stores what it read in one short transaction together with how far it came, so that a stopped turn is gone on
with where it was. Jobs that ended are never asked for again.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from django.db import transaction

from releases.azure.answers import Malformed, ModelAnswer, ModelVersionAnswer, Page
from releases.azure.ml import MachineLearning, TrainingJob
from releases.azure.training import FINISHED
from releases.errors import AzureUnreadable, NotThere
from releases.models import ModelVersion, SetAside, Workspace
from releases.sync import watermarks
from releases.sync.registry import writing
from releases.sync.registry.writing import Written
from releases.sync.runs import Run
from releases.sync.watermarks import Lease

JOBS_AT_ONCE = 4
ALL_AGAIN_AFTER = timedelta(hours=6)
"""A change of tags does not move the model's own time, as far as is known; so all versions are listed now and then."""
UNREADABLE_AGAIN_AFTER = timedelta(hours=1)


@dataclass
class Turn:
    """One turn, until `until` (monotonic seconds); one thing is read even when the lists took all of its time."""

    workspace: Workspace
    learning: MachineLearning
    run: Run
    lease: Lease
    now: datetime
    until: float
    has_read: bool = False

    def read(self, *, full: bool) -> bool:
        """Read what is new; False when the time was up before the end."""
        for name in self._changed_models(self._models(), full=full):
            if self._is_late():
                return False
            self._read_versions(name)
            self.has_read = True
        for names in self._jobs_to_read(full=full):
            if self._is_late():
                return False
            self._read_jobs(names)
            self.has_read = True
        return True

    def _models(self) -> Page[ModelAnswer]:
        self.run.asked(1)
        page = self.learning.models()
        with transaction.atomic():
            self.lease.keep()
            self._note(page.malformed)
            writing.resolve(self.workspace, (f"model:{item.value.id}"[:200] for item in page.items), now=self.now)
        self._mark_gone(page)
        return page

    def _mark_gone(self, page: Page[ModelAnswer]) -> None:
        """Models that are no longer listed; a list with holes says nothing about absence."""
        if page.malformed:
            return
        known = set(ModelVersion.objects.filter(workspace=self.workspace, gone_at=None).values_list("name", flat=True))
        for name in sorted(known - {item.value.name for item in page.items}):
            with transaction.atomic():
                self.lease.keep()
                self._count(writing.store_versions(self.workspace, name, [], is_whole=True, now=self.now))
                self._seen().pop(name, None)
                watermarks.save(self.lease.mark)

    def _changed_models(self, page: Page[ModelAnswer], *, full: bool) -> Iterator[str]:
        """Names whose newest version or time moved, or all of them when that is due; remembered until all are read."""
        cursor = self.lease.mark.cursor
        if full or _is_due(cursor.get("all_at"), self.now):
            cursor["models"], cursor["all_at"] = {}, self.now.isoformat()
        for item in page.items:
            state = _state(item.value)
            if self._seen().get(item.value.name) != state:
                yield item.value.name
                self._seen()[item.value.name] = state
                watermarks.save(self.lease.mark)

    def _read_versions(self, name: str) -> None:
        self.run.asked(1)
        try:
            page = self.learning.model_versions(name)
        except NotThere:
            return  # it was removed between the two lists; the next turn sees it gone
        with transaction.atomic():
            self.lease.keep()
            written = writing.store_versions(
                self.workspace, name, page.items, is_whole=not page.malformed, now=self.now
            )
            written.set_aside = self._note(page.malformed)
            writing.resolve(self.workspace, _keys(name, page), now=self.now)
            self._count(written)

    def _jobs_to_read(self, *, full: bool) -> Iterator[list[str]]:
        """Jobs of known versions that were never read or had not ended, newest versions first, a few at a time."""
        versions = ModelVersion.objects.filter(workspace=self.workspace).exclude(job_name="")
        versions = versions.exclude(training_run__status__in=FINISHED).exclude(training_run__gone_at__isnull=False)
        resting = SetAside.objects.filter(workspace=self.workspace, resolved_at=None, key__startswith="training-run:")
        if not full:
            resting = resting.filter(last_seen_at__gt=self.now - UNREADABLE_AGAIN_AFTER)
            set_aside = {key.partition(":")[2] for key in resting.values_list("key", flat=True)}
        else:
            set_aside = set()
        names = dict.fromkeys(versions.order_by("-created_on", "-id").values_list("job_name", flat=True))
        waiting = [name for name in names if name not in set_aside]
        for start in range(0, len(waiting), JOBS_AT_ONCE):
            yield waiting[start : start + JOBS_AT_ONCE]

    def _read_jobs(self, names: list[str]) -> None:
        """Ask for a few jobs at once; threads ask, this one stores."""
        self.run.asked(len(names))
        with ThreadPoolExecutor(len(names), thread_name_prefix="azure-ml") as threads:
            found = list(threads.map(partial(_job, self.learning), names))
        with transaction.atomic():
            self.lease.keep()
            for name, job in zip(names, found, strict=True):
                self._count(self._store_job(name, job))

    def _store_job(self, name: str, job: TrainingJob | Malformed | None) -> Written:
        if isinstance(job, Malformed):
            return Written(set_aside=self._note([job]))
        writing.resolve(self.workspace, [f"training-run:{name}"], now=self.now)
        if job is None:
            return writing.store_missing_run(self.workspace, name, now=self.now)
        return writing.store_run(self.workspace, job, now=self.now)

    def _count(self, written: Written) -> None:
        self.run.add(
            read=written.read,
            changed=len(written.manifest),
            rows_written=written.rows,
            set_aside=written.set_aside,
            manifest=written.manifest,
        )

    def _note(self, malformed: list[Malformed]) -> int:
        return writing.note_set_aside(self.workspace, malformed, now=self.now)

    def _seen(self) -> dict[str, str]:
        seen: dict[str, str] = self.lease.mark.cursor.setdefault("models", {})
        return seen

    def _is_late(self) -> bool:
        """A turn that reads nothing would be followed by the same turn for ever."""
        return self.has_read and monotonic() > self.until


def _job(learning: MachineLearning, name: str) -> TrainingJob | Malformed | None:
    """One job; None when there is no such job. Must not touch the database."""
    try:
        return learning.job(name)
    except NotThere:
        return None
    except AzureUnreadable as error:
        return Malformed(f"training-run:{name}", b"", error.sentence)


def _keys(name: str, page: Page[ModelVersionAnswer]) -> list[str]:
    return [f"model-version:{name}:{item.value.id}"[:200] for item in page.items]


def _state(model: ModelAnswer) -> str:
    """What moves when a model gets a version or is archived."""
    moved = model.system_data.last_modified_at if model.system_data else None
    return f"{model.properties.latest_version} {moved.isoformat() if moved else ''} {model.properties.is_archived}"


def _is_due(all_at: str | None, now: datetime) -> bool:
    return all_at is None or now - datetime.fromisoformat(all_at) > ALL_AGAIN_AFTER
