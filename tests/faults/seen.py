"""What a QA specialist reads on the pages after a fault. Used by the fault tests; signs in and looks, nothing else."""

from releases.models import Project, Release, User
from releases.states import Role
from tests import factories
from tests.pages.reading import words

SYNC = "/sync/"
OVERVIEW = "/"
RELEASES = "/releases/"
ALL_READ = "Set aside, 0 Every answer so far could be read."


def answer(path: str) -> str:
    """The page as it was sent."""
    reader = User.objects.filter(email="reader@harbour.example").first()
    reader = reader or factories.user(email="reader@harbour.example", role=Role.QA)
    response = factories.browser_of(reader).get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def page(path: str = SYNC) -> str:
    """The page's text."""
    return words(answer(path))


def of(release: Release) -> str:
    """The address of the release's page."""
    return f"/p/{release.project.slug}/releases/{release.azure_id}/"


def source(project: Project, state: str) -> str:
    """How the Sync page begins to say where a project stands."""
    return f"{project.organization.name} / {project.name} Azure DevOps releases {state}"


def stale(project: Project) -> str:
    """How pages begin to say that they may be out of date."""
    return f"{project.organization.name} / {project.name}: stale since"
