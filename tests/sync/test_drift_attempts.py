"""What is told late of an attempt is held against the drifts that were judged before: its traffic may have moved."""

from datetime import timedelta

import pytest

from releases.models import Drift, Stage, Watermark
from releases.sync.store import drifts, store_listed
from tests import factories
from tests.sync import told

pytestmark = pytest.mark.django_db
LIVE_AT, LOOKED_AT = 60.0, 120.0


@pytest.fixture
def stage() -> Stage:
    """Release 1 with model version 1 has been live for an hour when a look finds another version."""
    project = told.project()
    store_listed(project, told.items(_release(1, told.attempt(1, deployment=11, at=LIVE_AT))), now=told.NOW)
    stage = Stage.objects.get()
    seen = told.START + timedelta(minutes=LOOKED_AT)
    check = factories.endpoint_check(seen_from=seen, served=[_serves("9")])
    Watermark.objects.create(workspace=check.endpoint.workspace, feed="serving", checked_at=seen)
    factories.stage_binding(stage=stage, endpoint=check.endpoint)
    drifts.judge({stage.pk: None})
    assert Drift.objects.get().drift_from == seen
    return stage


def _release(number: int, attempt: told.Json) -> told.Json:
    return told.release(number, told.stage(number * 10, attempt, of=1), version=str(number))


def _serves(version: str) -> dict[str, object]:
    model = told.artifacts(version)
    name = next(one["definitionReference"]["definition"]["name"] for one in model if one["alias"] == "model")
    return {"deployment": "blue", "model": name, "version": version, "percent": 100}


def _tell(stage: Stage, at: float, status: str, **more: object) -> None:
    """Release 2 is on its way to the stage since five minutes before `at`."""
    attempt = told.attempt(1, deployment=21, at=at, status=status, **more)
    store_listed(stage.pipeline.project, told.items(_release(2, attempt)), now=told.NOW)


def test_an_attempt_that_ran_when_the_drift_began_takes_it_back(stage: Stage) -> None:
    _tell(stage, LOOKED_AT - 1, "inProgress", operationStatus="PhaseInProgress")
    assert not Drift.objects.exists()


def test_an_attempt_that_was_canceled_after_all_moved_nothing(stage: Stage) -> None:
    before = Drift.objects.values("drift_from", "drift_until", "served").get()
    _tell(stage, LOOKED_AT - 1, "inProgress", operationStatus="PhaseInProgress")
    assert not Drift.objects.exists()
    _tell(stage, LOOKED_AT + 2, "canceled", operationStatus="PhaseCanceled")
    assert Drift.objects.values("drift_from", "drift_until", "served").get() == before


def test_an_attempt_that_began_later_changes_nothing_yet(stage: Stage) -> None:
    _tell(stage, LOOKED_AT + 30, "inProgress", operationStatus="PhaseInProgress")
    assert Drift.objects.get().drift_until is None
