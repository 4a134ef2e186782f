"""Fault 8: what Azure has no longer is kept and marked; a project that cannot be read marks nothing."""

import pytest

from releases.models import Deployment, Project, Release, Watermark
from releases.sync.passes import listing
from releases.sync.passes.lines import DETAILS, Ended
from tests.company import Company
from tests.faults import seen
from tests.faults.reading import counts, last_run, read, read_all

pytestmark = pytest.mark.on_sqlite

TO_DO = {"forbidden": "Give the identity the permission named", "not_found": "Check that the project still has this"}


def test_a_release_deleted_between_list_and_detail_is_kept_and_marked(project: Project, company: Company) -> None:
    read(project)
    before = counts()
    chosen = Release.objects.filter(stages__deployments__isnull=False).order_by("azure_id").first()
    assert chosen is not None
    company.fault("releases.get", "deleted", times=0, args={"id": chosen.azure_id})
    assert read(project, line=DETAILS, connections=4).ended is Ended.DONE
    assert list(Release.objects.exclude(gone_at=None).values_list("azure_id", flat=True)) == [chosen.azure_id]
    assert Deployment.objects.filter(release_stage__release=chosen).exists()
    after = counts()
    assert after.pop("Step") > before.pop("Step")
    assert after == before
    assert "Deleted in Azure DevOps. First seen missing today" in seen.page(seen.of(chosen))
    assert "What was read before stays here." in seen.page(seen.of(chosen))


def test_a_release_that_a_complete_list_leaves_out_is_marked_and_comes_back(project: Project, company: Company) -> None:
    read(project)
    chosen = Release.objects.order_by("azure_id").first()
    assert chosen is not None
    lost = Release.objects.get(pk=chosen.pk)  # one that Azure's retention has removed since we read it
    lost.pk, lost.azure_id = None, chosen.azure_id - 1
    lost.save(force_insert=True)
    Watermark.objects.filter(feed=listing.FEED).update(completed_at=None)
    assert read(project).ended is Ended.DONE
    gone = Release.objects.exclude(gone_at=None).get()
    assert gone.azure_id == chosen.azure_id - 1
    assert "Deleted in Azure DevOps." in seen.page(seen.of(gone))

    Release.objects.filter(pk=chosen.pk).update(gone_at=chosen.created_on, listed_sha256="")
    assert read(project, full=True).ended is Ended.DONE
    chosen.refresh_from_db()
    assert chosen.gone_at is None
    assert "Deleted in Azure DevOps" not in seen.page(seen.of(chosen))


@pytest.mark.parametrize("kind", ["forbidden", "not_found"])
def test_a_project_that_cannot_be_read_marks_nothing(project: Project, company: Company, kind: str) -> None:
    read(project)
    Watermark.objects.filter(feed=listing.FEED).update(completed_at=None)
    company.fault("*", kind, times=0)
    for outcome in read_all(project):
        assert outcome.ended is Ended.PAUSED
        assert outcome.error is not None
    assert last_run(project).state == "paused"
    assert last_run(project).sentence
    assert not Release.objects.exclude(gone_at=None).exists()
    text = seen.page()
    assert seen.source(project, "Needs you") in text
    assert f"{last_run(project, 'incremental', 'backfill').sentence} {TO_DO[kind]}" in text
    assert seen.stale(project) in seen.page(seen.OVERVIEW)
    assert "deleted in Azure" not in seen.page(seen.RELEASES)


def test_releases_that_are_not_found_mark_nothing_while_the_project_is_refused(
    project: Project, company: Company
) -> None:
    read(project)
    company.fault("releases.get", "deleted", times=0)
    company.fault("releases.list", "forbidden", times=0)
    assert read(project, line=DETAILS).ended is Ended.PAUSED
    assert not Release.objects.exclude(gone_at=None).exists()
    assert "Steps and approvals: " in seen.page()
    assert seen.source(project, "Needs you") in seen.page()
    assert "stale since" not in seen.page(seen.OVERVIEW)
