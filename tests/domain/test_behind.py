"""How far a stage is behind the one before it, defined by a table, and that it costs the same for all stages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases.models import Release, Stage
from releases.queries.behind import COUNTED, Gap, Pair, gap_of, gaps_of
from releases.queries.conditions import stage_before
from releases.queries.pipelines import StageNow, standing
from releases.states import Role, StageStatus
from tests import factories
from tests.factories import NOON

FROM_STAGE = {"conditionType": "environmentState", "value": "4"}
BY_ITSELF = {"name": "ReleaseStarted", "conditionType": "event"}


@pytest.mark.parametrize(
    ("runs", "before_runs", "went_live", "releases", "days"),
    [
        (40, 43, [41, 42, 43], 3, 3),
        (40, 43, [38, 39, 40, 43], 1, 3),  # older ones and those that never went live there do not count
        (40, 43, [43, 43, 41], 2, 3),  # a release that went live there twice counts once
        (40, 42, [41, 42, 43], 2, 2),  # 43 was taken back in the stage before: nothing to catch up with
        (40, 40, [41, 42, 40], 0, None),  # and back to what this stage runs: no gap
        (43, 40, [40, 41, 42], 0, None),  # this stage is ahead
        (40, 43, [], 0, None),
    ],
)
def test_the_gap_counts_newer_releases_that_went_live_before_and_how_much_older_this_one_is(
    runs, before_runs, went_live, releases, days
):
    pair = Pair(Stage(name="PROD"), Stage(name="STAGING"), _made(runs), _made(before_runs))
    gap = gap_of(pair, went_live)
    assert (gap.releases if gap else 0) == releases
    assert (gap.older_by if gap else None) == (timedelta(days=days) if days else None)


@pytest.mark.parametrize(
    ("conditions", "before"),
    [
        ([{"name": "DEV", **FROM_STAGE}], "DEV"),
        ([{"name": "DEV", **FROM_STAGE}, {"name": "TEST", **FROM_STAGE}], "TEST"),
        ([{"name": "A stage that is gone", **FROM_STAGE}], None),
        ([BY_ITSELF], None),
        ([], "TEST"),  # started by hand: its neighbour
    ],
)
def test_the_stage_before_is_the_last_one_its_conditions_name(conditions, before):
    found = stage_before(Stage(name="PROD", conditions=conditions), [Stage(name="DEV"), Stage(name="TEST")])
    assert (found.name if found else None) == before


@pytest.mark.django_db
def test_all_gaps_together_cost_two_queries_and_a_long_one_is_cut():
    made = [_pipeline(behind=number) for number in (0, 2, COUNTED + 5)]
    now = {one.pipeline.pk: one.stages for one in standing(factories.user(role=Role.QA))}
    with CaptureQueriesContext(connection) as asked:
        gaps = gaps_of(now.values())
    assert len(asked) == 2
    assert [_words(gaps.get(prod.pk)) for _, prod in made] == ["none", "2", "more"]
    assert gaps[made[1][1].pk].before == made[1][0]


@pytest.mark.django_db
def test_what_ran_long_before_is_not_even_read():
    dev, prod = _pipeline(behind=1)
    for number in range(20):
        old = factories.release(pipeline=dev.pipeline, created_on=NOON - timedelta(days=50 - number))
        _live(old, dev, until=NOON - timedelta(days=20))
    stages = {now.stage.pk: now for p in standing(factories.user(role=Role.QA)) for now in p.stages}
    assert _words(gaps_of([[stages[dev.pk], stages[prod.pk]]]).get(prod.pk)) == "1"


def test_a_stage_without_a_live_release_has_no_gap():
    assert gaps_of([[StageNow(Stage(pk=1, name="DEV")), StageNow(Stage(pk=2, name="PROD"))]]) == {}


def _made(number: int) -> Release:
    return Release(azure_id=number, created_on=NOON + timedelta(days=number))


def _pipeline(*, behind: int) -> tuple[Stage, Stage]:
    pipeline = factories.pipeline()
    dev, prod = (factories.stage(pipeline=pipeline, name=name, rank=rank) for rank, name in enumerate(("DEV", "PROD")))
    first = factories.release(pipeline=pipeline)
    _live(first, prod)
    _live(first, dev, until=NOON + timedelta(hours=1) if behind else None)
    for number in range(1, behind + 1):
        later = factories.release(pipeline=pipeline, created_on=NOON + timedelta(hours=number))
        _live(later, dev, until=later.created_on + timedelta(hours=1) if number < behind else None)
    return dev, prod


def _live(release: Release, stage: Stage, **until: object) -> None:
    row = factories.release_stage(release=release, stage=stage, status=StageStatus.SUCCEEDED)
    attempt = factories.deployment(release_stage=row, finished_on=release.created_on + timedelta(minutes=5))
    factories.live_span(opened_by=attempt, live_until=until.get("until"))


def _words(gap: Gap | None) -> str:
    return "none" if gap is None else "more" if gap.is_more else str(gap.releases)
