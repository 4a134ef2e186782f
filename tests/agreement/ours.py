"""What the database holds of a project, as a ledger of the same facts."""

from collections.abc import Iterator
from datetime import UTC, datetime

from releases.models import (
    Approval,
    Artifact,
    Deployment,
    LiveSpan,
    Project,
    Release,
    ReleaseCommit,
    ReleaseStage,
    Step,
)
from tests.agreement.facts import Facts, Ledger


def ledger(project: Project) -> Ledger:
    """Everything of the project."""
    facts: Ledger = {}
    for part in (_releases, _artifacts, _commits, _stages, _attempts, _steps, _approvals, _spans):
        facts.update(part(project))
    return facts


def ids(project: Project) -> set[int]:
    """Azure's ids of the releases that were ever seen."""
    return set(project.releases.values_list("azure_id", flat=True))


def iso(moment: datetime | None) -> str | None:
    """A time as the books write it."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z" if moment else None
    )


def _releases(project: Project) -> Iterator[tuple[str, Facts]]:
    for row in Release.objects.filter(project=project).select_related("pipeline", "created_by"):
        yield (
            f"release {row.azure_id}",
            {
                "definition": row.pipeline.azure_id,
                "revision": row.definition_revision,
                "name": row.name,
                "status": row.status,
                "reason": row.reason,
                "description": row.description,
                "created": iso(row.created_on),
                "modified": iso(row.modified_on) if row.gone_at is None else None,
                "created by": row.created_by.key if row.created_by else None,
                "kept": row.keep_forever,
                "trigger": row.trigger_kind,
                "trigger alias": row.trigger_alias,
                "gone": row.gone_at is not None,
            },
        )


def _artifacts(project: Project) -> Iterator[tuple[str, Facts]]:
    for row in Artifact.objects.filter(release__project=project).select_related("release"):
        yield (
            f"artifact {row.release.azure_id}/{row.alias}",
            {
                "type": row.type,
                "role": row.role,
                "name": row.name,
                "version": row.version,
                "source id": row.source_id,
                "version id": row.version_id,
                "version name": row.version_name,
                "source version": row.source_version,
                "branch": row.branch,
                "triggering": row.is_triggering,
            },
        )


def _commits(project: Project) -> Iterator[tuple[str, Facts]]:
    rows = ReleaseCommit.objects.filter(release__project=project).values_list("release__azure_id", "commit__sha")
    yield from ((f"commit {release}/{sha}", {}) for release, sha in rows)


def _stages(project: Project) -> Iterator[tuple[str, Facts]]:
    for row in ReleaseStage.objects.filter(release__project=project).select_related("release", "stage"):
        facts = {
            "stage": row.stage.definition_environment_id,
            "name": row.name,
            "rank": row.rank,
            "status": row.status,
        }
        yield f"stage {row.release.azure_id}/{row.azure_id}", facts


def _attempts(project: Project) -> Iterator[tuple[str, Facts]]:
    rows = Deployment.objects.filter(release_stage__release__project=project)
    for row in rows.select_related("release_stage__release", "requested_by", "requested_for"):
        yield (
            f"attempt {_attempt_name(row)}",
            {
                "deployment": row.azure_id,
                "status": row.status,
                "operation": row.operation_status.lower(),
                "reason": row.reason,
                "requested by": row.requested_by.key if row.requested_by else None,
                "requested for": row.requested_for.key if row.requested_for else None,
                "queued": iso(row.queued_on),
                "started": iso(row.started_on),
                "finished": iso(row.finished_on),
                "last modified": iso(row.modified_on),
            },
        )


def _attempt_name(row: Deployment) -> str:
    return f"{row.release_stage.release.azure_id}/{row.release_stage.azure_id}/{row.attempt}"


def _steps(project: Project) -> Iterator[tuple[str, Facts]]:
    rows = Step.objects.filter(deployment__release_stage__release__project=project)
    for row in rows.select_related("deployment__release_stage__release"):
        facts = {
            "name": row.name,
            "status": row.status,
            "started": iso(row.started_on),
            "finished": iso(row.finished_on),
        }
        yield f"step {_attempt_name(row.deployment)}/{row.phase_id}/{row.task_id}", facts


def _approvals(project: Project) -> Iterator[tuple[str, Facts]]:
    rows = Approval.objects.filter(project=project)
    for row in rows.select_related("release_stage__release", "approver", "approved_by"):
        yield (
            f"approval {row.release_stage.release.azure_id}/{row.azure_id}",
            {
                "environment": row.release_stage.azure_id,
                "type": row.type,
                "rank": row.rank,
                "status": row.status,
                "automated": row.is_automated,
                "attempt": row.attempt,
                "approver": row.approver.key if row.approver else None,
                "approved by": row.approved_by.key if row.approved_by else None,
                "comments": row.comments,
                "created": iso(row.created_on),
                "modified": iso(row.modified_on),
            },
        )


def _spans(project: Project) -> Iterator[tuple[str, Facts]]:
    rows = LiveSpan.objects.filter(stage__pipeline__project=project)
    for row in rows.select_related("stage__pipeline", "release", "opened_by"):
        facts = {
            "release": row.release.azure_id,
            "pipeline": row.stage.pipeline.azure_id,
            "from": iso(row.live_from),
            "until": iso(row.live_until),
            "partly": row.is_partial,
        }
        yield f"span {row.stage.definition_environment_id}/{row.opened_by.azure_id}", facts
