"""Several workers store pages of the same project at once: nothing is lost, doubled or locked for good."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Barrier

import pytest
from django.db import connection, transaction

from releases.models import Approval, Deployment, Identity, LiveSpan, Pipeline, Project, Release, Stage
from releases.sync.spans import Attempt, Span, spans_of
from releases.sync.store import Stored, store_detailed, store_listed
from tests.sync import told

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = [range(1, 31), range(16, 46), range(5, 25), range(30, 61)]


def at_once(works: list[Callable[[], Stored]], *, in_a_transaction: bool) -> list[Stored]:
    """Run these at the same moment, each on its own connection."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Stored]) -> Stored:
        try:
            barrier.wait(timeout=20)
            with transaction.atomic() if in_a_transaction else nullcontext():
                return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, work) for work in works]]


def all_anew(stage: Stage) -> list[Span]:
    """The spans of a stage from every attempt there is."""
    rows = Deployment.objects.filter(stage=stage).select_related("release_stage__release")
    return spans_of(
        Attempt(d.pk, d.azure_id, r.pk, d.status, d.finished_on, r.versions_hash)
        for d in rows
        for r in [d.release_stage.release]
        if d.finished_on
    )


@pytest.mark.parametrize("in_a_transaction", [False, True])
def test_overlapping_pages_end_as_if_stored_one_after_the_other(in_a_transaction: bool) -> None:
    """Alone, and in the transaction in which a pass saves its cursor."""
    project: Project = told.project()
    for round_ in range(3):
        pages = [told.items(*(told.two_stages(n, description=f"round {round_}") for n in page)) for page in PAGES]
        works: list[Callable[[], Stored]] = [
            lambda page=page, store=store: store(project, page, now=told.NOW)  # type: ignore[misc]
            for page, store in zip(pages, (store_listed, store_listed, store_detailed, store_listed), strict=True)
        ]
        results = at_once(works, in_a_transaction=in_a_transaction)
        assert [one.set_aside for one in results] == [[], [], [], []]
        assert sorted(Release.objects.values_list("azure_id", flat=True)) == list(range(1, 61))
    assert set(Release.objects.values_list("description", flat=True)) == {"round 2"}
    assert (Deployment.objects.count(), Approval.objects.count()) == (120, 60)
    assert (Pipeline.objects.count(), Stage.objects.count(), Stage.objects.filter(headline=True).count()) == (1, 2, 1)
    assert Identity.objects.count() == len(set(Identity.objects.values_list("key", flat=True)))
    for stage in Stage.objects.all():
        held = LiveSpan.objects.filter(stage=stage).order_by("live_from")
        wanted = [(one.release, one.live_from, one.live_until) for one in all_anew(stage)]
        assert list(held.values_list("release_id", "live_from", "live_until")) == wanted
