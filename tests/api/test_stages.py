"""Stages with how they start, what is live and where; artifact rules to read."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases.models import ArtifactRule, User
from releases.states import Role
from tests import factories
from tests.api.conftest import program_of
from tests.factories import NOON
from tests.pages.company import company

pytestmark = pytest.mark.django_db


def test_a_stage_tells_its_pipeline_its_conditions_and_what_is_live(user: User) -> None:
    made = company()
    factories.stage_binding(stage=made.prod, endpoint=factories.endpoint(name="prod-webservice"))
    told = program_of(user).get(f"stages/{made.prod.pk}/").json()
    assert (told["pipeline"]["name"], told["project"]) == ("Port Weather ML Pipeline", made.project.slug)
    assert (told["headline"], told["is_production"], told["azure_id"]) == (
        True,
        False,
        made.prod.definition_environment_id,
    )
    assert (told["starts"], told["needs"]) == (["After DEV TEST succeeded"], ["DEV TEST"])
    assert told["live"]["release"]["name"] == "Release-1"
    assert told["live"]["live_from"].endswith("Z")
    assert told["place"] == {
        "endpoint": "prod-webservice",
        "cluster": None,
        "origin": "name",
        "sentence": "The name fits.",
        "bound_at": "2026-03-02T12:00:00Z",
    }
    assert program_of(user).get(f"stages/{factories.stage().pk}/").json()["live"] is None


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"name": "prod"}, ["PROD"]),
        ({"headline": "true"}, ["PROD"]),
        ({"is_production": "true"}, []),
        ({"headline": "false"}, ["DEV TEST"]),
        ({}, ["PROD", "DEV TEST"]),
    ],
)
def test_stages_are_narrowed(user: User, question: dict[str, str], found: list[str]) -> None:
    company()
    assert [row["name"] for row in program_of(user).get("stages/", **question).json()["results"]] == found


def test_the_cost_of_a_page_of_stages_is_fixed(user: User) -> None:
    made = company()
    program = program_of(user)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert program.get("stages/").status_code == 200
        return len(asked)

    cost()
    before = cost()
    for number in range(5):
        stage = factories.stage(pipeline=made.pipeline)
        factories.stage_binding(stage=stage)
        row = factories.release_stage(release=made.live, stage=stage)
        late = factories.deployment(release_stage=row, finished_on=NOON + timedelta(days=number))
        factories.live_span(opened_by=late)
    assert cost() == before


def test_rules_of_every_project_are_read_by_whoever_sees_any(user: User) -> None:
    mine, other = factories.project(), factories.project()
    for project in (None, mine, other):
        ArtifactRule.objects.create(project=project, name_pattern="weights", role="model", changed_by=user)
    person = program_of(factories.user(role=Role.AUDITOR, project=mine))
    rows = person.get("artifact-rules/").json()["results"]
    assert [row["project"] for row in rows] == [mine.slug, None]
    assert set(rows[0]) == {"id", "project", "priority", "type_pattern", "name_pattern", "role", "changed_at"}
    assert len(person.get("artifact-rules/", project=mine.slug).json()["results"]) == 1
    assert person.get("artifact-rules/", role="code").json()["results"] == []
    assert program_of(factories.user()).get("artifact-rules/").json()["results"] == []
