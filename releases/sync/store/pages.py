"""Stores one page of releases: what changed is found by hash, mapped, planned and written in one short transaction.

The only place that writes history rows. Called by the passes, by several workers at once: rows are locked and added
in the order of their ids, shared parents are made beforehand, and who loses a race does its page again.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from releases.azure.answers import Item, Malformed, ReleaseAnswer
from releases.azure.answers.pages import decoder
from releases.models import Project
from releases.states import Depth
from releases.sync.mapping import Mapped, mapped_release
from releases.sync.mapping.tables import APPROVAL, ARTIFACT, DEPLOYMENT, DOCUMENT, RELEASE, STAGE, STEP, Row
from releases.sync.masking import without_secrets
from releases.sync.store import existing, live, writing
from releases.sync.store.documents import document_row
from releases.sync.store.parents import known_of, link_models
from releases.sync.store.plan import Plan, Planner
from releases.sync.store.stored import Stored

AT_ONCE = 100
"""Releases per transaction."""
TRIES = 6
_ORDER = (RELEASE, STAGE, ARTIFACT, DEPLOYMENT, STEP, APPROVAL)
_DOCUMENT_KEY = ("project_id", "key", "depth")
_UNWRITABLE = (DataError, IntegrityError, ValueError, OverflowError)


@dataclass(frozen=True, slots=True)
class Told:
    """One release as Azure told it and as we keep it: without secrets. `heard` is the SHA-256 of what came."""

    answer: ReleaseAnswer
    heard: str
    document: bytes
    kept: str

    @property
    def key(self) -> str:
        """Its name in manifests and documents."""
        return f"release:{self.answer.id}"


def store(project: Project, items: Sequence[Item[ReleaseAnswer]], *, depth: Depth, now: datetime) -> Stored:
    """Store these releases as read at this depth. Answers that did not change since write nothing."""
    stored = Stored(read=len(items))
    latest = list({item.value.id: item for item in items}.values())
    for start in range(0, len(latest), AT_ONCE):
        _store_some(project, latest[start : start + AT_ONCE], depth=depth, now=now, stored=stored)
    return stored


def _store_some(
    project: Project, items: list[Item[ReleaseAnswer]], *, depth: Depth, now: datetime, stored: Stored
) -> None:
    known = existing.known_hashes(project, [item.value.id for item in items], depth=depth)
    hashed = ((item, sha256(item.raw).hexdigest()) for item in items)
    changed = [told(item, heard) for item, heard in hashed if known.get(item.value.id) != heard]
    for part in _writable_parts(project, changed, depth=depth, now=now, stored=stored):
        stored.add(part)


def told(item: Item[ReleaseAnswer], heard: str) -> Told:
    """The release without its secrets: rows are made from what is kept, so they cannot hold more than it."""
    document = without_secrets(item.raw)
    if document is item.raw:
        return Told(item.value, heard, document, heard)
    return Told(decoder(ReleaseAnswer).decode(document), heard, document, sha256(document).hexdigest())


def _writable_parts(
    project: Project, releases: Sequence[Told], *, depth: Depth, now: datetime, stored: Stored
) -> Iterator[Stored]:
    """Store all at once or, if the database refuses, one by one, so that only the culprit is set aside."""
    if not releases:
        return
    try:
        yield _store_together(project, releases, depth=depth, now=now)
    except _UNWRITABLE as error:
        if len(releases) == 1:
            reason = str(error).strip().partition("\n")[0]
            stored.set_aside.append(Malformed(releases[0].key, releases[0].document, reason))
            return
        for one in releases:
            yield from _writable_parts(project, [one], depth=depth, now=now, stored=stored)


def _store_together(project: Project, releases: Sequence[Told], *, depth: Depth, now: datetime) -> Stored:
    known, parents_written = known_of(project, [one.answer for one in releases], now=now)
    mapped = [mapped_release(one.answer, known, depth=depth, sha256=one.heard, now=now) for one in releases]
    fit(mapped)
    link_models(project, mapped)
    documents = [
        document_row(project.pk, one.key, depth=depth, sha256=one.kept, document=one.document, now=now)
        for one in releases
    ]
    stored = _in_one_transaction(project, mapped, documents, depth=depth)
    stored.rows_written += parents_written
    stored.changed = len(releases)
    stored.manifest = [(one.key, one.kept) for one in releases]
    return stored


def fit(mapped: Sequence[Mapped]) -> None:
    """Cut what is too long for its column. Raises ValueError for a number no column holds."""
    stages = [stage for release in mapped for stage in (release.stages or {}).values()]
    attempts = [attempt for stage in stages for attempt in stage.attempts.values()]
    RELEASE.fit([release.row for release in mapped])
    STAGE.fit([stage.row for stage in stages])
    ARTIFACT.fit([row for release in mapped for row in (release.artifacts or {}).values()])
    DEPLOYMENT.fit([attempt.row for attempt in attempts])
    STEP.fit([row for attempt in attempts for row in attempt.steps.values()])
    APPROVAL.fit([row for stage in stages for row in stage.approvals.values()])


def _in_one_transaction(project: Project, mapped: Sequence[Mapped], documents: list[Row], *, depth: Depth) -> Stored:
    """Plan and write; again when another worker stored the same releases in between, or the database broke a tie."""
    for tries in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _write(project, mapped, documents, depth=depth)
        except (IntegrityError, OperationalError) as error:
            if tries == TRIES or not _is_lost_race(error):
                raise
        time.sleep(random.uniform(0, 0.02 * 2**tries))  # noqa: S311 - spreads the losers, guards nothing
    raise AssertionError("unreachable")


def _is_lost_race(error: Exception) -> bool:
    """Unique violation, serialization failure, deadlock; SQLite's writers take turns and never lose one."""
    return getattr(error.__cause__, "sqlstate", "") in ("23505", "40001", "40P01")


def _write(project: Project, mapped: Sequence[Mapped], documents: list[Row], *, depth: Depth) -> Stored:
    held = existing.held(project, [release.azure_id for release in mapped], depth=depth)
    plan = Planner(held, depth=depth).planned(mapped, take_ids=writing.take_ids)
    rows = _write_plan(plan)
    if held.releases:
        rows += writing.upsert(DOCUMENT, documents, key=_DOCUMENT_KEY)
    else:
        rows += writing.insert(DOCUMENT, documents)
    _check_references()
    rows += live.refresh(plan.turns)
    return Stored(rows_written=rows, stages_touched=set(plan.turns))


def _write_plan(plan: Plan) -> int:
    rows = 0
    for table, ids in plan.removed.items():
        rows += table.model._default_manager.filter(id__in=ids).delete()[0]
    for table in _ORDER:
        rows += writing.insert(table, plan.new[table], ids=plan.new_ids.get(table))
        rows += writing.update(table, plan.changed.get(table, ()))
    return rows


def _check_references() -> None:
    """Have foreign keys checked now rather than at the commit, when the stages' locks would be held meanwhile."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
