"""Stores one page of releases: what changed is found by hash, mapped, planned and written in one short transaction.

The only place that writes history rows. Called by the passes, by several workers at once: rows are locked and added
in the order of their ids, shared parents are made beforehand, and who loses a race does its page again.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256

from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from releases.azure.answers import Item, Malformed, ReleaseAnswer
from releases.models import Project
from releases.states import Depth
from releases.sync.mapping import Mapped, mapped_release
from releases.sync.mapping.tables import APPROVAL, ARTIFACT, DEPLOYMENT, DOCUMENT, RELEASE, STAGE, STEP, Row
from releases.sync.store import existing, live, texts, writing
from releases.sync.store.documents import document_row
from releases.sync.store.existing import Existing
from releases.sync.store.fitting import fit
from releases.sync.store.parents import known_of, link_models
from releases.sync.store.plan import Plan, Planner
from releases.sync.store.stored import Stored
from releases.sync.store.told import Told, told

Release = Item[ReleaseAnswer] | Told
"""What can be stored: an answer as it came, or one that was made ready before."""

AT_ONCE = 100
"""Releases per transaction."""
TRIES = 6
_ORDER = (RELEASE, STAGE, ARTIFACT, DEPLOYMENT, STEP, APPROVAL)
_DOCUMENT_KEY = ("project_id", "key", "depth")
_UNWRITABLE = (DataError, IntegrityError, ValueError, OverflowError)


@dataclass(frozen=True, slots=True)
class _Read:
    """Whose releases were read, how deep and when, and the hashes the database holds.

    `is_locked`: these rows are locked, and no others of the page are there.
    """

    project: Project
    depth: Depth
    now: datetime
    hashes: Mapping[int, str]
    is_locked: bool


def store(
    project: Project,
    releases: Sequence[Release],
    *,
    depth: Depth,
    now: datetime,
    held: Mapping[int, str] | None = None,
) -> Stored:
    """Store these releases as read at this depth. Answers that did not change since write nothing.

    `held`: the SHA-256 by Azure's id of all that the database holds, where the caller has just locked them.
    """
    stored = Stored(read=len(releases))
    latest = list({azure_id(one): one for one in releases}.values())
    for start in range(0, len(latest), AT_ONCE):
        part = latest[start : start + AT_ONCE]
        hashes = existing.known_hashes(project, [azure_id(one) for one in part], depth=depth) if held is None else held
        _store_some(_Read(project, depth, now, hashes, is_locked=held is not None), part, stored=stored)
    return stored


def azure_id(release: Release) -> int:
    """Azure's id of a release that is to be stored."""
    return _answer(release).id


def _answer(release: Release) -> ReleaseAnswer:
    return release.answer if isinstance(release, Told) else release.value


def _store_some(read: _Read, releases: list[Release], *, stored: Stored) -> None:
    changed = [one for one in map(partial(_told, known=read.hashes), releases) if one is not None]
    for part in _writable_parts(read, changed, stored=stored):
        stored.add(part)


def _told(release: Release, *, known: Mapping[int, str]) -> Told | None:
    """The release as kept, or None where the database has just this."""
    heard = release.heard if isinstance(release, Told) else sha256(release.raw).hexdigest()
    if known.get(azure_id(release)) == heard:
        return None
    return release if isinstance(release, Told) else told(release, heard=heard)


def _writable_parts(read: _Read, releases: Sequence[Told], *, stored: Stored) -> Iterator[Stored]:
    """Store all at once or, if the database refuses, one by one, so that only the culprit is set aside."""
    if not releases:
        return
    try:
        yield _store_together(read, releases)
    except _UNWRITABLE as error:
        if len(releases) == 1:
            reason = str(error).strip().partition("\n")[0]
            stored.set_aside.append(Malformed(releases[0].key, releases[0].document, reason))
            return
        for one in releases:
            yield from _writable_parts(read, [one], stored=stored)


def _store_together(read: _Read, releases: Sequence[Told]) -> Stored:
    project = read.project
    mapped, parents_written = _mapped(read, releases)
    link_models(project, mapped)
    documents = [
        document_row(project.pk, one.key, depth=read.depth, sha256=one.kept, body=one.packed, now=read.now)
        for one in releases
    ]
    stored = _in_one_transaction(read, mapped, documents)
    stored.rows_written += parents_written
    stored.changed = len(releases)
    stored.manifest = [(one.key, one.kept) for one in releases]
    return stored


def _mapped(read: _Read, releases: Sequence[Told]) -> tuple[list[Mapped], int]:
    """The releases as rows, and how many rows were written for what they refer to: none where it was done ahead."""
    ahead = [one.mapped for one in releases if one.mapped is not None]
    if len(ahead) == len(releases):
        return ahead, 0
    known, parents_written = known_of(read.project, [one.answer for one in releases], now=read.now)
    mapped = [mapped_release(one.answer, known, depth=read.depth, sha256=one.heard, now=read.now) for one in releases]
    fit(mapped)
    return mapped, parents_written


def _in_one_transaction(read: _Read, mapped: Sequence[Mapped], documents: list[Row]) -> Stored:
    """Plan and write; again when another worker stored the same releases in between, or the database broke a tie."""
    there = [release.azure_id for release in mapped if release.azure_id in read.hashes or not read.is_locked]
    for tries in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _write(read, mapped, documents, there=there)
        except (IntegrityError, OperationalError) as error:
            if tries == TRIES or not _is_lost_race(error):
                raise
        there = [release.azure_id for release in mapped]
        time.sleep(random.uniform(0, 0.02 * 2**tries))  # noqa: S311 - spreads the losers, guards nothing
    raise AssertionError("unreachable")


def _is_lost_race(error: Exception) -> bool:
    """Unique violation, serialization failure, deadlock; SQLite's writers take turns and never lose one."""
    return getattr(error.__cause__, "sqlstate", "") in ("23505", "40001", "40P01")


def _write(read: _Read, mapped: Sequence[Mapped], documents: list[Row], *, there: Sequence[int]) -> Stored:
    held = existing.held(read.project, there, depth=read.depth) if there else Existing()
    plan = Planner(held, depth=read.depth).planned(mapped, take_ids=writing.take_ids)
    rows = _write_plan(plan)
    texts.write(plan.texts)
    if held.releases:
        rows += writing.upsert(DOCUMENT, documents, key=_DOCUMENT_KEY)
    else:
        rows += writing.insert(DOCUMENT, documents)
    _check_references()
    rows += live.refresh(plan.turns, plan.runs)
    return Stored(rows_written=rows, stages_touched=set(plan.turns))


def _write_plan(plan: Plan) -> int:
    rows = 0
    for table, ids in plan.removed.items():
        gone = table.model._default_manager.filter(id__in=ids)
        rows += (gone.filter(log=None) if table is STEP else gone).delete()[0]  # a log that is kept keeps its step
    for table in _ORDER:
        rows += writing.insert(table, plan.new[table], ids=plan.new_ids.get(table))
        rows += writing.update(table, plan.changed.get(table, ()))
    return rows


def _check_references() -> None:
    """Have foreign keys checked now rather than at the commit, when the stages' locks would be held meanwhile."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
