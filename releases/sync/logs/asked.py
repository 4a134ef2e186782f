"""Answers an inquiry of a page for one step's log: more lines while the step runs, the whole of it once it ended."""

from typing import Any

from django.utils import timezone

from releases.errors import AzureError
from releases.models import Step, StepLog
from releases.sync.connections import Calls
from releases.sync.logs.fetching import Answer, Wanted, fetch, wanted
from releases.sync.logs.keeping import grow, keep

NOTHING_YET = "Azure DevOps has no line of it yet."


def answered(payload: dict[str, Any]) -> dict[str, Any]:
    """What is known now; `sentence` says what kept us from asking, if anything did."""
    rows = Step.objects.select_related("deployment__release_stage__release__project__organization")
    step = rows.filter(pk=int(payload["step"])).first()
    if step is None:
        return {"sentence": "This step is no more."}
    project = step.deployment.release_stage.release.project
    log = StepLog.objects.filter(step=step).first()
    if log and log.state == StepLog.State.KEPT:
        return {"lines": log.line_count, "is_kept": True}
    has_ended = step.finished_on is not None
    question = wanted(step, known=None if has_ended else log)
    try:
        with Calls(project.organization, 1) as calls:
            calls.asked_at()
            answer = fetch(calls.here(), question)
    except AzureError as error:
        return {"sentence": error.sentence}
    return _stored(question, answer, project=project.pk, has_ended=has_ended)


def _stored(question: Wanted, answer: Answer, *, project: int, has_ended: bool) -> dict[str, Any]:
    now = timezone.now()
    if has_ended:
        log = keep(question, answer, project=project, now=now)
        return {"lines": log.line_count, "is_kept": log.state == StepLog.State.KEPT, "sentence": log.reason}
    if answer.received is None:
        return {"lines": question.known_lines, "sentence": NOTHING_YET if answer.is_gone else answer.reason}
    log = grow(question, answer.received, project=project, now=now)
    return {"lines": log.line_count}
