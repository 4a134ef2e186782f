"""The recorded release of a real server, through the real edge and the store."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from releases.models import Approval, Artifact, Deployment, Identity, LiveSpan, Pipeline, Release, Stage, Step
from releases.sync.store import store_detailed, store_listed
from tests.sync import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(db: None, samples: Path) -> Release:
    raw = (samples / "azure-devops/real/release_178_envs1-6.json").read_bytes()
    result = store_detailed(told.project(), [told.item(raw)], now=told.NOW)
    assert result.set_aside == []
    return Release.objects.get()


def test_the_release(stored: Release) -> None:
    assert (stored.azure_id, stored.name, stored.status) == (178, "Release-132", "active")
    assert (stored.definition_revision, stored.definition_snapshot_revision) == (75, 1)
    assert stored.created_on == datetime(2019, 7, 13, 15, 49, 31, 860000, tzinfo=UTC)
    assert (stored.reason, stored.trigger_kind, stored.trigger_alias) == ("continuousIntegration", "build", "artifact")
    assert stored.created_by is not None and stored.created_by.name == "Donovan Brown"
    assert stored.variables["clientSecret"] == {"value": None, "isSecret": True}
    assert stored.variables["GoDaddyKey"]["value"] == "[masked]"
    assert Pipeline.objects.get().name == "PTracker-CD"


def test_its_artifact(stored: Release) -> None:
    artifact = Artifact.objects.get()
    assert (artifact.alias, artifact.type, artifact.role, artifact.name) == (
        "artifact",
        "Build",
        "build",
        "PTracker-CI",
    )
    assert (artifact.version, artifact.branch, artifact.repository) == ("358", "refs/heads/ai", "PeopleTracker")
    assert artifact.source_version == "cada3319a0970da5028d37adf65bb226db53724f"
    assert artifact.is_triggering and artifact.is_primary


def test_its_six_stages_and_their_attempts(stored: Release) -> None:
    names = list(stored.stages.order_by("rank").values_list("name", flat=True))
    assert names[:2] == ["Dev Common Infra", "Dev Infra"] and len(names) == 6
    first = Deployment.objects.get(azure_id=1243)
    assert (first.attempt, first.status, first.operation_status) == (1, "succeeded", "approved")
    assert first.started_on == datetime(2019, 7, 13, 15, 49, 36, 677000, tzinfo=UTC)
    assert first.finished_on == datetime(2019, 7, 13, 15, 51, 19, 340000, tzinfo=UTC)
    assert first.requested_by is not None and first.requested_by.kind == "service"
    assert Stage.objects.get(definition_environment_id=10).name == "Dev Common Infra"


def test_its_steps_have_what_a_logs_address_needs(stored: Release) -> None:
    steps = Step.objects.filter(deployment__azure_id=1243).order_by("rank")
    assert [(step.phase_id, step.task_id, step.name) for step in steps[:2]] == [
        (1237, 3, "Initialize job"),
        (1237, 4, "Download artifact - artifact - iac"),
    ]
    assert all(step.status == "succeeded" and step.started_on and step.finished_on for step in steps)


def test_its_approvals_are_kept_with_the_automated_ones_marked(stored: Release) -> None:
    assert Approval.objects.filter(is_automated=True, approver=None, status="approved").exists()
    assert Approval.objects.filter(azure_id=3577).get().type == "preDeploy"
    assert Approval.objects.count() >= 12


def test_every_successful_stage_is_live(stored: Release) -> None:
    succeeded = Deployment.objects.filter(status="succeeded").count()
    assert succeeded and LiveSpan.objects.filter(live_until=None, release=stored).count() == succeeded


def test_people_without_an_id_are_told_apart_by_their_unique_name(stored: Release) -> None:
    assert Identity.objects.get(name="Donovan Brown").key == "test@test.com"


def test_the_same_bytes_from_a_list_add_nothing_but_their_own_document(stored: Release, samples: Path) -> None:
    raw = (samples / "azure-devops/real/release_178_envs1-6.json").read_bytes()
    before = Step.objects.count(), Deployment.objects.count(), Approval.objects.count()
    result = store_listed(stored.project, [told.item(raw)], now=told.NOW)
    assert (result.changed, result.rows_written) == (1, 2)
    assert (Step.objects.count(), Deployment.objects.count(), Approval.objects.count()) == before
