"""The lease: one worker reads a feed at a time, a dead one is succeeded at once, a slow one stores nothing more."""

import os
import subprocess
import sys

import pytest

from releases.models import Organization, Project, Watermark
from releases.sync import watermarks
from releases.sync.watermarks import LeaseLost


@pytest.fixture
def project(db: None) -> Project:
    organization = Organization.objects.create(url="https://dev.azure.com/harbour", name="harbour")
    return Project.objects.create(organization=organization, azure_id="1", name="MLOps", slug="mlops")


def test_a_second_worker_gets_no_lease_until_the_first_gives_it_back(project: Project) -> None:
    first = watermarks.claim(project, feed="history")
    assert first is not None
    assert watermarks.claim(project, feed="history") is None
    assert watermarks.claim(project, feed="details") is not None
    first.release()
    assert watermarks.claim(project, feed="history") is not None


def test_who_was_thought_dead_cannot_store(project: Project) -> None:
    first = watermarks.claim(project, feed="history")
    assert first is not None
    Watermark.objects.filter(pk=first.mark.pk).update(leased_until="2020-01-01T00:00:00Z")
    second = watermarks.claim(project, feed="history")
    assert second is not None
    with pytest.raises(LeaseLost):
        first.keep()
    second.keep()
    first.release(failures=9)
    second.mark.refresh_from_db()
    assert second.mark.leased_by == second.token
    assert second.mark.failures == 0


def test_a_process_that_is_no_more_holds_nothing(project: Project) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    lease = watermarks.claim(project, feed="history")
    assert lease is not None
    other = lease.token.replace(f":{os.getpid()}:", f":{ended.pid}:")
    Watermark.objects.filter(pk=lease.mark.pk).update(leased_by=other)
    assert watermarks.claim(project, feed="history") is not None


def test_a_process_on_another_machine_is_waited_for(project: Project) -> None:
    lease = watermarks.claim(project, feed="history")
    assert lease is not None
    Watermark.objects.filter(pk=lease.mark.pk).update(leased_by="elsewhere:1:999999:abc")
    assert watermarks.claim(project, feed="history") is None
