"""Logs of steps are fetched once the step ended, kept whatever becomes of Azure's, and listed as a gap where missed."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import Celery
from django.test import override_settings
from django.utils import timezone

from releases.models import AuditEvent, Inquiry, Project, Release, Step, StepLog, Watermark
from releases.models.logs import unpacked
from releases.queries.logs.lines import whole
from releases.sync import inquiries
from releases.sync.logs import receiving
from releases.sync.passes.lines import LOGS, Ended
from tests import factories
from tests.company import Company
from tests.faults import seen
from tests.faults.reading import last_run, read
from tests.faults.test_hostile import CANARY
from tests.servers import wait_until
from tests.test_broker import client_of
from tests.workers import worker_process

pytestmark = pytest.mark.on_sqlite

LOG = "logs.task"


@pytest.fixture
def known(db: None, small: Company) -> Project:
    """The small company's project as if its history were read: some releases with steps, and no log yet."""
    project = small.project()
    Watermark.objects.create(project=project, feed="history", completed_at=timezone.now())
    rows = [row for row in small.books()["releases"] if row["deleted"] is None]
    failed = [row for row in rows if any(step["status"] == "failed" for step in _steps(row))]
    for row in [*failed[-2:], *[row for row in rows if row not in failed][-4:]]:
        _stored(project, row)
    return project


def _steps(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for stage in row["stages"] for attempt in stage["attempts"] for step in attempt["steps"]]


def _stored(project: Project, row: dict[str, Any]) -> None:
    """One release of the books, as deep as logs need it."""
    ends = [datetime.fromisoformat(step["finished"]) for step in _steps(row) if step["started"] and step["finished"]]
    read = {"detailed_sha256": "read", "logs_due_on": max(ends, default=None)}
    release = factories.release(project=project, azure_id=row["id"], **read)
    for stage in row["stages"]:
        place = factories.release_stage(release=release, azure_id=stage["id"])
        for one in stage["attempts"]:
            attempt = factories.deployment(release_stage=place, attempt=one["attempt"])
            for step in one["steps"]:
                told = {"phase_id": step["phase"], "task_id": step["task"], "status": step["status"]}
                times = {"started_on": step["started"], "finished_on": step["finished"]}
                factories.step(deployment=attempt, name=step["name"], rank=step["rank"], **told, **times)


def ended_with(project: Project, **more: Any) -> Any:
    return read(project, line=LOGS, connections=4, **more).ended


def only(count: int) -> list[Step]:
    """Leaves so many releases due, the newest ends; their steps that ran."""
    due = Release.objects.filter(logs_due_on__isnull=False).order_by("-logs_due_on")
    chosen = list(due.values_list("pk", flat=True)[:count])
    Release.objects.exclude(pk__in=chosen).update(logs_due_on=None)
    ended = {"started_on__isnull": False, "finished_on__isnull": False}
    steps = Step.objects.filter(deployment__release_stage__release__in=chosen, **ended)
    return list(steps.order_by("pk"))


def test_all_logs_of_the_time_that_counts_are_kept_and_nothing_is_asked_twice(known: Project, small: Company) -> None:
    with override_settings(SLIPWAY_LOG_DAYS=365):
        assert ended_with(known) is Ended.DONE
        assert not Release.objects.filter(logs_due_on__isnull=False).exists()
        ran = Step.objects.filter(started_on__isnull=False, finished_on__isnull=False)
        assert StepLog.objects.filter(state="kept").count() == ran.count() > 20
        assert not StepLog.objects.exclude(step__in=ran).exists()
        asked = len(small.asked(LOG))
        assert ended_with(known) is Ended.DONE
        assert len(small.asked(LOG)) == asked
    run = last_run(known, "logs")
    assert (run.read, run.changed) == (ran.count(), ran.count())
    assert AuditEvent.objects.filter(type="sync.run", object_id__contains="/logs/").count() == 1
    failed = StepLog.objects.filter(step__status="failed")
    assert failed.exists()
    assert not failed.filter(first_failing_line=None).exists()
    assert not Release.objects.filter(logs_due_on__isnull=False).exists()


def test_failed_steps_come_first_and_old_ones_not_by_themselves(known: Project, small: Company) -> None:
    with override_settings(SLIPWAY_LOG_DAYS=1):
        since = timezone.now() - timedelta(days=1)
        assert ended_with(known) is Ended.DONE
        assert not StepLog.objects.filter(step__deployment__release_stage__release__logs_due_on__lt=since).exists()
    StepLog.objects.all().delete()
    only(0)
    release = Release.objects.filter(stages__deployments__steps__status="failed").latest("pk")
    Release.objects.filter(pk=release.pk).update(logs_due_on=timezone.now())
    small.heal()
    read(known, line=LOGS, connections=1)
    asked = [int(one["path"].split("/tasks/")[1].split("/")[0]) for one in small.asked(LOG)]
    steps = Step.objects.filter(deployment__release_stage__release=release, status="failed")
    assert set(asked[: steps.count()]) == set(steps.values_list("task_id", flat=True))


def test_a_log_that_is_too_large_is_kept_as_head_and_tail(
    known: Project, small: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 12, at a tenth of the size; below at its full size, with the memory it takes."""
    monkeypatch.setattr(receiving, "MOST_BYTES", 2_000_000)
    first = only(1)[0]
    small.fault(LOG, "long_log", args={"size": 3_000_000})
    assert ended_with(known) is Ended.DONE
    log = StepLog.objects.get(left_out_lines__gt=0)
    assert log.received_bytes > 3_000_000
    assert 1_700_000 < log.kept_bytes < 2_300_000
    assert StepLog.objects.filter(state="kept").count() > 1, first
    text = b"".join(whole(log))
    assert f"[Slipway left out {log.left_out_lines:,} lines".encode() in text
    assert text.rstrip().endswith(f"##[section]Finishing: {log.step.name}".encode())


def _peak_megabytes(pid: int) -> float:
    """The most memory that the process ever held."""
    said = Path(f"/proc/{pid}/status").read_text()
    return int(said.partition("VmHWM:")[2].split()[0]) / 1024


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_a_hundred_megabytes_are_kept_as_twenty_and_take_a_worker_little_memory(
    known: Project, small: Company, tmp_path: Path
) -> None:
    first, second = Release.objects.filter(logs_due_on__isnull=False)[:2]
    Release.objects.exclude(pk=first.pk).update(logs_due_on=None)
    env = {"SLIPWAY_SYNC_SECONDS": "3600", "SLIPWAY_LOG_DAYS": "365"}
    with worker_process(tmp_path, pool="threads", count=4, **env) as worker:
        broker = client_of(tmp_path, "")
        _read_by_a_worker(broker, first)
        before = _peak_megabytes(worker.pid)
        small.fault(LOG, "long_log", times=1, args={"size": 100_000_000})
        Release.objects.filter(pk=second.pk).update(logs_due_on=timezone.now())
        _read_by_a_worker(broker, second)
        after = _peak_megabytes(worker.pid)
    log = StepLog.objects.get(left_out_lines__gt=0)
    assert log.received_bytes > 100_000_000
    assert 19 * 1024**2 < log.kept_bytes < 21 * 1024**2
    assert after - before < 100
    assert after < 300


def _read_by_a_worker(broker: Celery, release: Release) -> None:
    """The logs of this release, which is due, are fetched."""

    def is_read() -> bool:
        broker.send_task("sync.tick", expires=5)
        return not Release.objects.filter(pk=release.pk, logs_due_on__isnull=False).exists()

    wait_until(is_read, seconds=120, what="the logs are fetched", every=1)


def test_a_log_that_azure_has_no_longer_is_a_gap_and_one_that_was_kept_stays(known: Project, small: Company) -> None:
    steps = only(1)
    small.fault(LOG, "not_found", times=0)
    assert ended_with(known) is Ended.DONE
    logs = StepLog.objects.filter(step__in=steps)
    assert {log.state for log in logs} <= {"gone", "missing"}
    StepLog.objects.update(state="gone", retry_at=None)
    text = seen.page()
    assert f"Missing logs, {len(steps)}" in text
    assert "Azure DevOps has this log no longer." in text
    small.heal()
    Release.objects.update(logs_due_on=None)
    step = steps[0]
    inquiry = Inquiry.objects.create(kind="step_log", payload={"step": step.pk}, asked_at=timezone.now())
    assert inquiries.answer(inquiry).answer["is_kept"]  # somebody opened it, and Azure had it after all
    small.fault(LOG, "not_found", times=0)
    Inquiry.objects.filter(pk=inquiry.pk).update(state="asked")
    assert inquiries.answer(Inquiry.objects.get()).answer["is_kept"]
    assert StepLog.objects.get(step=step).state == "kept"


def test_a_log_that_cannot_be_read_is_asked_for_again_later(known: Project, small: Company) -> None:
    steps = only(1)
    small.fault(LOG, "truncated", times=0, args={"how": "length"})
    assert ended_with(known) is Ended.DONE
    logs = StepLog.objects.filter(step__in=steps)
    assert {log.state for log in logs} == {"missing"}
    assert "cut off" in logs[0].reason
    assert all(log.retry_at for log in logs)
    asked = len(small.asked(LOG))
    assert ended_with(known) is Ended.DONE
    assert len(small.asked(LOG)) == asked
    small.heal()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert ended_with(known) is Ended.DONE
    assert {log.state for log in StepLog.objects.filter(step__in=steps)} == {"kept"}
    assert "Missing logs" not in seen.page()


@pytest.mark.django_db(transaction=True)
def test_while_azure_is_in_trouble_the_line_rests_and_loses_nothing(known: Project, small: Company) -> None:
    steps = only(1)
    small.fault(LOG, "throttle", args={"retry_after": 30})
    assert ended_with(known, seconds=3) is Ended.WAITING
    known.organization.refresh_from_db()
    type(known.organization).objects.update(gate_until=None)
    small.fault(LOG, "unavailable", times=1)
    assert ended_with(known, seconds=5) in (Ended.DONE, Ended.WAITING)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert ended_with(known) is Ended.DONE
    assert {log.state for log in StepLog.objects.filter(step__in=steps)} == {"kept"}


def test_no_secret_of_a_log_is_stored(known: Project, small: Company) -> None:
    """Fault 53, for the texts of logs."""
    only(1)
    small.fault(LOG, "long_log", times=0, args={"size": 3000, "text": f"export DB_PASSWORD={CANARY}"})
    assert ended_with(known) is Ended.DONE
    bodies = [unpacked(part.body) for log in StepLog.objects.all() for part in log.parts.all()]
    assert any("export DB_PASSWORD=[masked]" in body for body in bodies)
    assert not any(CANARY in body for body in bodies)


def test_the_log_of_a_step_that_runs_grows_and_is_whole_in_the_end(known: Project, small: Company) -> None:
    only(0)
    step = Step.objects.filter(status="succeeded", finished_on__isnull=False).latest("finished_on")
    ended_on = step.finished_on
    Step.objects.filter(pk=step.pk).update(status="inProgress", finished_on=None)
    inquiry = Inquiry.objects.create(kind="step_log", payload={"step": step.pk}, asked_at=timezone.now())
    lines = inquiries.answer(inquiry).answer["lines"]
    log = StepLog.objects.get(step=step)
    assert (log.state, log.line_count) == ("growing", lines)
    Inquiry.objects.filter(pk=inquiry.pk).update(state="asked")
    assert inquiries.answer(Inquiry.objects.get()).answer == {"lines": lines}  # only what comes after is asked for
    assert f"startLine={lines + 1}" in small.asked(LOG)[-1]["query"]
    Step.objects.filter(pk=step.pk).update(status="succeeded", finished_on=ended_on)
    Release.objects.filter(stages__deployments__steps=step).update(logs_due_on=timezone.now())
    assert ended_with(known) is Ended.DONE
    log.refresh_from_db()
    assert (log.state, log.line_count) == ("kept", lines)
