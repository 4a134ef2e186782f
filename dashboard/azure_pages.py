"""Where Azure DevOps shows the same thing. The addresses are made here, from the organization's own and ids."""

from urllib.parse import quote

from releases.models import Release


def release_page(release: Release) -> str:
    """The release's page in Azure DevOps."""
    base = release.project.organization.url.rstrip("/")
    query = f"releaseId={release.azure_id}&_a=release-pipeline-progress"
    return f"{base}/{quote(release.project.name, safe='')}/_releaseProgress?{query}"
