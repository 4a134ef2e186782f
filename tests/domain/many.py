"""So many rows that PostgreSQL, which counts before it chooses, has a reason to tell indexes apart.

By itself it counts at moments of its own, and with few rows many plans cost the same: each counts what it made.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Model

from releases.models import Artifact, Commit, Deployment, LiveSpan, ModelVersion, Release, ReleaseCommit
from releases.states import ArtifactRole, TriggerKind
from tests import factories

EACH = range(500)


def versions(release: Release) -> None:
    """Versions of a model and of a scaler that this release carries."""
    Artifact.objects.bulk_create(
        _artifact(release, role, version=str(number))
        for role in (ArtifactRole.MODEL, ArtifactRole.SCALER)
        for number in EACH
    )
    counted(Artifact)


def releases(like: Release) -> None:
    """Older releases of the same pipeline that no filter for anything else finds."""
    Release.objects.bulk_create(
        Release(
            project=like.project,
            pipeline=like.pipeline,
            azure_id=10_000_000 + hours,
            name="R",
            status=like.status,
            created_on=like.created_on - timedelta(hours=hours),
            changed_at=like.changed_at,
            trigger_kind=TriggerKind.MANUAL,
        )
        for hours in EACH
    )
    counted(Release)


def commits(release: Release) -> None:
    """Commits that this release carries and brought."""
    names = [f"{number:040x}" for number in EACH]
    Artifact.objects.bulk_create(_artifact(release, ArtifactRole.CODE, version=name) for name in names)
    rows = Commit.objects.bulk_create(Commit(project=release.project, sha=name, repository="repo") for name in names)
    ReleaseCommit.objects.bulk_create(ReleaseCommit(release=release, commit=row) for row in rows)
    counted(Artifact, Commit, ReleaseCommit)


def carriers(version: ModelVersion) -> None:
    """Artifacts of this version that another release carries."""
    release = factories.release()
    Artifact.objects.bulk_create(
        _artifact(release, ArtifactRole.MODEL, version=str(number), model_version=version) for number in EACH
    )
    counted(Artifact)


def spans(newest: LiveSpan) -> None:
    """What the same stage ran before, an hour each."""
    like = newest.opened_by
    shared = {"release_stage": like.release_stage, "stage": newest.stage, "queued_on": like.queued_on}
    opened = Deployment.objects.bulk_create(
        Deployment(azure_id=10_000_000 + hours, attempt=2 + hours, status=like.status, **shared) for hours in EACH
    )
    LiveSpan.objects.bulk_create(
        LiveSpan(
            stage=newest.stage,
            release=newest.release,
            opened_by=attempt,
            live_from=newest.live_from - timedelta(hours=1 + hours),
            live_until=newest.live_from - timedelta(hours=hours),
        )
        for hours, attempt in zip(EACH, opened, strict=True)
    )
    counted(LiveSpan)


def _artifact(release: Release, role: ArtifactRole, *, version: str, **more: Any) -> Artifact:
    return Artifact(
        release=release,
        alias=f"{role}-{version}",
        role=role,
        type="AzureML",
        name="svc",
        version=version,
        version_id=version if role is ArtifactRole.CODE else "",
        release_created_on=release.created_on,
        **more,
    )


def counted(*models: type[Model]) -> None:
    """Figures about these tables for PostgreSQL, of no others: they outlive the test and change plans of others."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in models:
                cursor.execute(f"ANALYZE {model._meta.db_table}")
