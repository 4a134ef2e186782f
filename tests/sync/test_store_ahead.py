"""Rows made ahead of storing are the rows that storing makes, and what cannot be made ahead is found by the store."""

import json
from datetime import datetime
from hashlib import sha256

import pytest
from django.db import transaction

from releases.azure.answers import Line
from releases.models import Identity, Project, Release
from releases.sync.store import ready, store_listed
from tests.faults.rows import rows
from tests.sync import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(db: None) -> Project:
    return told.project()


def lines(*releases: told.Json) -> list[Line]:
    """The releases as lines of a page."""
    found = []
    for one in releases:
        raw = json.dumps(one).encode()
        found.append(Line(raw, one["id"], datetime.fromisoformat(one["createdOn"]), sha256(raw).hexdigest()))
    return found


def test_rows_made_ahead_are_the_rows_that_storing_makes(project: Project) -> None:
    page = [told.two_stages(1), told.two_stages(2)]
    with transaction.atomic():
        store_listed(project, ready(project, lines(*page), now=told.NOW, maps=False).told, now=told.NOW)
        wanted = rows()
        transaction.set_rollback(True)
    assert not Release.objects.exists()
    made = ready(project, lines(*page), now=told.NOW, maps=True)
    assert all(one.mapped for one in made.told) and made.parents_written >= Identity.objects.count() > 0
    assert not Release.objects.exists()
    stored = store_listed(project, made.told, now=told.NOW, held={})
    assert stored.changed == 2 and rows() == wanted


def test_stored_twice_over_the_same_rows_write_nothing_new(project: Project) -> None:
    made = ready(project, lines(told.two_stages(1)), now=told.NOW, maps=True)
    assert store_listed(project, made.told, now=told.NOW).rows_written > 0
    before = rows()
    again = ready(project, lines(told.two_stages(1, description="again")), now=told.NOW, maps=True)
    store_listed(project, again.told, now=told.NOW)
    assert Release.objects.get().description == "again"
    store_listed(project, made.told, now=told.NOW)
    assert rows() == before


def test_a_number_no_column_holds_is_left_to_the_store_which_sets_only_that_release_aside(project: Project) -> None:
    bad = told.two_stages(2)
    bad["environments"][0]["deploySteps"][0]["deploymentId"] = 2**40
    made = ready(project, lines(told.two_stages(1), bad, told.two_stages(3)), now=told.NOW, maps=True)
    assert [one.mapped for one in made.told] == [None] * 3
    stored = store_listed(project, made.told, now=told.NOW, held={})
    assert [one.key for one in stored.set_aside] == ["release:2"]
    assert set(Release.objects.values_list("azure_id", flat=True)) == {1, 3}
