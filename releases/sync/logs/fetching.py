"""Asks Azure for one log and takes it in. Runs in the thread that asks: touches no database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from releases.azure.devops import DevOps
from releases.errors import AzureNoAnswer, AzureUnreadable, NotThere, PermissionMissing
from releases.models import Step, StepLog
from releases.queries.statuses import Word, step_word
from releases.sync.logs.receiving import Received, Receiver

NO_ADDRESS = "Azure DevOps names no phase for this step, and without one it gives no log."
GONE = "Azure DevOps has this log no longer."


@dataclass(frozen=True)
class Wanted:
    """One step whose log is asked for: its address at Azure, and what is known of the step."""

    step: int
    project: str
    release: int
    environment: int
    phase: int
    task: int
    ended_on: datetime | None
    has_failed: bool
    issues: tuple[str, ...] = ()
    known_lines: int = 0
    in_key: bool = False


@dataclass(frozen=True)
class Answer:
    """What came of one question; exactly one of `received` and `reason` says something.

    `is_gone`: asking again will not help. `error`: it may be Azure that is in trouble, not this log.
    """

    received: Received | None = None
    reason: str = ""
    is_gone: bool = False
    error: AzureNoAnswer | None = None


def wanted(step: Step, *, known: StepLog | None = None) -> Wanted:
    """The question for a step, read with its deployment, stage, release and project. `known`: what it goes on from."""
    stage = step.deployment.release_stage
    return Wanted(
        step=step.pk,
        project=stage.release.project.azure_id,
        release=stage.release.azure_id,
        environment=stage.azure_id,
        phase=step.phase_id,
        task=step.task_id,
        ended_on=step.finished_on,
        has_failed=step_word(step.status) is Word.FAILED,
        issues=tuple(_errors(step.issues)),
        known_lines=known.line_count if known else 0,
        in_key=known.ends_in_key if known else False,
    )


def fetch(devops: DevOps, step: Wanted) -> Answer:
    """The log, from the line after those known. Raises what keeps us from asking at all: no credential, no network."""
    if not step.phase:
        return Answer(reason=NO_ADDRESS, is_gone=True)
    first = step.known_lines + 1
    receiver = Receiver(issues=step.issues, has_failed=step.has_failed, first_line=first, in_key=step.in_key)
    start = first if step.known_lines else None
    try:
        at = (step.release, step.environment, step.phase, step.task)
        devops.task_log(step.project, *at, into=receiver, start_line=start)
        return Answer(receiver.finish())
    except NotThere:
        return Answer(reason=GONE, is_gone=True)
    except (AzureUnreadable, PermissionMissing) as error:
        return Answer(reason=error.sentence)
    except AzureNoAnswer as error:
        return Answer(reason=error.sentence, error=error)


def _errors(issues: Collection[object]) -> list[str]:
    """The messages of a step's errors, first ones first."""
    told = [issue for issue in issues if isinstance(issue, dict)]
    return [str(one.get("message") or "") for one in told if str(one.get("type") or "").lower() == "error"]
