"""Somebody wants a Kubernetes cluster as a compute of a workspace. Called by the Clusters page, the API and the shell.

Whether it is there already shows in Azure, which the command asks before it sends anything.
"""

import re

from releases.actions.acting import acting
from releases.actions.commands.asked import Asked
from releases.actions.commands.recording import Wish, reason_of, record, recorded_before
from releases.actions.commands.targets import cluster_target
from releases.audit import Actor
from releases.errors import Invalid
from releases.models import Command, Project, Workspace
from releases.policies.commands import check_can_attach_cluster, check_uses
from releases.queries.wanted_cluster import Wanted
from releases.states import CommandKind

LONGEST_ID = 1000
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,22}[A-Za-z0-9]")
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PART = r"[^/\s]+"
_RESOURCE = re.compile(
    rf"/subscriptions/{_PART}/resourceGroups/{_PART}/providers/"
    rf"Microsoft\.(ContainerService/managedClusters|Kubernetes/connectedClusters)/{_PART}",
    re.IGNORECASE,
)


def attach_cluster(
    workspace: Workspace, *, by: Actor, asked: Asked, project: Project, wanted: Wanted, reason: str
) -> Command:
    """Ask for the cluster as a compute of the workspace, in the name of a project that uses it.

    Raises Denied, Invalid (`bad_name`, `bad_resource`, `bad_namespace`, the reason) and what `record` raises.
    """
    wanted, reason = checked(wanted), reason_of(reason)
    with acting(by):
        wish = Wish(
            kind=CommandKind.ATTACH_CLUSTER,
            project=project,
            target=cluster_target(workspace, wanted.name),
            payload={"name": wanted.name, "resource_id": wanted.resource_id, "namespace": wanted.namespace},
            workspace=workspace,
            reason=reason,
        )
        known = recorded_before(wish, by=by, asked=asked)
        if known is not None:
            return known
        check_can_attach_cluster(by, project)
        check_uses(project, workspace)
        return record(wish, by=by, asked=asked)


def checked(wanted: Wanted) -> Wanted:
    """It without stray blanks. Raises Invalid for what Azure ML or Kubernetes would not take."""
    name, resource, namespace = wanted.name.strip(), wanted.resource_id.strip().rstrip("/"), wanted.namespace.strip()
    if not _NAME.fullmatch(name):
        raise Invalid(
            "A compute's name has 2 to 24 letters, digits and hyphens; it starts with a letter and does not end with a "
            "hyphen.",
            code="bad_name",
        )
    if len(resource) > LONGEST_ID or not _RESOURCE.fullmatch(resource):
        raise Invalid(
            "Give the resource id of an AKS or Arc cluster, like /subscriptions/…/resourceGroups/…/providers/"
            "Microsoft.ContainerService/managedClusters/NAME. The cluster's page in the Azure portal shows it.",
            code="bad_resource",
        )
    if namespace and not _NAMESPACE.fullmatch(namespace):
        raise Invalid(
            "A namespace has 1 to 63 lower-case letters, digits and hyphens, and no hyphen at either end.",
            code="bad_namespace",
        )
    return Wanted(name, resource, namespace)
