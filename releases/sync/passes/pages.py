"""Stores what came of one request, with the cursor, the lease and the run's figures, in one short transaction.

An answer older than what the database holds already (another line asked later) is left out, never written over it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import OperationalError, transaction

from releases.azure.answers import Malformed
from releases.models import Release
from releases.states import Depth
from releases.sync import set_aside, store
from releases.sync.passes.work import Work
from releases.sync.store import Stored

TRIES = 3
"""A transaction that the database ended because of another one is tried again so often."""


@dataclass(frozen=True)
class Answered:
    """Releases that one request brought, and when it was sent, by the database's clock.

    `unchanged` are the ids of those that it brought just as they are stored; `parents_written` counts the rows that
    were written beforehand for what the others refer to.
    """

    items: Sequence[store.Release]
    asked_at: datetime
    depth: Depth
    malformed: Sequence[Malformed] = ()
    unchanged: Collection[int] = ()
    parents_written: int = 0

    @property
    def ids(self) -> list[int]:
        """Azure's ids of those that may have to be stored."""
        return [store.azure_id(one) for one in self.items]


@dataclass
class _Known:
    """What the database holds of the releases of one page."""

    newer: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    detailed: set[int] = field(default_factory=set)
    hashes: dict[int, str] = field(default_factory=dict)


def keep(work: Work, answered: Answered, *, then: Callable[[], None]) -> None:
    """Store the answer; `then` saves the cursor in the same transaction. Raises LeaseLost and stores nothing."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                work.lease.keep()
                _store(work, answered)
                then()
            break
        except Exception as error:
            _take_back(work)
            if attempt == TRIES or not isinstance(error, OperationalError):
                raise
    work.stored()


def _take_back(work: Work) -> None:
    """The transaction did not happen; neither did what the run counted in it."""
    if work.run:
        work.run.row.refresh_from_db()


def commit(work: Work, change: Callable[[], object]) -> None:
    """A change of the pass's own rows, under the lease."""
    with transaction.atomic():
        work.lease.keep()
        change()


def _store(work: Work, answered: Answered) -> None:
    known = _known(work, answered)
    items = [item for item in answered.items if store.azure_id(item) not in known.newer]
    write = store.store_listed if answered.depth is Depth.LISTED else store.store_detailed
    stored = write(work.project, items, now=answered.asked_at, held=known.hashes)
    _come_back(work, known.gone)
    if answered.depth is Depth.LISTED:
        _read_again(work, known.detailed & _changed(stored))
    aside = [*answered.malformed, *stored.set_aside]
    set_aside.resolve(work.project, _keys(answered, known), now=answered.asked_at)
    if aside:
        set_aside.note(work.project, aside, now=answered.asked_at)
    if work.run:
        work.run.asked(work.calls.taken())
        work.run.add(
            read=len(answered.items) + len(answered.malformed) + len(answered.unchanged),
            changed=stored.changed,
            rows_written=stored.rows_written + answered.parents_written,
            set_aside=len(aside),
            manifest=stored.manifest,
        )


def _known(work: Work, answered: Answered) -> _Known:
    """Locks the rows until the end of the transaction, so that nobody slips in between the look and the writing."""
    known = _Known()
    if not answered.items:
        return known
    rows = Release.objects.filter(project=work.project, azure_id__in=answered.ids).order_by("pk").select_for_update()
    columns = ("azure_id", "changed_at", "gone_at", "listed_sha256", "detailed_sha256")
    for azure_id, changed_at, gone_at, listed, detailed in rows.values_list(*columns):
        known.hashes[azure_id] = "" if gone_at else detailed if answered.depth is Depth.DETAILED else listed
        if changed_at > answered.asked_at:
            known.newer.add(azure_id)
        if gone_at is not None:
            known.gone.add(azure_id)
        if detailed:
            known.detailed.add(azure_id)
    return known


def _keys(answered: Answered, known: _Known) -> list[str]:
    """What was read well, as it would have been set aside."""
    return [f"release:{one}" for one in (*answered.ids, *answered.unchanged) if one not in known.newer]


def _come_back(work: Work, ids: set[int]) -> None:
    """Azure has these again."""
    if ids:
        Release.objects.filter(project=work.project, azure_id__in=ids).update(gone_at=None)


def _read_again(work: Work, ids: set[int]) -> None:
    """Their detail is older than what the list says now."""
    if ids:
        Release.objects.filter(project=work.project, azure_id__in=ids).update(detailed_sha256="")


def _changed(stored: Stored) -> set[int]:
    return {int(number) for kind, _, number in (key.partition(":") for key, _ in stored.manifest) if kind == "release"}
