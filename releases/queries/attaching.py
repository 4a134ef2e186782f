"""Where a cluster can be attached: the workspaces, and the project in whose name. For page, API and shell."""

from dataclasses import dataclass

from releases.errors import Denied, Invalid
from releases.models import Organization, Project, User, Workspace
from releases.policies.commands import check_can_attach_cluster, check_can_send, operated_projects
from releases.policies.roles import refusal
from releases.queries.access import visible_projects


@dataclass(frozen=True)
class Place:
    """A workspace, the project that asks, and why this person may not there (empty: may)."""

    workspace: Workspace
    project: Project
    refusal: str = ""


def closed_for(user: User) -> str:
    """Why this person may attach nothing anywhere; empty when they may. One query, or two; for a button."""
    operated = operated_projects(user)
    if operated is None:
        return ""
    if not operated:
        return "Operators and administrators attach clusters."
    used = Project.objects.filter(pk__in=operated, is_followed=True, workspaces__isnull=False)
    return "" if used.exists() else "No project that you may act in uses one of these workspaces."


def places(user: User) -> list[Place]:
    """For each workspace of the followed projects, by name: the first project in which they may, or the first.

    Four queries, however many there are; the refusal of the first stands for all of them.
    """
    rows = visible_projects(user).filter(is_followed=True).select_related("organization__sending_stopped_by")
    operated, closed = operated_projects(user), ""
    found: dict[int, Place] = {}
    for project in rows.prefetch_related("workspaces").order_by("name", "pk"):
        if operated is None or project.pk in operated:
            no = _stopped(project.organization)
        else:
            no = closed = closed or refusal(check_can_attach_cluster, user, project) or ""
        for workspace in project.workspaces.all():
            known = found.get(workspace.pk)
            if known is None or (known.refusal and not no):
                found[workspace.pk] = Place(workspace, project, no)
    return sorted(found.values(), key=lambda one: (one.workspace.name, one.workspace.pk))


def place_of(*, workspace: str, project: str) -> Place:
    """For the shell, which may everywhere: by name, or the only one there is. Raises Invalid with what there is."""
    rows = Project.objects.filter(is_followed=True).select_related("organization").prefetch_related("workspaces")
    all_of_them = [
        Place(used, one)
        for one in rows.order_by("name", "pk")
        for used in one.workspaces.all()
        if project in ("", one.slug, one.name)
    ]
    found = [place for place in all_of_them if workspace.lower() in ("", place.workspace.name.lower())]
    names = sorted({place.workspace.name for place in all_of_them})
    if not found:
        told = f"It may be one of {', '.join(names)}." if names else "No workspace is connected there."
        raise Invalid(f"There is no such workspace. {told}", code="no_workspace")
    if len({place.workspace.pk for place in found}) > 1:
        raise Invalid(f"Say which workspace with --workspace: {', '.join(names)}.", code="which_workspace")
    return found[0]


def _stopped(organization: Organization) -> str:
    try:
        check_can_send(organization)
    except Denied as denied:
        return denied.sentence
    return ""
