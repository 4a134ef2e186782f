"""A worker killed at random moments of a backfill, twenty times over, ends in the rows of an undisturbed one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from releases.models import Project, Release, SyncManifest, SyncRun
from releases.models.audit import AuditEvent
from tests import audit_triggers
from tests.company import Company, living_company
from tests.faults.reading import disagreements, read_all
from tests.faults.rows import rows
from tests.workers import database_url

KILLS = 20
SEED = 4


@pytest.fixture
def slow_company(tmp_path: Path) -> Iterator[Company]:
    """One whose answers take as long as those of a service some way off."""
    with living_company(tmp_path, releases=180, latency_ms="40") as company:
        yield company


@pytest.mark.django_db(transaction=True)
def test_twenty_kills_leave_the_rows_of_an_undisturbed_backfill(slow_company: Company, tmp_path: Path) -> None:
    project = slow_company.project()
    killed = sync_in_processes_that_are_killed(project, tmp_path)
    assert killed == KILLS
    assert disagreements(slow_company, project) == []
    disturbed, proved = rows(), manifest()
    assert not SyncRun.objects.filter(state="running").exists()

    with audit_triggers.lifted():
        call_command("flush", interactive=False, verbosity=0)
    project = slow_company.project()
    read_all(project, connections=4)
    undisturbed = rows()
    for table, expected in undisturbed.items():
        assert disturbed[table] == expected, table
    assert proved == manifest()


def sync_in_processes_that_are_killed(project: Project, folder: Path) -> int:
    """Returns how many of the processes were killed before they were done."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "SLIPWAY_VAR_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
    }
    command = [sys.executable, "-m", "tests.faults.killable", project.slug, str(SEED), str(KILLS)]
    connection.close()
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert ended.returncode == 0, ended.stderr
    assert Release.objects.filter(changes_read_at=None, gone_at=None).count() == 0
    return int(ended.stdout.split()[-1])


def manifest() -> set[str]:
    """Releases whose storing some run that is over has proved; each such run has its audit event."""
    over = SyncRun.objects.exclude(finished_at=None).filter(manifest__isnull=False).distinct()
    assert AuditEvent.objects.filter(type="sync.run").count() == over.count()
    return set(SyncManifest.objects.filter(run__in=over).values_list("key", flat=True))
