"""What pages say of a stage's endpoint: one word, one sentence, since when. Judging itself is tested in tests/sync."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases.models import LiveSpan, Stage
from releases.queries.served import Fit, ModelName, Served, deployed_of, deployed_words, fit_of, served_words
from releases.queries.serving import Truth, drift_history, drifts_open, served_now
from releases.states import ArtifactRole, BindingOrigin, DeploymentStatus, Role, ServingState
from tests import factories
from tests.factories import NOON

MODEL = "support-vector-classifier"


def live(*, version: str = "7") -> LiveSpan:
    """A stage that runs a release with this version of the model."""
    span = factories.live_span()
    factories.artifact(release=span.release, name=MODEL, version=version)
    factories.artifact(release=span.release, name="scaler", version="3", role=ArtifactRole.SCALER)
    return span


def told(stage: Stage) -> tuple[Truth, str]:
    found = served_now([stage.pk])[stage.pk]
    return found.state, found.sentence


def served(*versions: tuple[str, int]) -> list[dict[str, Any]]:
    return [
        {"deployment": f"blue{at}", "model": MODEL, "version": version, "percent": percent}
        for at, (version, percent) in enumerate(versions)
    ]


@pytest.mark.django_db
def test_an_endpoint_that_serves_what_was_deployed_says_so_since_the_later_of_the_two() -> None:
    span = live()
    binding = factories.stage_binding(stage=span.stage)
    factories.endpoint_check(endpoint=binding.endpoint)
    found = served_now([span.stage_id])[span.stage_id]
    assert (found.state, found.since) == (Truth.AS_DEPLOYED, span.live_from)
    assert found.sentence == f"{binding.endpoint} serves v7, as deployed."
    assert (found.served[0].percent, found.deployed[0]) == (100, ModelName(MODEL, "7"))
    assert found.bound_by == "The name fits."


@pytest.mark.django_db
def test_a_drift_names_both_versions_and_since_when() -> None:
    span = live(version="8")
    binding = factories.stage_binding(stage=span.stage)
    factories.endpoint_check(endpoint=binding.endpoint)
    factories.drift(span=span, endpoint=binding.endpoint, drift_from=NOON + timedelta(hours=3))
    found = served_now([span.stage_id])[span.stage_id]
    assert (found.state, found.is_drift, found.since) == (Truth.DRIFT, True, NOON + timedelta(hours=3))
    assert found.sentence == f"{binding.endpoint} serves v7. {span.release} deployed v8."


@pytest.mark.django_db
def test_what_cannot_be_seen_is_unknown_and_never_nothing() -> None:
    span = live()
    legacy = factories.stage_binding(stage=span.stage, cluster=factories.cluster(name="old-aks", kind="AKS"))
    state, sentence = told(span.stage)
    assert (state, sentence.split(".")[0]) == (Truth.UNKNOWN, "old-aks is a legacy AKS cluster")
    legacy.cluster, legacy.endpoint = None, factories.endpoint(name="prod-webservice")
    legacy.save()
    assert told(span.stage) == (Truth.UNKNOWN, "What prod-webservice serves was not read yet.")
    check = factories.endpoint_check(
        endpoint=legacy.endpoint, state=ServingState.UNREADABLE, served=[], sentence="Azure would not say."
    )
    assert told(span.stage) == (Truth.UNKNOWN, "Azure would not say.")
    check.state, check.sentence = ServingState.IDLE, ""
    check.save()
    assert told(span.stage) == (Truth.IDLE, "Nothing has traffic on prod-webservice.")
    legacy.endpoint.gone_at = NOON
    legacy.endpoint.save()
    assert told(span.stage) == (Truth.UNKNOWN, "Azure ML has no endpoint prod-webservice any more.")


@pytest.mark.django_db
def test_a_stage_without_an_endpoint_says_why() -> None:
    bare, torn = factories.stage(), factories.stage()
    factories.stage_binding(stage=torn, endpoint=None, origin=BindingOrigin.NAME, sentence="Two fit: a and b.")
    assert told(bare) == (Truth.NOT_BOUND, "No endpoint is known for this stage.")
    assert told(torn) == (Truth.NOT_BOUND, "Two fit: a and b.")


@pytest.mark.django_db
def test_while_a_deployment_runs_nothing_is_judged_but_a_drift_from_before_goes_on() -> None:
    span = live(version="8")
    binding = factories.stage_binding(stage=span.stage, endpoint=factories.endpoint(name="eta-prod"))
    factories.endpoint_check(endpoint=binding.endpoint)
    row = factories.release_stage(release=factories.release(pipeline=span.stage.pipeline), stage=span.stage)
    began = NOON + timedelta(hours=4)
    factories.deployment(
        release_stage=row, status=DeploymentStatus.IN_PROGRESS, started_on=began, finished_on=None, azure_id=10**6
    )
    assert told(span.stage) == (Truth.UNKNOWN, "eta-prod is checked when the deployment that runs now has ended.")
    factories.drift(span=span, endpoint=binding.endpoint, drift_from=NOON + timedelta(hours=3))
    assert told(span.stage)[0] is Truth.DRIFT


@pytest.mark.django_db
def test_nothing_to_compare_with_is_unknown() -> None:
    stage = factories.stage()
    binding = factories.stage_binding(stage=stage, endpoint=factories.endpoint(name="a-prod"))
    factories.endpoint_check(endpoint=binding.endpoint)
    assert told(stage) == (Truth.UNKNOWN, "a-prod serves v7. No release is live in this stage.")
    span = factories.live_span(
        opened_by=factories.deployment(release_stage=factories.release_stage(stage=stage, release=factories.release()))
    )
    assert told(stage) == (Truth.UNKNOWN, f"a-prod serves v7. {span.release} carries no model to compare it with.")


@pytest.mark.parametrize(
    ("percent", "deployed", "fit", "words"),
    [
        ([("5", 100)], [(MODEL, "5")], Fit.SAME, "v5"),
        ([("5", 100)], [("Support-Vector-Classifier", "5")], Fit.SAME, "v5"),
        ([("5", 90), ("4", 10)], [(MODEL, "5")], Fit.OTHER, "v5 (90 %) and v4 (10 %)"),
        ([("5", 100)], [("scaler", "5")], Fit.OTHER, "support-vector-classifier v5"),
        ([("beta", 100)], [(MODEL, "5"), ("scaler", "3")], Fit.OTHER, "beta"),
        ([("5", 100)], [], Fit.UNKNOWN, "v5"),
        ([], [(MODEL, "5")], Fit.UNKNOWN, ""),
    ],
)
def test_any_share_of_a_version_that_was_not_deployed_is_drift(
    percent: list[tuple[str, int]], deployed: list[tuple[str, str]], fit: Fit, words: str
) -> None:
    rows = [Served(one["deployment"], one["model"], one["version"], one["percent"]) for one in served(*percent)]
    names = [ModelName(*one) for one in deployed]
    assert (fit_of(rows, names), served_words(rows, names)) == (fit, words)


def test_a_deployment_without_a_model_is_no_drift_but_another_version_beside_it_is() -> None:
    custom, old = Served("custom", "", "", 60), Served("blue", MODEL, "4", 40)
    deployed = [ModelName(MODEL, "5")]
    assert (fit_of([custom], deployed), fit_of([custom, old], deployed)) == (Fit.UNKNOWN, Fit.OTHER)
    assert served_words([custom], deployed) == "what custom runs"
    assert deployed_words([old], deployed) == "v5"
    assert deployed_words([custom], deployed) == f"{MODEL} v5"


@pytest.mark.django_db
def test_models_go_before_scalers_and_code_is_not_compared() -> None:
    release = live().release
    factories.artifact(release=release, name="berth-eta", role=ArtifactRole.CODE)
    assert [one.model for one in deployed_of(release.artifacts.all())] == [MODEL, "scaler"]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 6])
def test_all_stages_cost_four_queries(count: int) -> None:
    stages = []
    for _ in range(count):
        span = live()
        binding = factories.stage_binding(stage=span.stage)
        factories.endpoint_check(endpoint=binding.endpoint)
        stages.append(span.stage_id)
    with CaptureQueriesContext(connection) as asked:
        assert {one.state for one in served_now([*stages, 10**9]).values()} == {Truth.AS_DEPLOYED, Truth.NOT_BOUND}
    assert len(asked) == 4


@pytest.mark.django_db
def test_the_history_is_newest_first_and_open_ones_are_those_of_visible_projects() -> None:
    span = live()
    place = factories.endpoint()
    old = factories.drift(span=span, endpoint=place, drift_until=NOON + timedelta(hours=1))
    new = factories.drift(span=span, endpoint=place, drift_from=NOON + timedelta(hours=2))
    assert list(drift_history(span.stage)) == [new, old]
    member = factories.user(role=Role.QA, project=span.stage.pipeline.project)
    assert list(drifts_open(member)) == [new]
    assert list(drifts_open(factories.user(role=Role.QA, project=factories.project()))) == []
