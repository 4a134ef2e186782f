"""Tries a connection: who we are there, and whether each thing Slipway needs is allowed. Asked by `inquiries`.

Reads only; the two questions about writing name things that cannot exist. Stores nothing. Whether the addresses may be
called at all was checked when the wish was made.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from releases.azure.credentials import ENTRA, authentication, token_credential
from releases.azure.devops import Access, DevOps
from releases.azure.ml import MachineLearning, MlAccess
from releases.errors import AzureError, CredentialRefused, NotThere, PermissionMissing, ReleasesError
from releases.models import Organization
from releases.sync.gate import Gate

PROBE_SECONDS = 20.0

READ, APPROVE, DEPLOY, REGISTRY = "read releases", "approve", "deploy", "read the registry"

PAT_SCOPES = {
    READ: 'the scope "Release (read)" (vso.release)',
    APPROVE: 'the scope "Release (read, write, execute and manage)" (vso.release_manage)',
    DEPLOY: 'the scope "Release (read, write and execute)" (vso.release_execute)',
}
ENTRA_PERMISSIONS = {
    READ: 'the permission "View releases" in the project, and a Basic licence',
    APPROVE: "to be an approver of the stage, or in the group that is",
    DEPLOY: 'the permission "Manage deployments" in the project',
    REGISTRY: 'the role "Reader" on the Azure ML workspace',
}


@dataclass
class Need:
    """One thing Slipway needs: `state` is ok, missing (a permission), failed (anything else) or not_asked."""

    need: str
    state: str
    sentence: str
    permission: str = ""


@dataclass
class Found:
    """What a probe found; JSON by `asdict`. Empty names are unknown."""

    needs: list[Need] = field(default_factory=list)
    identity_key: str = ""
    identity_name: str = ""
    project_id: str = ""
    project_name: str = ""
    projects: list[str] = field(default_factory=list)
    location: str = ""

    def is_ok(self, need: str) -> bool:
        """Whether this need is met."""
        return any(one.need == need and one.state == "ok" for one in self.needs)


def probe(wish: dict[str, Any]) -> dict[str, Any]:
    """Try everything of a wish (the payload that `actions.connect` wrote) and say one result per need. Never raises."""
    found = Found()
    try:
        devops = _devops(wish)
    except CredentialRefused as error:
        found.needs.append(_refused(READ, error, wish))
    else:
        _probe_devops(devops, wish, found)
        devops.close()
    for need in (APPROVE, DEPLOY):
        if not any(one.need == need for one in found.needs):
            found.needs.append(Need(need, "not_asked", "Not asked, because releases cannot be read."))
    found.needs.append(_registry(wish, found))
    return {**asdict(found), "can_save": found.is_ok(READ)}


def _probe_devops(devops: DevOps, wish: dict[str, Any], found: Found) -> None:
    project = wish["project"]
    try:
        count = _read(devops, project, found)
    except AzureError as error:
        found.needs.append(_refused(READ, error, wish))
        if isinstance(error, NotThere):
            found.projects = _names_of_projects(devops)
        return
    found.needs.append(Need(READ, "ok", f"Reads releases of {found.project_name}: {count}."))
    approve = "Azure DevOps takes decisions from this identity. Whether it is an approver shows at each stage."
    found.needs.append(_tried(APPROVE, lambda: devops.check_can_approve(project), approve, wish))
    deploy = "Azure DevOps takes deployments from this identity."
    found.needs.append(_tried(DEPLOY, lambda: devops.check_can_deploy(project), deploy, wish))


def _read(devops: DevOps, project: str, found: Found) -> str:
    who = devops.connection_data().authenticated_user
    if who is not None:
        found.identity_key, found.identity_name = who.id, who.name or who.account
    there = devops.project(project)
    found.project_id, found.project_name = there.id, there.name
    page = devops.releases(there.id, top=1, ascending=False, expand="")
    pipelines = len(devops.definitions(there.id).items)
    newest = next((item.value.name for item in page.items), "")
    return f"{pipelines} pipelines, newest release {newest}" if newest else f"{pipelines} pipelines, no release yet"


def _names_of_projects(devops: DevOps) -> list[str]:
    try:
        return sorted(one.name for one in devops.projects())[:100]
    except AzureError:
        return []


def _registry(wish: dict[str, Any], found: Found) -> Need:
    if not wish.get("workspace"):
        return Need(REGISTRY, "not_asked", "No Azure ML workspace was named.")

    def read() -> None:
        learning = MachineLearning(_ml_access(wish))
        found.location = learning.workspace().location
        learning.models()

    return _tried(REGISTRY, read, f"Reads the models of {wish['workspace']}.", {**wish, "credential_kind": ENTRA})


def _tried(need: str, ask: Callable[[], object], sentence: str, wish: dict[str, Any]) -> Need:
    try:
        ask()
    except ReleasesError as error:
        return _refused(need, error, wish)
    return Need(need, "ok", sentence)


def _refused(need: str, error: ReleasesError, wish: dict[str, Any]) -> Need:
    """A token without a scope is answered like a wrong one, so both name the permission once reading worked."""
    words = ENTRA_PERMISSIONS if wish["credential_kind"] == ENTRA else PAT_SCOPES
    permission = words[need]
    lacks = isinstance(error, PermissionMissing) or (isinstance(error, CredentialRefused) and need in (APPROVE, DEPLOY))
    if lacks:
        whose = "The identity" if wish["credential_kind"] == ENTRA else "The token"
        return Need(need, "missing", f"{whose} needs {permission}. {error.sentence}", permission)
    if isinstance(error, NotThere) and need == READ:
        sentence = f"There is no project {wish['project']!r} that this identity may see. {error.sentence}"
        return Need(need, "failed", sentence, permission)
    return Need(need, "failed", error.sentence, permission if isinstance(error, CredentialRefused) else "")


def _devops(wish: dict[str, Any]) -> DevOps:
    """A client for the wish; behind the organization's gate when it is known already."""
    access = Access(
        organization_url=wish["organization_url"],
        authentication=authentication(wish["credential_kind"], wish["credential_variable"]),
        ca_file=wish["ca_file"],
        total_seconds=PROBE_SECONDS,
    )
    known = Organization.objects.filter(url=wish["organization_url"]).first()
    if known is None:
        return DevOps(access)
    gate = Gate(known.pk)
    gate.look()
    return DevOps(access, on_limits=gate.heard, before_request=gate.check)


def _ml_access(wish: dict[str, Any]) -> MlAccess:
    url = wish["resource_manager_url"]
    return MlAccess(
        subscription_id=wish["subscription_id"],
        resource_group=wish["resource_group"],
        workspace=wish["workspace"],
        credential=token_credential(url),
        resource_manager_url=url,
        ca_file=wish["ca_file"],
        total_seconds=PROBE_SECONDS,
    )
