"""The registry of a workspace as rows: versions, training runs, figures. Real MLClient, real TLS."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from releases.models import AuditEvent, ModelVersion, TrainingRun, Workspace
from releases.states import ArtifactRole, IdentityKind
from releases.sync.registry.figures import metrics_of
from releases.sync.registry.reading import ALL_AGAIN_AFTER
from tests import factories
from tests.sync.registry.reading import synced, version
from tests.sync.registry_server import MODEL, NOON, RegistryServer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # The package warns of its own deprecations while it is imported.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*marshmallow.*", "ignore:.*experimental.*"),
]


def test_a_version_is_known_with_its_run_its_figures_and_where_they_came_from(
    there: RegistryServer, workspace: Workspace
) -> None:
    there.job("train-8", metrics={"accuracy": 0.5, "f1": 0.81}, dirty=True)
    tags = {"metric.accuracy": "0.93", "accuracy": "0.1", "stage": "candidate", "p95": "120"}
    there.version(8, job="train-8", tags=tags, properties={"framework": "onnx 1.16"})
    run = synced(workspace)
    row = version(8)
    assert row.metrics == {"accuracy": 0.93, "p95": 120.0, "f1": 0.81}
    assert (row.tags, row.created_on) == (tags, NOON + timedelta(minutes=8))
    assert row.created_by is not None
    assert row.created_by.kind == IdentityKind.SERVICE
    trained = row.training_run
    assert trained is not None
    assert (trained.name, trained.status, trained.commit, trained.is_dirty) == (
        "train-8",
        "Completed",
        "e04d5aa" * 5,
        True,
    )
    assert (trained.branch, trained.repository) == ("main", "https://git.example/Learn_MLOps")
    assert (trained.started_on, trained.finished_on) == (NOON, NOON + timedelta(hours=1))
    assert trained.inputs == [{"name": "training", "uri": "azureml:weather:3", "kind": "uri_folder"}]
    assert trained.metrics == {"accuracy": 0.5, "f1": 0.81}
    assert trained.owner is not None
    assert (trained.owner.source, trained.owner.kind) == ("azure_ml", IdentityKind.PERSON)
    assert trained.web_url.startswith("https://ml.azure.com/runs/train-8")
    assert (run.changed, run.read) == (2, 2)


def test_a_run_that_changed_something_leaves_one_event_an_unchanged_one_none(
    there: RegistryServer, workspace: Workspace
) -> None:
    there.version(1)
    first = synced(workspace)
    assert list(first.manifest.values_list("key", flat=True)) == [f"model-version:{MODEL}:1"]
    assert AuditEvent.objects.filter(type="sync.run").count() == 1
    before = list(ModelVersion.objects.values())
    again = synced(workspace)
    assert (again.changed, again.rows_written) == (0, 0)
    assert list(ModelVersion.objects.values()) == before
    assert AuditEvent.objects.filter(type="sync.run").count() == 1


def test_an_unchanged_registry_costs_one_request(there: RegistryServer, workspace: Workspace) -> None:
    there.job("train-1")
    for number in range(1, 4):
        there.version(number, job="train-1")
        there.version(number, model="scaler")
    synced(workspace)
    before = there.asked()
    run = synced(workspace, full=False)
    assert (there.asked() - before, run.requests) == (1, 1)


def test_a_new_version_is_found_without_reading_the_other_models(there: RegistryServer, workspace: Workspace) -> None:
    there.version(1)
    there.version(1, model="scaler")
    synced(workspace)
    there.version(2)
    run = synced(workspace, full=False)
    assert (run.requests, run.changed) == (2, 1)
    assert version(2).gone_at is None


def test_all_versions_are_listed_again_after_some_hours(there: RegistryServer, workspace: Workspace) -> None:
    there.version(1)
    synced(workspace)
    there.holder.registry.models[MODEL].versions[0].tags["stage"] = "production"
    assert synced(workspace, full=False).changed == 0
    later = timezone.now() + ALL_AGAIN_AFTER + timedelta(minutes=1)
    assert synced(workspace, full=False, now=later).changed == 1
    assert version(1).tags == {"stage": "production"}


def test_pages_are_followed_to_the_end_and_archived_versions_are_known(
    there: RegistryServer, workspace: Workspace
) -> None:
    for number in range(1, 70):
        there.version(number, archived=number == 3)
    synced(workspace)
    assert ModelVersion.objects.count() == 69
    assert [row.version for row in ModelVersion.objects.filter(is_archived=True)] == ["3"]


def test_artifacts_of_the_workspaces_projects_are_linked(there: RegistryServer, workspace: Workspace) -> None:
    ours, other = factories.artifact(version="7"), factories.artifact(version="7")
    code = factories.artifact(release=ours.release, role=ArtifactRole.CODE, version="7")
    workspace.projects.add(ours.release.project)
    there.version(7)
    synced(workspace)
    for artifact in (ours, other, code):
        artifact.refresh_from_db()
    assert (ours.model_version, other.model_version, code.model_version) == (version(7), None, None)


def test_what_is_removed_is_kept_and_marked_and_may_come_back(there: RegistryServer, workspace: Workspace) -> None:
    there.version(1)
    there.version(2)
    there.version(1, model="scaler")
    synced(workspace)
    versions = there.holder.registry.models[MODEL].versions
    removed = versions.pop(0)
    scaler = there.holder.registry.models.pop("scaler")
    run = synced(workspace)
    assert run.changed == 2
    gone_at = version(1).gone_at
    assert gone_at is not None
    assert ModelVersion.objects.get(name="scaler").gone_at is not None
    assert synced(workspace).changed == 0
    assert version(1).gone_at == gone_at
    versions.insert(0, removed)
    there.holder.registry.models["scaler"] = scaler
    synced(workspace)
    assert not ModelVersion.objects.filter(gone_at__isnull=False).exists()


def test_a_finished_run_is_never_asked_for_again_an_unfinished_one_is(
    there: RegistryServer, workspace: Workspace
) -> None:
    job = there.job("train-1", status="Running", finished_on=None)
    there.version(1, job="train-1")
    assert synced(workspace).requests == 3
    job.status, job.finished_on, job.metrics = "Completed", NOON + timedelta(hours=2), {"accuracy": 0.9}
    assert synced(workspace, full=False).requests == 2
    assert version(1).metrics == {"accuracy": 0.9}
    assert TrainingRun.objects.get().status == "Completed"
    assert synced(workspace, full=False).requests == 1


def test_a_job_that_is_no_more_is_said_so_and_not_asked_again(there: RegistryServer, workspace: Workspace) -> None:
    there.version(1, job="vanished")
    synced(workspace)
    row = TrainingRun.objects.get()
    assert row.missing_sentence == "Azure ML has no training run of this name any more."
    assert row.gone_at is not None
    assert version(1).training_run == row
    assert synced(workspace).requests == 2


@pytest.mark.parametrize(
    ("sources", "figures"),
    [
        ([{"metric.accuracy": "0.9", "accuracy": "0.1"}], {"accuracy": 0.9}),
        ([{"accuracy": "0.1"}, {"metric.accuracy": "0.9"}], {"accuracy": 0.9}),
        ([{"f1": 0.5}, {"f1": 0.7}], {"f1": 0.5}),
        ([{"stage": "production", "ok": "true", "flag": True, "none": None}], {}),
        ([{"x": "nan", "y": "inf", "z": "-1e-3"}], {"z": -0.001}),
        ([{"mlflow.note": "1", "azureml.git.dirty": "0", "_azureml.x": "2", "run_id": "7", "version": "8"}], {}),
        ([{"metric.": "1", "metric. padded ": "2"}], {"padded": 2.0}),
        ([], {}),
    ],
)
def test_figures_are_the_numbers_and_a_marked_one_wins(
    sources: list[dict[str, Any]], figures: dict[str, float]
) -> None:
    assert metrics_of(*sources) == figures
