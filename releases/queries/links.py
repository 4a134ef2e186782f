"""Where a thing is shown by Azure itself: the `web_url` beside our ids, and the pages' "open in Azure DevOps".

Made from the connected organization's own address, so they hold for on-premises servers too. Rows must come with
their project and organization.
"""

from urllib.parse import quote

from releases.models import Endpoint, Pipeline, Project, Release, ReleaseStage, Workspace
from releases.outbound import safe_link

AZURE_ML_STUDIO = "https://ml.azure.com"


def project_url(project: Project) -> str | None:
    """The project's page."""
    base = f"{project.organization.url.rstrip('/')}/{quote(project.name, safe='')}"
    return safe_link(base, configured=[project.organization.url])


def pipeline_url(pipeline: Pipeline) -> str | None:
    """The pipeline's list of releases."""
    return _below(pipeline.project, f"_release?definitionId={pipeline.azure_id}&_a=releases")


def release_url(release: Release) -> str | None:
    """The release's page; https://learn.microsoft.com/rest/api/azure/devops/release shows the form in `_links.web`."""
    return _below(release.project, f"_release?releaseId={release.azure_id}&_a=release-summary")


def stage_logs_url(row: ReleaseStage, release: Release) -> str | None:
    """The page with the logs of one stage of the release, as Azure DevOps's own pages link to it."""
    below = f"_releaseProgress?_a=release-environment-logs&releaseId={release.azure_id}&environmentId={row.azure_id}"
    return _below(release.project, below)


def model_version_url(workspace: Workspace, *, name: str, version: str) -> str | None:
    """The version's page in Azure Machine Learning studio; none for a workspace elsewhere (sandbox, other clouds)."""
    return _studio(workspace, f"model/{quote(name, safe='')}:{quote(version, safe='')}/details")


def endpoint_url(endpoint: Endpoint) -> str | None:
    """The endpoint's page in Azure Machine Learning studio, likewise."""
    return _studio(endpoint.workspace, f"endpoints/realtime/{quote(endpoint.name, safe='')}/detail")


def shown(url: str, project: Project | None = None) -> str | None:
    """An address that came with synced data, when it may be shown as a link."""
    return safe_link(url, configured=[project.organization.url] if project else [])


def _below(project: Project, path: str) -> str | None:
    base = project_url(project)
    return base and f"{base}/{path}"


def _studio(workspace: Workspace, path: str) -> str | None:
    if workspace.resource_manager_url and "management.azure.com" not in workspace.resource_manager_url:
        return None
    scope = (
        f"/subscriptions/{workspace.subscription_id}/resourceGroups/{workspace.resource_group}"
        f"/providers/Microsoft.MachineLearningServices/workspaces/{workspace.name}"
    )
    return safe_link(f"{AZURE_ML_STUDIO}/{path}?wsid={scope}")
