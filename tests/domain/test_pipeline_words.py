"""The frame of every page says the same word of a pipeline as the overview, from values it reads by itself."""

from typing import Any

import pytest

from releases.models import ReleaseStage, Stage
from releases.queries.pipeline_words import pipeline_words
from releases.queries.pipelines import standing
from releases.queries.statuses import Word
from releases.states import ApprovalStatus, DeploymentStatus, Role
from tests import factories

pytestmark = pytest.mark.django_db
WAITS: dict[str, Any] = {"status": DeploymentStatus.NOT_DEPLOYED, "operation_status": "Pending"}
QUEUED: dict[str, Any] = {"status": DeploymentStatus.NOT_DEPLOYED, "operation_status": "QueuedForAgent"}


def reached(stage: Stage) -> ReleaseStage:
    """A newer release in the stage."""
    return factories.release_stage(release=factories.release(pipeline=stage.pipeline), stage=stage)


def tried(row: ReleaseStage, *answers: ApprovalStatus, attempt: int = 1, **fields: Any) -> None:
    """An attempt, before which people answered."""
    factories.deployment(release_stage=row, attempt=attempt, **fields)
    for status in answers:
        factories.approval(release_stage=row, attempt=attempt, status=status)


def nothing(stage: Stage) -> None:
    """Nothing was ever tried."""


def live(stage: Stage) -> None:
    """Something is live."""
    factories.live_span(opened_by=factories.deployment(release_stage=reached(stage)))


def failed_below_a_queue(stage: Stage) -> None:
    """What was deployed last failed, and a newer release waits for an agent."""
    live(stage)
    tried(reached(stage), status=DeploymentStatus.FAILED)
    tried(reached(stage), **QUEUED)


def refused_over_live(stage: Stage) -> None:
    """A person said no, and what was live stays."""
    live(stage)
    tried(reached(stage), ApprovalStatus.APPROVED, ApprovalStatus.REJECTED, **WAITS)


def refused_with_nothing_live(stage: Stage) -> None:
    """A person said no to the first release of all."""
    tried(reached(stage), ApprovalStatus.REJECTED, **WAITS)


def waits_in_a_second_attempt(stage: Stage) -> None:
    """The first attempt was refused; the second waits."""
    row = reached(stage)
    tried(row, ApprovalStatus.REJECTED, **WAITS)
    tried(row, ApprovalStatus.PENDING, attempt=2, **WAITS)


def waits_for_a_machine(stage: Stage) -> None:
    """No person is asked: Azure approves by itself."""
    row = reached(stage)
    tried(row, **QUEUED)
    factories.approval(release_stage=row, is_automated=True)


def drifts(stage: Stage) -> None:
    """What is live is not what is served."""
    live(stage)
    factories.drift(span=stage.live_spans.get())


STANDINGS = {
    nothing: Word.NOT_STARTED,
    live: Word.SUCCEEDED,
    failed_below_a_queue: Word.FAILED,
    refused_over_live: Word.SUCCEEDED,
    refused_with_nothing_live: Word.REJECTED,
    waits_in_a_second_attempt: Word.WAITING,
    waits_for_a_machine: Word.QUEUED,
    drifts: Word.DRIFT,
}


@pytest.mark.parametrize("made", STANDINGS, ids=lambda made: made.__name__)
def test_the_word_is_that_of_the_overview(made):
    reader, stage = factories.user(role=Role.QA), factories.stage()
    made(stage)
    assert [one.word for one in standing(reader)] == [STANDINGS[made]]
    assert [one.word for one in pipeline_words(reader)] == [STANDINGS[made]]


def test_all_pipelines_cost_five_queries(django_assert_num_queries):
    reader = factories.user(role=Role.QA)
    for made in STANDINGS:
        made(factories.stage())
    with django_assert_num_queries(5):
        assert {one.word for one in pipeline_words(reader)} == set(STANDINGS.values())


def test_pipelines_of_other_projects_are_not_told():
    mine, _ = factories.pipeline(), factories.pipeline()
    reader = factories.user(role=Role.QA, project=mine.project)
    assert [one.pipeline for one in pipeline_words(reader)] == [mine]
