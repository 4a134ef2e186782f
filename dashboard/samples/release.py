"""The parts of a release's page: attempts with their steps, lanes, timeline, lineage."""

from typing import Any

from dashboard.offers import Offer
from dashboard.samples.rows import ADA, LATER, LONG, MONDAY, attempt, live, release, release_stage, seats, step
from dashboard.words import EVENTS
from releases.models import LiveSpan
from releases.queries.approvals_seen import NOBODY, Seats
from releases.queries.lineage import Link
from releases.queries.release import ReleaseSeen
from releases.queries.release_stages import Attempt, StageOfRelease, StepLine
from releases.queries.statuses import Word
from releases.queries.timeline import Event
from releases.states import ApprovalStatus, ReleaseStatus


def shown() -> dict[str, Any]:
    """For `_release.html`."""
    return {
        "of_release": [(stage, stage.row.release) for stage in stages()],
        "attempts": [(stage, one) for stage in stages() for one in stage.attempts],
        "timeline": [Event(_when(kind), kind, "PROD", str(ADA), 2, _said(kind), "Deploy model") for kind in EVENTS],
        "seen_releases": [_seen(), *(_seen(stage) for stage in stages()), _seen(status=ReleaseStatus.ABANDONED)],
        "links": links(),
        "offers": [
            Offer("Redeploy"),
            Offer("Redeploy", "You cannot act on releases: operators and administrators can."),
        ],
        "neighbours": [("prev", release("Release-40")), ("next", None)],
    }


def stages() -> list[StageOfRelease]:
    """A stage in each way it can stand."""
    failed = [
        StepLine(step("Download artifacts"), Word.SUCCEEDED),
        StepLine(step(LONG, message="The model file is missing."), Word.FAILED),
        StepLine(step("Smoke test"), Word.SKIPPED),
    ]
    running = [StepLine(step("Deploy model"), Word.RUNNING), StepLine(step("Smoke test"), Word.NOT_STARTED)]
    asked, refused = (ApprovalStatus.APPROVED, ApprovalStatus.PENDING), (ApprovalStatus.REJECTED,)
    return [
        _stage("DEV TEST", Word.SUCCEEDED, [_attempt(1, Word.SUCCEEDED, [])], span=live("Release-41")),
        _stage("STAGING", Word.FAILED, [_attempt(2, Word.FAILED, failed)], span=live()),
        _stage("UAT", Word.RUNNING, [_attempt(3, Word.RUNNING, running)]),
        _stage("PROD", Word.WAITING, [], given=seats(*asked), span=live()),
        _stage("ABROAD", Word.REJECTED, [], given=seats(*refused)),
        _stage("CANARY", Word.NOT_STARTED, [], needs=("DEV TEST", "UAT")),
        _stage(LONG, Word.SKIPPED, []),
    ]


def links() -> list[Link]:
    """A lineage with a link missing."""
    return [
        Link("model version", text="Registered in mlops_ws", at=MONDAY),
        Link("training run", text="port-weather-train-118", url="https://ml.azure.com/runs/port-weather-train-118"),
        Link("commit", text="e04d5aa", detail="main"),
        Link("data", missing="The run recorded no input data."),
    ]


def _stage(
    name: str,
    word: Word,
    attempts: list[Attempt],
    *,
    given: Seats = NOBODY,
    span: LiveSpan | None = None,
    needs: tuple[str, ...] = (),
) -> StageOfRelease:
    return StageOfRelease(release_stage(name), word, attempts, given, span, needs)


def _attempt(number: int, word: Word, steps: list[StepLine]) -> Attempt:
    return Attempt(attempt(number, is_over=word is not Word.RUNNING), word, steps, NOBODY)


def _seen(stage: StageOfRelease | None = None, *, status: ReleaseStatus = ReleaseStatus.ACTIVE) -> ReleaseSeen:
    one = release()
    one.status = status
    return ReleaseSeen(one, [], [stage] if stage else [], None, None, [], [], 0, [])


def _when(kind: str) -> Any:
    return None if kind == "waits" else LATER


def _said(kind: str) -> str:
    return "Accuracy gain holds on the storms of February." if kind == "approved" else ""
