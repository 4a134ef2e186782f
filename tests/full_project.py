"""A project with one row of everything in it, each named after it: whoever may not see it must never read that name."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from releases import audit
from releases.models import (
    ArtifactRule,
    AuditEvent,
    Commit,
    EndpointRule,
    Invitation,
    Project,
    ReleaseCommit,
    ReleaseStage,
    ReleaseWorkItem,
    SavedView,
    SetAside,
    SyncGap,
    SyncRun,
    User,
    WorkItem,
)
from releases.queries.words import kept
from releases.states import ApprovalStatus, Role, StageStatus, SyncRunState, TriggerKind
from releases.sync.store.texts import Text, write
from tests import factories
from tests.commands import asked_for


@dataclass(frozen=True)
class FullProject:
    """The project, an administrator of it alone, and its `rows` by noun."""

    name: str
    number: int
    project: Project
    member: User
    rows: dict[str, Any]

    def pk(self, noun: str) -> int:
        """The id of its row of this noun."""
        return int(self.rows[noun].pk)


def full_project(name: str, *, number: int) -> FullProject:
    """Everything there is of a project; `number` is that of its release and, after `e0`, begins its commit."""
    workspace = factories.workspace(name=f"{name}_ws")
    organization = factories.organization(name=f"{name}-org", url=f"https://dev.azure.com/{name}")
    project = factories.project(name=f"{name} project", slug=name, organization=organization)
    project.workspaces.add(workspace)
    rows = {
        "project": project,
        "workspace": workspace,
        **_history(name, number, project),
        **_registry(name, number, workspace),
    }
    factories.artifact(release=rows["release"], name=f"{name}-model", alias=name, model_version=rows["model_version"])
    rows["binding"] = factories.stage_binding(stage=rows["stage"], endpoint=rows["endpoint"])
    rows["drift"] = factories.drift(span=rows["span"], endpoint=rows["endpoint"])
    rows["rule"] = ArtifactRule.objects.create(project=project, name_pattern=f"{name}-rule", role="model")
    rows["endpoint_rule"] = EndpointRule.objects.create(project=project, endpoint_pattern=f"{name}-rule")
    rows["sync_run"] = _sync(name, project)
    rows["event"] = _event(name, rows["sync_run"])
    member = factories.user(role=Role.ADMINISTRATOR, project=project, name=f"{name} member", email=f"a@{name}.example")
    asked = ReleaseStage.objects.get(release=rows["release"])
    rows["command"] = asked_for(asked, by=member)
    times = {"created_at": timezone.now(), "expires_at": timezone.now() + timedelta(days=1)}
    rows["invitation"] = Invitation.objects.create(digest=name, role=Role.QA, project=project, made_by=member, **times)
    rows["view"] = SavedView.objects.create(user=member, name=f"{name} view", query="trigger=model")
    return FullProject(name=name, number=number, project=project, member=member, rows=rows)


def _sha(number: int) -> str:
    return f"e0{number}".ljust(40, "a")


def _push(name: str) -> dict[str, Any]:
    return {"triggerType": "sourceRepo", "alias": f"_{name}", "branchFilters": [f"+{name}"]}


def _history(name: str, number: int, project: Project) -> dict[str, Any]:
    person = factories.identity(name=f"{name} person", email=f"p@{name}.example")
    pipeline = factories.pipeline(project=project, name=f"{name} pipeline")
    stage = factories.stage(pipeline=pipeline, name=f"{name} PROD", headline=True, is_production=True, rank=1)
    trigger = pipeline.triggers.create(kind=TriggerKind.PUSH, ordinal=0, settings=_push(name))
    same = {"pipeline": pipeline, "created_by": person, "trigger_kind": TriggerKind.MODEL}
    release = factories.release(name=f"Release-{number}", azure_id=number, **same)
    row = factories.release_stage(release=release, stage=stage, status=StageStatus.SUCCEEDED)
    attempt = factories.deployment(release_stage=row, requested_by=person)
    step = factories.step(deployment=attempt, name=f"{name} step")
    log = factories.step_log(step=step, lines=[f"{name} said so"])
    given = factories.approval(release_stage=row, approver=person, status=ApprovalStatus.APPROVED)
    span = factories.live_span(opened_by=attempt)
    later = {"created_on": factories.NOON + timedelta(days=1), "is_unfinished": True}
    waiting = factories.release(name=f"{name} waiting", azure_id=number + 1, **{**same, **later})
    write([Text(one.pk, one.created_on, kept([one.name, name])) for one in (release, waiting)])
    asked = factories.release_stage(release=waiting, stage=stage, status=StageStatus.IN_PROGRESS)
    factories.approval(release_stage=asked, approver=person)
    commit = Commit.objects.create(
        project=project, sha=_sha(number), author=person, message=f"{name} commit", repository=name
    )
    ReleaseCommit.objects.create(release=release, commit=commit)
    item = WorkItem.objects.create(project=project, azure_id=str(number), title=f"{name} item")
    ReleaseWorkItem.objects.create(release=release, work_item=item)
    return {
        "person": person,
        "pipeline": pipeline,
        "trigger": trigger,
        "stage": stage,
        "release": release,
        "release_stage": row,
        "waiting": waiting,
        "deployment": attempt,
        "approval": given,
        "log": log,
        "span": span,
        "commit": commit,
        "work_item": item,
    }


def _registry(name: str, number: int, workspace: Any) -> dict[str, Any]:
    run = factories.training_run(
        workspace=workspace, name=f"{name}-run", display_name=f"{name} run", commit=_sha(number)
    )
    version = factories.model_version(workspace=workspace, name=f"{name}-model", version="7", training_run=run)
    endpoint = factories.endpoint(workspace=workspace, name=f"{name}-endpoint")
    factories.endpoint_deployment(endpoint=endpoint, name=f"{name}-blue", model_name=f"{name}-model")
    check = factories.endpoint_check(endpoint=endpoint)
    sample = factories.health_sample(endpoint=endpoint, deployment=f"{name}-blue")
    cluster = factories.cluster(workspace=workspace, name=f"{name}-aks")
    return {
        "run": run,
        "model_version": version,
        "endpoint": endpoint,
        "check": check,
        "sample": sample,
        "cluster": cluster,
    }


def _sync(name: str, project: Project) -> SyncRun:
    now = timezone.now()
    times = {"started_at": now, "heartbeat_at": now, "finished_at": now}
    run = SyncRun.objects.create(
        project=project, kind="incremental", state=SyncRunState.FAILED, sentence=f"{name} refused", **times
    )
    SetAside.objects.create(
        project=project, key=f"release:{name}", reason=f"{name} unreadable", first_seen_at=now, last_seen_at=now
    )
    SyncGap.objects.create(project=project, feed="history", gap_from=now, gap_until=now, reason=f"{name} gap")
    return run


def _event(name: str, run: SyncRun) -> AuditEvent:
    """What the run left in the trail, with the project's name in it."""
    with transaction.atomic():
        key = ("sync_run", run.natural_key)
        return audit.append("sync.run", by=audit.System("sync"), project=run.project, object=key)
