"""What stages ran, through the API: each filter, the moment, and what a span tells of."""

from datetime import timedelta

import pytest

from releases.models import LiveSpan
from releases.states import Role
from tests import factories
from tests.api.conftest import program_of
from tests.factories import NOON
from tests.pages.company import Company, company

pytestmark = pytest.mark.django_db
DEV_CHANGED = "2026-03-03T12:10:00Z"


@pytest.fixture
def made() -> Company:
    return company()


def asked(made: Company, **filters: object) -> list[tuple[str, str]]:
    """(stage, release) of the spans that match, newest first."""
    answer = program_of(factories.user(role=Role.AUDITOR)).get("live-spans/", **filters)
    assert answer.status_code == 200, answer.json()
    return [(row["stage"]["name"], row["release"]["name"]) for row in answer.json()["results"]]


def test_spans_come_newest_first(made: Company) -> None:
    assert asked(made) == [("DEV TEST", "Release-2"), ("PROD", "Release-1"), ("DEV TEST", "Release-1")]


def test_every_filter_narrows(made: Company) -> None:
    other = company(factories.project(name="Other"))
    dev, prod = ("DEV TEST", "Release-1"), ("PROD", "Release-1")
    assert asked(made, stage=made.prod.pk) == [prod]
    assert asked(made, pipeline=made.pipeline.pk, model_version="7") == [prod, dev]
    assert asked(made, project=other.project.slug, model="support-vector-classifier", model_version="8") == [
        ("DEV TEST", "Release-2")
    ]
    assert asked(made, release=made.live.pk) == [prod, dev]
    assert asked(made, project=made.project.slug, model="scaler", model_version="7") == []


@pytest.mark.parametrize(
    ("at", "dev"),
    [
        (DEV_CHANGED, ["Release-2"]),
        ("2026-03-03T12:09:59.999999Z", ["Release-1"]),
        ("2026-03-03T13:10:00+01:00", ["Release-2"]),
        ("2026-03-02T12:10:00Z", ["Release-1"]),
        ("2026-03-02T12:09:59Z", []),
    ],
)
def test_at_a_moment_the_start_counts_and_the_end_does_not(made: Company, at: str, dev: list[str]) -> None:
    assert [release for stage, release in asked(made, at=at) if stage == "DEV TEST"] == dev


def test_a_span_tells_what_ran_from_when_until_when_and_what_is_not_certain(made: Company) -> None:
    LiveSpan.objects.filter(stage=made.prod).update(uncertain_since=NOON + timedelta(days=1), is_partial=True)
    program = program_of(factories.user(role=Role.AUDITOR), "read:live-spans")
    row = program.get("live-spans/", stage=made.prod.pk).json()["results"][0]
    assert row == program.get(f"live-spans/{row['id']}/").json()
    assert (row["live_from"], row["live_until"]) == ("2026-03-02T12:30:00Z", None)
    assert (row["is_partial"], row["uncertain_since"]) == (True, "2026-03-03T12:00:00Z")
    assert row["pipeline"]["name"] == "Port Weather ML Pipeline"
    assert [(one["role"], one["version"]) for one in row["artifacts"]] == [("model", "7"), ("scaler", "1")]


def test_a_version_tells_where_it_comes_from_where_it_ran_and_how_its_figures_stand(made: Company) -> None:
    workspace = factories.workspace()
    made.project.workspaces.add(workspace)
    old = {"created_on": NOON - timedelta(days=1), "metrics": {"accuracy": 0.9}}
    seven = factories.model_version(workspace=workspace, version="7", **old)
    eight = factories.model_version(workspace=workspace, version="8", metrics={"accuracy": 0.89})
    made.live.artifacts.filter(alias="model").update(model_version=seven)
    made.waiting.artifacts.filter(alias="model").update(model_version=eight)
    program = program_of(factories.user(role=Role.AUDITOR))
    told = program.get(f"model-versions/{eight.pk}/").json()
    assert [one["version"] for one in told["compared_with"]] == ["7"]
    figure = told["figures"][0]
    assert (figure["name"], figure["others"][0]["verdict"]) == ("accuracy", "worse")
    assert [(one["kind"], bool(one["missing"])) for one in told["lineage"]] == [
        ("data", True),
        ("commit", True),
        ("training run", True),
        ("model version", False),
        ("releases", False),
    ]
    assert [(one["name"], one["is_live"], one["times"]) for one in told["stages"]] == [
        ("DEV TEST", True, 1),
        ("PROD", False, 0),
    ]
    assert told["release_count"] == 1
    assert "figures" not in program.get("model-versions/").json()["results"][0]
