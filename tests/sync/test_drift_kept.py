"""Drift rows kept step by step, whatever order looks and attempts arrive in, are those a plain recomputation makes."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from releases.models import (
    Deployment,
    Drift,
    Endpoint,
    EndpointCheck,
    LiveSpan,
    Release,
    ReleaseStage,
    StageBinding,
    Watermark,
)
from releases.queries.served import ModelName
from releases.states import ServingState
from releases.sync.drift import MOVES_TRAFFIC, Attempt, Life, Piece, drifts_of
from releases.sync.serving import checks
from releases.sync.serving.looking import Look
from releases.sync.spans import Window
from releases.sync.store import drifts, live
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.on_sqlite

MODEL = "eta-gbm"
STEP = timedelta(minutes=10)


def deployed(version: str) -> dict[str, Any]:
    return {"deployment": "blue", "model": MODEL, "version": version, "percent": 100}


class Stretch:
    """A stage, its endpoint, and a clock; releases 1 to 3 carry model versions 1 to 3."""

    def __init__(self, binding: StageBinding) -> None:
        self.binding, self.now = binding, NOON
        for rows in (Drift, EndpointCheck, LiveSpan, Deployment, ReleaseStage, Release):
            rows.objects.all().delete()
        place = binding.endpoint
        assert place is not None
        self.endpoint: Endpoint = place
        self.mark, _ = Watermark.objects.get_or_create(workspace=place.workspace, feed="serving")
        self.mark.checked_at = None
        self.mark.save()
        self.rows = {number: self._release(number) for number in (1, 2, 3)}

    def _release(self, number: int) -> ReleaseStage:
        release = factories.release(pipeline=self.binding.stage.pipeline)
        factories.artifact(release=release, name=MODEL, version=str(number))
        return factories.release_stage(release=release, stage=self.binding.stage)

    def attempt(self, number: int, release: int, status: str, back: int, lasted: int) -> None:
        """One attempt is told, perhaps late, perhaps again with another end, perhaps after others that it outlasts."""
        ended = self.now - back * STEP
        row = Deployment.objects.filter(azure_id=number).first()
        turns = {row.finished_on} if row and row.finished_on else set()
        runs = _runs(row) if row else []
        row = row or Deployment(
            release_stage=self.rows[release], stage=self.binding.stage, attempt=number, azure_id=number
        )
        row.status = status
        row.started_on = row.queued_on = ended - timedelta(minutes=3) - lasted * STEP
        row.finished_on = None if status == "inProgress" else ended
        row.save()
        turns |= {row.finished_on} if row.finished_on else set()
        live.refresh({row.stage_id: turns} if turns else {}, [*runs, *_runs(row)])

    def look(self, version: int, dated: bool) -> None:
        """Somebody looks: 0 cannot be read. Azure may tell when it changed."""
        before = self.mark.checked_at
        state = ServingState.SERVING if version else ServingState.UNREADABLE
        look = Look(
            state,
            (deployed(str(version)),) if version else (),
            changed_on=self.now - timedelta(minutes=4) if dated else None,
        )
        held = EndpointCheck.objects.filter(seen_until=None).first()
        check = checks.note(self.endpoint, held, look, answered_at=self.now, before=before)
        self.mark.checked_at = self.now
        self.mark.save()
        since = None if before is None else min(before, check.since) if check else before
        drifts.judge({self.binding.stage_id: since})

    def kept(self) -> set[Any]:
        found = set()
        for one in Drift.objects.all():
            served, deployed = one.served[0]["version"], one.deployed[0]["version"]
            found.add((one.span_id, one.drift_from, one.drift_until, served, deployed, one.ended_by))
        return found

    def anew(self) -> set[Any]:
        """From every span, every check and every attempt there is."""
        found = set()
        pieces, attempts = self._pieces(), self._attempts()
        spans = list(LiveSpan.objects.select_related("release").order_by("live_from"))
        for span, following in pairwise([*spans, None]):
            assert span is not None
            version, ended_by = span.release.artifacts.get().version, f"Deployment of {following and following.release}"
            models = (ModelName(MODEL, version),)
            life = Life(span.pk, span.release.name, span.live_from, span.live_until, models, ended_by)
            for one in drifts_of(life, pieces, attempts):
                served = one.served[0]["version"]
                found.add((span.pk, one.drift_from, one.drift_until, served, version, one.ended_by))
        return found

    def _pieces(self) -> list[Piece]:
        rows = list(EndpointCheck.objects.order_by("seen_from"))
        made = []
        for row, following in pairwise([*rows, None]):
            assert row is not None
            seen = row.seen_until or max(row.seen_from, self.mark.checked_at or row.seen_from)
            until = following.since if following else None
            is_dated = following is not None and following.since < following.seen_from
            made.append(Piece(row.since, until, seen, row.state, row.served, is_dated))
        return made

    def _attempts(self) -> list[Attempt]:
        rows = Deployment.objects.filter(status__in=MOVES_TRAFFIC).select_related("release_stage__release")
        names = {row: row.release_stage.release.name for row in rows}
        return [Attempt(row.started_on, row.finished_on, names[row], "") for row in rows if row.started_on]


def _runs(row: Deployment) -> list[Window]:
    """While it ran, as the store notes it when it comes, goes or moves; none if it moved no traffic."""
    assert row.started_on is not None
    return [Window(row.stage_id, row.started_on, row.finished_on)] if row.status in MOVES_TRAFFIC else []


@pytest.fixture
def binding(db: None) -> StageBinding:
    return factories.stage_binding()


looks = st.tuples(st.just("look"), st.integers(0, 3), st.booleans())
attempts = st.tuples(
    st.just("attempt"),
    st.integers(1, 6),
    st.integers(1, 3),
    st.sampled_from(["succeeded", "succeeded", "partiallySucceeded", "failed", "inProgress", "canceled"]),
    st.sampled_from([0, 0, 0, 1, 2, 5]),
    st.sampled_from([0, 0, 0, 1, 4]),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(looks, looks, attempts), max_size=22))
def test_drifts_kept_step_by_step_are_those_made_anew(binding: StageBinding, steps: list[Any]) -> None:
    stretch = Stretch(binding)
    for what, *told in steps:
        stretch.now += STEP
        if what == "look":
            stretch.look(*told)
            assert stretch.kept() == stretch.anew()
        else:
            stretch.attempt(*told)


minutes = st.integers(0, 60)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(minutes, st.integers(0, 3)), max_size=8), minutes, minutes)
def test_at_every_moment_without_an_attempt_drift_is_that_the_versions_differ(
    seen: list[tuple[int, int]], start: int, end: int
) -> None:
    """Every change is dated and was looked at, so that nothing stands between what is and what is judged."""
    changes = sorted(dict(seen).items())
    pieces = []
    for place, (time, version) in enumerate(changes):
        ends = at(changes[place + 1][0]) if place + 1 < len(changes) else None
        state, rows = ("serving", [deployed(str(version))]) if version else ("unreadable", [])
        pieces.append(Piece(at(time), ends, at(1000), state, rows, is_dated=True))
    until = at(end) if end > start else None
    found = drifts_of(Life(1, "r", at(start), until, (ModelName(MODEL, "1"),)), pieces, [])
    for minute in range(70):
        moment = at(minute + 0.5)
        serves = next((version for time, version in reversed(changes) if at(time) <= moment), 0)
        is_live = at(start) <= moment and (until is None or moment < until)
        drifting = any(one.drift_from <= moment and not _is_past(one.drift_until, moment) for one in found)
        assert drifting == (is_live and serves in (2, 3)), minute


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def _is_past(until: datetime | None, moment: datetime) -> bool:
    return until is not None and until <= moment
