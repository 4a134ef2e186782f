"""What a stage ran and when: the pure rule, and the rows kept true to it whatever order attempts arrive in."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from releases.models import Deployment, LiveSpan, Pipeline, Project, Release, ReleaseStage, Stage
from releases.sync.spans import Attempt, Span, Window, clusters, merged, spans_of
from releases.sync.store import live
from tests.sync import told

LIVE = ("succeeded", "partiallySucceeded")


def at(minutes: float) -> datetime:
    """A time so many minutes after the start."""
    return told.START + timedelta(minutes=minutes)


def tries(*each: tuple[int, str]) -> list[Attempt]:
    """Attempts a minute apart, each a release and a status."""
    return [
        Attempt(n, n, release, status, at(n), f"set {release}") for n, (release, status) in enumerate(each, start=1)
    ]


def brief(spans: list[Span]) -> list[tuple[int, float, float | None]]:
    """Release, from and until in minutes."""

    def minutes(moment: datetime) -> float:
        return (moment - told.START) / timedelta(minutes=1)

    return [
        (one.release, minutes(one.live_from), None if one.live_until is None else minutes(one.live_until))
        for one in spans
    ]


def test_another_release_closes_a_span_and_opens_one() -> None:
    assert brief(spans_of(tries((1, "succeeded"), (2, "succeeded")))) == [(1, 1, 2), (2, 2, None)]


def test_the_same_release_again_extends_its_span() -> None:
    spans = spans_of(tries((1, "succeeded"), (1, "succeeded"), (2, "succeeded"), (1, "succeeded")))
    assert brief(spans) == [(1, 1, 3), (2, 3, 4), (1, 4, None)]


def test_another_release_with_the_same_versions_opens_a_span() -> None:
    same = [Attempt(n, n, n, "succeeded", at(n), "same") for n in (1, 2)]
    assert brief(spans_of(same)) == [(1, 1, 2), (2, 2, None)]


def test_a_failure_leaves_the_stage_uncertain_until_the_next_success() -> None:
    uncertain = spans_of(tries((1, "succeeded"), (2, "failed"), (3, "failed")))
    assert [(one.release, one.uncertain_since) for one in uncertain] == [(1, at(2))]
    settled = spans_of(tries((1, "succeeded"), (2, "failed"), (1, "succeeded")))
    assert [(one.release, one.uncertain_since) for one in settled] == [(1, None)]


def test_a_partial_success_is_flagged_until_a_whole_one() -> None:
    partly = tries((1, "partiallySucceeded"), (1, "succeeded"))
    assert [one.is_partial for one in spans_of(partly[:1])] == [True]
    assert [one.is_partial for one in spans_of(partly)] == [False]


def test_ties_go_by_deployment_id() -> None:
    first, second = Attempt(1, 8, 1, "succeeded", at(1)), Attempt(2, 7, 2, "succeeded", at(1))
    assert [one.release for one in spans_of([first, second])] == [2, 1]


def test_nothing_that_did_not_deploy_counts() -> None:
    assert spans_of(tries((1, "notDeployed"), (1, "failed"), (1, "inProgress"))) == []


def test_far_changes_stay_apart_and_touching_windows_become_one() -> None:
    assert clusters([at(0), at(1), at(99999)]) == [(at(0), at(1)), (at(99999), at(99999))]
    windows = [Window(1, at(5), None), Window(1, at(0), at(3)), Window(1, at(3), at(4)), Window(2, at(1), at(2))]
    assert merged(windows) == [Window(1, at(0), at(4)), Window(1, at(5), None), Window(2, at(1), at(2))]


attempts = st.lists(
    st.tuples(
        st.integers(1, 4),  # release
        st.sampled_from(["succeeded", "succeeded", "partiallySucceeded", "failed", "inProgress"]),
        st.sampled_from([0, 1, 2, 3, 4, 5, 20000, 20001, 40000, 40001]),  # few times, so that many tie; some far apart
    ),
    max_size=14,
)


def live_at(tried: list[Attempt], moment: datetime) -> Attempt | None:
    """By the words of the decision: the newest finished success not after the moment."""
    done = [one for one in tried if one.status in LIVE and one.finished_on <= moment]
    return max(done, key=lambda one: one.position, default=None)


@given(attempts)
def test_at_every_moment_the_span_names_the_newest_success(each: list[tuple[int, str, int]]) -> None:
    tried = [Attempt(n, n, release, status, at(minutes)) for n, (release, status, minutes) in enumerate(each, start=1)]
    spans = spans_of(tried)
    for moment in (at(minutes) for minutes in (-1, 0, 1, 2, 3, 4, 5, 6, 20000, 20001, 30000, 40000, 99999)):
        expected = live_at(tried, moment)
        found = [
            one for one in spans if one.live_from <= moment and (one.live_until is None or moment < one.live_until)
        ]
        assert [one.release for one in found] == ([expected.release] if expected else [])
    for before, after in pairwise(spans):
        assert before.live_until == after.live_from and before.release != after.release


@pytest.fixture
def two_stages(db: None) -> list[Stage]:
    pipeline = Pipeline.objects.create(project=told.project(), azure_id=1, name="Pipeline")
    return [Stage.objects.create(pipeline=pipeline, definition_environment_id=n, name=f"S{n}") for n in (1, 2)]


def kept(stage: Stage) -> set[Span]:
    """The rows of a stage."""
    return {
        Span(
            one.opened_by_id,
            one.release_id,
            one.live_from,
            one.live_until,
            one.versions_hash,
            one.is_partial,
            one.uncertain_since,
        )
        for one in LiveSpan.objects.filter(stage=stage)
    }


def all_anew(stage: Stage) -> set[Span]:
    """What the rows should be, from every attempt there is."""
    rows = Deployment.objects.filter(stage=stage).exclude(finished_on=None).select_related("release_stage__release")
    return set(
        spans_of(
            Attempt(d.pk, d.azure_id, d.release_stage.release_id, d.status, d.finished_on, "")
            for d in rows
            if d.finished_on
        )
    )


def start_over(stages: list[Stage]) -> dict[tuple[int, int], ReleaseStage]:
    """No attempts, and four releases that go through both stages."""
    LiveSpan.objects.all().delete()
    Deployment.objects.all().delete()
    Release.objects.all().delete()
    rows = {}
    for number in range(1, 5):
        pipeline = stages[0].pipeline
        fields = {"project": Project.objects.get(), "created_on": told.NOW, "changed_at": told.NOW}
        release = Release.objects.create(pipeline=pipeline, azure_id=number, name="r", status="active", **fields)
        for stage in stages:
            rows[number, stage.pk] = ReleaseStage.objects.create(
                release=release, azure_id=stage.pk, stage=stage, name="s", status="succeeded"
            )
    return rows


steps = st.lists(
    st.tuples(
        st.integers(0, 11),  # which attempt, so that some are told again with another end
        st.integers(0, 1),  # stage
        st.integers(1, 4),  # release, for a new attempt
        st.sampled_from(["succeeded", "succeeded", "succeeded", "partiallySucceeded", "failed", "inProgress"]),
        st.sampled_from([0, 1, 2, 3, 4, 5, 20000, 20001, 40000, 40001]),
    ),
    max_size=24,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.integers(1, 4))
def test_spans_kept_step_by_step_are_those_made_anew(
    two_stages: list[Stage], told_: list[tuple[int, int, int, str, int]], page: int
) -> None:
    """Attempts arrive in any order, several per page, and may be told again with another time or status."""
    rows = start_over(two_stages)
    held: dict[tuple[int, int], Deployment] = {}
    for begin in range(0, len(told_), page):
        turns: dict[int, set[datetime]] = {}
        for number, which, release, status, minutes in told_[begin : begin + page]:
            stage = two_stages[which]
            row = held.get((number, stage.pk))
            if row is None:
                row = Deployment(release_stage=rows[release, stage.pk], stage=stage, attempt=number, azure_id=number)
                held[number, stage.pk] = row
            elif row.finished_on:
                turns.setdefault(stage.pk, set()).add(row.finished_on)
            row.status, row.finished_on = status, at(minutes)
            row.save()
            turns.setdefault(stage.pk, set()).add(at(minutes))
        live.refresh(turns)
        for stage in two_stages:
            assert kept(stage) == all_anew(stage)


def test_the_cost_of_a_change_does_not_grow_with_history(two_stages: list[Stage]) -> None:
    rows = start_over(two_stages)
    stage = two_stages[0]
    for number in range(400):
        row = rows[number % 4 + 1, stage.pk]
        Deployment.objects.create(
            release_stage=row, stage=stage, attempt=number, azure_id=number, status="succeeded", finished_on=at(number)
        )
    live.refresh({stage.pk: {at(number) for number in range(400)}})
    assert LiveSpan.objects.count() == 400
    looked_at = live._attempts(list(spans_widened(stage, at(200))))
    assert len(list(looked_at)) <= 5
    Deployment.objects.filter(azure_id=200).update(status="failed")
    assert live.refresh({stage.pk: {at(200)}}) == 2  # one removed, the one before it goes on longer


def spans_widened(stage: Stage, moment: datetime) -> list[Window]:
    """What a change at this moment makes the store look at."""
    return list(live._widened([Window(stage.pk, moment, moment)]))
