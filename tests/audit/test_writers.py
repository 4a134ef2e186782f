"""Many writers at once, some of them killed: the chain has no gap and no fork, each change exactly one event."""

import random
import subprocess
import sys
import time
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from releases import audit
from releases.models import AuditEvent, User
from tests.servers import end
from tests.workers import database_url

WRITERS = 8
EACH = 25


def append_many(barrier: Barrier, errors: list[Exception]) -> None:
    barrier.wait(timeout=30)
    try:
        for _ in range(EACH):
            with transaction.atomic():
                audit.append("sync.requested", by=audit.System("shell"))
    except Exception as error:
        errors.append(error)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_eight_threads_write_one_gapless_chain() -> None:
    barrier, errors = Barrier(WRITERS), list[Exception]()
    threads = [Thread(target=append_many, args=(barrier, errors)) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []
    assert AuditEvent.objects.count() == 1 + WRITERS * EACH
    assert list(audit.findings()) == []


@pytest.mark.django_db(transaction=True)
def test_processes_killed_at_random_leave_each_change_with_exactly_one_event(tmp_path: Path) -> None:
    chance = random.Random(4711)
    killed = 0
    for number in range(6):
        processes = [start(f"writer-{number}-{i}", tmp_path) for i in range(2)]
        for process in processes:
            has_begun(process)
        time.sleep(chance.uniform(0.05, 0.3))
        for process in processes:
            killed += process.poll() is None
            process.kill()
            end(process, 9)
    last = start("last", tmp_path, count=5)
    has_begun(last)
    assert last.wait(timeout=30) == 0
    subjects = set(User.objects.values_list("subject", flat=True))
    events = list(AuditEvent.objects.filter(type="user.created").values_list("object_id", flat=True))
    assert killed >= 10, "the writers ended too soon for the test to mean anything"
    assert len(events) == len(set(events)) == len(subjects) > 5
    assert set(events) == subjects
    assert list(audit.findings()) == []


def start(name: str, folder: Path, *, count: int = 100_000) -> "subprocess.Popen[bytes]":
    """A writing process; `has_begun` waits for its first event."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.audit.appending", name, str(count)],
        env={"PATH": "/usr/bin:/bin", "DATABASE_URL": database_url(), "SLIPWAY_VAR_DIR": str(folder)},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def has_begun(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdout.close()
