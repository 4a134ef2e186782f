"""A rule tried on the past: what would flip, counted and grouped, and that nothing is written meanwhile."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases.models import Artifact, ArtifactRule, Release
from releases.states import ArtifactRole
from releases.sync.roles import trying
from tests import factories
from tests.factories import NOON
from tests.sync.roles_past import past, tried, wish

pytestmark = pytest.mark.django_db


def test_what_would_flip_is_counted_by_pipeline_and_alias(administrator):
    pipeline, other = past(), past(releases=2)
    later = other.releases.order_by("pk").first()
    Release.objects.filter(pk=later.pk if later else 0).update(created_on=NOON + timedelta(days=1))
    answer = tried(wish(), by=administrator).answer
    assert (answer["flips"], answer["read"], answer["projects"]) == (5, 10, 2)
    told = [(one["pipeline"], one["alias"], one["before"], one["after"], one["count"]) for one in answer["groups"]]
    assert told == [(pipeline.name, "weights", "other", "model", 3), (other.name, "weights", "other", "model", 2)]
    assert len(answer["releases"]) == 5
    assert answer["releases"][0]["name"] == (later.name if later else "")  # the newest, whatever order it was read in
    assert not ArtifactRule.objects.exists()
    assert set(Artifact.objects.filter(alias="weights").values_list("role", flat=True)) == {"other"}


def test_a_rule_of_one_project_touches_no_other(administrator):
    mine, _other = past(), past()
    answer = tried(wish(mine.project), by=administrator).answer
    assert (answer["flips"], answer["read"]) == (3, 6)
    assert {one["project"] for one in answer["releases"]} == {mine.project.slug}


def test_the_order_of_effect_decides(administrator):
    pipeline = past()
    own = ArtifactRule.objects.create(project=pipeline.project, priority=50, name_pattern="weights", role="scaler")
    Artifact.objects.filter(alias="weights").update(role="scaler")
    assert tried(wish(), by=administrator).answer["flips"] == 0  # the project's own rule comes first
    assert tried(wish(pipeline.project, priority=60), by=administrator).answer["flips"] == 0
    assert tried(wish(pipeline.project, priority=50), by=administrator).answer["flips"] == 0  # a new one comes after
    assert tried(wish(pipeline.project, priority=40), by=administrator).answer["flips"] == 3
    moved = wish(pipeline.project, verb="change", rule=own.pk, priority=1, role="code")
    assert tried(moved, by=administrator).answer["groups"][0]["after"] == "code"
    without = tried(wish(pipeline.project, verb="delete", rule=own.pk), by=administrator).answer
    assert (without["groups"][0]["before"], without["groups"][0]["after"]) == ("scaler", "other")


def test_no_more_than_fifty_are_shown_and_the_rest_is_counted(administrator, monkeypatch):
    monkeypatch.setattr(trying, "GROUPS_SHOWN", 2)
    monkeypatch.setattr(trying, "RELEASES_SHOWN", 4)
    for _ in range(3):
        past(releases=2)
    answer = tried(wish(), by=administrator).answer
    assert (len(answer["groups"]), answer["more_groups"]) == (2, 1)
    assert (len(answer["releases"]), answer["more"]) == (4, 2)


def test_the_cost_follows_what_differs_not_the_history(administrator, monkeypatch):
    past(releases=2)
    with CaptureQueriesContext(connection) as few:
        trying.tried({**wish().__dict__})
    for release in list(past(releases=20).releases.all()):
        factories.artifact(release=release, alias="more", type="Git", name="more", role=ArtifactRole.CODE)
    with CaptureQueriesContext(connection) as many:
        trying.tried({**wish().__dict__})
    assert len(many) <= len(few) + 1  # one more source, one more look for its newest releases
    monkeypatch.setattr(trying, "RANGE", 10)
    assert trying.tried({**wish().__dict__})["flips"] == 22  # whatever the ranges


def test_it_ends_in_time_and_says_what_it_saw(administrator):
    past()
    clock = iter([0.0, 100.0])
    answer = trying.tried({**wish().__dict__}, clock=lambda: next(clock))
    assert (answer["is_cut"], answer["read"]) == (True, 0)


@pytest.mark.parametrize("name", ["<script>", "{{7*7}}", "x" * 256, "ärö'\""])
def test_hostile_names_pass_through_as_text(administrator, name):
    release = factories.release(pipeline=factories.pipeline(name=name))
    factories.artifact(release=release, alias=name, type=name[:100], name=name, role=ArtifactRole.OTHER)
    answer = tried(wish(name_pattern=".", type_pattern=""), by=administrator).answer
    assert answer["groups"][0]["alias"] == name
