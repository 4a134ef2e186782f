"""Names and links that came from elsewhere are text, and lead only to known hosts (faults 47 and 48)."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString

from dashboard.templatetags.ui import icon, pill
from dashboard.templatetags.versions import chip
from releases.models import Commit, ModelVersion, ReleaseCommit, SetAside
from releases.states import ArtifactRole, DeploymentStatus, Depth, StageStatus, TriggerKind
from tests import factories
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% now 'Y' %}",
    "</script><b>bold</b>",
]
UNSAFE = [
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/x",
    "https://dev.azure.com.evil.tld/x",
    "https://dev.azure.com@evil.tld/x",
    "https://user:secret@dev.azure.com/x",
    "http://dev.azure.com/x",
    "https://dev.azure.com\\@evil.tld/x",
]


def made_of(name: str, *, url: str = "") -> str:
    """A release where every text is this name and every link this address; its page."""
    person = factories.identity(name=name)
    project = factories.project(name=name)
    pipeline = factories.pipeline(project=project, name=name)
    stage = factories.stage(pipeline=pipeline, name=name, headline=True)
    release = factories.release(
        pipeline=pipeline,
        name=name,
        description=name,
        tags=[name],
        created_by=person,
        depth=Depth.DETAILED,
        trigger_kind=TriggerKind.PUSH,
    )
    code = {"role": ArtifactRole.CODE, "alias": name, "name": name, "branch": name, "version": name, "web_url": url}
    factories.artifact(release=release, is_triggering=True, **code)
    run = factories.training_run(
        name=name, display_name=name, web_url=url, repository=url, commit="a" * 40, branch=name
    )
    told = {"tags": {name: name}, "properties": {name: name}, "metrics": {name: 1.0}, "description": name}
    version = factories.model_version(
        workspace=run.workspace, name=name, version=name, training_run=run, job_name=name, **told
    )
    factories.artifact(release=release, alias="model", name=name, version=name, model_version=version, web_url=url)
    row = factories.release_stage(release=release, stage=stage, name=name, status=StageStatus.REJECTED)
    failed = factories.deployment(release_stage=row, status=DeploymentStatus.FAILED, requested_for=person)
    factories.step(deployment=failed, name=name, agent=name, status="failed", issues=[{"message": name}])
    factories.approval(
        release_stage=row, approver=person, approved_by=person, comments=name, status="approved", modified_on=NOON
    )
    second = factories.release_stage(release=release, stage=factories.stage(pipeline=pipeline, name=name, rank=2))
    factories.live_span(opened_by=factories.deployment(release_stage=second))
    commit = Commit.objects.create(project=project, sha="b" * 40, message=name, author=person, web_url=url)
    ReleaseCommit.objects.create(release=release, commit=commit)
    SetAside.objects.create(project=project, key=name, reason=name, first_seen_at=NOON, last_seen_at=NOON)
    return f"/p/{project.slug}/releases/{release.azure_id}/"


def of_versions(name: str) -> list[str]:
    """The pages of the version and the run that `made_of` made, and those that ask where they ran."""
    version = ModelVersion.objects.get()
    named = [version.workspace_id, version.name, version.version]
    asked = urlencode({"name": name, "version": name})
    return [
        reverse("model_version", args=named),
        reverse("training_run", args=[version.workspace_id, name]),
        f"/audit/?{asked}",
        f"/audit/?{urlencode({'q': name})}",
        "/audit/live-at/",
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_text_on_every_page(signed_in, name):
    release = made_of(name)
    for path in ("/", "/releases/", release, "/sync/", "/connect/", *of_versions(name)):
        page = signed_in.get(path)
        assert page.status_code == 200, path
        text = page.content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text and "<b>bold" not in text, path
        assert "49" not in text.replace("{{7*7}}", "") or name != HOSTILE[2] or "{{7*7}}" in text, path
    assert name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace(
        "'", "&#x27;"
    ) in (signed_in.get(release).content.decode())


@pytest.mark.parametrize("url", UNSAFE)
def test_an_unsafe_link_is_not_a_link(signed_in, url):
    page = signed_in.get(made_of("Release-1", url=url)).content.decode()
    assert "evil" not in page
    assert "javascript:alert" not in page and "data:text" not in page
    assert f'href="{url}"' not in page
    for path in of_versions("Release-1"):
        assert f'href="{escape(url)}"' not in signed_in.get(path).content.decode(), path


def test_a_safe_link_is_a_link_that_tells_nothing_of_us(signed_in):
    url = "https://dev.azure.com/port-authority/_git/x/commit/1"
    page = signed_in.get(made_of("Release-1", url=url)).content.decode()
    assert f'<a href="{url}" rel="noopener">' in page


def test_what_was_safe_once_is_escaped_when_it_comes_from_elsewhere():
    text = "<b>Live</b>"
    assert text in pill("succeeded", SafeString(text)) and text in icon("box", label=SafeString(text))
    assert text in chip("model", SafeString(text))
    for made in (pill("succeeded", text), icon("box", label=text), chip("model", text), chip("model", "8", text)):
        assert text not in made and escape(text) in made
