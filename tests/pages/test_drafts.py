"""A draft says that it is one; whoever operates starts it, and sees which stages start then."""

import re

import pytest
from django.utils import timezone

from releases.models import Command, Release, User
from releases.queries import snapshot
from releases.states import Role
from tests import factories
from tests.pages.company import company
from tests.pages.reading import words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
AT_ONCE = [{"name": "ReleaseStarted", "conditionType": "event"}]


@pytest.fixture
def draft() -> Release:
    made = company()
    release = factories.release(pipeline=made.pipeline, name="Release-3", status="draft")
    factories.release_stage(release=release, stage=made.dev, conditions=AT_ONCE)
    factories.release_stage(release=release, stage=made.prod, rank=2)
    return release


def address(release: Release) -> str:
    return f"/p/{release.project.slug}/releases/{release.azure_id}/"


def test_its_page_says_so_and_leads_to_the_start(signed_in, draft):
    html = signed_in.get(address(draft)).content.decode()
    assert "Release-3 Draft" in words(html) and "Release-3 Not started" not in words(html)
    assert "A draft. Nothing of it starts before somebody starts it." in words(html)
    assert f'href="{address(draft)}start/"' in html


def test_it_is_started_once_by_who_operates(draft):
    operator = factories.browser_of(factories.user(role=Role.OPERATOR))
    html = operator.get(f"{address(draft)}start/").content.decode()
    assert "DEV TEST starts by itself" in words(html)
    form = dict(re.findall(r'<input type="hidden" name="(key|seen)" value="([^"]*)"', html))
    response = operator.post(f"{address(draft)}start/", form)
    assert (Command.objects.get().kind, response["Location"]) == ("start", address(draft))
    assert "Asked for in Slipway Recorded Start the draft Release-3" in words(operator.get(address(draft)))
    assert operator.post(f"{address(draft)}start/", form)["Location"] == response["Location"]
    assert Command.objects.count() == 1


def test_a_draft_that_changed_is_not_started(draft):
    operator = factories.browser_of(factories.user(role=Role.OPERATOR))
    html = operator.get(f"{address(draft)}start/").content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(key|seen)" value="([^"]*)"', html))
    Release.objects.filter(pk=draft.pk).update(name="Release-4")
    response = operator.post(f"{address(draft)}start/", form)
    assert response.status_code == 409
    assert "the release is called Release-4 now" in words(response)


@pytest.mark.parametrize("role", [Role.QA, Role.MANAGER, Role.AUDITOR])
def test_others_are_told_who_can(role, draft):
    client = factories.browser_of(factories.user(role=role))
    assert "operators and administrators can" in words(client.get(f"{address(draft)}start/"))
    form = {"key": "k", "seen": snapshot.token(snapshot.seen_of_release(draft))}
    assert client.post(f"{address(draft)}start/", form).status_code == 403
    assert not Command.objects.exists()


def test_a_release_that_was_asked_for_here_names_who_asked(signed_in, draft):
    robot, ada = factories.identity(name="svc-slipway"), factories.user(role=Role.OPERATOR, name="Ada Berg")
    Release.objects.filter(pk=draft.pk).update(created_by=robot, trigger_kind="manual", depth="detailed")
    asked(draft, by=ada)
    text = words(signed_in.get(address(draft)))
    assert "Created by Ada Berg in Slipway . Created" in text or "Created by Ada Berg in Slipway. Created" in text
    assert "Ada Berg in Slipway, passed on as svc-slipway" in text
    listed = words(signed_in.get("/releases/"))
    assert "Release-3 draft" in listed and "Ada Berg" in listed and "svc-slipway" not in listed
    told = words(signed_in.get(f"{address(draft)}timeline/"))
    assert "Created by Ada Berg asked in Slipway, passed on as svc-slipway" in told


def asked(release: Release, *, by: User) -> Command:
    """The command that made this release."""
    at, project = timezone.now(), release.project
    defaults = {"kind": "create", "organization": project.organization, "project": project, "target": "t", "key": "k"}
    defaults |= {"release": release, "pipeline": release.pipeline, "asked_by": by, "asked_via": "session"}
    defaults |= {"asked_at": at, "state": "confirmed", "code": "done", "moved_at": at, "ended_at": at}
    return Command.objects.create(**defaults)


def test_what_is_no_draft_offers_nothing(signed_in, draft):
    Release.objects.filter(pk=draft.pk).update(status="active")
    assert "A draft." not in words(signed_in.get(address(draft)))
