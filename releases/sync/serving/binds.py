"""Keeps `StageBinding` true to the rules of `binding`: at the end of each look, and when a rule was changed.

Calls no Azure: what is stored decides.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from releases.models import Stage, StageBinding
from releases.states import BindingOrigin
from releases.sync.serving.binding import Bound
from releases.sync.serving.facts import Facts, answers, reached

LONGEST_SENTENCE = 400


class Change(NamedTuple):
    """One stage that is to be bound otherwise: its binding now and what is said of it; None is no binding."""

    stage: Stage
    held: StageBinding | None
    answer: Bound | None

    @property
    def before(self) -> Bound | None:
        """Its binding now, in the same form."""
        row = self.held
        return Bound(BindingOrigin(row.origin), row.sentence, row.endpoint_id, row.cluster_id) if row else None

    @property
    def moves(self) -> bool:
        """Whether it is served elsewhere; else only the reason is another one."""
        return _place(self.before) != _place(self.answer)


def changes(facts: Facts) -> list[Change]:
    """What is bound otherwise than the facts say. A binding to what is gone stays while nothing better is known."""
    found = answers(facts)
    gone = {one.pk for one in facts.endpoints if one.gone_at}
    wanted = []
    for stage in facts.free:
        held, answer = facts.held.get(stage.pk), found.get(stage.pk)
        one = Change(stage, held, answer and answer._replace(sentence=answer.sentence[:LONGEST_SENTENCE]))
        is_left = answer is None and held is not None and held.endpoint_id in gone
        if one.before != one.answer and not is_left:
            wanted.append(one)
    return wanted


def bind(facts: Facts, *, now: datetime) -> int:
    """Bind anew what no person bound; how many rows were written."""
    wanted = changes(facts)
    if not wanted:
        return 0
    with transaction.atomic():
        rows = _locked(one.stage.pk for one in wanted)
        # Who bound a stage by hand since the facts were read is not overruled.
        as_read = [one for one in wanted if _is_same(rows.get(one.stage.pk), one.held)]
        for one in as_read:
            _store(one, now=now)
    return len(as_read)


def rebind(project: int | None, *, now: datetime) -> int:
    """Bind anew what a rule of this project (None: of every one) can reach; how many rows were written."""
    return sum(bind(Facts(workspace), now=now) for workspace in reached(project))


def _place(said: Bound | None) -> tuple[int | None, int | None]:
    return (said.endpoint, said.cluster) if said else (None, None)


def _locked(stages: Iterable[int]) -> dict[int, StageBinding]:
    """Their bindings as they are now, with nobody binding these stages by hand meanwhile."""
    ids = list(Stage.objects.select_for_update().filter(pk__in=stages).order_by("pk").values_list("pk", flat=True))
    return {row.stage_id: row for row in StageBinding.objects.filter(stage__in=ids)}


def _is_same(row: StageBinding | None, before: StageBinding | None) -> bool:
    return row == before and (row is None or before is None or row.bound_at == before.bound_at)


def _store(change: Change, *, now: datetime) -> None:
    answer = change.answer
    if answer is None:
        StageBinding.objects.filter(stage=change.stage).delete()
        return
    values = {"endpoint_id": answer.endpoint, "cluster_id": answer.cluster, "origin": answer.origin}
    StageBinding.objects.update_or_create(
        stage=change.stage, defaults={**values, "sentence": answer.sentence, "bound_by": None, "bound_at": now}
    )
