"""What the list finds releases by is stored with them: words, flags of their stages, times beside their artifacts."""

from datetime import timedelta

import pytest

from releases.models import Artifact, Project, Release, ReleaseText
from releases.models.history import HAS_INDEXES
from releases.models.text import release_at
from releases.queries.texts import containing
from releases.states import StageStatus
from releases.sync.mapping.releases import FLAGGED
from releases.sync.store import store_detailed, store_listed
from tests import factories
from tests.sync import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(db: None) -> Project:
    return told.project()


def found(text: str) -> set[int]:
    ids = [release_at(one.place) for one in containing(text)]
    return set(Release.objects.filter(pk__in=ids).values_list("azure_id", flat=True))


def test_a_release_is_found_by_what_it_carries_and_who_made_it(project: Project) -> None:
    store_listed(project, told.items(told.two_stages(1), told.two_stages(2)), now=told.NOW)
    assert found("Release-2") == {2}
    assert found("e04d5aa") == {1, 2}
    assert found("aino") == {1, 2}
    assert found("v2") == {2}


def test_a_change_replaces_its_words_and_an_unchanged_one_writes_nothing(project: Project) -> None:
    store_listed(project, told.items(told.two_stages(1)), now=told.NOW)
    changed = told.two_stages(1) | {"description": "Taken for the regatta"}
    store_listed(project, told.items(changed), now=told.NOW)
    assert found("regatta") == {1} and ReleaseText.objects.count() == 1
    ReleaseText.objects.all().delete()
    store_listed(project, told.items(changed), now=told.NOW)
    assert ReleaseText.objects.count() == 0
    store_detailed(project, told.items(changed), now=told.NOW)
    assert found("regatta") == {1}


def test_an_answer_without_artifacts_leaves_them_findable(project: Project) -> None:
    store_listed(project, told.items(told.two_stages(1)), now=told.NOW)
    thin = {**told.two_stages(1), "artifacts": None, "description": "thin"}
    store_listed(project, told.items(thin), now=told.NOW + timedelta(hours=1))
    assert found("e04d5aa") == {1}


def test_a_release_notes_how_its_stages_stand(project: Project) -> None:
    one = told.two_stages(1)
    one["environments"][0]["status"] = "rejected"
    one["environments"][1]["status"] = "canceled"
    store_listed(project, told.items(one), now=told.NOW)
    assert Release.objects.filter(has_failed=True, has_canceled=True, has_succeeded=False).exists()
    store_listed(project, told.items(told.two_stages(1)), now=told.NOW)
    assert Release.objects.filter(has_failed=False, has_canceled=False, has_succeeded=True).exists()
    without = {**told.two_stages(1), "environments": None}
    store_listed(project, told.items(without), now=told.NOW)
    assert Release.objects.filter(has_succeeded=True).exists()


def test_the_flags_are_named_in_one_order_everywhere() -> None:
    assert [factories.HAS[name] for name in HAS_INDEXES] == list(FLAGGED)
    assert StageStatus.NOT_STARTED not in FLAGGED


def test_artifacts_repeat_their_releases_time(project: Project) -> None:
    store_listed(project, told.items(told.two_stages(1)), now=told.NOW)
    times = Artifact.objects.values_list("release_created_on", "release__created_on")
    assert times and all(mine == its for mine, its in times)
