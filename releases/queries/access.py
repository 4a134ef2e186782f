"""Which rows a person may see. Every query of a door (page, API, export) begins here; workers use the unscoped rows.

What is not visible does not exist for the asker: doors answer 404, never 403, to another project's id.
"""

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from releases.models import (
    Approval,
    Artifact,
    ArtifactRule,
    Cluster,
    Command,
    CommandMove,
    Commit,
    Deployment,
    Drift,
    Endpoint,
    EndpointCheck,
    EndpointDeployment,
    EndpointRule,
    HealthSample,
    LiveSpan,
    Membership,
    ModelVersion,
    Pipeline,
    Project,
    Release,
    ReleaseStage,
    SetAside,
    Stage,
    StageBinding,
    Step,
    StepLog,
    SyncGap,
    SyncRun,
    TrainingRun,
    User,
    Watermark,
    WorkItem,
    Workspace,
)

Row = TypeVar("Row", bound=Model)

TO_PROJECT: dict[type[Model], str] = {
    Project: "id",
    Pipeline: "project_id",
    Stage: "pipeline__project_id",
    Release: "project_id",
    ReleaseStage: "release__project_id",
    Artifact: "release__project_id",
    Deployment: "release_stage__release__project_id",
    Step: "deployment__release_stage__release__project_id",
    StepLog: "project_id",
    Approval: "project_id",
    Commit: "project_id",
    WorkItem: "project_id",
    LiveSpan: "release__project_id",
    SyncGap: "project_id",
    StageBinding: "stage__pipeline__project_id",
    Drift: "stage__pipeline__project_id",
    Command: "project_id",
    CommandMove: "command__project_id",
}
TO_PROJECT_OR_WORKSPACE: tuple[type[Model], ...] = (SyncRun, SetAside, Watermark)
TO_PROJECT_OR_ALL: tuple[type[Model], ...] = (ArtifactRule, EndpointRule)
"""Rows without a project hold for every project: whoever sees any project sees them."""
TO_WORKSPACE: dict[type[Model], str] = {
    Workspace: "id",
    ModelVersion: "workspace_id",
    TrainingRun: "workspace_id",
    Cluster: "workspace_id",
    Endpoint: "workspace_id",
    EndpointDeployment: "endpoint__workspace_id",
    EndpointCheck: "endpoint__workspace_id",
    HealthSample: "endpoint__workspace_id",
}


def visible_projects(user: User | AnonymousUser) -> QuerySet[Project]:
    """The projects this person holds any role in."""
    return visible_to(user, Project)


def visible_to(user: User | AnonymousUser, rows: type[Row]) -> QuerySet[Row]:
    """The rows of this noun that the person may see. One query of its own: the person's memberships.

    Who holds a role everywhere gets the unfiltered rows, so that the newest-first indexes stay usable. A workspace is
    visible through any visible project that uses it. Raises KeyError for a noun that has no rule here.
    """
    projects = _projects_of(user)
    rule = _within(rows, projects or [])
    return rows._default_manager.all() if projects is None else rows._default_manager.filter(rule)


def visible_at_once(user: User, rows: type[Row]) -> QuerySet[Row]:
    """The same rows of a noun of projects, in one query: for a count on every page."""
    held = Membership.objects.filter(Q(project=None) | Q(project=OuterRef(TO_PROJECT[rows])), user=user)
    return rows._default_manager.filter(Exists(held)) if user.is_active else rows._default_manager.none()


def _projects_of(user: User | AnonymousUser) -> list[int] | None:
    """Ids of the projects the person has a role in; None stands for all of them."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return []
    found = list(Membership.objects.filter(user=user).values_list("project_id", flat=True).distinct())
    return None if None in found else [project for project in found if project is not None]


def _within(rows: type[Model], projects: list[int]) -> Q:
    workspaces = Project.workspaces.through.objects.filter(project_id__in=projects).values("workspace_id")
    if rows in TO_WORKSPACE:
        return Q(**{f"{TO_WORKSPACE[rows]}__in": workspaces})
    if rows in TO_PROJECT_OR_WORKSPACE:
        return Q(project_id__in=projects) | Q(workspace_id__in=workspaces)
    if rows in TO_PROJECT_OR_ALL:
        return Q(project_id__in=projects) | Q(project=None) if projects else Q(pk__in=[])
    return Q(**{f"{TO_PROJECT[rows]}__in": projects})
