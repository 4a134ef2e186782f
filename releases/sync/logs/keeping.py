"""Stores what came of asking for a log. Called by the logs pass and by inquiries, each in a short transaction."""

from datetime import datetime, timedelta

from django.db import transaction

from releases.models import StepLog, StepLogPart
from releases.models.logs import unpacked
from releases.sync.logs.fetching import Answer, Wanted
from releases.sync.logs.receiving import MOST_BYTES, PART_LETTERS, PART_LINES, Part, Received

RETRIES = (
    timedelta(minutes=1),
    timedelta(minutes=3),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)
"""How long a log that could not be had rests before it is asked for again; after the last it is given up."""

STILL_COMING = timedelta(minutes=10)
"""So long after a step's end Azure may still be writing its log, so that "no such log" is asked once more."""


def keep(step: Wanted, answer: Answer, *, project: int, now: datetime) -> StepLog:
    """The log of a step that ended, as kept or as missed. What was kept before stays when it cannot be had again."""
    with transaction.atomic():
        log = StepLog.objects.select_for_update().filter(step=step.step).first()
        if answer.received is None:
            return _missed(log, step, answer, project=project, now=now)
        fields = {**_told(answer.received), "state": StepLog.State.KEPT, "reason": "", "tries": 0, "retry_at": None}
        fields |= {"project_id": project, "ended_on": step.ended_on, "fetched_at": now}
        log, _ = StepLog.objects.update_or_create(step_id=step.step, defaults=fields)
        log.parts.all().delete()
        _add(log, answer.received.parts)
    return log


def grow(step: Wanted, received: Received, *, project: int, now: datetime) -> StepLog:
    """More lines of a step that runs. Lines that somebody else stored meanwhile are not stored twice."""
    with transaction.atomic():
        new = {"project_id": project, "state": StepLog.State.GROWING, "fetched_at": now}
        log, _ = StepLog.objects.select_for_update().get_or_create(step_id=step.step, defaults=new)
        if log.line_count != step.known_lines or log.state == StepLog.State.KEPT:
            return log
        if received.parts:
            _lengthen(log, received)
        log.state, log.reason, log.retry_at = StepLog.State.GROWING, "", None
        if received.parts or log.fetched_at is None:
            log.fetched_at = now
        log.save()
    return log


def _told(received: Received) -> dict[str, object]:
    names = ["line_count", "head_lines", "left_out_lines", "left_out_bytes", "received_bytes", "kept_bytes"]
    names += ["received_sha256", "kept_sha256", "first_failing_line"]
    return {name: getattr(received, name) for name in names}


def _missed(log: StepLog | None, step: Wanted, answer: Answer, *, project: int, now: datetime) -> StepLog:
    log = log or StepLog(step_id=step.step, project_id=project)
    if log.state == StepLog.State.KEPT:
        return log
    log.tries += 1
    is_over = log.tries > len(RETRIES)
    is_final = answer.is_gone and (step.ended_on is None or now - step.ended_on > STILL_COMING)
    log.state = StepLog.State.GONE if is_final else StepLog.State.MISSING
    log.reason, log.ended_on = answer.reason, step.ended_on
    log.retry_at = None if is_final or is_over else now + RETRIES[log.tries - 1]
    log.save()
    return log


def _add(log: StepLog, parts: list[Part]) -> None:
    StepLogPart.objects.bulk_create([StepLogPart(log=log, **vars(part)) for part in parts], batch_size=20)


def _lengthen(log: StepLog, received: Received) -> None:
    """Few lines at a time: the last part takes them while it is short. Beyond what is kept, the middle goes."""
    last = log.parts.order_by("-first_line").first()
    first = received.parts[0]
    if last and last.line_count + first.line_count <= PART_LINES and last.size + first.size <= PART_LETTERS:
        lines = last.line_count + first.line_count
        more = Part.of(last.text + unpacked(first.body), first_line=last.first_line, line_count=lines)
        StepLogPart.objects.filter(pk=last.pk).update(**vars(more))
        _add(log, received.parts[1:])
    else:
        _add(log, received.parts)
    log.line_count, log.ends_in_key = received.line_count, received.ends_in_key
    log.received_bytes += received.received_bytes
    log.first_failing_line = log.first_failing_line or received.first_failing_line
    log.kept_bytes += received.kept_bytes
    if received.left_out_lines:
        log.head_lines = log.head_lines or received.head_lines
        log.left_out_lines += received.left_out_lines
        log.left_out_bytes += received.left_out_bytes
    if log.kept_bytes > MOST_BYTES:
        _shorten(log)


def _shorten(log: StepLog) -> None:
    parts = list(log.parts.order_by("first_line").values_list("pk", "first_line", "line_count", "size"))
    before, gone = 0, []
    for pk, first_line, lines, size in parts[:-1]:
        before += size
        if before <= MOST_BYTES // 2 and not (log.head_lines and first_line > log.head_lines):
            continue
        if log.kept_bytes <= MOST_BYTES:
            break
        log.head_lines = log.head_lines or first_line - 1
        log.kept_bytes -= size
        log.left_out_lines += lines
        log.left_out_bytes += size
        gone.append(pk)
    log.parts.filter(pk__in=gone).delete()
