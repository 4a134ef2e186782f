"""A Celery worker killed at random moments of a backfill, over and over, ends in the rows of an undisturbed one."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from releases.models import ReleaseText, StepLog, SyncGap, SyncManifest, SyncRun
from releases.models.audit import AuditEvent
from releases.sync.passes.lines import LOGS
from tests import audit_triggers
from tests.company import Company, living_company
from tests.faults.killing import LOG_DAYS, Killer
from tests.faults.reading import disagreements, read, read_all
from tests.faults.rows import logs, rows
from tests.redis import running_redis
from tests.test_broker import client_of

pytestmark = pytest.mark.on_sqlite

SEED = int(os.environ.get("KILL_SEED", "4"))
MOST_SECONDS = 100.0


@contextmanager
def slow_company(folder: Path, *, releases: int) -> Iterator[Company]:
    """One whose answers take as long as those of a service some way off."""
    with living_company(folder, releases=releases, latency_ms="25") as company:
        yield company


@pytest.mark.redis
@pytest.mark.parametrize(
    ("kills", "whole", "at_least", "releases", "lines"),
    [(8, 2, 2, 60, {"history"}), pytest.param(20, 3, 10, 120, {"history", "details"}, marks=pytest.mark.soak)],
)
@pytest.mark.django_db(transaction=True)
def test_kills_leave_the_rows_of_an_undisturbed_backfill(
    kills: int, whole: int, at_least: int, releases: int, lines: set[str], tmp_path: Path
) -> None:
    with slow_company(tmp_path, releases=releases) as company:
        assert_same_as_undisturbed(company, tmp_path, kills=kills, whole=whole, at_least=at_least, lines=lines)


def assert_same_as_undisturbed(
    company: Company, folder: Path, *, kills: int, whole: int, at_least: int, lines: set[str]
) -> None:
    """Kills leave what a reading leaves that nobody disturbs. So many hit after progress, and so many before the end,
    and these lines are among those that were hit."""
    print("seed", SEED)
    since = timezone.now() - timedelta(days=LOG_DAYS) + timedelta(minutes=10)  # what is older ages while we read
    killer = kill_a_worker(company, folder, kills=kills, whole=whole)
    assert (killer.hits, killer.whole) == (kills, whole)
    assert killer.hits_with_progress >= at_least
    assert killer.hits_before_the_end >= at_least
    assert lines <= killer.kinds <= {"history", "details", "logs"}
    assert disagreements(company, killer.project) == []
    disturbed, proved, kept = rows(), manifest(), logs(since)
    assert not SyncRun.objects.filter(state="running").exists()
    assert not SyncGap.objects.exists()  # nobody was away for long

    with audit_triggers.lifted():
        call_command("flush", interactive=False, verbosity=0)
    ReleaseText.objects.all().delete()  # a migration made its table, which a flush therefore leaves alone
    project = company.project()
    with override_settings(SLIPWAY_LOG_DAYS=LOG_DAYS):
        read_all(project, connections=4)
        read(project, line=LOGS, connections=4)
    undisturbed = rows()
    for table, expected in undisturbed.items():
        assert disturbed[table] == expected, table
    assert proved == manifest()
    assert all(is_proved for state, _, _, is_proved in kept.values() if state == StepLog.State.KEPT)
    assert {state for state, *_ in kept.values()} == {StepLog.State.KEPT}
    assert kept == logs(since)


def kill_a_worker(company: Company, folder: Path, *, kills: int, whole: int) -> Killer:
    """A worker on a real Redis, killed so often while it reads, then left alone until everything is read."""
    with running_redis(folder) as redis_url:
        killer = Killer(company.project(), folder, redis_url, client_of(folder, redis_url), random.Random(SEED))
        killer.start()
        try:
            killer.kill(kills, whole=whole, seconds=MOST_SECONDS)
            killer.leave_alone(MOST_SECONDS)
        finally:
            killer.stop()
    return killer


def manifest() -> set[str]:
    """Releases whose storing some run that is over has proved; each such run has its audit event."""
    over = SyncRun.objects.exclude(finished_at=None).filter(manifest__isnull=False).distinct()
    assert AuditEvent.objects.filter(type="sync.run").count() == over.count()
    lines = SyncManifest.objects.filter(run__in=over).exclude(key__startswith="log:")  # these: see `logs`
    return set(lines.values_list("key", flat=True))
