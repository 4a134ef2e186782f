"""What was live at a moment and where a version ran, beside a plain recomputation from the attempts (decision 7).

Random histories: attempts of equal times, failures, partial successes, redeploys, roll-backs, and attempts that tell
of nothing. Nothing here uses the code that makes spans.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from releases.models import Artifact, Deployment, LiveSpan, Release, ReleaseStage, Stage, User
from releases.queries import spans
from releases.queries import trace as traces
from releases.queries.live_at import live_at
from releases.queries.live_spans import live_spans
from releases.queries.trace import Sought
from releases.states import ArtifactRole, Role
from releases.sync.store import live
from tests import factories
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]

SUCCESSES = ("succeeded", "partiallySucceeded")
INSTANT = timedelta(microseconds=1)
FAR = NOON + timedelta(days=60)
MODEL, SCALER = "support-vector-classifier", "scaler"


class Time(NamedTuple):
    """One time of one release in one stage, as the attempts alone say it."""

    stage: int
    release: int
    since: datetime
    until: datetime | None
    is_partial: bool
    uncertain_since: datetime | None


class Port(NamedTuple):
    """Two stages, four releases that go through both, and who looks."""

    user: User
    stages: list[Stage]
    releases: list[Release]
    rows: dict[tuple[int, int], ReleaseStage]


@pytest.fixture
def port() -> Port:
    pipeline = factories.pipeline()
    stages = [factories.stage(pipeline=pipeline, name=name, rank=rank) for rank, name in enumerate(("DEV", "PROD"))]
    releases = [factories.release(pipeline=pipeline) for _ in range(4)]
    rows = {
        (release.pk, stage.pk): factories.release_stage(release=release, stage=stage)
        for release in releases
        for stage in stages
    }
    return Port(factories.user(role=Role.AUDITOR), stages, releases, rows)


attempts = st.lists(
    st.tuples(
        st.integers(0, 1),  # stage
        st.integers(0, 3),  # release
        st.sampled_from(["succeeded", "succeeded", "partiallySucceeded", "failed", "notDeployed", "inProgress"]),
        st.sampled_from([0, 0, 1, 2, 3, 60, 61, 20000, 20001]),  # minutes: few, so that many are equal
    ),
    max_size=12,
)
versions = st.lists(st.tuples(st.sampled_from("78"), st.sampled_from("12")), min_size=4, max_size=4)


def tell(port: Port, history: list[tuple[int, int, str, int]], carried: list[tuple[str, str]]) -> None:
    """Forget what was, and store this history as the sync does: attempts first, then what they turned."""
    LiveSpan.objects.all().delete()
    Deployment.objects.all().delete()
    Artifact.objects.all().delete()
    for release, (model, scaler) in zip(port.releases, carried, strict=True):
        both = ((MODEL, ArtifactRole.MODEL, model), (SCALER, ArtifactRole.SCALER, scaler))
        rows = [
            Artifact(release=release, alias=name, name=name, role=r, version=v, type="AzureML") for name, r, v in both
        ]
        Artifact.objects.bulk_create(rows)
    deployments = [
        Deployment(
            release_stage=port.rows[port.releases[release].pk, port.stages[stage].pk],
            stage=port.stages[stage],
            attempt=number,
            azure_id=number,
            status=status,
            finished_on=None if status == "inProgress" else NOON + timedelta(minutes=minutes),
        )
        for number, (stage, release, status, minutes) in enumerate(history, start=1)
    ]
    Deployment.objects.bulk_create(deployments)
    turns: dict[int, set[datetime]] = {}
    for one in deployments:
        if one.finished_on:
            turns.setdefault(one.stage_id, set()).add(one.finished_on)
    live.refresh(turns)


def finished(stage: Stage) -> list[Deployment]:
    """The attempts of a stage that ended, in the order that counts."""
    rows = Deployment.objects.filter(stage=stage, finished_on__isnull=False).select_related("release_stage")
    return sorted(rows, key=lambda one: (one.finished_on, one.azure_id))


def live_then(tried: list[Deployment], moment: datetime) -> Deployment | None:
    """The newest success that had finished by then."""
    done = [one for one in tried if one.status in SUCCESSES and one.finished_on and one.finished_on <= moment]
    return done[-1] if done else None


def times(stage: Stage) -> list[Time]:
    """Every time in a stage, oldest first: successes of one release in a row are one time."""
    tried = finished(stage)
    successes = [one for one in tried if one.status in SUCCESSES]
    runs = [list(run) for _, run in groupby(successes, key=lambda one: one.release_stage.release_id)]
    ends = [*(after[0].finished_on for _, after in pairwise(runs)), None]
    return [_time(stage, run, tried, until) for run, until in zip(runs, ends, strict=False)]


def _time(stage: Stage, run: list[Deployment], tried: list[Deployment], until: datetime | None) -> Time:
    later = tried[tried.index(run[-1]) + 1 :]
    failed = None
    for one in later:
        if one.status in SUCCESSES:
            break
        if one.status == "failed":
            failed = one.finished_on
            break
    assert run[0].finished_on
    partial = run[-1].status == "partiallySucceeded"
    return Time(stage.pk, run[0].release_stage.release_id, run[0].finished_on, until, partial, failed)


def moments(history: list[tuple[int, int, str, int]]) -> Iterator[datetime]:
    """Every boundary exactly, an instant before and after it, long before and long after."""
    for minutes in {minutes for *_, minutes in history}:
        boundary = NOON + timedelta(minutes=minutes)
        yield from (boundary - INSTANT, boundary, boundary + INSTANT)
    yield from (NOON - timedelta(days=1), FAR)


def as_time(span: LiveSpan) -> Time:
    return Time(span.stage_id, span.release_id, span.live_from, span.live_until, span.is_partial, span.uncertain_since)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(attempts, versions)
def test_at_every_moment_it_says_what_the_attempts_say(
    port: Port, history: list[tuple[int, int, str, int]], carried: list[tuple[str, str]]
) -> None:
    tell(port, history, carried)
    for moment in moments(history):
        seen = live_at(port.user, moment, stages=port.stages)
        listed = {span.stage_id: span for span in live_spans(port.user, {"at": moment})}
        assert len(seen.stages) == len(port.stages)
        for one in seen.stages:
            tried, known = finished(one.stage), times(one.stage)
            expected = live_then(tried, moment)
            assert (one.span is None) is (expected is None)
            assert listed.get(one.stage.pk) == one.span
            if one.span is None or expected is None:
                assert one.absence is not None
                continue
            mine = as_time(one.span)
            assert mine in known and mine.release == expected.release_stage.release_id
            assert mine.since <= moment and (mine.until is None or moment < mine.until)
            assert one.begins_here is (mine.since == moment)
            assert one.is_uncertain is bool(mine.uncertain_since and mine.uncertain_since <= moment)
            now = live_then(tried, FAR)
            assert now and one.now and one.now.release_id == now.release_stage.release_id
            assert one.is_still is (mine.until is None)
            after = live_then(tried, mine.until) if mine.until else None
            assert (one.replaced_by.pk if one.replaced_by else None) == (after and after.release_stage.release_id)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(attempts, versions)
def test_what_ran_from_a_moment_on_is_what_had_not_ended_by_then(
    port: Port, history: list[tuple[int, int, str, int]], carried: list[tuple[str, str]]
) -> None:
    tell(port, history, carried)
    for stage in port.stages:
        for moment in moments(history):
            found = [as_time(span) for span in spans.reaching(stage.pk, moment).order_by("live_from", "opened_by")]
            assert found == [one for one in times(stage) if one.until is None or one.until > moment]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(attempts, versions)
def test_a_versions_times_are_those_of_the_releases_that_carried_it(
    port: Port, history: list[tuple[int, int, str, int]], carried: list[tuple[str, str]]
) -> None:
    tell(port, history, carried)
    everything = [time for stage in port.stages for time in times(stage)]
    for at, name in enumerate((MODEL, SCALER)):
        for version in "78" if name == MODEL else "12":
            releases = {r.pk for r, both in zip(port.releases, carried, strict=True) if both[at] == version}
            expected = [time for time in everything if time.release in releases]
            found = _every_row(port.user, Sought(name, version))
            assert sorted(found, key=str) == sorted(expected, key=str)
            assert [one.since for one in found] == sorted((one.since for one in expected), reverse=True)
            _sums_agree(port.user, Sought(name, version), expected)


def _every_row(user: User, sought: Sought) -> list[Time]:
    """The rows of all pages, a few a page."""
    found: list[Time] = []
    cursor = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(traces, "PAGE_SIZE", 3)
        while True:
            page = traces.trace(user, sought, now=FAR, cursor=cursor)
            found += [as_time(row.span) for row in page.rows]
            cursor = page.older
            if cursor is None:
                return found


def _sums_agree(user: User, sought: Sought, expected: list[Time]) -> None:
    found = traces.trace(user, sought, now=FAR)
    assert {one.stage.pk for one in found.stages} == {time.stage for time in expected}
    for one in found.stages:
        mine = [time for time in expected if time.stage == one.stage.pk]
        assert (one.count, one.releases) == (len(mine), len({time.release for time in mine}))
        assert one.first == min(time.since for time in mine)
        ends = [time.until for time in mine]
        assert one.last == (None if None in ends else max(end for end in ends if end))
        assert one.lasted == sum(((time.until or FAR) - time.since for time in mine), timedelta())
    assert found.lasted == sum(((time.until or FAR) - time.since for time in expected), timedelta())
