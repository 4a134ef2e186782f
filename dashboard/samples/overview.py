"""The parts of the overview: what needs a person, pipelines as cards and as lines, activity, what is stale or read."""

from datetime import timedelta
from typing import Any

from dashboard.first_steps import FirstStep
from dashboard.samples.rows import (
    LATER,
    LONG,
    MONDAY,
    PIPELINE,
    PORT,
    live,
    release,
    release_stage,
    seats,
    stage,
    versions,
)
from dashboard.samples.stages import lanes
from releases.models import Drift, Pipeline
from releases.queries.happening import Happened
from releases.queries.overview import Overview, Row, Waiting
from releases.queries.pipelines import PipelineNow, StageNow
from releases.queries.sources import Progress, Source, Standing
from releases.queries.statuses import Word
from releases.states import ApprovalStatus


def shown() -> dict[str, Any]:
    """For `_overview.html`."""
    return {
        "overviews": [_overview(), Overview([], [], [], [])],
        "pipelines": [_row(), _row(LONG)],
        "happened": [Happened(LATER, word, release(), stage("PROD")) for word in Word]
        + [Happened(MONDAY, Word.NOT_STARTED, release(), None)],
        "stale": [
            Source("harbour / Port", "releases", Standing("refused", "auth_failed", "No entry."), MONDAY),
            Source("harbour / Berths", "releases", Standing("behind", "", "No run has ended for a while."), None),
        ],
        "progress": [Progress(594, 1200, MONDAY, MONDAY), Progress(0, 0)],
        "left": timedelta(minutes=4),
        "port": PORT,
        "first_steps": [
            FirstStep("Connect Azure DevOps", "harbour / Port.", is_done=True),
            FirstStep("Give roles", "Nobody holds a role yet.", address="sync", label="See the sync"),
            FirstStep("Read the history", "594 of about 1,200 releases."),
        ],
    }


def _overview() -> Overview:
    drift = Drift(drift_from=MONDAY, stage=stage("PROD"))
    one = StageNow(stage("PROD"), span=live(), drift=drift)
    return Overview([], [_waiting()], [], [], failed=[one] * 3, running=[one], drifting=[one, one])


def _waiting() -> Waiting:
    [pending] = seats(ApprovalStatus.PENDING).approvals
    pending.release_stage = release_stage("PROD")
    return Waiting(pending, 1, release("Release-39"), versions()[:1])


def _row(name: str = "") -> Row:
    pipeline = Pipeline(pk=2, azure_id=2, name=name, project=PORT) if name else PIPELINE
    now = PipelineNow(pipeline, [StageNow(lane.stage, span=live()) for _, lane in lanes()])
    waiting = [] if name else [_waiting()]
    return Row(now, lanes()[: 2 if name else 3], release(), "Model v8", "Learn_MLOps · main", waiting)
